"""Through NAT and by IPv6: each link of a way, taken away alone, closes it and is named."""

import pytest

from tests.unit.networks import (
    EVERYWHERE,
    EVERYWHERE_IPV6,
    FUNCTION,
    MACHINE,
    PRIVATE,
    rerouted,
    rule,
    to,
)
from tests.unit.reached_ways import Change, change, check_closed, closed, drop, refuse

CLOSED_WAYS = [
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
]


@pytest.mark.parametrize(
    ("way", "change", "missing"),
    CLOSED_WAYS,
    ids=[f"{way}: {why[0]}" for way, _, why in CLOSED_WAYS],
)
def test_a_way_without_one_of_its_links_is_closed_and_names_it(
    way: str, change: Change, missing: tuple[str, ...]
) -> None:
    check_closed(way, change, missing)
