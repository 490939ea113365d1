"""The ways of a function out of its network, and how one link of them is taken away."""

from collections.abc import Callable
from dataclasses import replace
from ipaddress import IPv4Network, IPv6Network

from ops.local.rules.network import AclRule, Network
from ops.local.rules.reach import (
    Caller,
    Interface,
    Way,
    to_interface,
    to_service,
    to_world,
)
from tests.unit.networks import (
    BASE,
    DISK,
    FUNCTION,
    INSTANCE,
    IPV6,
    ISOLATED_WITH_SERVICES,
    REGIONAL,
    S3_GATEWAY,
    changed,
    without,
)

CALLER = Caller(subnet="subnet-private", groups=frozenset({FUNCTION}))
CALLER_IPV6 = replace(CALLER, ipv6=True, dual_stack_names=True)
TARGET = Interface(
    hop="mount target",
    what="mount target fsmt-1",
    subnet="subnet-isolated",
    groups=frozenset({DISK}),
    address="10.0.2.10",
)

Ask = Callable[[Network], Way]
Change = Callable[[Network], Network]
ClosedWay = tuple[str, Change, tuple[str, ...]]


def world(network: Network) -> Way:
    return to_world(network, CALLER)


def ssm(network: Network) -> Way:
    return to_service(network, CALLER, "ssm")


def s3(network: Network) -> Way:
    return to_service(network, CALLER, "s3")


def ipv6_world(network: Network) -> Way:
    return to_world(network, CALLER_IPV6)


def ipv6_ssm(network: Network) -> Way:
    return to_service(network, CALLER_IPV6, "ssm")


def disk(network: Network) -> Way:
    return to_interface(network, CALLER, TARGET, 2049)


WAYS: dict[str, tuple[Network, Ask, str]] = {
    "nat to the world": (BASE, world, "private subnet 1 > nat gateway > internet gateway: yes"),
    "nat to ssm": (BASE, ssm, "private subnet 1 > nat gateway > internet gateway: yes"),
    "regional": (
        REGIONAL,
        world,
        "private subnet 1 > regional nat gateway > internet gateway: yes",
    ),
    "instance": (INSTANCE, world, "private subnet 1 > nat instance > internet gateway: yes"),
    "ipv6": (IPV6, ipv6_world, "private subnet 1 > egress-only internet gateway: yes"),
    "ipv6 to ssm": (IPV6, ipv6_ssm, "private subnet 1 > egress-only internet gateway: yes"),
    "endpoint": (ISOLATED_WITH_SERVICES, ssm, "private subnet 1 > endpoint of ssm: yes"),
    "gateway endpoint": (S3_GATEWAY, s3, "private subnet 1 > gateway endpoint of s3: yes"),
    "disk": (BASE, disk, "private subnet 1 > mount target: yes"),
}


def closed(way: str, change: Change, *missing: str) -> ClosedWay:
    return way, change, missing


def drop(kind: str, id: str) -> Change:
    return lambda network: without(network, kind, id)


def change(kind: str, id: str, **changes: object) -> Change:
    return lambda network: changed(network, kind, id, **changes)


def refuse(name: str, side: str, first: int, last: int, block: IPv4Network | IPv6Network) -> Change:
    """Refuse ports to or from a block, in the ACL of a subnet, by rule 50 before all others."""

    def refused(network: Network) -> Network:
        of = network.acls[f"acl-{name}"]
        denied = AclRule(number=50, allow=False, block=block, first=first, last=last)
        return changed(network, "acls", of.id, **{side: (denied, *getattr(of, side))})

    return refused


def check_closed(way: str, change: Change, missing: tuple[str, ...]) -> None:
    """The way is closed after the change, and what is missing is said."""
    network, ask, _ = WAYS[way]
    found = ask(change(network))
    assert not found.open
    for part in missing:
        assert part in found.missing
