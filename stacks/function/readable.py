"""A value that a function reads from another service of AWS while it runs."""

from dataclasses import dataclass

from stacks.shared.permissions import Statement


@dataclass(frozen=True, kw_only=True)
class Readable:
    """The name or ARN of the value, in the environment variable `variable`, and the right to it."""

    variable: str
    name: str
    right: Statement
