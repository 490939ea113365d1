"""`get`, `export` and `diff`: commands that read the variables of a function."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from drive_tools import output
from drive_tools.command_line import Exclusive, argument
from drive_tools.environment import dotenv, template, variables
from drive_tools.environment.edit import room
from drive_tools.environment.function import Function, FunctionConfiguration
from drive_tools.environment.input_values import variables_in
from drive_tools.environment.options import FunctionOptions, variable_name
from drive_tools.environment.session import EnvironmentSession
from drive_tools.errors import RefusedError, UsageError
from drive_tools.private_files import write_private
from drive_tools.terminal import plain

_MEANING = {
    template.DRIFT: ": the next deployment that changes the function takes it back",
    template.MISSING: ": in the template only",
    template.EXTRA: ": not in the template; a deployment that changes the map removes it",
    template.NOT_COMPARABLE: ": only a deployment knows the value",
    template.KEPT: ": its parameter keeps it",
    template.NOT_KEPT: ": its parameter says otherwise; set it again",
}


_COMPARED = Exclusive(required=True)


@dataclass(frozen=True, kw_only=True)
class GetVariablesOptions(FunctionOptions):
    """The options of `get`."""

    names: tuple[str, ...] = argument(
        nargs="*", default=[], type=variable_name, metavar="KEY", help="only these"
    )


def get(options: GetVariablesOptions, session: EnvironmentSession) -> None:
    """Show the variables of a function; their values only with --show.

    Of an alias or a published version: what that one has. On standard output, a line each.

    examples:
      %(prog)s dev-files                         names, values masked
      %(prog)s dev-files LOG_LEVEL --show
      %(prog)s dev-files:live                    of the version that the alias serves
      %(prog)s dev-files --json --show | jq -r .variables.LOG_LEVEL
    """
    function, found = _read_as_named(options, session)
    absent = sorted(set(options.names) - found.variables.keys())
    if absent:
        raise RefusedError(f"{function.name} has no variable {', '.join(absent)}")
    wanted = {
        name: value
        for name, value in sorted(found.variables.items())
        if name in options.names or not options.names
    }
    shown = {name: value if options.show else variables.MASK for name, value in wanted.items()}
    if not options.json:
        for name, value in shown.items():
            output.show(f"{name}={plain(value)}")
    left = variables.bytes_left(found.variables)
    session.note(f"{function.name}: {_count(found.variables)}, {room(left)}")
    session.result(function=found.arn, revision=found.revision, variables=shown, bytes_left=left)


@dataclass(frozen=True, kw_only=True)
class ExportOptions(FunctionOptions):
    """The options of `export`."""

    file: Path | None = argument(
        nargs="?", type=Path, metavar="FILE", help="standard output if left out"
    )


def export(options: ExportOptions, session: EnvironmentSession) -> None:
    """Write the variables as dotenv or JSON: to a file (0600), or with --show to standard output.

    What `import` reads again. Of an alias or a published version: what that one has.

    examples:
      %(prog)s dev-files saved.env            a file for you alone (0600)
      %(prog)s dev-files --show | sops -e /dev/stdin
      %(prog)s dev-files saved.json --json
    """
    if options.file is None and not options.show:
        raise RefusedError("this prints values: name a FILE, or pass --show")
    file = options.file
    if file is not None and (file.is_symlink() or (file.exists() and not file.is_file())):
        raise UsageError(
            "FILE must be a regular file or a new one, and no link, directory or device, got"
            f" {str(options.file)!r}; --show prints to standard output"
        )
    found = _read_as_named(options, session)[1].variables
    text = (
        json.dumps(found, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
        if options.json
        else dotenv.render(found)
    )
    if options.file is None:
        output.show_bytes(text.encode())
        return
    try:
        write_private(options.file, text.encode())
    except OSError as error:
        raise RefusedError(f"cannot write {options.file}: {error.strerror}") from None
    session.error(f"{_count(found)} to {options.file}; values are in it, in the clear")


@dataclass(frozen=True, kw_only=True)
class DiffOptions(FunctionOptions):
    """The options of `diff`."""

    file: str | None = argument(
        among=_COMPARED, nargs="?", metavar="FILE", help="dotenv, or - for standard input"
    )
    template: Path | None = argument(
        "--template", among=_COMPARED, type=Path, metavar="DIR", help="a synthesised cdk.out"
    )
    resource: str | None = argument(
        "--resource", metavar="ID", help="logical id or path of the function in the template"
    )


def diff(options: DiffOptions, session: EnvironmentSession) -> None:
    """Compare the variables with a dotenv file, or with a synthesised template.

    With a template: what the next deployment would keep, take back or remove. Operator settings,
    which their SSM parameters keep, are told from drift. A value that only a deployment knows (a
    reference to another resource) cannot be compared. Results go to standard output.

    examples:
      %(prog)s dev-files prod.env               what import of this file would change
      %(prog)s dev-files --template cdk.out     what the next deployment would change
      %(prog)s dev-files --template cdk.out --resource Dev/Service/Files/Function
    """
    given = variables_in(options.file) if options.file is not None else {}
    function, found = _read_as_named(options, session)
    session.secrets.learn(given.values())
    tags = function.tags(found.arn)
    which = variables.owners(tags)
    if options.template is None:
        states = {
            change.name: "only in the file"
            if change.old is None
            else "not in the file"
            if change.new is None
            else "differs"
            for change in variables.changes(found.variables, given)
        }
        other: Mapping[str, str | None] = given
    else:
        resource = template.find(options.template, function.name, tags, options.resource)
        mine = sorted(name for name in found.variables if which.parameter(name))
        parameters = function.parameters(mine, which)
        states = template.compare(found.variables, resource, which, parameters)
        other = {**resource.variables, **parameters}
        session.note(f"{function.name} and {resource}:")
    keys = {}
    width = max(map(len, states), default=0)
    for name, state in states.items():
        live = session.shown(name, found.variables.get(name))
        theirs = session.shown(name, other.get(name))
        keys[name] = {"state": state, "live": live, "other": theirs, "owner": which.of(name)}
        if state != template.SAME and not options.json:
            values = f"{live or '(none)'} | {theirs or '(none)'}"
            output.show(f"{name:{width}}  {plain(values)}  {state}{_MEANING.get(state, '')}")
    # An operator's setting that is kept is told, and is no difference.
    agreeing = {template.SAME, template.KEPT}
    differing = sum(state not in agreeing for state in states.values())
    session.note(f"{function.name}: {differing or 'no'} difference{'' if differing == 1 else 's'}")
    session.result(function=found.arn, keys=keys)


def _read_as_named(
    options: FunctionOptions, session: EnvironmentSession
) -> tuple[Function, FunctionConfiguration]:
    """Read the alias or version that is named; explain what an alias means here."""
    function, alias = session.open(), options.function.alias
    if alias:
        version, others = function.alias()
        more = f", and by weight {', '.join(others)}, which may have others" if others else ""
        session.note(f"the alias {alias} serves version {version}: its variables{more}")
    return function, function.read(as_named=True)


def _count(found: Mapping[str, str]) -> str:
    return f"{len(found)} variable{'' if len(found) == 1 else 's'}"
