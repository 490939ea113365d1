"""How the tools fail: one line on standard error, and an exit code."""


class ToolError(Exception):
    """Something the user can act on; its text is the line that is printed."""

    exit_code = 1


class UsageError(ToolError):
    """What was asked for makes no sense, or something is missing to do it."""

    exit_code = 2
