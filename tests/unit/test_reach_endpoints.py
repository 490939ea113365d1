"""Through an endpoint: each link of a way, taken away alone, closes it and is named."""

import pytest

from tests.unit.networks import (
    ENDPOINT,
    FUNCTION,
    ISOLATED,
    PRIVATE,
    SERVICES,
    rule,
)
from tests.unit.reached_ways import Change, change, check_closed, closed, drop, refuse

CLOSED_WAYS = [
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
