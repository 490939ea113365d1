"""What a stage costs, from its templates: each line by hand, and the ceiling."""
