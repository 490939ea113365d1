"""Command lines as people write them: an option may stand between two names, not only last."""

import argparse
from collections.abc import Sequence


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
