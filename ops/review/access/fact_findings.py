"""Which doors, boundaries and policies come and go."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace

from ops.review.access.facts import PUBLIC_ACCESS_BLOCK, WHOLE, Fact
from ops.review.access.grants import Scope
from ops.review.access.versions import Versions, finding
from ops.review.access.world import whose
from ops.review.app_version import Key
from ops.review.findings import Finding, Weight

_ITEMS = 6  # that a sentence has


def changed_facts(versions: Versions) -> Iterator[tuple[Key | str, Finding]]:
    """Yield what comes and goes, but for what a sentence about something new says with the rest."""
    kinds: dict[tuple[Key | str, str], tuple[list[Fact], list[Fact]]] = defaultdict(
        lambda: ([], [])
    )
    before, after = set(versions.before.facts), set(versions.after.facts)
    for each in versions.after.facts:
        fresh = not versions.was(each.subject)
        known = each in before or replace(each, condition="") in before
        if not known and (each.coming is Weight.STOP or not fresh):
            kinds[each.subject, each.kind][0].append(each)
    for each in versions.before.facts:
        known = each in after or replace(each, condition="") in after
        if not known and versions.stays(each.subject):
            kinds[each.subject, each.kind][1].append(each)
    for (subject, _), (comes, goes) in kinds.items():
        for found in _said(versions, subject, comes, goes):
            yield subject, found


def facts_of_new(versions: Versions) -> dict[Key, list[Fact]]:
    """Return what one sentence about something new says with the rest."""
    found: dict[Key, list[Fact]] = defaultdict(list)
    for each in versions.after.facts:
        if isinstance(each.subject, str) or versions.was(each.subject):
            continue
        if each.coming is Weight.LOOK:
            found[each.subject].append(each)
    return found


def _said(
    versions: Versions, subject: Key | str, comes: list[Fact], goes: list[Fact]
) -> Iterator[Finding]:
    name = versions.words.subject(subject)
    if comes and goes and comes[0].kind == "boundary":
        now, once = _items(versions, comes), _items(versions, goes)
        sentence = f"{name} is held within the boundary {now}, and no longer within {once}"
        yield _finding(versions, sentence, Weight.LOOK, [*comes, *goes])
        return
    if comes:
        sentence = f"{name} {comes[0].comes.replace('{}', _items(versions, comes))}"
        sentence += _under(comes)
        yield _finding(versions, sentence, comes[0].coming, comes)
    if goes:
        sentence = f"{name} {goes[0].goes.replace('{}', _items(versions, goes))}"
        sentence += _under(goes)
        weight = goes[0].going
        if goes[0].kind == PUBLIC_ACCESS_BLOCK and _is_public(versions, subject):
            weight = Weight.STOP
            sentence += ", and is open by its policy or access list"
        yield _finding(versions, sentence, weight, goes)


def _under(facts: Sequence[Fact]) -> str:
    condition = facts[0].condition
    return f" if the template's condition {condition} is true" if condition else ""


def _items(versions: Versions, facts: Sequence[Fact]) -> str:
    return versions.words.listed(sorted(versions.words.text(each.item) for each in facts), _ITEMS)


def _finding(versions: Versions, sentence: str, weight: Weight, facts: Sequence[Fact]) -> Finding:
    details = [versions.words.text(each.item) for each in facts] if len(facts) > _ITEMS else []
    covers = set()
    for each in facts:
        key = versions.place(each.source)
        ended = not (versions.was(key) and versions.stays(key))
        covers.add((key, "*" if ended and each.kind not in WHOLE else each.attribute))
    return finding(facts[0].source, weight, sentence, details, covers)


def _is_public(versions: Versions, subject: Key | str) -> bool:
    grants = versions.after.grants.get(Scope("resource", subject), [])
    denials = [each for each in grants if not each.allow]
    return any(
        whose(single, denials) == "world" for each in grants if each.allow for single in each.each()
    ) or any(
        each.subject == subject and each.coming is Weight.STOP for each in versions.after.facts
    )
