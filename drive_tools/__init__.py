"""Command-line tools that need no clone of this project: the client, and environments."""
