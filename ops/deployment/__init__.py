"""Checks of a deployment before it starts, and the deletion of a stage."""
