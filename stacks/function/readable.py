"""A value that a function reads from another service of AWS while it runs."""

from dataclasses import dataclass

from aws_cdk import aws_iam as iam


@dataclass(frozen=True, kw_only=True)
class Readable:
    """The name or ARN of the value, in the environment variable `variable`, and the right to it."""

    variable: str
    name: str
    right: iam.PolicyStatement
