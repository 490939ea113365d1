"""What a stage costs a month, from its templates: while idle, and at worst."""
