"""Command lines: parsed into typed options, and taken as people write them.

The options of a command are a frozen dataclass. Each of its fields that the command line gives is
an `argument`, so a command declares its options once, with their types.
"""

import argparse
import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, fields
from functools import partial
from typing import Any, TypeVar, get_type_hints

Options = TypeVar("Options")
Command = Callable[..., Any]


@dataclass(frozen=True, eq=False)
class Exclusive:
    """Arguments that exclude each other; one of them must be given if `required`."""

    required: bool = False


def argument(*names: str, among: Exclusive | None = None, **settings: Any) -> Any:  # noqa: ANN401 - argparse's own, and a field of any type
    """Return a field that takes its value from the option `names`, or without names by position.

    `settings` are those of `ArgumentParser.add_argument`. A function as `default` is called when
    the parser is made.
    """
    return field(metadata={"names": names, "among": among, "settings": settings})


def flag(*names: str, help: str, among: Exclusive | None = None) -> Any:  # noqa: ANN401
    """Return a field that is true when the option is given."""
    return argument(*names, among=among, action="store_true", help=help)


_LAST_PORT, _DIGITS = 65_535, 99
# Of seconds or minutes; the system's own clocks end at 292 years.
_LONGEST = 10**8


def port_number(text: str) -> int:
    """Parse the number of a port of TCP; 0 stands for one that is free."""
    # Python reads no number of thousands of digits.
    if not text.isascii() or not text.isdecimal() or len(text) > _DIGITS or int(text) > _LAST_PORT:
        raise argparse.ArgumentTypeError(f"a port is 0..{_LAST_PORT}, got {text!r}")
    return int(text)


def duration(meaning: str) -> Callable[[str], float]:
    """Return a type of arguments: a number from 0 on; an error says its `meaning`."""

    def parse(text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            value = -1
        if not 0 <= value < float("inf"):
            raise argparse.ArgumentTypeError(f"{meaning}, got {text!r}")
        if value > _LONGEST:
            raise argparse.ArgumentTypeError(f"{meaning}, at most {_LONGEST:,}, got {text!r}")
        return value

    return parse


def add_commands(
    parser: argparse.ArgumentParser,
    tool: str,
    commands: Sequence[Command],
    run: Callable[[Command, Any], int],
    *,
    about: str | None,
    notes: str = "",
    parser_class: "type[Parser] | None" = None,
) -> None:
    """Add the commands of a tool, each a function whose first argument is a dataclass of options.

    A command has the name of its function, and its docstring as help. `run` is called with the
    command and its options. `notes` come at the end of each help.
    """
    describe(parser, about, notes)
    parser.set_defaults(tool=tool)
    parsers = parser.add_subparsers(
        required=True, metavar="COMMAND", dest="verb", parser_class=parser_class or type(parser)
    )
    for command in commands:
        about = command.__doc__ or ""
        each = parsers.add_parser(
            command.__name__.rstrip("_"), help=about.splitlines()[0].rstrip(".")
        )
        describe(each, about, notes)
        add_options(each, command, partial(run, command))


def describe(parser: argparse.ArgumentParser, about: str | None, notes: str = "") -> None:
    """Show `about` before the options of a help; its examples and the notes come behind them."""
    text, examples, shown = inspect.cleandoc(about or "").partition("\n\nexamples:\n")
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.description, parser.epilog = text, f"{examples}{shown}\n{notes}"


def add_options(
    parser: argparse.ArgumentParser, command: Command, run: Callable[[Any], int] | None = None
) -> None:
    """Add the options of a command; `run`, or the command itself, is called with them.

    The help shows the options of their own class before inherited ones.
    """
    options = next(iter(get_type_hints(command).values()))
    parser.set_defaults(run=_typed(run or command, options))
    groups: dict[Exclusive, argparse._MutuallyExclusiveGroup] = {}
    depths = {
        name: depth
        for depth, each in reversed([*enumerate(options.__mro__)])
        for name in inspect.get_annotations(each)
    }
    declared = [each for each in fields(options) if each.metadata]
    declared.sort(key=lambda each: depths[each.name] if each.metadata["names"] else -1)
    for each in declared:
        names, among = each.metadata["names"], each.metadata["among"]
        if among and among not in groups:
            groups[among] = parser.add_mutually_exclusive_group(required=among.required)
        settings = each.metadata["settings"] | ({"dest": each.name} if names else {})
        if callable(settings.get("default")):
            settings["default"] = settings["default"]()
        (groups[among] if among else parser).add_argument(*(names or [each.name]), **settings)


def _typed(
    run: Callable[[Options], int], options: type[Options]
) -> Callable[[argparse.Namespace], int]:
    """Return `run` as argparse calls it: `options` takes each of its fields from the namespace."""
    names = inspect.signature(options).parameters

    def call(parsed: argparse.Namespace) -> int:
        values = ((name, getattr(parsed, name)) for name in names)
        taken = {name: tuple(each) if isinstance(each, list) else each for name, each in values}
        return run(options(**taken))

    return call


class Parser(argparse.ArgumentParser):
    """A parser that takes options anywhere, and says itself what it does not know.

    argparse takes the names that stand before an option for all of them, where any may be left out,
    and knows those behind it no more: https://github.com/python/cpython/issues/87139.
    """

    def parse_known_args(  # type: ignore[override]  # of its overloads this one is used
        self, args: Sequence[str] | None = None, namespace: argparse.Namespace | None = None
    ) -> tuple[argparse.Namespace, list[str]]:
        """Refuse what is not known here: the parser above would, with its own usage."""
        if self._subparsers or args is None:
            return super().parse_known_args(args, namespace)
        known, unknown = super().parse_known_args(self._options_first(args), namespace)
        if unknown:
            self.refuse(unknown)
        return known, unknown

    def refuse(self, unknown: list[str]) -> None:
        """End with what is not known, as argparse says it."""
        self.error(f"unrecognized arguments: {' '.join(unknown)}")

    def _options_first(self, words: Sequence[str]) -> list[str]:
        """The same words, options with their values first. What follows `--` are names."""
        options, names, rest = list[str](), list[str](), iter(words)
        for word in rest:
            if word == "--":
                names += [word, *rest]
            elif word.startswith("-") and word != "-":
                options.append(word)
                if self._takes_a_value(word):
                    value = next(rest, None)
                    if value is None:  # argparse says so; a name must not become the value
                        return list(words)
                    options.append(value)
            else:
                names.append(word)
        return options + names

    def _takes_a_value(self, word: str) -> bool:
        """Say whether the next word belongs to the option, which may be abbreviated."""
        meant = self._option_string_actions.get(word)
        if meant is None and word.startswith("--"):
            begun = [name for name in self._option_string_actions if name.startswith(word)]
            meant = self._option_string_actions[begun[0]] if begun else None
        return meant is not None and meant.nargs != 0
