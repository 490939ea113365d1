"""Scanners of others over the synthesised templates: `make gates` and `make gates-all`."""
