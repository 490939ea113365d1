"""What a change touches, one module a topic."""
