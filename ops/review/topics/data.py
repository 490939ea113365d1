"""Data: what is replaced or deleted with what it holds, and what no longer keeps it."""

from collections.abc import Iterator

from ops.review.changes import Changes, ResourceChange
from ops.review.findings import Finding, Weight, about
from ops.review.stateful import held, kept

_POLICIES = {
    "DeletionPolicy": "when its stack is deleted or no longer has it",
    "UpdateReplacePolicy": "when it is replaced",
}


def findings(changed: Changes) -> Iterator[Finding]:
    """Yield what a deployment does to data."""
    for each in changed.resources:
        holds = held((each.before or each.resource).body)
        if holds is None or each.before is None:
            continue
        if each.new_identity:
            yield _lost(changed, each, holds)
        if each.after:
            yield from _policies(each)


def _lost(changed: Changes, each: ResourceChange, holds: str) -> Finding:
    resource, became = each.resource, _BECOMES[each.impact]
    name = resource.name
    if each.moved:
        assert each.before
        sentence = (
            f"{each.before.name} moves to {name}: AWS makes a new one there, and the old one"
            f" {became} ({holds})"
        )
    else:
        sentence = f"{name} {became} ({holds}){_why(changed, each)}"
    safe = each.impact == "kept outside"
    return about(resource, "data", Weight.LOOK if safe else Weight.STOP, sentence)


_BECOMES = {
    "replaced": "is replaced by a new one",
    "perhaps replaced": "may be replaced by a new one",
    "deleted": "is deleted",
    "kept outside": "stays in AWS, but is no longer the stack's",
}


def _why(changed: Changes, each: ResourceChange) -> str:
    said = []
    for cause in each.causes:
        through = (
            f", since {changed.after.named(cause.through)} is replaced" if cause.through else ""
        )
        said.append(f"its {cause.attribute} changes{through}")
    return f": {' and '.join(said)}" if said else ""


def _policies(each: ResourceChange) -> Iterator[Finding]:
    for name, when in _POLICIES.items():
        difference = each.difference(name)
        if difference is None:
            continue
        before, after = kept(difference.before), kept(difference.after)
        if before and not after:
            sentence = (
                f"{each.resource.name} is no longer kept {when} ({name} was {difference.before})"
            )
            yield about(each.resource, "data", Weight.STOP, sentence, name)
        elif after and not before:
            sentence = (
                f"{each.resource.name} is kept {when} from now on ({name} is {difference.after})"
            )
            yield about(each.resource, "data", Weight.NOTE, sentence, name)
        else:
            sentence = (
                f"{each.resource.name} has {name} {difference.after}, and had {difference.before}"
            )
            yield about(each.resource, "data", Weight.LOOK, sentence, name)
