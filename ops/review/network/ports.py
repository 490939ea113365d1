"""Which ports a change opens or closes, and for whom."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from ops.review.app_version import DeclaredResource, Key
from ops.review.changes import Changes
from ops.review.findings import Finding, Weight, about
from ops.review.network.group_rules import INLINE, groups
from ops.review.network.openings import Group, Opening, Way, remaining, uncovered

_WAYS: tuple[Way, ...] = ("in", "out")
_SAID = 3  # of one sentence; the rest is in the details


def port_findings(changed: Changes) -> Iterator[Finding]:
    """Yield what security groups let in and out that they did not before, and no longer do."""
    befores = groups(changed.before, changed.matches.places)
    afters = groups(changed.after)
    for identity in dict.fromkeys((*afters, *befores)):
        before, after = befores.get(identity), afters.get(identity)
        where = _where(changed, before, after)
        if where is None or (after is None and where.stack.name in changed.gone_stacks):
            continue
        touched = frozenset(_touched(changed, before, after))
        found = [
            *_opened(changed, where, before, after),
            *_closed(where, before, after),
        ]
        if touched and not found:
            found = [_neither(where, before, after)]
        for each in found:
            yield replace(each, covers=touched)


def _neither(where: DeclaredResource, before: Group | None, after: Group | None) -> Finding:
    if before and after:
        said, weight = f"{after.name}: the same ports, by other rules", Weight.NONE
    elif after:
        said, weight = f"{after.name} is new, and lets nothing in or out", Weight.NOTE
    else:
        said, weight = f"{before.name if before else ''} is removed, with its rules", Weight.NOTE
    return about(where, "network", weight, said, "=")


def _where(changed: Changes, before: Group | None, after: Group | None) -> DeclaredResource | None:
    """Return the resource to which a reader should go: the group, else a rule of it."""
    for group, version in ((after, changed.after), (before, changed.before)):
        if group:
            keys = [group.key] if group.key else list(group.rules)
            return version.resources[keys[0]]
    return None


def _touched(
    changed: Changes, before: Group | None, after: Group | None
) -> Iterator[tuple[Key, str]]:
    """Yield what a sentence about the ports of a group has told: its rules, where all are read."""
    if not all(group.understood for group in (before, after) if group):
        return
    for group in (before, after):
        for key in group.rules if group else ():
            if key in changed.by_key:
                yield key, "*"
    place = after.key if after and after.key else before.key if before else None
    change = changed.by_key.get(place) if place else None
    if change is None:
        return
    if change.before is None or change.after is None:
        yield change.resource.key, "*"
    for name in INLINE:
        if change.difference(name):
            yield change.resource.key, name


def _opened(
    changed: Changes, where: DeclaredResource, before: Group | None, after: Group | None
) -> Iterator[Finding]:
    if after is None:
        return
    opened = uncovered(after.by_way, before)
    is_new = before is None and after.key is not None
    alone = is_new and where.stack.name in changed.new_stacks
    for way in _WAYS:
        for world in (True, False):
            some = [each for each in opened if each.way == way and each.peer.world is world]
            if not some:
                continue
            weight = Weight.LOOK
            if way == "in" and world:
                weight = Weight.STOP
            elif alone or (is_new and way == "in"):
                weight = Weight.NOTE  # it opens only what is new as well
            said = _NEW[way] if is_new else _NOW[way]
            yield _about(where, weight, f"{after.name} {said}", some)


_NEW = {"in": "is new, and may be reached", "out": "is new, and may reach"}
_NOW = {"in": "may now be reached", "out": "may now reach"}
_NO_LONGER = {"in": "is no longer reached", "out": "no longer reaches"}


def _closed(
    where: DeclaredResource, before: Group | None, after: Group | None
) -> Iterator[Finding]:
    if before is None or (after is None and before.key):
        return
    closed = [part for each in uncovered(before.by_way, after) for part in remaining(each, after)]
    for way in _WAYS:
        some = [each for each in closed if each.way == way]
        if some:
            yield _about(where, Weight.NOTE, f"{before.name} {_NO_LONGER[way]}", some)


def _about(
    where: DeclaredResource, weight: Weight, said: str, openings: Sequence[Opening]
) -> Finding:
    ordered = sorted(set(openings), key=lambda each: each.order)
    shown = " and ".join(_worded(each) for each in ordered[:_SAID])
    more = len(ordered) - _SAID
    rest = f" and {more} more" if more > 0 else ""
    details = [str(each) for each in ordered] if more > 0 else []
    return about(where, "network", weight, f"{said} {shown}{rest}", "=", details=details)


def _worded(opening: Opening) -> str:
    if opening.way == "in":
        return f"on {opening.what} from {opening.peer.name}"
    return f"{opening.peer.name} on {opening.what}"
