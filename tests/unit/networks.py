"""Networks of the kinds that this project makes, and what takes one link away from them."""

from collections.abc import Mapping
from dataclasses import replace
from ipaddress import IPv4Network, IPv6Network
from typing import Any, TypeVar

from ops.local.rules.network import (
    LOCAL,
    AclRule,
    Endpoint,
    Gateway,
    GroupRule,
    Instance,
    NatGateway,
    Network,
    NetworkAcl,
    PrefixList,
    Resource,
    Route,
    RouteTable,
    SecurityGroup,
    Subnet,
    Vpc,
)

Kind = TypeVar("Kind", bound=Resource)
EVERYWHERE, EVERYWHERE_IPV6 = IPv4Network("0.0.0.0/0"), IPv6Network("::/0")
IN_VPC = Route(destination=IPv4Network("10.0.0.0/16"), target=LOCAL)
PRIVATE, PUBLIC, ISOLATED = (IPv4Network(f"10.0.{number}.0/24") for number in (1, 0, 2))
S3 = IPv4Network("52.216.0.0/15")
FUNCTION, MACHINE, SERVICES, DISK = "sg-function", "sg-machine", "sg-services", "sg-disk"
ENDPOINT = "com.amazonaws.us-east-1"


def by_id(*resources: Kind) -> dict[str, Kind]:
    return {each.id: each for each in resources}


def rule(port: int, *blocks: IPv4Network | IPv6Network, group: str = "") -> GroupRule:
    groups = frozenset({group} if group else ())
    return GroupRule(first=port, last=port, blocks=blocks, groups=groups)


def acl(id: str, *rules: AclRule) -> NetworkAcl:
    """An ACL with these rules before those by which it lets all in and out."""
    every = tuple(
        AclRule(number=number, allow=True, block=block, first=0, last=65_535)
        for number, block in ((100, EVERYWHERE), (101, EVERYWHERE_IPV6))
    )
    return NetworkAcl(id=id, inbound=rules + every, outbound=rules + every)


def subnet(name: str, block: IPv4Network, ipv6_block: IPv6Network | None = None) -> Subnet:
    return Subnet(
        id=f"subnet-{name}",
        name=f"Dev/Vpc/{name.title()}Subnet1",
        vpc="vpc-1",
        zone="us-east-1a",
        block=block,
        route_table=f"rtb-{name}",
        acl=f"acl-{name}",
        ipv6_block=ipv6_block,
    )


def table(name: str, *routes: Route) -> RouteTable:
    return RouteTable(id=f"rtb-{name}", name=f"Dev/Vpc/{name}", routes=(IN_VPC, *routes))


def to(target: str, destination: IPv4Network | IPv6Network | str = EVERYWHERE) -> Route:
    return Route(destination=destination, target=target)


BASE = Network(
    region="us-east-1",
    vpcs=by_id(Vpc(id="vpc-1", dns_hostnames=True)),
    subnets=by_id(
        subnet("private", PRIVATE, ipv6_block=IPv6Network("2001:db8::/64")),
        subnet("public", PUBLIC),
        subnet("isolated", ISOLATED),
    ),
    route_tables=by_id(
        table("private", to("nat-1")), table("public", to("igw-1")), table("isolated")
    ),
    acls=by_id(acl("acl-private"), acl("acl-public"), acl("acl-isolated")),
    groups=by_id(
        SecurityGroup(
            id=FUNCTION,
            vpc="vpc-1",
            outbound=(rule(443, EVERYWHERE), rule(443, EVERYWHERE_IPV6), rule(2049, group=DISK)),
        ),
        SecurityGroup(
            id=MACHINE,
            vpc="vpc-1",
            inbound=(rule(443, IPv4Network("10.0.0.0/16")),),
            outbound=(rule(443, EVERYWHERE),),
        ),
        SecurityGroup(id=DISK, vpc="vpc-1", inbound=(rule(2049, group=FUNCTION),)),
        SecurityGroup(id=SERVICES, vpc="vpc-1", inbound=(rule(443, group=FUNCTION),)),
    ),
    internet_gateways=by_id(Gateway(id="igw-1", vpcs=frozenset({"vpc-1"}))),
    nat_gateways=by_id(
        NatGateway(
            id="nat-1",
            name="Dev/Nat",
            vpc="vpc-1",
            state="available",
            public=True,
            has_address=True,
            subnet="subnet-public",
        )
    ),
    prefix_lists=by_id(PrefixList(id="pl-s3", name=f"{ENDPOINT}.s3", blocks=(S3,))),
)


def changed(network: Network, kind: str, id: str, **changes: object) -> Network:
    things: Mapping[str, Any] = getattr(network, kind)
    return Network(**vars(network) | {kind: {**things, id: replace(things[id], **changes)}})


def without(network: Network, kind: str, id: str) -> Network:
    things: Mapping[str, Any] = getattr(network, kind)
    rest = {key: each for key, each in things.items() if key != id}
    return Network(**vars(network) | {kind: rest})


def rerouted(network: Network, name: str, *routes: Route) -> Network:
    return replace(
        network, route_tables={**network.route_tables, f"rtb-{name}": table(name, *routes)}
    )


REGIONAL = replace(
    without(without(BASE, "subnets", "subnet-public"), "route_tables", "rtb-public"),
    nat_gateways=by_id(
        NatGateway(
            id="nat-1",
            vpc="vpc-1",
            state="available",
            public=True,
            has_address=True,
            route_table="rtb-nat",
        )
    ),
)
REGIONAL = rerouted(REGIONAL, "nat", to("igw-1"))
INSTANCE = rerouted(
    replace(
        BASE,
        nat_gateways={},
        instances=by_id(
            Instance(
                id="i-1",
                state="running",
                subnet="subnet-public",
                groups=frozenset({MACHINE}),
                source_dest_check=False,
                public_address=True,
            )
        ),
    ),
    "private",
    to("i-1"),
)
IPV6 = rerouted(
    replace(
        BASE,
        nat_gateways={},
        internet_gateways={},
        egress_only_gateways=by_id(Gateway(id="eigw-1", vpcs=frozenset({"vpc-1"}))),
    ),
    "private",
    to("eigw-1", EVERYWHERE_IPV6),
)
CLOSED = changed(
    rerouted(replace(BASE, nat_gateways={}, internet_gateways={}), "private"),
    "groups",
    FUNCTION,
    outbound=(rule(443, group=SERVICES),),
)
ISOLATED_WITH_SERVICES = replace(
    CLOSED,
    endpoints=by_id(
        Endpoint(
            id="vpce-ssm",
            vpc="vpc-1",
            service=f"{ENDPOINT}.ssm",
            state="available",
            subnets=("subnet-private", "subnet-isolated"),
            groups=frozenset({SERVICES}),
            private_dns=True,
        )
    ),
)
S3_GATEWAY = replace(
    rerouted(replace(BASE, nat_gateways={}), "private"),
    endpoints=by_id(
        Endpoint(
            id="vpce-s3",
            vpc="vpc-1",
            service=f"{ENDPOINT}.s3",
            state="available",
            route_tables=frozenset({"rtb-private"}),
        )
    ),
)
