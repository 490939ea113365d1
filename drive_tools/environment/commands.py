"""Get, set and undo environment variables of any Lambda function, safely."""

import argparse
import json
import sys
import traceback
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import NoReturn

from drive_tools import exit_codes, output
from drive_tools.command_line import Parser
from drive_tools.environment import dotenv, lambda_limits, template, variables
from drive_tools.environment.aws import ConcurrentChangeError, RefusedError, Target, target
from drive_tools.environment.edit import Edit, room
from drive_tools.environment.function import Function, FunctionConfiguration
from drive_tools.environment.history import KEPT, UNDO, History, RecordedChange
from drive_tools.environment.session import Session
from drive_tools.environment.variables import merge
from drive_tools.errors import UsageError
from drive_tools.private_files import write_private
from drive_tools.program import FAILURES, failure, installed
from drive_tools.terminal import plain

_STANDARD_STREAM = "-"
_TIMEOUT_SECONDS = 120.0
_FILE_BYTES = 64 * 1024

_ABOUT = """
FUNCTION is a name or an ARN, of any function in any account. Credentials and region are those of
the AWS CLI (--profile, --region). Values are masked unless --show; a digest of eight letters says
whether two values are the same, to the same user only.

"""
_EXAMPLES = {
    "": """
examples:
  %(prog)s set dev-files MAINTENANCE_MODE=1      maintenance mode on
  %(prog)s set dev-files MAINTENANCE_MODE=0      and off
  %(prog)s get dev-files
  %(prog)s undo dev-files
""",
    "get": """
examples:
  %(prog)s dev-files                         names, values masked
  %(prog)s dev-files LOG_LEVEL --show
  %(prog)s dev-files:live                    of the version that the alias serves
  %(prog)s dev-files --json --show | jq -r .variables.LOG_LEVEL
""",
    "set": """
examples:
  %(prog)s dev-files MAINTENANCE_MODE=1      maintenance mode on
  %(prog)s dev-files MAINTENANCE_MODE=0      and off
  %(prog)s dev-files A=1 B=2 --dry-run
  %(prog)s dev-files TOKEN=@token.txt        from a file, without its last line end
  pass show token | %(prog)s dev-files TOKEN=-
  %(prog)s dev-files TOKEN=-                 on a terminal: asks, and shows nothing
  %(prog)s dev-files HANDLE=@me --literal    @ and - are the value itself
""",
    "unset": """
examples:
  %(prog)s dev-files OLD_FLAG
  %(prog)s dev-files A B C --yes
""",
    "diff": """
examples:
  %(prog)s dev-files prod.env               what import of this file would change
  %(prog)s dev-files --template cdk.out     what the next deployment would change
  %(prog)s dev-files --template cdk.out --resource Dev/Service/Files/Function
""",
    "import": """
examples:
  %(prog)s dev-files prod.env             sets what the file has, leaves the rest
  %(prog)s dev-files prod.env --replace   removes what the file has not
  sops -d prod.env | %(prog)s dev-files -
""",
    "export": """
examples:
  %(prog)s dev-files saved.env            a file for you alone (0600)
  %(prog)s dev-files --show | sops -e /dev/stdin
  %(prog)s dev-files saved.json --json
""",
    "undo": """
examples:
  %(prog)s dev-files --list                 what can be undone
  %(prog)s dev-files                        the last change; again, the one before it
""",
}


class _Parser(Parser):
    """Says what is wrong with a command line without repeating what may be a value."""

    def refuse(self, unknown: list[str]) -> None:
        """Name options, and count the rest."""
        names = [text.partition("=")[0] for text in unknown if text.startswith("-")]
        self.error(
            f"unknown options: {' '.join(names)}"
            if names
            else f"too many arguments: {len(unknown)} of them"
        )

    def error(self, message: str) -> NoReturn:
        """Leave out a value that was given to an option which takes none."""
        super().error(message.partition("ignored explicit argument")[0] or message)


