"""Our evaluator of policies against one that others wrote: `make compare-policies`."""
