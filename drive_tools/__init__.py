"""Command-line tools that work without this repository: the client and the environment tool."""
