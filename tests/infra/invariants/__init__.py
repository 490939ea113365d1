"""Each invariant of a stage, and examples that break it, by the rooms of `stacks/invariants`."""
