"""To the disk: each link of a way, taken away alone, closes it and is named."""

from ipaddress import IPv4Network

import pytest

from tests.unit.networks import (
    DISK,
    EVERYWHERE,
    FUNCTION,
    ISOLATED,
    PRIVATE,
    rerouted,
    rule,
    to,
)
from tests.unit.reached_ways import Change, change, check_closed, closed, drop, refuse

CLOSED_WAYS = [
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
    check_closed(way, change, missing)
