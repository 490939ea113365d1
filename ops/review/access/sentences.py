"""Grants in words."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from enum import Enum

from ops.review.access.grants import ALL, ANYBODY, Grant, Patterns
from ops.review.access.names import ACCOUNT, shown
from ops.review.access.requests import Atom
from ops.review.app_version import Key

_FEW = 3
_CALLS = {"lambda:InvokeFunction", "lambda:InvokeFunctionUrl"}
_WORDS = {
    "stringequals": "is",
    "stringequalsignorecase": "is",
    "stringlike": "is like",
    "arnequals": "is",
    "arnlike": "is like",
    "bool": "is",
    "binaryequals": "is",
    "ipaddress": "is in",
    "stringnotequals": "is not",
    "stringnotequalsignorecase": "is not",
    "stringnotlike": "is not like",
    "arnnotequals": "is not",
    "arnnotlike": "is not like",
    "notipaddress": "is not in",
    "numericequals": "is",
    "numericnotequals": "is not",
    "numericlessthan": "is below",
    "numericlessthanequals": "is at most",
    "numericgreaterthan": "is above",
    "numericgreaterthanequals": "is at least",
    "datelessthan": "is before",
    "datelessthanequals": "is at latest",
    "dategreaterthan": "is after",
    "dategreaterthanequals": "is at earliest",
}


class State(Enum):
    """What became of a grant or a denial."""

    WORLD = "permitted to anybody in the world"
    COMES = "permitted"
    GOES = "no longer permitted"
    DENIED = "denied"
    UNDENIED = "no longer denied"


class Words:
    """What grants say, with the names that resources have for people."""

    def __init__(self, named: Callable[[Key], str]) -> None:
        self._named = named

    def text(self, text: str) -> str:
        """Return a text of `Names` for people."""
        return shown(text, self._named)

    def subject(self, at: Key | str) -> str:
        """Return the name of where a grant holds."""
        return self._named(at) if isinstance(at, tuple) else self.text(at)

    def listed(self, texts: Iterable[str], most: int = _FEW) -> str:
        """Return texts as a list of a sentence; of many only the first."""
        each = list(dict.fromkeys(texts))
        if len(each) > most + 1:
            each = [*each[:most], f"{len(each) - most} more"]
        return " and ".join([", ".join(each[:-1]), each[-1]] if len(each) > 1 else each)

    def who(self, who: Patterns | None, anybody: str) -> list[str]:
        """Return who may do it."""
        if who is None:
            return ["whoever may use it"]
        names = [self._principal(each, anybody) for each in who.values]
        return [f"everybody but {self.listed(names)}"] if who.all_but else names

    def _principal(self, principal: str, anybody: str) -> str:
        if principal == ANYBODY:
            return anybody
        kind, _, name = principal.partition(" ")
        if name == ACCOUNT:
            return "its own account"
        if kind == "AWS" and name.isdigit():
            return f"the account {name}"
        return self.text(name)

    def actions(self, some: Iterable[Patterns]) -> str:
        """Return what may be done."""
        every = list(dict.fromkeys(some))
        if any(each == ALL for each in every):
            return "do everything"
        exceptions = [each for each in every if each.all_but]
        if exceptions:
            return f"do everything but {self.listed(self.text(a) for a in exceptions[0].values)}"
        names = [self.text(a) for each in every for a in each.values]
        services = {name.partition(":")[0] for name in names}
        if len(names) > _FEW + 1 and len(services) > 1:
            of = ", ".join(sorted(services))
            return f"{names[0]}, {names[1]} and {len(names) - 2} more (of {of})"
        return self.listed(names)

    def targets(self, some: Iterable[Patterns]) -> str:
        """Return on what."""
        every = list(dict.fromkeys(some))
        if any(each == ALL for each in every):
            return "everything"
        exceptions = [each for each in every if each.all_but]
        if exceptions:
            return f"everything but {self.listed(self.text(a) for a in exceptions[0].values)}"
        return self.listed(self.text(a) for each in every for a in each.values)

    def condition(self, atoms: Sequence[Atom]) -> str:
        """Return a condition as the end of a sentence; nothing if there is none."""
        said = [self.atom(each) for each in atoms]
        return f" if {' and '.join(said)}" if said else ""

    def atom(self, atom: Atom) -> str:
        """Return one condition."""
        named = ["its own account" if each == ACCOUNT else self.text(each) for each in atom.values]
        values = self.listed(named).replace(" and ", " or ")
        if atom.of_template:
            return f"the template's {atom.key} is {values}"
        quantifier, _, rest = atom.operator.rpartition(":")
        operator = rest.removesuffix("ifexists")
        each = {"forallvalues": "every ", "foranyvalue": "some "}.get(quantifier, "")
        if operator == "null":
            return f"{atom.key} is {'absent' if values == 'true' else 'present'}"
        optional = ", where it is present" if operator != rest else ""
        verb = _WORDS.get(operator, atom.operator)
        if not any(sign in value for value in atom.values for sign in "*?"):
            verb = verb.removesuffix(" like")
        return f"{each}{atom.key} {verb} {values}{optional}"

    def clauses(self, grants: Sequence[Grant], state: State) -> list[tuple[str, list[Grant]]]:
        """Return grants of one scope as few clauses, each with the grants that it says.

        First all actions on one target stand together, then targets of the same actions, then
        those who may do the same.
        """
        found = [list(grants)]
        for alike in (_same_target, _same_actions, _same_all_but_who):
            found = alike(found)
        return [(self.clause(some, state), some) for some in found]

    def clause(self, some: Sequence[Grant], state: State, *, condition: bool = True) -> str:
        """Return one clause, without the name of what it is about."""
        scope = some[0].scope
        actions = self.actions(each.what for each in some)
        targets = self.targets(each.on for each in some)
        whos = dict.fromkeys(each.who for each in some)
        anybody = _ANYBODY.get(state, "anybody")
        who = self.listed(name for each in whos for name in self.who(each, anybody))
        called = all(each.what.values and set(each.what.values) <= _CALLS for each in some)
        form = _FORMS["called" if called and scope.kind == "resource" else scope.kind]
        on = "" if targets == "everything" and scope.kind == "resource" else f" on {targets}"
        if scope.kind == "trust" and actions == "sts:AssumeRole":
            actions = ""
        said = form[_INDEX[state]].format(who=who, actions=actions, on=on)
        if condition:
            said += self.condition(some[0].when)
        return said.replace(" ()", "")


_ANYBODY = {
    State.WORLD: "anybody in the world",
    State.DENIED: "everybody",
    State.UNDENIED: "everybody",
}
_INDEX = {State.WORLD: 0, State.COMES: 0, State.GOES: 1, State.DENIED: 2, State.UNDENIED: 3}
_FORMS = {
    "holder": (
        "may {actions}{on}",
        "may no longer {actions}{on}",
        "is denied to {actions}{on}",
        "is no longer denied to {actions}{on}",
    ),
    "policy": (
        "lets whoever holds it {actions}{on}",
        "no longer lets whoever holds it {actions}{on}",
        "denies whoever holds it to {actions}{on}",
        "no longer denies whoever holds it to {actions}{on}",
    ),
    "boundary": (
        "may {actions}{on}, as far as its boundary is concerned",
        "is kept by its boundary from {actions}{on}",
        "is denied by its boundary to {actions}{on}",
        "is no longer denied by its boundary to {actions}{on}",
    ),
    "trust": (
        "may be assumed by {who} ({actions})",
        "may no longer be assumed by {who} ({actions})",
        "may not be assumed by {who} ({actions})",
        "no longer denies {who} to assume it ({actions})",
    ),
    "endpoint": (
        "lets {who} {actions}{on} through it",
        "no longer lets {who} {actions}{on} through it",
        "denies {who} to {actions}{on} through it",
        "no longer denies {who} to {actions}{on} through it",
    ),
    "resource": (
        "lets {who} {actions}{on}",
        "no longer lets {who} {actions}{on}",
        "denies {who} to {actions}{on}",
        "no longer denies {who} to {actions}{on}",
    ),
    "called": (
        "may be called by {who}",
        "may no longer be called by {who}",
        "may not be called by {who}",
        "no longer denies {who} to call it",
    ),
}


def _grouped(
    groups: Iterable[Sequence[Grant]], key: Callable[[Sequence[Grant]], object]
) -> list[list[Grant]]:
    found: dict[object, list[Grant]] = defaultdict(list)
    for each in groups:
        found[key(each)] += each
    return list(found.values())


def _same_target(groups: Iterable[Sequence[Grant]]) -> list[list[Grant]]:
    single = [[each] for some in groups for each in some]
    return _grouped(single, lambda some: (some[0].who, some[0].when, some[0].on))


def _same_actions(groups: Iterable[Sequence[Grant]]) -> list[list[Grant]]:
    return _grouped(
        groups, lambda some: (some[0].who, some[0].when, frozenset(each.what for each in some))
    )


def _same_all_but_who(groups: Iterable[Sequence[Grant]]) -> list[list[Grant]]:
    return _grouped(
        groups,
        lambda some: (some[0].when, frozenset((each.what, each.on) for each in some)),
    )
