"""Tools for the people around the stack."""
