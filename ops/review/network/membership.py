"""In which VPC, subnets and security groups something runs, where that is other."""

from collections.abc import Iterator

from ops.review.app_version import AppVersion, DeclaredResource, Json
from ops.review.changes import Changes, Difference, ResourceChange
from ops.review.findings import Finding, Weight, about
from ops.review.network.nodes import GROUPS, SUBNETS
from ops.review.network.subnets import identity
from ops.review.words import leaves, text

# What ties subnets to something else, and runs in none.
_OF_THE_NETWORK = (
    *("AWS::EC2::Subnet", "AWS::EC2::Route", "AWS::EC2::SecurityGroup", "AWS::EC2::NetworkAcl"),
    "AWS::EC2::NatGateway",
)


def membership_findings(changed: Changes) -> Iterator[Finding]:
    """Yield what enters or leaves a VPC, and what wears other groups or is in further subnets."""
    for each in changed.resources:
        if each.before is None or each.after is None or each.type.startswith(_OF_THE_NETWORK):
            continue
        for difference in each.differences:
            sides = (difference.before, difference.after)
            if difference.name in _OF_A_VPC and len({_in_subnets(each) for each in sides}) > 1:
                yield _crossed(each.after, difference)
                continue
            for name, old, new in leaves(difference.before, difference.after, difference.name):
                yield from _said(changed, each, name, old, new)


# Of Lambda and CodeBuild: without it, something runs in no VPC of the account.
_OF_A_VPC = {"VpcConfig", "VPCConfig"}


def _in_subnets(value: Json) -> bool:
    if not isinstance(value, dict):
        return bool(value)
    return bool(value.get("SubnetIds", value.get("Subnets", True)))


def _crossed(after: DeclaredResource, difference: Difference) -> Finding:
    words = (
        "runs in a VPC from now on: it reaches what its subnets and groups let through"
        if not _in_subnets(difference.before)
        else "no longer runs in a VPC: it reaches the world directly, and nothing in the VPC"
    )
    sentence = f"{after.name} {words}"
    return about(after, "network", Weight.LOOK, sentence, difference.name)


def _said(
    changed: Changes, each: ResourceChange, path: str, old: Json, new: Json
) -> Iterator[Finding]:
    assert each.before
    assert each.after
    last = path.rpartition(".")[2]
    if not (GROUPS.match(last) or SUBNETS.match(last)):
        return
    before = _known(changed.before, each.before, old, changed)
    after = _known(changed.after, each.after, new, None)
    entered = [name for known, name in after.items() if known not in before]
    left = [name for known, name in before.items() if known not in after]
    if GROUPS.match(last) and (entered or left):
        said = [f"wears {', '.join(entered)}"] if entered else []
        said += [f"no longer wears {', '.join(left)}"] if left else []
        sentence = f"{each.after.name} {' and '.join(said)} (security groups)"
        yield about(each.after, "network", Weight.LOOK, sentence, path)
    elif SUBNETS.match(last) and entered:
        rest = f", and no longer in {', '.join(left)}" if left else " as well"
        sentence = f"{each.after.name} is in the subnets {', '.join(entered)}{rest}"
        yield about(each.after, "network", Weight.LOOK, sentence, path)


def _known(
    version: AppVersion, resource: DeclaredResource, value: Json, moved: Changes | None
) -> dict[str, str]:
    """Return the names of groups or subnets by what each is known by in both versions."""
    found = {}
    for each in value if isinstance(value, list) else [] if value is None else [value]:
        shown = text(version, resource.stack.name, each)
        keys = [key for key, _ in version.targets(resource.stack.name, each)]
        places = moved.matches.places if moved else {}
        known = identity(places, keys[0]) if keys else shown
        found[known] = version.named(keys[0]) if keys else shown
    return found
