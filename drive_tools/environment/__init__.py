"""Environment variables of Lambda functions, changed without losing any."""
