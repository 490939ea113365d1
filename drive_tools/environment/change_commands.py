"""`set`, `unset`, `import` and `undo`: commands that change the variables of a function."""

import argparse
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from drive_tools import output
from drive_tools.command_line import argument, flag
from drive_tools.environment import lambda_limits, variables
from drive_tools.environment.aws import FunctionReference
from drive_tools.environment.edit import Edit, confirm
from drive_tools.environment.function import Function, FunctionConfiguration
from drive_tools.environment.history import KEPT, UNDO, History, RecordedChange
from drive_tools.environment.input_values import value_of, variables_in
from drive_tools.environment.options import STANDARD_STREAM, ChangeOptions, variable_name
from drive_tools.environment.session import EnvironmentSession
from drive_tools.environment.variables import merge
from drive_tools.errors import ConcurrentChangeError, RefusedError, UsageError
from drive_tools.terminal import plain


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise argparse.ArgumentTypeError("not of the form KEY=VALUE (what it was is not repeated)")
    return name, value


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


def set_(options: SetOptions, session: EnvironmentSession) -> None:
    """Set variables, and leave all others as they are.

    KEY=@FILE takes the value from a file and KEY=- from standard input (or asks, on a terminal),
    without the line end at its end, so that it stays out of the shell's history. Concurrent
    changes of other variables survive: the update is refused and tried again when somebody else
    was faster. An operator key of our stack is also written to its SSM parameter, so that the
    next deployment keeps it.

    examples:
      %(prog)s dev-files MAINTENANCE_MODE=1      maintenance mode on
      %(prog)s dev-files MAINTENANCE_MODE=0      and off
      %(prog)s dev-files A=1 B=2 --dry-run
      %(prog)s dev-files TOKEN=@token.txt        from a file, without its last line end
      pass show token | %(prog)s dev-files TOKEN=-
      %(prog)s dev-files TOKEN=-                 on a terminal: asks, and shows nothing
      %(prog)s dev-files HANDLE=@me --literal    @ and - are the value itself
    """
    names = [name for name, _ in options.pairs]
    for name in names:
        if names.count(name) > 1:
            raise UsageError(f"{name} is given twice")
    if not options.literal and [value for _, value in options.pairs].count(STANDARD_STREAM) > 1:
        raise UsageError("standard input is the value of one variable only")
    for name in names:
        _hold(lambda_limits.check_environment, {name: ""})
    given = {name: value_of(name, value, literal=options.literal) for name, value in options.pairs}
    _change(options, session, given, lambda _current: frozenset())


@dataclass(frozen=True, kw_only=True)
class UnsetOptions(ChangeOptions):
    """The options of `unset`."""

    names: tuple[str, ...] = argument(nargs="+", type=variable_name, metavar="KEY")


def unset(options: UnsetOptions, session: EnvironmentSession) -> None:
    """Remove variables, and leave all others as they are.

    examples:
      %(prog)s dev-files OLD_FLAG
      %(prog)s dev-files A B C --yes
    """
    _change(options, session, {}, lambda _current: frozenset(options.names))


@dataclass(frozen=True, kw_only=True)
class ImportOptions(ChangeOptions):
    """The options of `import`."""

    file: str = argument(metavar="FILE", help="dotenv or JSON, or -")
    replace: bool = flag("--replace", help="remove what the file has not")


def import_(options: ImportOptions, session: EnvironmentSession) -> None:
    """Set the variables of a dotenv or JSON file; with --replace remove all others, too.

    examples:
      %(prog)s dev-files prod.env             sets what the file has, leaves the rest
      %(prog)s dev-files prod.env --replace   removes what the file has not
      sops -d prod.env | %(prog)s dev-files -
    """
    given = variables_in(options.file)
    _change(
        options,
        session,
        given,
        lambda current: (
            frozenset(current.keys() - given.keys()) if options.replace else frozenset()
        ),
    )


@dataclass(frozen=True, kw_only=True)
class UndoOptions(ChangeOptions):
    """The options of `undo`."""

    list: bool = flag("--list", help="list what can be undone")


def undo(options: UndoOptions, session: EnvironmentSession) -> None:
    """Put back what the last change replaced; again, what the one before it replaced.

    Only the variables of that change, by the same compare-and-set, so that what others did since
    then stays. If somebody changed one of them since, it is refused without --force. The last
    ten changes of a function that were made from this machine are remembered, values in the
    clear, in files for you alone.

    examples:
      %(prog)s dev-files --list                 what can be undone
      %(prog)s dev-files                        the last change; again, the one before it
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
        confirm(options, "what others changed since is overwritten")

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
    Edit(session, options, function, which, plan=plan, kept=mine).carry_out(found)
    if not options.dry_run:
        try:
            history.mark_undone(entry)
        except OSError as error:
            session.warn(f"the next undo finds this change again: {error.strerror}")


def _list(entries: Iterable[RecordedChange], session: EnvironmentSession, arn: str) -> None:
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
    options: ChangeOptions,
    session: EnvironmentSession,
    given: Mapping[str, str],
    removed: Callable[[Mapping[str, str]], frozenset[str]],
) -> None:
    """Set and remove variables, as their owners allow.

    What is to be removed is decided by the map that was read first: a variable that somebody adds
    in the meantime stays.
    """
    for name, value in given.items():
        _hold(variables.check, name, value)
    session.secrets.learn(given.values())
    function = session.open()
    found = _read_to_change(options.function, function, session)
    gone = removed(found.variables)
    which = variables.owners(function.tags(found.arn))
    if absent := sorted(gone - found.variables.keys()):
        session.note(f"{function.name} has no variable {', '.join(absent)}")
    edit = Edit(
        session,
        options,
        function,
        which,
        plan=lambda current: merge(current, given, gone),
        kept=sorted(name for name in given if which.parameter(name)),
    )
    edit.hold_to_owners(found)
    edit.ask_about_removals(found, sorted(gone & found.variables.keys()))
    edit.carry_out(found)


def _read_to_change(
    named: FunctionReference, function: Function, session: EnvironmentSession
) -> FunctionConfiguration:
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


def _hold(check: Callable[..., None], *values: object) -> None:
    try:
        check(*values)
    except ValueError as error:
        raise RefusedError(str(error)) from None
