"""The options of each command of the environment tool."""

import argparse
from dataclasses import dataclass
from pathlib import Path

from drive_tools.command_line import Exclusive, argument, flag, seconds
from drive_tools.environment.aws import FunctionReference, function_reference

STANDARD_STREAM = "-"
_TIMEOUT_SECONDS = 120.0


def _function(text: str) -> FunctionReference:
    try:
        return function_reference(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _name(text: str) -> str:
    if "=" in text:
        raise argparse.ArgumentTypeError("a name is wanted here, without = and a value")
    return text


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise argparse.ArgumentTypeError("not of the form KEY=VALUE (what it was is not repeated)")
    return name, value


_OTHER = Exclusive(required=True)


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
        type=seconds("a timeout"),
        default=_TIMEOUT_SECONDS,
        metavar="SECONDS",
        help=f"for writing and waiting ({_TIMEOUT_SECONDS:g})",
    )


@dataclass(frozen=True, kw_only=True)
class GetVariablesOptions(FunctionOptions):
    """The options of `get`."""

    names: tuple[str, ...] = argument(
        nargs="*", default=[], type=_name, metavar="KEY", help="only these"
    )


@dataclass(frozen=True, kw_only=True)
class DiffOptions(FunctionOptions):
    """The options of `diff`."""

    file: str | None = argument(
        among=_OTHER, nargs="?", metavar="FILE", help="dotenv, or - for standard input"
    )
    template: Path | None = argument(
        "--template", among=_OTHER, type=Path, metavar="DIR", help="a synthesised cdk.out"
    )
    resource: str | None = argument(
        "--resource", metavar="ID", help="logical id or path of the function in the template"
    )


@dataclass(frozen=True, kw_only=True)
class ExportOptions(FunctionOptions):
    """The options of `export`."""

    file: Path | None = argument(
        nargs="?", type=Path, metavar="FILE", help="standard output if left out"
    )


@dataclass(frozen=True, kw_only=True)
class SetOptions(ChangeOptions):
    """The options of `set`."""

    pairs: tuple[tuple[str, str], ...] = argument(
        nargs="+",
        type=_pair,
        metavar="KEY=VALUE",
        help="or KEY=@FILE, or KEY=- for standard input",
    )
    literal: bool = flag("--literal", help="take @ and - as values")


@dataclass(frozen=True, kw_only=True)
class UnsetOptions(ChangeOptions):
    """The options of `unset`."""

    names: tuple[str, ...] = argument(nargs="+", type=_name, metavar="KEY")


@dataclass(frozen=True, kw_only=True)
class ImportOptions(ChangeOptions):
    """The options of `import`."""

    file: str = argument(metavar="FILE", help="dotenv or JSON, or -")
    replace: bool = flag("--replace", help="remove what the file has not")


@dataclass(frozen=True, kw_only=True)
class UndoOptions(ChangeOptions):
    """The options of `undo`."""

    list: bool = flag("--list", help="list what can be undone")
