"""A grant: who may do what on what, under which condition; or who is denied it."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Literal

from ops.local.rules.patterns import account_of
from ops.review.access.patterns import contains, overlap
from ops.review.access.requests import Atom
from ops.review.app_version import DeclaredResource, Key

ScopeKind = Literal["holder", "boundary", "trust", "resource", "endpoint", "policy"]
ANYBODY = "*"
_MOST = 4000  # single grants of one statement


@dataclass(frozen=True, order=True)
class Scope:
    """Where statements hold together: for a holder of policies, or for a resource.

    `holder`: what it may do; `boundary`: what it may do at most; `trust`: who may become it;
    `resource`: who may use it; `endpoint`: what goes through it; `policy`: what whoever holds it
    may do. `at` is the resource, or a name where it is not of the app.
    """

    kind: ScopeKind
    at: Key | str


@dataclass(frozen=True)
class Patterns:
    """Some patterns, or (`all_but`) what none of them stands for."""

    values: tuple[str, ...]
    all_but: bool = False

    def each(self) -> list["Patterns"]:
        """Return one of a single pattern for each; what is all but some stays in one."""
        return [self] if self.all_but else [Patterns((value,)) for value in self.values]

    def contains(self, other: "Patterns", *, arn: bool = False) -> bool:
        """Say whether this stands for all that the other does. In doubt it says no."""
        if not self.all_but and not other.all_but:
            return all(
                any(contains(mine, each, arn=arn) for mine in self.values) for each in other.values
            )
        if not self.all_but:
            return "*" in self.values
        if other.all_but:
            return all(
                any(contains(each, mine, arn=arn) for each in other.values) for mine in self.values
            )
        return not any(overlap(mine, each) for mine in self.values for each in other.values)


ALL = Patterns(("*",))


@dataclass(frozen=True, kw_only=True)
class Grant:
    """A statement of a policy, or one principal, action and resource of it.

    `who` are principals such as `Service lambda.amazonaws.com`, None where the holder is meant.
    """

    scope: Scope
    allow: bool
    who: Patterns | None
    what: Patterns
    on: Patterns
    when: tuple[Atom, ...] = ()
    source: DeclaredResource = field(compare=False)
    attribute: str = field(compare=False)

    def each(self) -> Iterator["Grant"]:
        """Yield single grants; a statement with very many of them is split less."""
        whos = [None] if self.who is None else self.who.each()
        whats, ons = self.what.each(), self.on.each()
        if len(whos) * len(whats) * len(ons) > _MOST:
            ons = [self.on]
        if len(whos) * len(whats) * len(ons) > _MOST:
            whats = [self.what]
        for who in whos:
            for what in whats:
                for on in ons:
                    yield replace(self, who=who, what=what, on=on)

    def contains(self, other: "Grant") -> bool:
        """Say whether this is of all that the other is of, conditions aside."""
        return (
            principals_contain(self.who, other.who, accounts=not self.allow)
            and self.what.contains(other.what)
            and self.on.contains(other.on, arn=True)
        )


def principals_contain(one: Patterns | None, other: Patterns | None, *, accounts: bool) -> bool:
    """Say whether the first are all of the second. In doubt it says no.

    With `accounts`, all of an account are in it. That is so in a denial; to permit something to an
    account leaves it to the account's own policies, and to permit it to a role does not.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
    """
    if one is None or other is None:
        return one == other
    if not one.all_but and not other.all_but:
        return all(
            any(_is(mine, each, accounts=accounts) for mine in one.values) for each in other.values
        )
    if not one.all_but:
        return ANYBODY in one.values
    if other.all_but:
        return set(one.values) <= set(other.values)
    return not any(
        _is(mine, each, accounts=True) or _is(each, mine, accounts=True)
        for mine in one.values
        for each in other.values
    )


def _is(one: str, other: str, *, accounts: bool) -> bool:
    """Say whether a principal is another, or has it in it: everybody, or an account."""
    if one in {other, ANYBODY}:
        return True
    account = _account_of_root(one) if accounts else ""
    return bool(account) and account == account_of_principal(other)


def account_of_principal(principal: str) -> str:
    """Return the account of a principal, `<account>` for that of the stack; nothing if unknown."""
    kind, _, name = principal.partition(" ")
    if kind != "AWS":
        return ""
    if name.startswith("<") and "|" in name:  # a role or user of the app
        return "<account>"
    return account_of(name) or (name if name.isdigit() or name == "<account>" else "")


def _account_of_root(principal: str) -> str:
    """Return the account that a principal stands for as a whole; nothing if it is another."""
    name = principal.partition(" ")[2]
    whole = name.endswith(":root") or ":" not in name
    return account_of_principal(principal) if whole and "|" not in name else ""
