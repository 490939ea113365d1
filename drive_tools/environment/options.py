"""The options that several commands of the environment tool have."""

import argparse
from dataclasses import dataclass

from drive_tools.command_line import argument, duration, flag
from drive_tools.environment.aws import FunctionReference, function_reference

STANDARD_STREAM = "-"
_TIMEOUT_SECONDS = 120.0


def _function(text: str) -> FunctionReference:
    try:
        return function_reference(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def variable_name(text: str) -> str:
    if "=" in text:
        raise argparse.ArgumentTypeError("a name is wanted here, without = and a value")
    return text


@dataclass(frozen=True, kw_only=True)
class FunctionOptions:
    """The function, the credentials and the output of a command."""

    tool: str
    verb: str
    function: FunctionReference = argument(
        type=_function, metavar="FUNCTION", help="its name or ARN"
    )
    show: bool = flag("--show", help="show values")
    json: bool = flag("--json", help="print JSON")
    profile: str | None = argument("--profile", help="of the AWS CLI's configuration")
    region: str | None = argument("--region", help="where the function is")
    endpoint_url: str | None = argument(
        "--endpoint-url", metavar="URL", help="of another cloud than AWS"
    )
    assume_empty: bool = flag(
        "--assume-empty", help="believe that a function with a key has no variables"
    )


@dataclass(frozen=True, kw_only=True)
class ChangeOptions(FunctionOptions):
    """The options of all commands that change a function."""

    dry_run: bool = flag("--dry-run", help="change nothing, say what would be")
    yes: bool = flag("--yes", "-y", help="ask nothing")
    force: bool = flag("--force", help="even what the next deployment takes back")
    wait: bool = argument(
        "--wait",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="until the change is in force (the default)",
    )
    timeout: float = argument(
        "--timeout",
        type=duration("a timeout is a number of seconds"),
        default=_TIMEOUT_SECONDS,
        metavar="SECONDS",
        help=f"for writing and waiting ({_TIMEOUT_SECONDS:g})",
    )
