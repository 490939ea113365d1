"""The change of each resource of a deployment, as a review sees it (`ops.review.changes`)."""

from collections.abc import Sequence
from dataclasses import dataclass

from drive_tools.cloud_assembly import Template
from ops.review.app_version import AppVersion, ReviewedStack
from ops.review.changes import Impact, changes

Pair = tuple[str, Template, Template]  # a stack's name, as deployed, as synthesised

# As `cdk diff` names them.
_NAMES: dict[Impact, str] = {
    "added": "WILL_CREATE",
    "updated": "WILL_UPDATE",
    "replaced": "WILL_REPLACE",
    "perhaps replaced": "MAY_REPLACE",
    "deleted": "WILL_DESTROY",
    "kept outside": "WILL_ORPHAN",
}


@dataclass(frozen=True)
class ResourceImpact:
    """What a deployment does to one resource, and the properties because of which it does it."""

    impact: str
    properties: tuple[str, ...]


def differences(pairs: Sequence[Pair]) -> list[dict[str, ResourceImpact]]:
    """Return the changes of the resources of each pair of one deployment, by logical id.

    A replacement is followed into the other stacks. A resource that moves to another logical id is
    deleted at its old one.
    """
    before = {name: ReviewedStack(name, "", template) for name, template, _ in pairs}
    after = {name: ReviewedStack(name, "", template) for name, _, template in pairs}
    found: dict[str, dict[str, ResourceImpact]] = {name: {} for name, *_ in pairs}
    compared = changes(AppVersion("deployed", before), AppVersion("synthesised", after))
    for each in compared.resources:
        there = each.before if each.moved and each.before else each.resource
        causes = tuple(sorted({cause.attribute for cause in each.causes}))
        found[there.stack.name][there.logical_id] = ResourceImpact(_NAMES[each.impact], causes)
    return list(found.values())
