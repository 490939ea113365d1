"""On which way the subnets of a VPC reach the world, and from which address."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace

from ops.review.app_version import Key
from ops.review.changes import Changes
from ops.review.findings import Finding, Weight, about
from ops.review.network.subnets import PUBLIC, Subnet, WayOut, subnets

_NAMED = 3


def way_findings(changed: Changes) -> Iterator[Finding]:
    """Yield which subnets reach the world on another way, become public, or no longer get out."""
    befores = subnets(changed.before, changed.matches.places)
    afters = subnets(changed.after, {})
    groups: dict[tuple[str, Weight, str], list[str]] = defaultdict(list)
    for known, after in afters.items():
        before = befores.get(known)
        if before and (said := _other(before.way, after.way)):
            groups[after.vpc_name, *said].append(known)
        elif before is None and after.resource.stack.name not in changed.new_stacks:
            groups[after.vpc_name, *_new(after)].append(known)
    for (vpc, weight, words), some in groups.items():
        mine = [afters[each] for each in some]
        first = mine[0]
        where = first.routes[0] if first.routes else first.resource.key
        subject = f"{vpc}: {_names(mine, vpc)}"
        found = about(changed.after.resources[where], "network", weight, f"{subject} {words}")
        both = [*mine, *(befores[each] for each in some if each in befores)]
        yield replace(found, covers=frozenset(_covers(changed, both, new=some[0] not in befores)))
    yield from _addresses(changed)


def _names(some: Sequence[Subnet], vpc: str) -> str:
    names = [each.resource.name.removeprefix(f"{vpc}/").removesuffix("/Subnet") for each in some]
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return f"{', '.join(names[:_NAMED])}{more}"


def _other(before: WayOut | None, after: WayOut | None) -> tuple[Weight, str] | None:
    if before == after or (before and after and before.same_as(after)):
        return None
    if after is None:
        return Weight.LOOK, f"no longer reach the world (before, through {before})"
    if after.kind == PUBLIC and (before is None or before.kind != PUBLIC):
        return (
            Weight.LOOK,
            "become public: what has a public address there may be reached from the world",
        )
    if before is None:
        return Weight.LOOK, f"now reach the world, through {after}"
    weight = Weight.NOTE if before.kind == after.kind else Weight.LOOK
    if before.identity == after.identity:
        return weight, f"now reach the world through {after}, which was {before.kind}"
    return weight, f"now reach the world through {after}, no longer through {before}"


def _new(after: Subnet) -> tuple[Weight, str]:
    if after.way is None:
        return Weight.NOTE, "are new, and have no way to the world"
    if after.way.kind == PUBLIC:
        return Weight.LOOK, "are new and public"
    return Weight.NOTE, f"are new, and reach the world through {after.way}"


def _covers(changed: Changes, some: Sequence[Subnet], *, new: bool) -> Iterator[tuple[Key, str]]:
    for subnet in some:
        if new:
            yield subnet.resource.key, "*"
        for key in subnet.routes:
            if key in changed.by_key:
                yield key, "*"
        change = changed.by_key.get(subnet.way.key) if subnet.way and subnet.way.key else None
        if change is None:
            continue
        if change.before is None:
            yield change.resource.key, "*"
        elif change.difference("AvailabilityMode"):
            yield change.resource.key, "AvailabilityMode"


def _addresses(changed: Changes) -> Iterator[Finding]:
    """Yield public addresses that are given back: others may let in the old one alone."""
    for each in changed.of_type("AWS::EC2::EIP"):
        if each.before is None or not (each.new_identity or each.moved):
            continue
        name, perhaps = each.resource.name, "may be" if "perhaps" in each.impact else "is"
        if each.impact == "kept outside":
            continue
        sentence = (
            f"{name}: the public address {perhaps} given back; whoever lets in calls from it must"
            " know another"
        )
        yield about(each.resource, "network", Weight.LOOK, sentence, "*" if not each.after else "=")
