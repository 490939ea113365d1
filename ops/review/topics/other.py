"""What no other topic said: each change that is left, so that none is taken for no change."""

from collections import Counter, defaultdict
from collections.abc import Iterator

from ops.review.app_version import Key
from ops.review.changes import Changes, Difference, ResourceChange, TemplateDifference
from ops.review.findings import Finding, Weight, about, place
from ops.review.words import kind, leaves, text

# These say nothing to AWS that changes what a resource does.
WITHOUT_WEIGHT = frozenset(("Description", "GroupDescription"))


def findings(changed: Changes, said: frozenset[tuple[Key, str]]) -> Iterator[Finding]:
    """Yield a finding for each attribute, resource and section that `said` does not have."""
    yield from _stacks(changed)
    for each in changed.resources:
        key = each.resource.key
        if (key, "*") in said:
            continue
        if each.before is None or each.after is None:
            if not _of_whole_stack(changed, each):
                yield _whole(each)
        elif each.moved:
            continue
        else:
            left = [
                difference
                for difference in each.differences
                if (key, difference.name) not in said
                and not difference.only_hashes
                and difference.name not in WITHOUT_WEIGHT
            ]
            if each.new_identity and (key, "=") not in said:
                yield _replaced(changed, each)
            else:
                for difference in left:
                    yield from _attributes(changed, each, difference)
    for beside in changed.beside:
        if _matters(beside):
            yield _section(changed, beside)


def without_weight(changed: Changes) -> list[str]:
    """Return what changed without weight, a line each: hashes, descriptions, moves, exports."""
    found: dict[str, set[str]] = defaultdict(set)
    for each in changed.resources:
        name = each.resource.name
        if each.moved and each.before:
            found[
                f"{each.before.name} moves to {name}"
                if each.before.name != name
                else f"{name} has another logical id"
            ].add(place(each.resource.stack))
        for difference in each.differences:
            if difference.only_hashes:
                found[f"{name}: other content ({difference.name})"].add(place(each.resource.stack))
            elif difference.name in WITHOUT_WEIGHT:
                found[f"{name}: other {difference.name}"].add(place(each.resource.stack))
    for beside in changed.beside:
        if not _matters(beside):
            stack = changed.after.stacks[beside.stack]
            found[f"{beside.section} {beside.name} of {beside.stack}"].add(place(stack))
    return [f"{line} ({', '.join(sorted(stages))})" for line, stages in found.items()]


def _stacks(changed: Changes) -> Iterator[Finding]:
    for names, version, verb in (
        (changed.new_stacks, changed.after, "is new"),
        (
            changed.gone_stacks,
            changed.before,
            "is no longer in the app; CloudFormation leaves it as it is until somebody deletes it",
        ),
    ):
        for name in sorted(names):
            stack = version.stacks[name]
            types = Counter(kind(each.type) for each in stack.resources.values())
            details = [f"{count} {what}" for what, count in types.most_common()]
            yield Finding(
                topic="operations",
                weight=Weight.LOOK,
                sentence=f"The stack {name} {verb}: {len(stack.resources)} resources",
                stage=place(stack),
                path=name,
                details=tuple(details),
            )


def _of_whole_stack(changed: Changes, each: ResourceChange) -> bool:
    name = each.resource.stack.name
    return name in (changed.new_stacks if each.before is None else changed.gone_stacks)


def _whole(each: ResourceChange) -> Finding:
    verb = "is new" if each.before is None else "is removed"
    sentence = f"{each.resource.name} {verb} ({kind(each.type)})"
    return about(each.resource, "operations", Weight.NOTE, sentence)


def _replaced(changed: Changes, each: ResourceChange) -> Finding:
    perhaps = "may be" if each.impact == "perhaps replaced" else "is"
    because = [
        cause.attribute
        + (f" (through {changed.after.named(cause.through)})" if cause.through else "")
        for cause in each.causes
    ]
    why = f", because of {' and '.join(because)}" if because else ""
    details = [line for each_one in each.differences for line in _said(changed, each, each_one)]
    sentence = f"{each.resource.name} {perhaps} replaced by a new one{why}"
    return about(each.resource, "availability", Weight.LOOK, sentence, details=details)


def _attributes(
    changed: Changes, each: ResourceChange, difference: Difference
) -> Iterator[Finding]:
    for said in _said(changed, each, difference):
        sentence = f"{each.resource.name}: {said}"
        yield about(each.resource, "operations", Weight.NOTE, sentence, difference.name)


def _said(changed: Changes, each: ResourceChange, difference: Difference) -> Iterator[str]:
    assert each.before
    for name, old, new in leaves(difference.before, difference.after, difference.name):
        before = text(changed.before, each.before.stack.name, old)
        after = text(changed.after, each.resource.stack.name, new)
        if before == after:  # the difference is behind what fits into a line
            yield f"{name} is another"
        elif old is None:
            yield f"{name} is {after} from now on"
        elif new is None:
            yield f"{name} is no longer set, and was {before}"
        else:
            yield f"{name} is {after}, and was {before}"


def _matters(beside: TemplateDifference) -> bool:
    """Outputs do nothing by themselves; one that is gone may be read by somebody."""
    if beside.section != "Outputs":
        return True
    before = beside.before if isinstance(beside.before, dict) else {}
    return beside.before is not None and "Export" not in before


def _section(changed: Changes, beside: TemplateDifference) -> Finding:
    before = text(changed.before, beside.stack, beside.before)
    after = text(changed.after, beside.stack, beside.after)
    return Finding(
        topic="operations",
        weight=Weight.NOTE if beside.section == "Outputs" else Weight.LOOK,
        sentence=f"{beside.section.removesuffix('s')} {beside.name} is {after}, and was {before}",
        stage=place(changed.after.stacks[beside.stack]),
        path=f"{beside.stack}/{beside.name}",
    )
