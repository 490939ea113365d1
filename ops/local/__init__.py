"""A local cloud that takes the same `cdk deploy` as AWS."""
