"""What statements of policies permit and deny after a change, and did not before."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal, get_args

from ops.review.access.grants import Grant, Patterns, Scope
from ops.review.access.names import ACCOUNT
from ops.review.access.requests import passing
from ops.review.access.sentences import State
from ops.review.access.versions import Versions, finding
from ops.review.access.world import whose
from ops.review.app_version import Key
from ops.review.findings import Finding, Weight

_Part = Literal["what", "on", "who"]
_PARTS: tuple[_Part, ...] = get_args(_Part)
_REQUESTS = 4  # of which a sentence says that they pass
_PASSES = {
    State.WORLD: " in more cases: passes now: ",
    State.COMES: " in more cases: passes now: ",
    State.GOES: " in fewer cases: passes no longer: ",
    State.DENIED: " in more cases: ",
    State.UNDENIED: " in these cases: ",
}
_DETAIL = {
    State.WORLD: "passes now",
    State.COMES: "passes now",
    State.GOES: "passes no longer",
    State.DENIED: "denied now",
    State.UNDENIED: "no longer denied",
}


@dataclass(frozen=True)
class More:
    """A single grant that others do not have; `passes` if only for these requests."""

    grant: Grant
    passes: tuple[str, ...] = ()


def beyond(some: Sequence[Grant], others: Sequence[Grant]) -> Iterator[More]:
    """Yield what some permit, or deny, that no other does.

    Where another that is of the same, but under another condition, is not among them itself, its
    condition changed: then it says for which requests.
    """
    own, known, seen = set(some), set(others), set()
    for grant in some:
        if grant in known:
            continue
        alike = [each for each in others if each.allow == grant.allow]
        for single in _left(grant, alike).each():
            if single in seen:
                continue
            seen.add(single)
            wider, passes = _compared(single, alike)
            if passes or not wider:
                changed = any(each not in own for each in wider)
                yield More(single, tuple(passes) if changed else ())


def _compared(grant: Grant, others: Sequence[Grant]) -> tuple[list[Grant], list[str]]:
    """Return those that are of the same, conditions aside, and which requests pass none of them."""
    wider = [each for each in others if each.contains(grant)]
    return wider, passing(grant.when, [each.when for each in wider]) if wider else []


def _left(grant: Grant, others: Sequence[Grant]) -> Grant:
    """Return a statement without the actions, resources and principals that others have as a whole.

    So a large statement with one action more is that one action, and need not be split first.
    """
    for part in _PARTS:
        some = getattr(grant, part)
        if some is None or some.all_but:
            continue
        left: list[str] = []
        for each in some.each():
            wider, passes = _compared(_with(grant, part, each), others)
            left += each.values if passes or not wider else ()
        grant = _with(grant, part, Patterns(tuple(left)))
    return grant


def _with(grant: Grant, part: _Part, value: Patterns) -> Grant:
    match part:
        case "who":
            return replace(grant, who=value)
        case "what":
            return replace(grant, what=value)
        case "on":
            return replace(grant, on=value)


def changed_statements(versions: Versions, scope: Scope) -> Iterator[Finding]:
    """Yield what is other where something was before and is after."""
    before = versions.before.grants.get(scope, [])
    if versions.is_kept(scope.at):  # it has what stands in it, and loses what stands beside it
        before = [each for each in before if versions.place(each.source) != scope.at]
    after = versions.after.grants.get(scope, [])
    attached = {versions.place(each.source) for each in before}
    denials = [each for each in after if not each.allow]
    groups: dict[tuple[State, Weight, tuple[str, ...], Key | None], list[Grant]] = defaultdict(list)
    for more in beyond(after, before):
        state, weight, by = State.DENIED, Weight.NOTE, None
        if more.grant.allow:
            state, weight = State.COMES, weigh(more.grant, denials)
            source = versions.place(more.grant.source)
            other = source != scope.at and source not in attached and versions.was(source)
            by = source if other else None
        if state is State.COMES and whose(more.grant, denials) == "world":
            state = State.WORLD
        groups[state, weight, more.passes, by].append(more.grant)
    for less in beyond(before, after):
        state, weight = State.GOES, Weight.NOTE
        if not less.grant.allow:
            state, weight = State.UNDENIED, _weigh_end(less.grant, after, denials)
        groups[state, weight, less.passes, None].append(less.grant)
    for (state, weight, passes, by), grants in groups.items():
        suffix = f", by {versions.named(by)}, which it has from now on" if by else ""
        yield from said(versions, state, weight, grants, passes=passes, suffix=suffix)


def weigh(grant: Grant, denials: Sequence[Grant]) -> Weight:
    """Weigh what is permitted from now on; `denials` are those of the same scope."""
    judged = whose(grant, denials)
    if judged in {"world", "another account"}:
        return Weight.STOP
    return Weight.STOP if judged == "federated" and grant.scope.kind == "trust" else Weight.LOOK


def _weigh_end(denial: Grant, after: Sequence[Grant], denials: Sequence[Grant]) -> Weight:
    """Weigh a denial that goes: whether anybody in the world may then do what it denied."""
    open_to_all = any(
        whose(grant, denials) == "world" and whose(grant, [denial, *denials]) != "world"
        for some in after
        if some.allow
        for grant in some.each()
    )
    return Weight.STOP if open_to_all else Weight.LOOK


def said(
    versions: Versions,
    state: State,
    weight: Weight,
    grants: Sequence[Grant],
    *,
    passes: tuple[str, ...] = (),
    suffix: str = "",
) -> Iterator[Finding]:
    """Yield findings about grants of one scope, few of them."""
    words = versions.words
    name = words.subject(grants[0].scope.at)
    for text, some in words.clauses(grants, state):
        clause = text
        if passes:
            shown = words.listed(map(words.text, passes), _REQUESTS)
            form = State.COMES if state is State.GOES else state
            clause = f"{words.clause(some, form, condition=False)}{_PASSES[state]}{shown}"
        details = [f"{name} {words.clause([each], state)}" for each in some]
        details += [f"{_DETAIL[state]}: {words.text(each)}" for each in passes]
        covers = {versions.cover(each.source, each.attribute) for each in some}
        yield finding(some[0].source, weight, f"{name} {clause}{suffix}", details, covers)


def of_its_own(grant: Grant) -> bool:
    """Say whether it lets the account of a resource use it, as without a policy."""
    return (
        grant.scope.kind == "resource"
        and grant.who is not None
        and not grant.who.all_but
        and set(grant.who.values) <= {f"AWS {ACCOUNT}"}
    )
