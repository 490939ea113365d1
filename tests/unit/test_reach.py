"""A function reaches what AWS lets it reach: each link of each way taken away alone closes it."""

from collections.abc import Callable
from dataclasses import replace
from ipaddress import IPv4Network, IPv6Network

import pytest

from ops.local.rules.network import AclRule, GroupRule, Network, Route, SecurityGroup
from ops.local.rules.reach import (
    WORLD_IPV4,
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
    ENDPOINT,
    EVERYWHERE,
    EVERYWHERE_IPV6,
    FUNCTION,
    INSTANCE,
    IPV6,
    ISOLATED,
    ISOLATED_WITH_SERVICES,
    MACHINE,
    PRIVATE,
    REGIONAL,
    S3_GATEWAY,
    SERVICES,
    changed,
    rerouted,
    rule,
    to,
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


@pytest.mark.parametrize("way", WAYS)
def test_a_whole_way_is_open(way: str) -> None:
    network, ask, shown = WAYS[way]
    assert str(ask(network)) == shown


@pytest.mark.parametrize("way", WAYS)
def test_a_way_says_which_endpoint_it_takes(way: str) -> None:
    network, ask, _ = WAYS[way]
    taken = {"endpoint": "vpce-ssm", "gateway endpoint": "vpce-s3"}
    assert ask(network).endpoint == taken.get(way, "")


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


CLOSED_WAYS = [
    # The function itself.
    closed("nat to the world", drop("subnets", "subnet-private"), "subnet subnet-private"),
    closed("nat to the world", drop("groups", FUNCTION), f"security group {FUNCTION} is not"),
    closed(
        "nat to the world",
        change("groups", FUNCTION, outbound=()),
        f"no outbound rule of {FUNCTION} allows TCP 443 to the world",
    ),
    closed(
        "nat to the world",
        change("groups", FUNCTION, outbound=(rule(443, IPv4Network("10.0.0.0/8")),)),
        f"no outbound rule of {FUNCTION}",
    ),
    closed(
        "nat to the world",
        change("groups", FUNCTION, outbound=(rule(80, EVERYWHERE),)),
        f"no outbound rule of {FUNCTION}",
    ),
    closed(
        "nat to the world",
        change("groups", FUNCTION, outbound=(rule(443, EVERYWHERE_IPV6),)),
        f"no outbound rule of {FUNCTION}",
    ),
    closed("nat to ssm", change("vpcs", "vpc-1", dns_support=False), "vpc-1 has no DNS support"),
    # Network ACLs, which keep nothing in mind: both directions, at both subnets.
    closed(
        "nat to the world",
        refuse("private", "outbound", 443, 443, EVERYWHERE),
        "outbound rule 50 of acl-private",
        "refuses TCP 443 to the world",
    ),
    closed(
        "nat to the world",
        refuse("private", "inbound", 30_000, 40_000, EVERYWHERE),
        "inbound rule 50 of acl-private",
        "refuses answers on TCP 1024-65535 from the world",
    ),
    closed(
        "nat to the world",
        refuse("public", "inbound", 443, 443, PRIVATE),
        "inbound rule 50 of acl-public",
        "refuses TCP 443 from subnet-private (Dev/Vpc/PrivateSubnet1)",
    ),
    closed(
        "nat to the world",
        refuse("public", "outbound", 1024, 65_535, PRIVATE),
        "outbound rule 50 of acl-public",
    ),
    closed(
        "nat to the world",
        refuse("public", "outbound", 443, 443, EVERYWHERE),
        "outbound rule 50 of acl-public",
    ),
    closed(
        "nat to the world",
        refuse("public", "inbound", 1024, 2000, WORLD_IPV4),
        "inbound rule 50 of acl-public",
        "from the world",
    ),
    closed(
        "nat to the world",
        change("acls", "acl-private", outbound=()),
        "outbound rule * of acl-private",
    ),
    closed("nat to the world", drop("acls", "acl-private"), "the network ACL of subnet-private"),
    # Routes.
    closed("nat to the world", drop("route_tables", "rtb-private"), "the route table of subnet-pr"),
    closed(
        "nat to the world",
        lambda network: rerouted(network, "private"),
        "rtb-private (Dev/Vpc/private), the route table of subnet-private",
        "has no route to the world",
    ),
    closed("nat to the world", drop("nat_gateways", "nat-1"), "leads to nat-1, which is not there"),
    closed(
        "nat to the world",
        change(
            "route_tables",
            "rtb-private",
            routes=(Route(destination=EVERYWHERE, target="tgw-1", blackhole=True),),
        ),
        "leads to tgw-1, which is not there (blackhole)",
    ),
    closed(
        "nat to the world",
        lambda network: rerouted(network, "private", to("nat-1"), to("igw-1", WORLD_IPV4)),
        "a function has no public address",
    ),
    closed(
        "nat to the world",
        lambda network: rerouted(network, "private", to("igw-1")),
        "leads to igw-1, and a function has no public address",
    ),
    # NAT gateways.
    closed(
        "nat to the world",
        change("nat_gateways", "nat-1", state="failed"),
        "the state of nat-1 (Dev/Nat) is failed",
    ),
    closed(
        "nat to the world",
        change("nat_gateways", "nat-1", public=False),
        "nat-1 (Dev/Nat) is private",
    ),
    closed(
        "nat to the world",
        change("nat_gateways", "nat-1", has_address=False),
        "nat-1 (Dev/Nat) has no Elastic IP address",
    ),
    closed("nat to the world", drop("subnets", "subnet-public"), "subnet subnet-public"),
    closed(
        "nat to the world",
        lambda network: rerouted(network, "public"),
        "the route table of subnet-public",
        "has no route to the world",
    ),
    closed(
        "nat to the world",
        lambda network: rerouted(network, "public", to("nat-1")),
        "leads to nat-1, and not to an internet gateway",
    ),
    closed("nat to the world", drop("internet_gateways", "igw-1"), "leads to igw-1, which is not"),
    closed(
        "nat to the world",
        change("internet_gateways", "igw-1", vpcs=frozenset()),
        "igw-1 is not attached to vpc-1",
    ),
    closed(
        "regional",
        change("nat_gateways", "nat-1", state="deleted"),
        "the state of nat-1 is deleted",
    ),
    closed(
        "regional", drop("route_tables", "rtb-nat"), "the route table of nat-1 rtb-nat is not there"
    ),
    closed(
        "regional",
        lambda network: rerouted(network, "nat"),
        "rtb-nat (Dev/Vpc/nat), the route table of nat-1, has no route",
    ),
    closed(
        "regional",
        change("internet_gateways", "igw-1", vpcs=frozenset()),
        "igw-1 is not attached to vpc-1",
    ),
    # NAT instances.
    closed("instance", drop("instances", "i-1"), "leads to i-1, which is not there"),
    closed("instance", change("instances", "i-1", state="stopped"), "the state of i-1 is stopped"),
    closed(
        "instance",
        change("instances", "i-1", source_dest_check=True),
        "i-1 checks source and destination",
    ),
    closed(
        "instance",
        change("instances", "i-1", public_address=False),
        "i-1 has no public address",
    ),
    closed(
        "instance",
        change("groups", MACHINE, inbound=()),
        f"no inbound rule of {MACHINE} of i-1 allows TCP 443 from subnet-private",
    ),
    closed(
        "instance",
        change("groups", MACHINE, outbound=(rule(443, PRIVATE),)),
        f"no outbound rule of {MACHINE} allows TCP 443 to the world",
    ),
    closed(
        "instance",
        refuse("public", "inbound", 443, 443, PRIVATE),
        "inbound rule 50 of acl-public",
    ),
    closed(
        "instance", lambda network: rerouted(network, "public"), "the route table of subnet-public"
    ),
    closed(
        "instance",
        change("internet_gateways", "igw-1", vpcs=frozenset({"vpc-2"})),
        "igw-1 is not attached to vpc-1",
    ),
    # IPv6.
    closed("ipv6", drop("egress_only_gateways", "eigw-1"), "leads to eigw-1, which is not there"),
    closed(
        "ipv6",
        change("egress_only_gateways", "eigw-1", vpcs=frozenset()),
        "eigw-1 is not attached to vpc-1",
    ),
    closed(
        "ipv6",
        change("subnets", "subnet-private", ipv6_block=None),
        "subnet-private (Dev/Vpc/PrivateSubnet1) has no IPv6 addresses",
    ),
    closed(
        "ipv6",
        change("groups", FUNCTION, outbound=(rule(443, EVERYWHERE),)),
        f"no outbound rule of {FUNCTION} allows TCP 443 to the world over IPv6",
    ),
    closed(
        "ipv6",
        refuse("private", "outbound", 443, 443, EVERYWHERE_IPV6),
        "outbound rule 50 of acl-private",
        "to the world over IPv6",
    ),
    closed(
        "ipv6 to ssm", lambda network: rerouted(network, "private"), "has no route to ssm over IPv6"
    ),
    # Interface endpoints.
    closed("endpoint", drop("endpoints", "vpce-ssm"), f"no outbound rule of {FUNCTION} allows"),
    closed(
        "endpoint",
        change("endpoints", "vpce-ssm", state="deleting"),
        f"no outbound rule of {FUNCTION} allows TCP 443 to ssm; vpce-ssm does not answer at the"
        " name of ssm, since its state is deleting",
    ),
    closed(
        "endpoint",
        change("endpoints", "vpce-ssm", private_dns=False),
        f"no outbound rule of {FUNCTION}",
        "vpce-ssm does not answer at the name of ssm, since it has no private DNS",
    ),
    closed(
        "endpoint",
        change("endpoints", "vpce-ssm", service=f"{ENDPOINT}.kms"),
        f"no outbound rule of {FUNCTION} allows TCP 443 to ssm",
    ),
    closed(
        "endpoint",
        change("endpoints", "vpce-ssm", vpc="vpc-2"),
        f"no outbound rule of {FUNCTION} allows TCP 443 to ssm",
    ),
    closed(
        "endpoint",
        change("vpcs", "vpc-1", dns_hostnames=False),
        f"no outbound rule of {FUNCTION}",
        "vpc-1 has no DNS hostnames",
    ),
    closed("endpoint", change("vpcs", "vpc-1", dns_support=False), "vpc-1 has no DNS support"),
    closed(
        "endpoint",
        change("groups", FUNCTION, outbound=()),
        f"no outbound rule of {FUNCTION} allows TCP 443 to vpce-ssm",
    ),
    closed(
        "endpoint",
        change("groups", SERVICES, inbound=(rule(443, group=SERVICES),)),
        f"no inbound rule of {SERVICES} of vpce-ssm allows TCP 443 from subnet-private",
    ),
    closed(
        "endpoint",
        refuse("isolated", "inbound", 443, 443, PRIVATE),
        "inbound rule 50 of acl-isolated",
    ),
    closed(
        "endpoint",
        refuse("private", "outbound", 443, 443, ISOLATED),
        "outbound rule 50 of acl-private",
    ),
    # Gateway endpoints.
    closed("gateway endpoint", drop("endpoints", "vpce-s3"), "has no route to s3"),
    closed(
        "gateway endpoint",
        change("endpoints", "vpce-s3", route_tables=frozenset({"rtb-public"})),
        "has no route to s3",
    ),
    closed(
        "gateway endpoint",
        change("endpoints", "vpce-s3", state="failed"),
        "the state of vpce-s3 is failed",
    ),
    closed(
        "gateway endpoint",
        change("groups", FUNCTION, outbound=(rule(443, ISOLATED),)),
        f"no outbound rule of {FUNCTION} allows TCP 443 to s3",
    ),
    # The disk.
    closed("disk", drop("subnets", "subnet-isolated"), "subnet subnet-isolated is not there"),
    closed(
        "disk",
        change("groups", FUNCTION, outbound=(rule(443, EVERYWHERE),)),
        f"no outbound rule of {FUNCTION} allows TCP 2049 to mount target fsmt-1",
    ),
    closed(
        "disk",
        change("groups", DISK, inbound=(rule(2050, group=FUNCTION),)),
        f"no inbound rule of {DISK} of mount target fsmt-1 allows TCP 2049 from subnet-private",
    ),
    closed(
        "disk",
        change("groups", DISK, inbound=(rule(2049, IPv4Network("10.0.1.0/25")),)),
        f"no inbound rule of {DISK} of mount target fsmt-1",
    ),
    closed("disk", drop("groups", DISK), f"security group {DISK} is not there"),
    closed(
        "disk",
        refuse("isolated", "inbound", 2049, 2049, PRIVATE),
        "inbound rule 50 of acl-isolated",
    ),
    closed(
        "disk",
        refuse("isolated", "outbound", 1024, 1024, PRIVATE),
        "outbound rule 50 of acl-isolated",
        "refuses answers on TCP 1024-65535 to subnet-private",
    ),
    closed(
        "disk",
        refuse("private", "outbound", 2049, 2049, ISOLATED),
        "outbound rule 50 of acl-private",
    ),
    closed(
        "disk",
        refuse("private", "inbound", 65_535, 65_535, IPv4Network("10.0.2.10/32")),
        "inbound rule 50 of acl-private",
    ),
    closed(
        "disk",
        lambda network: rerouted(network, "private", to("nat-1", ISOLATED)),
        "leads to nat-1, out of the VPC",
    ),
    closed(
        "disk",
        change("route_tables", "rtb-private", routes=()),
        "has no route to mount target fsmt-1",
    ),
]


@pytest.mark.parametrize(
    ("way", "change", "missing"),
    CLOSED_WAYS,
    ids=[f"{way}: {why[0]}" for way, _, why in CLOSED_WAYS],
)
def test_a_way_without_one_of_its_links_is_closed_and_names_it(
    way: str, change: Change, missing: tuple[str, ...]
) -> None:
    network, ask, _ = WAYS[way]
    found = ask(change(network))
    assert not found.open
    for part in missing:
        assert part in found.missing


OPEN_WAYS: dict[str, tuple[Callable[[], Network], Ask]] = {
    "the longest prefix wins": (
        lambda: rerouted(BASE, "private", to("nat-1"), to("nat-gone", IPv4Network("9.0.0.0/8"))),
        world,
    ),
    "two halves are the whole world": (
        lambda: changed(
            BASE,
            "groups",
            FUNCTION,
            outbound=(
                rule(443, IPv4Network("0.0.0.0/1")),
                GroupRule(first=0, last=65_535, blocks=(IPv4Network("128.0.0.0/1"),)),
            ),
        ),
        world,
    ),
    "rules of several groups count together": (
        lambda: replace(
            changed(BASE, "groups", FUNCTION, outbound=()),
            groups={
                **changed(BASE, "groups", FUNCTION, outbound=()).groups,
                "sg-other": SecurityGroup(
                    id="sg-other", vpc="vpc-1", outbound=(rule(443, EVERYWHERE),)
                ),
            },
        ),
        lambda network: to_world(
            network, replace(CALLER, groups=frozenset({FUNCTION, "sg-other"}))
        ),
    ),
    "a rule may name a prefix list": (
        lambda: changed(
            S3_GATEWAY,
            "groups",
            FUNCTION,
            outbound=(GroupRule(first=443, last=443, prefix_lists=("pl-s3",)),),
        ),
        s3,
    ),
    "an endpoint wins over the route of the world": (
        lambda: rerouted(S3_GATEWAY, "private", to("nat-gone")),
        s3,
    ),
    "what is behind a transit gateway is not followed": (
        lambda: rerouted(BASE, "private", to("tgw-1")),
        world,
    ),
    "a refusal of other ports is none": (
        lambda: refuse("private", "outbound", 80, 80, EVERYWHERE)(BASE),
        world,
    ),
    "a refusal behind what allows is none": (
        lambda: changed(
            BASE,
            "acls",
            "acl-private",
            outbound=(
                *BASE.acls["acl-private"].outbound,
                AclRule(number=200, allow=False, block=EVERYWHERE, first=0, last=65_535),
            ),
        ),
        world,
    ),
    "no ACL judges what stays in a subnet": (
        lambda: refuse("private", "inbound", 0, 65_535, PRIVATE)(
            refuse("private", "outbound", 2049, 2049, PRIVATE)(BASE)
        ),
        lambda network: to_interface(
            network, CALLER, replace(TARGET, subnet="subnet-private", address="10.0.1.9"), 2049
        ),
    ),
    "IPv4 where IPv6 leads nowhere": (lambda: BASE, ipv6_world),
}


@pytest.mark.parametrize("name", OPEN_WAYS)
def test_a_way_is_open(name: str) -> None:
    network, ask = OPEN_WAYS[name]
    way = ask(network())
    assert way.open, way.missing


def test_what_is_not_followed_says_so() -> None:
    way = world(rerouted(BASE, "private", to("tgw-1")))
    assert str(way) == "private subnet 1 > tgw-1 (not followed): yes"


def test_a_subnet_without_a_name_is_called_by_its_id() -> None:
    way = world(changed(BASE, "subnets", "subnet-private", name=""))
    assert way.hops[0] == "subnet-private"
