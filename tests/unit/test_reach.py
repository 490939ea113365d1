"""A function reaches what AWS lets it reach."""

from collections.abc import Callable
from dataclasses import replace
from ipaddress import IPv4Network

import pytest

from ops.local.rules.network import AclRule, GroupRule, Network, SecurityGroup
from ops.local.rules.reach import (
    to_interface,
    to_world,
)
from tests.unit.networks import (
    BASE,
    EVERYWHERE,
    FUNCTION,
    PRIVATE,
    S3_GATEWAY,
    changed,
    rerouted,
    rule,
    to,
)
from tests.unit.reached_ways import (
    CALLER,
    TARGET,
    WAYS,
    Ask,
    ipv6_world,
    refuse,
    s3,
    world,
)


@pytest.mark.parametrize("way", WAYS)
def test_a_whole_way_is_open(way: str) -> None:
    network, ask, shown = WAYS[way]
    assert str(ask(network)) == shown


@pytest.mark.parametrize("way", WAYS)
def test_a_way_says_which_endpoint_it_takes(way: str) -> None:
    network, ask, _ = WAYS[way]
    taken = {"endpoint": "vpce-ssm", "gateway endpoint": "vpce-s3"}
    assert ask(network).endpoint == taken.get(way, "")


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