def add_parser(tools: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `env` to the tools."""
    parser = tools.add_parser(
        "env",
        help="get, set and undo environment variables of a Lambda function",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    fill(parser, "env")


def program() -> int:
    """Run the tool as the program `lambda-env`."""
    return installed("lambda-env", fill)


def fill(parser: argparse.ArgumentParser, tool: str) -> None:
    """Add the commands to the parser of a tool, whose messages begin with `tool`."""
    parser.description = __doc__
    parser.epilog = _EXAMPLES[""] + _ABOUT + exit_codes.listed(exit_codes.ENVIRONMENT)
    parser.set_defaults(tool=tool)
    commands = parser.add_subparsers(required=True, metavar="COMMAND", parser_class=_Parser)
    for name, (run, add_arguments) in _COMMANDS.items():
        command = commands.add_parser(
            name,
            help=(run.__doc__ or "").splitlines()[0].rstrip("."),
            description=run.__doc__,
            epilog=_EXAMPLES[name] + _ABOUT + exit_codes.listed(exit_codes.ENVIRONMENT),
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        command.set_defaults(run=_run, command=run, verb=name)
        command.add_argument("function", type=_target, metavar="FUNCTION", help="its name or ARN")
        add_arguments(command)
        command.add_argument("--show", action="store_true", help="show values")
        command.add_argument("--json", action="store_true", help="print JSON")
        command.add_argument("--profile", help="of the AWS CLI's configuration")
        command.add_argument("--region", help="where the function is")
        command.add_argument("--endpoint-url", metavar="URL", help="of another cloud than AWS")
        command.add_argument(
            "--assume-empty",
            action="store_true",
            help="believe that a function with a key has no variables",
        )


def _get_arguments(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "names", nargs="*", default=[], type=_name, metavar="KEY", help="only these"
    )


def _set_arguments(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "pairs",
        nargs="+",
        type=_pair,
        metavar="KEY=VALUE",
        help="or KEY=@FILE, or KEY=- for standard input",
    )
    command.add_argument("--literal", action="store_true", help="take @ and - as values")
    _write_arguments(command)


def _unset_arguments(command: argparse.ArgumentParser) -> None:
    command.add_argument("names", nargs="+", type=_name, metavar="KEY")
    _write_arguments(command)


def _diff_arguments(command: argparse.ArgumentParser) -> None:
    other = command.add_mutually_exclusive_group(required=True)
    other.add_argument("file", nargs="?", metavar="FILE", help="dotenv, or - for standard input")
    other.add_argument("--template", type=Path, metavar="DIR", help="a synthesised cdk.out")
    command.add_argument(
        "--resource", metavar="ID", help="logical id or path of the function in the template"
    )


def _import_arguments(command: argparse.ArgumentParser) -> None:
    command.add_argument("file", metavar="FILE", help="dotenv or JSON, or -")
    command.add_argument("--replace", action="store_true", help="remove what the file has not")
    _write_arguments(command)


def _export_arguments(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "file", nargs="?", type=Path, metavar="FILE", help="standard output if left out"
    )


def _undo_arguments(command: argparse.ArgumentParser) -> None:
    command.add_argument("--list", action="store_true", help="list what can be undone")
    _write_arguments(command)


def _write_arguments(command: argparse.ArgumentParser) -> None:
    command.add_argument("--dry-run", action="store_true", help="change nothing, say what would be")
    command.add_argument("--yes", "-y", action="store_true", help="ask nothing")
    command.add_argument(
        "--force", action="store_true", help="even what the next deployment takes back"
    )
    command.add_argument(
        "--wait",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="until the change is in force (the default)",
    )
    command.add_argument(
        "--timeout",
        type=_seconds,
        default=_TIMEOUT_SECONDS,
        metavar="SECONDS",
        help=f"for writing and waiting ({_TIMEOUT_SECONDS:g})",
    )


def _target(text: str) -> Target:
    try:
        return target(text)
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


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1
    if not 0 <= seconds < float("inf"):
        raise argparse.ArgumentTypeError(f"a timeout is a number of seconds, got {text!r}")
    return seconds


def _run(options: argparse.Namespace) -> int:
    """Run one command; whatever goes wrong is an exit code, and lines without a value."""
    session = Session(options)
    try:
        options.command(options, session)
        output.flush()
    except FAILURES as error:
        failed = failure(error)
        text, code = failed.text, failed.exit_code
        if isinstance(error, KeyboardInterrupt):
            again = "run the same command again, and it does what is missing"
            text += f"; {again if session.written else 'nothing was changed'}"
        elif isinstance(error, (OSError, output.OutputError)) and code != exit_codes.READER_GONE:
            text += "; the change is made" * session.written
            code = exit_codes.NO_ROOM
        if text:
            session.complain(text)
        return code
    except Exception as error:  # noqa: BLE001 - the text of a stranger may hold a value
        for frame in traceback.extract_tb(error.__traceback__):
            session.error(f"  {Path(frame.filename).name}:{frame.lineno} in {frame.name}")
        session.complain(f"a defect of this tool: {type(error).__name__}; look, then run again")
        return exit_codes.FAILED
    return exit_codes.DONE


def get(options: argparse.Namespace, session: Session) -> None:
    """Show the variables of a function; their values only with --show.

    Of an alias or a published version: what that one has. On standard output, a line each.
    """
    function = session.open()
    _explain_reading(options.function, function, session)
    found = function.read(as_named=True)
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


def set_(options: argparse.Namespace, session: Session) -> None:
    """Set variables, and leave all others as they are.

    KEY=@FILE takes the value from a file and KEY=- from standard input (or asks, on a terminal),
    without the line end at its end, so that it stays out of the shell's history. Concurrent
    changes of other variables survive: the update is refused and tried again when somebody else
    was faster. An operator key of our stack is also written to its SSM parameter, so that the
    next deployment keeps it.
    """
    names = [name for name, _ in options.pairs]
    for name in names:
        if names.count(name) > 1:
            raise UsageError(f"{name} is given twice")
    if not options.literal and [value for _, value in options.pairs].count(_STANDARD_STREAM) > 1:
        raise UsageError("standard input is the value of one variable only")
    _check_names(names)
    given = {name: _value(name, value, options) for name, value in options.pairs}
    _change(session, given, lambda _current: frozenset())


def unset(options: argparse.Namespace, session: Session) -> None:
    """Remove variables, and leave all others as they are."""
    _change(session, {}, lambda _current: frozenset(options.names))


def import_(options: argparse.Namespace, session: Session) -> None:
    """Set the variables of a dotenv or JSON file; with --replace remove all others, too."""
    given = _dotenv(options.file)
    _change(
        session,
        given,
        lambda current: (
            frozenset(current.keys() - given.keys()) if options.replace else frozenset()
        ),
    )


def export(options: argparse.Namespace, session: Session) -> None:
    """Write the variables as dotenv or JSON: to a file (0600), or with --show to standard output.

    What `import` reads again. Of an alias or a published version: what that one has.
    """
    if options.file is None and not options.show:
        raise RefusedError("this prints values: name a FILE, or pass --show")
    if options.file is not None and _in_the_way(options.file):
        raise UsageError(
            "FILE must be a regular file or a new one, and no link, directory or device, got"
            f" {str(options.file)!r}; --show prints to standard output"
        )
    function = session.open()
    _explain_reading(options.function, function, session)
    found = function.read(as_named=True).variables
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


def diff(options: argparse.Namespace, session: Session) -> None:
    """Compare the variables with a dotenv file, or with a synthesised template.

    With a template: what the next deployment would keep, take back or remove. Operator settings,
    which their SSM parameters keep, are told from drift. A value that only a deployment knows (a
    reference to another resource) cannot be compared. Results go to standard output.
    """
    given = _dotenv(options.file) if options.file is not None else {}
    function = session.open()
    _explain_reading(options.function, function, session)
    found = function.read(as_named=True)
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


_MEANING = {
    template.DRIFT: ": the next deployment that changes the function takes it back",
    template.MISSING: ": in the template only",
    template.EXTRA: ": not in the template; a deployment that changes the map removes it",
    template.NOT_COMPARABLE: ": only a deployment knows the value",
    template.KEPT: ": its parameter keeps it",
    template.NOT_KEPT: ": its parameter says otherwise; set it again",
}


def undo(options: argparse.Namespace, session: Session) -> None:
    """Put back what the last change replaced; again, what the one before it replaced.

    Only the variables of that change, by the same compare-and-set, so that what others did since
    then stays. If somebody changed one of them since, it is refused without --force. The last
    ten changes of a function that were made from this machine are remembered, values in the
    clear, in files for you alone.
    """
    function = session.open()
    found = _read_to_change(options.function, function, session)
    history = History(found.arn, function.aws.endpoint)
    if options.list:
        _list(history.entries(), session, found.arn)
        return
    entry = next((e for e in history.entries() if not e.undone and e.verb != UNDO), None)
    if entry is None:
        raise RefusedError(f"nothing to undo: no change of {function.name} is remembered here")
    session.note(f"undo of {entry.verb} at {entry.at}:")
    session.secrets.learn(entry.before.values())
    if options.force:
        session.confirm("what others changed since is overwritten")

    def plan(current: Mapping[str, str]) -> dict[str, str]:
        changed = [
            name
            for name, after in entry.after.items()
            if current.get(name) not in {after, entry.before.get(name)}
        ]
        if changed and not options.force:
            raise ConcurrentChangeError(
                f"{', '.join(changed)} changed since then; --force puts back the older value"
            )
        back = {name: entry.before[name] for name in entry.after if name in entry.before}
        return merge(current, back, entry.after.keys() - back.keys())

    which = variables.owners(function.tags(found.arn))
    mine = [name for name in entry.after if name in entry.before and which.parameter(name)]
    Edit(session, function, which, plan=plan, kept=mine).carry_out(found)
    if not options.dry_run:
        try:
            history.mark_undone(entry)
        except OSError as error:
            session.warn(f"the next undo finds this change again: {error.strerror}")


def _list(entries: Iterable[RecordedChange], session: Session, arn: str) -> None:
    listed = [
        {
            "at": entry.at,
            "verb": entry.verb,
            "names": " ".join(sorted(entry.after)),
            "undone": entry.undone,
            "file": str(entry.file),
        }
        for entry in entries
    ]
    if not session.options.json:
        for each in listed:
            undone = " (undone)" if each["undone"] else ""
            output.show(f"{each['at']}  {each['verb']}{undone}  {plain(str(each['names']))}")
    session.note(f"{len(listed)} remembered, of {KEPT} at most")
    session.result(function=arn, changes=listed)


def _change(
    session: Session,
    given: Mapping[str, str],
    removed: Callable[[Mapping[str, str]], frozenset[str]],
) -> None:
    """Set and remove variables, as their owners allow.

    What is to be removed is decided by the map that was read first: a variable that somebody adds
    in the meantime stays.
    """
    options = session.options
    for name, value in given.items():
        try:
            variables.check(name, value)
        except ValueError as error:
            raise RefusedError(str(error)) from None
    session.secrets.learn(given.values())
    function = session.open()
    found = _read_to_change(options.function, function, session)
    gone = removed(found.variables)
    which = variables.owners(function.tags(found.arn))
    if absent := sorted(gone - found.variables.keys()):
        session.note(f"{function.name} has no variable {', '.join(absent)}")
    edit = Edit(
        session,
        function,
        which,
        plan=lambda current: merge(current, given, gone),
        kept=sorted(name for name in given if which.parameter(name)),
    )
    edit.hold_to_owners(found)
    edit.ask_about_removals(found, sorted(gone & found.variables.keys()))
    edit.carry_out(found)


def _read_to_change(named: Target, function: Function, session: Session) -> FunctionConfiguration:
    """Read `$LATEST`, which is all that can be changed; explain what an alias means here."""
    if named.version:
        raise RefusedError(
            f"{named.name}:{named.version} is a published version, which never changes; change"
            f" {named.name} and publish another"
        )
    if named.alias:
        version, others = function.alias()
        if version == "$LATEST" and not others:
            session.note(f"the alias {named.alias} serves $LATEST")
        else:
            serves = " and ".join([version, *others])
            session.warn(
                f"the alias {named.alias} serves version {serves}, which stays as it is: $LATEST"
                " alone changes; publish a version and move the alias to bring it there"
            )
    return function.read()


def _explain_reading(named: Target, function: Function, session: Session) -> None:
    if named.alias:
        version, others = function.alias()
        more = f", and by weight {', '.join(others)}, which may have others" if others else ""
        session.note(f"the alias {named.alias} serves version {version}: its variables{more}")


def _check_names(names: Iterable[str]) -> None:
    for name in names:
        try:
            lambda_limits.check_environment({name: ""})
        except ValueError as error:
            raise RefusedError(str(error)) from None


def _value(name: str, text: str, options: argparse.Namespace) -> str:
    """The value that a person means by what stands behind KEY=."""
    if options.literal:
        return text
    if text == _STANDARD_STREAM:
        if sys.stdin.isatty():
            from getpass import getpass  # noqa: PLC0415 - rarely needed

            return getpass(f"{name}: ")
        return _without_line_end(
            _read(None, f"the value of {name}", lambda_limits.ENVIRONMENT_BYTES)
        )
    if text.startswith("@"):
        what = f"the value of {name}"
        return _without_line_end(_read(Path(text[1:]), what, lambda_limits.ENVIRONMENT_BYTES))
    return text


def _dotenv(file: str) -> dict[str, str]:
    path = None if file == _STANDARD_STREAM else Path(file)
    text = _read(path, file if path else "standard input", _FILE_BYTES)
    try:
        return dotenv.parse(text)
    except ValueError as error:
        raise RefusedError(f"{file}: {error}") from None


def _read(path: Path | None, what: str, most: int) -> str:
    """The text of a small file, or of standard input."""
    room = most + 2  # for a line end
    try:
        if path is None:
            content = sys.stdin.buffer.read(room + 1)
        else:
            with open(path, "rb") as file:
                content = file.read(room + 1)
    except OSError as error:
        raise UsageError(f"cannot read {path or what}: {error.strerror}") from None
    if len(content) > room:
        raise RefusedError(f"{what} is larger than {most} bytes")
    try:
        return content.decode()
    except UnicodeDecodeError:
        raise RefusedError(f"{what} is no text: it is not UTF-8") from None


def _in_the_way(file: Path) -> bool:
    """Whether something stands at a path that must not be replaced: `/dev/stdout`, for example."""
    return file.is_symlink() or (file.exists() and not file.is_file())


def _without_line_end(text: str) -> str:
    return text.removesuffix("\n").removesuffix("\r") if text.endswith("\n") else text


def _count(found: Mapping[str, str]) -> str:
    return f"{len(found)} variable{'' if len(found) == 1 else 's'}"


_COMMANDS: dict[
    str,
    tuple[
        Callable[[argparse.Namespace, Session], None],
        Callable[[argparse.ArgumentParser], None],
    ],
] = {
    "get": (get, _get_arguments),
    "set": (set_, _set_arguments),
    "unset": (unset, _unset_arguments),
    "diff": (diff, _diff_arguments),
    "import": (import_, _import_arguments),
    "export": (export, _export_arguments),
    "undo": (undo, _undo_arguments),
}
