"""What a version of an app lets through its network, read from its templates."""
