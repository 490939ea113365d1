"""A dry run of the pipeline on the local cloud."""
