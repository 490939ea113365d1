"""Command lines for the people who deploy and operate the stacks."""
