"""On which way the subnets of a VPC reach the world, and from which address."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace

from ops.review.app_version import Key
from ops.review.changes import Changes, ResourceChange
from ops.review.findings import Finding, Weight, about
from ops.review.network.subnets import PUBLIC, Subnet, WayOut, subnets

_NAMED = 3


def way_findings(changed: Changes) -> Iterator[Finding]:
    """Yield which subnets reach the world on another way, become public, come, go, or are shut."""
    befores = subnets(changed.before, changed.matches.places)
    afters = subnets(changed.after, {})
    groups: dict[tuple[str, str, Weight, str], list[str]] = defaultdict(list)
    for known in dict.fromkeys((*afters, *befores)):
        before, after = befores.get(known), afters.get(known)
        subnet = after or before
        if subnet and (said := _said(changed, before, after)):
            groups[subnet.resource.stack.name, subnet.vpc_name, *said].append(known)
    for (_, vpc, weight, words), some in groups.items():
        sides = [(befores.get(each), afters.get(each)) for each in some]
        mine = [after or before for before, after in sides]
        yield _about(changed, vpc, weight, words, [each for each in mine if each], sides)
    yield from _addresses(changed)


def _about(  # noqa: PLR0917 - what a finding is made of
    changed: Changes,
    vpc: str,
    weight: Weight,
    words: str,
    mine: Sequence[Subnet],
    sides: Sequence[tuple[Subnet | None, Subnet | None]],
) -> Finding:
    one = len(mine) == 1
    verbs = {"reach": "reaches", "become": "becomes", "are": "is"}
    if one:
        words = " ".join(verbs.get(word, word) for word in words.split(" "))
    first = mine[0]
    version = changed.after if first.resource.key in changed.after.resources else changed.before
    where = version.resources[first.routes[0]] if first.routes else first.resource
    sentence = f"{vpc}: {_names(mine, vpc)} {words}"
    details = [
        f"{(after or before or first).resource.name}: {_way(after)}, and before {_way(before)}"
        for before, after in sides
    ]
    found = about(where, "network", weight, sentence, details=details)
    return replace(found, covers=frozenset(_covers(changed, sides)))


def _names(some: Sequence[Subnet], vpc: str) -> str:
    names = [each.resource.name.removeprefix(f"{vpc}/").removesuffix("/Subnet") for each in some]
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return f"{', '.join(names[:_NAMED])}{more}"


def _way(subnet: Subnet | None) -> str:
    if subnet is None:
        return "not there"
    return f"through {subnet.way}" if subnet.way else "no way to the world"


def _said(
    changed: Changes, before: Subnet | None, after: Subnet | None
) -> tuple[Weight, str] | None:
    if before and after:
        return _other(before.way, after.way)
    if after:
        return None if after.resource.stack.name in changed.new_stacks else _new(after)
    if before and before.resource.stack.name not in changed.gone_stacks:
        return Weight.NOTE, f"are removed ({before.kind} subnets)"
    return None


def _other(before: WayOut | None, after: WayOut | None) -> tuple[Weight, str] | None:
    if before == after or (before and after and before.same_as(after)):
        return None
    if after is None:
        return Weight.LOOK, f"no longer reach the world (before, through {before and before.kind})"
    if after.kind == PUBLIC and (before is None or before.kind != PUBLIC):
        return (
            Weight.LOOK,
            "become public: what has a public address there may be reached from the world",
        )
    if before is None:
        return Weight.LOOK, f"now reach the world, through {after.kind}"
    if before.kind == after.kind:
        return Weight.NOTE, f"now reach the world through {after.kind} that is another"
    return Weight.LOOK, f"now reach the world through {after.kind}, no longer through {before.kind}"


def _new(after: Subnet) -> tuple[Weight, str]:
    if after.way is None:
        return Weight.NOTE, "are new, and have no way to the world"
    if after.way.kind == PUBLIC:
        return Weight.LOOK, "are new and public"
    return Weight.NOTE, f"are new, and reach the world through {after.way.kind}"


def _covers(
    changed: Changes, sides: Sequence[tuple[Subnet | None, Subnet | None]]
) -> Iterator[tuple[Key, str]]:
    for before, after in sides:
        for subnet in (before, after):
            if subnet is None:
                continue
            whole = before is None or after is None
            parts = (subnet.resource.key, *subnet.parts) if whole else ()
            for key in (*subnet.routes, *parts):
                if key in changed.by_key:
                    yield key, "*"
            change = changed.by_key.get(subnet.way.key) if subnet.way and subnet.way.key else None
            if change and (change.before is None or change.after is None):
                yield change.resource.key, "*"
            elif change and change.difference("AvailabilityMode"):
                yield change.resource.key, "AvailabilityMode"


def _addresses(changed: Changes) -> Iterator[Finding]:
    """Yield public addresses that are given back: others may let in the old one alone."""
    given: dict[str, list[ResourceChange]] = defaultdict(list)
    for each in changed.of_type("AWS::EC2::EIP"):
        if each.before and (each.new_identity or each.moved) and each.impact != "kept outside":
            given[each.resource.stack.name].append(each)
    for some in given.values():
        names = ", ".join(each.resource.name for each in some)
        perhaps = "may be " if all("perhaps" in each.impact for each in some) else ""
        sentence = (
            f"{names}: {perhaps}given back as public addresses; whoever lets in calls from there"
            " must know others"
        )
        found = about(some[0].resource, "network", Weight.LOOK, sentence)
        covers = {(each.resource.key, "=" if each.after else "*") for each in some}
        yield replace(found, covers=frozenset(covers))
