"""Out of a subnet: each link of a way, group, network ACL or route, closes it and is named."""

from ipaddress import IPv4Network

import pytest

from ops.local.rules.network import Route
from ops.local.rules.reach import (
    WORLD_IPV4,
)
from tests.unit.networks import (
    EVERYWHERE,
    EVERYWHERE_IPV6,
    FUNCTION,
    PRIVATE,
    rerouted,
    rule,
    to,
)
from tests.unit.reached_ways import Change, change, check_closed, closed, drop, refuse

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
