"""The subnets of a version, and the way on which each reaches the world.

A subnet is public if its default route leads to an internet gateway
(https://docs.aws.amazon.com/vpc/latest/userguide/configure-subnets.html#subnet-types).
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from ops.review.app_version import AppVersion, DeclaredResource, Key
from ops.review.words import text

DEFAULTS = ("0.0.0.0/0", "::/0")
DESTINATIONS = ("DestinationCidrBlock", "DestinationIpv6CidrBlock", "DestinationPrefixListId")
# What a route leads to, by the property that names it
# (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-route.html).
_TARGETS = {
    "NatGatewayId": "a NAT gateway",
    "GatewayId": "an internet gateway",
    "InstanceId": "an instance",
    "NetworkInterfaceId": "an instance",
    "EgressOnlyInternetGatewayId": "an egress-only internet gateway",
    "TransitGatewayId": "a transit gateway",
    "VpcPeeringConnectionId": "a peering connection",
    "VpcEndpointId": "an endpoint",
    "CarrierGatewayId": "a carrier gateway",
    "LocalGatewayId": "a local gateway",
    "CoreNetworkArn": "a core network",
}
_GATEWAYS = {
    "AWS::EC2::InternetGateway": "an internet gateway",
    "AWS::EC2::VPCGatewayAttachment": "an internet gateway",
    "AWS::EC2::VPNGateway": "a VPN gateway",
}
PUBLIC = "an internet gateway"


@dataclass(frozen=True)
class WayOut:
    """To what a route leads."""

    kind: str
    identity: str
    name: str
    key: Key | None = field(default=None, compare=False)
    """Of the gateway, where the app declares it."""

    def __str__(self) -> str:
        return f"{self.kind} ({self.name})"

    def same_as(self, other: "WayOut") -> bool:
        """Say whether another leads to the same, perhaps by another name."""
        return (self.kind, self.identity) == (other.kind, other.identity)


@dataclass(frozen=True, eq=False)
class Subnet:
    """A subnet, its VPC, and its default route; `way` is None if it has none."""

    resource: DeclaredResource
    vpc: str
    vpc_name: str
    way: WayOut | None
    routes: tuple[Key, ...] = ()
    parts: tuple[Key, ...] = ()
    """Its route table, and what ties both."""

    @property
    def kind(self) -> str:
        """What people call such a subnet."""
        if self.way is None:
            return "isolated"
        return "public" if self.way.kind == PUBLIC else "private"


def identity(places: Mapping[Key, Key], key: Key) -> str:
    """Return by what a resource is known in both versions, by the place it has after a move."""
    return "/".join(places.get(key, key))


def subnets(version: AppVersion, places: Mapping[Key, Key]) -> dict[str, Subnet]:
    """Return the subnets of a version by their identity."""
    tables: dict[Key, Key] = {}
    ties: dict[Key, Key] = {}
    routes: dict[Key, list[DeclaredResource]] = defaultdict(list)
    declared = []
    for each in version.resources.values():
        if each.type == "AWS::EC2::Subnet":
            declared.append(each)
        elif each.type == "AWS::EC2::SubnetRouteTableAssociation":
            subnet, table = (target(version, each, name) for name in ("SubnetId", "RouteTableId"))
            if subnet and table:
                tables[subnet], ties[subnet] = table, each.key
        elif (
            each.type == "AWS::EC2::Route"
            and is_default(each)
            and (table := target(version, each, "RouteTableId"))
        ):
            routes[table].append(each)
    found = {}
    for each in declared:
        vpc, vpc_name = named(version, places, each, "VpcId")
        mine = sorted(routes.get(tables.get(each.key, each.key), []), key=_ipv4_first)
        ways = [way_of(version, places, route) for route in mine]
        keys = tuple(route.key for route in mine)
        found[identity(places, each.key)] = Subnet(
            each,
            vpc,
            vpc_name,
            ways[0] if ways else None,
            keys,
            tuple(of[each.key] for of in (tables, ties) if each.key in of),
        )
    return found


def is_default(route: DeclaredResource) -> bool:
    """Say whether a route is for whatever no other route is for."""
    return any(route.properties.get(name) in DEFAULTS for name in DESTINATIONS)


def _ipv4_first(route: DeclaredResource) -> bool:
    return route.properties.get("DestinationCidrBlock") != DEFAULTS[0]


def way_of(version: AppVersion, places: Mapping[Key, Key], route: DeclaredResource) -> WayOut:
    """Return to what a route leads."""
    for name, kind in _TARGETS.items():
        if name in route.properties:
            key = target(version, route, name)
            known, shown = named(version, places, route, name)
            resource = version.resources[key] if key else None
            if resource and name == "GatewayId":
                kind = _GATEWAYS.get(resource.type, "a gateway")  # noqa: PLW2901 - narrower
            elif resource and resource.properties.get("AvailabilityMode") == "regional":
                kind = "a regional NAT gateway"  # noqa: PLW2901 - narrower
            return WayOut(kind, known, shown, key)
    return WayOut("an unknown way", route.name, route.name)


def target(version: AppVersion, resource: DeclaredResource, name: str) -> Key | None:
    """Return the resource that a property names, if it is one of the app."""
    value = resource.properties.get(name)
    return next((key for key, _ in version.targets(resource.stack.name, value)), None)


def named(
    version: AppVersion, places: Mapping[Key, Key], resource: DeclaredResource, name: str
) -> tuple[str, str]:
    """Return the identity and the name for people of what a property names."""
    if key := target(version, resource, name):
        return identity(places, key), version.named(key)
    shown = text(version, resource.stack.name, resource.properties.get(name))
    return shown, shown
