"""What is permitted to a holder, or on a resource, that is new or gone as a whole."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from ops.review.access.facts import Fact
from ops.review.access.grants import Grant, Scope
from ops.review.access.sentences import State
from ops.review.access.statement_findings import of_its_own, said, weigh
from ops.review.access.versions import Versions, finding
from ops.review.access.world import whose
from ops.review.app_version import Key
from ops.review.findings import Finding, Weight

_HOLDERS = ("AWS::IAM::Role", "AWS::IAM::User", "AWS::IAM::Group")
_CLAUSES = 3  # that a sentence has
_NAMES = 6


def new(
    versions: Versions, at: Key, scopes: Sequence[Scope], facts: Sequence[Fact]
) -> Iterator[Finding]:
    """Yield what may be done with something new: its doors to the world, and all else as one."""
    folded: list[Grant] = []
    for scope in scopes:
        grants = versions.after.grants[scope]
        denials = [each for each in grants if not each.allow]
        for grant in (single for each in grants for single in each.each()):
            if grant.allow and weigh(grant, denials) is Weight.STOP:
                state = State.WORLD if whose(grant, denials) == "world" else State.COMES
                yield from said(versions, state, Weight.STOP, [grant])
            else:
                folded.append(grant)
    asked = [each for each in folded if each.allow and not of_its_own(each)]
    trust = _clauses(versions, [each for each in asked if each.scope.kind == "trust"], State.COMES)
    rest = [each for each in asked if each.scope.kind != "trust"]
    clauses = _clauses(versions, rest, State.COMES)
    clauses += [each.comes.replace("{}", versions.words.text(each.item)) for each in facts]
    details = [*trust, *clauses]
    if not details:
        return
    if len(clauses) > _CLAUSES:
        clauses = list(_shorter(versions, rest))
    words = "; ".join([*trust, *clauses])
    only_endpoints = not facts and all(each.scope.kind == "endpoint" for each in asked)
    denied = [each for each in folded if not each.allow]
    yield finding(
        versions.resource(at),
        Weight.NOTE if only_endpoints else Weight.LOOK,
        f"{versions.named(at)} is new: it {words}",
        [*details, *_clauses(versions, denied, State.DENIED)],
        {(at, "*"), *(versions.cover(each.source, each.attribute) for each in folded)},
    )


def _shorter(versions: Versions, grants: Sequence[Grant]) -> Iterator[str]:
    """Yield in short what very many grants permit: of which services, and to whom."""
    services = {
        each.partition(":")[0]
        for grant in grants
        if grant.scope.kind != "resource"
        for each in grant.what.values
    }
    if services:
        yield f"may use {versions.words.listed(sorted(services), _NAMES)}"
    who = [
        name
        for grant in grants
        if grant.scope.kind == "resource"
        for name in versions.words.who(grant.who, "anybody")
    ]
    if who:
        yield f"lets {versions.words.listed(who, _NAMES)} use it"


def gone(versions: Versions, at: Key, scopes: Sequence[Scope]) -> Iterator[Finding]:
    """Yield that a holder is removed."""
    resource = versions.resource(at)
    if resource.type not in _HOLDERS or resource.stack.name in versions.changed.gone_stacks:
        return
    grants = [each for scope in scopes for each in versions.before.grants[scope]]
    allowed = [each for each in grants if each.allow]
    yield finding(
        resource,
        Weight.NOTE,
        f"{versions.named(at)} is removed, with all that it might do",
        _clauses(versions, allowed, State.GOES),
        {(at, "*"), *(versions.cover(each.source, each.attribute) for each in grants)},
    )


def _clauses(versions: Versions, grants: Iterable[Grant], state: State) -> list[str]:
    by_scope: dict[Scope, list[Grant]] = defaultdict(list)
    for each in grants:
        by_scope[each.scope].append(each)
    return [
        clause for some in by_scope.values() for clause, _ in versions.words.clauses(some, state)
    ]
