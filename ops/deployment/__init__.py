"""Tools around a deployment: what it would lose or permit, and how a stage is deleted."""
