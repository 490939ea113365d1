"""Rules about single properties: what a sentence says when a property of some types changes."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from ops.review.app_version import Json
from ops.review.changes import Changes, ResourceChange
from ops.review.findings import Finding, Topic, Weight, about
from ops.review.words import leaves, said, text

# The weight, and what follows the name of the resource; None says nothing.
Judged = tuple[Weight, str] | None
Judge = Callable[[Json, Json], Judged]


@dataclass(frozen=True)
class PropertyRule:
    """One property of some resource types (all, if none is named), and what to say of a change."""

    property: str
    """Its name, with dots to what is inside."""
    judge: Judge
    types: tuple[str, ...] = ()


def findings(changed: Changes, topic: Topic, rules: Iterable[PropertyRule]) -> Iterator[Finding]:
    """Yield a finding for each rule that a changed resource meets."""
    known = tuple(rules)
    for each in changed.resources:
        if each.before is None or each.after is None:
            continue
        for rule in known:
            if not rule.types or each.type in rule.types:
                yield from _judged(changed, each, topic, rule)


def _judged(
    changed: Changes, each: ResourceChange, topic: Topic, rule: PropertyRule
) -> Iterator[Finding]:
    first = rule.property.partition(".")[0]
    if each.before is None or each.after is None or each.difference(first) is None:
        return
    before = _shown(inside(each.before.properties, rule.property))
    after = _shown(inside(each.after.properties, rule.property))
    if before == after:
        return
    judged = rule.judge(before, after)
    if judged:
        weight, template = judged
        versions, stacks = (
            (changed.before, changed.after),
            (each.before.stack.name, each.after.stack.name),
        )
        words = template.format(
            before=text(versions[0], stacks[0], before),
            after=text(versions[1], stacks[1], after),
            difference="; ".join(
                said(versions, stacks, leaf) for leaf in leaves(before, after, first)
            ),
        )
        yield about(each.after, topic, weight, f"{each.after.name} {words}", rule.property)


def inside(properties: Mapping[str, Json], path: str) -> Json:
    """Return what stands at a path with dots; None if nothing does."""
    found: Json = properties
    for name in path.split("."):
        if not isinstance(found, Mapping):
            return None
        found = found.get(name)
    return found


def switch(on: str, off: str, *, weight_off: Weight, default: bool = False) -> Judge:
    """Judge a boolean, or `Enabled` and the like: what is said when it is on, and when it is off.

    `default` is what AWS takes where nothing stands. What is neither is said as it is.
    """

    def judge(before: Json, after: Json) -> Judged:
        was, is_ = _is_on(before, default=default), _is_on(after, default=default)
        if was is None or is_ is None:
            return weight_off, f"{off} or not as {{after}} says, which was {{before}}"
        if was == is_:
            return None
        return (Weight.NOTE, f"{on} from now on") if is_ else (weight_off, f"{off} from now on")

    return judge


def number(what: str, *, less: Weight, more: Weight, absent: str) -> Judge:
    """Judge a number. `what` names it; `absent` says what AWS takes where nothing stands."""

    def judge(before: Json, after: Json) -> Judged:
        old, new = _number(before), _number(after)
        weight = max(less, more) if old is None or new is None else less if new < old else more
        return weight, (
            f"has {what} {'{after}' if after is not None else absent}, and had"
            f" {'{before}' if before is not None else absent}"
        )

    return judge


def other(weight: Weight, what: str) -> Judge:
    """Say what differs within a value of several parts."""
    return lambda *_: (weight, f"has other {what}: {{difference}}")


def changed_to(weight: Weight, what: str) -> Judge:
    """Say the value before and after, whatever they are."""

    def judge(before: Json, after: Json) -> Judged:
        if after is None:
            return weight, f"no longer has {what} {{before}}"
        if before is None:
            return weight, f"has {what} {{after}} from now on"
        return weight, f"has {what} {{after}}, and had {{before}}"

    return judge


_ON = {"true", "enabled", "on", "active"}
_OFF = {"false", "disabled", "suspended", "off", "passthrough"}


def _is_on(value: Json, *, default: bool) -> bool | None:
    if value is None:
        return default
    said = str(value).lower()
    return True if said in _ON else False if said in _OFF else None


def _number(value: Json) -> float | None:
    try:
        return float(value)
    except (TypeError, ValueError):
        return None


def _shown(value: Json) -> Json:
    return str(value).lower() if isinstance(value, bool) else value
