"""The links of a TCP connection through a network, each passed or named as the one that lacks."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv6Network
from typing import TypeVar

from ops.local.rules.network import (
    LOCAL,
    Block,
    Gateway,
    Network,
    Resource,
    Route,
    RouteTable,
    SecurityGroup,
    Subnet,
    admits,
    refusal,
    route_to,
)

# Answers come back on these: the ports that Lambda and NAT gateways call from
# (https://docs.aws.amazon.com/vpc/latest/userguide/custom-network-acl.html#nacl-ephemeral-ports).
EPHEMERAL = (1024, 65_535)

_Kind = TypeVar("_Kind", bound=Resource)
_LAST_ACL_RULE = 32_767  # `*` in AWS's console; that of IPv6 is the next


class MissingLinkError(Exception):
    """A link that a connection needs is not there; the text names it."""


@dataclass(frozen=True)
class Peer:
    """The other side of a connection, as security groups and network ACLs see it."""

    what: str
    block: Block
    groups: frozenset[str] = frozenset()

    @property
    def ipv6(self) -> bool:
        """Whether it is called over IPv6."""
        return isinstance(self.block, IPv6Network)

    def __str__(self) -> str:
        return f"{self.what} over IPv6" if self.ipv6 else self.what


@dataclass(frozen=True)
class Links:
    """The links of a network. Each method raises `MissingLinkError` where there is none."""

    network: Network

    def subnet(self, id: str) -> Subnet:
        """Return a subnet."""
        return _there(self.network.subnets, id, "subnet")

    def leave(self, groups: frozenset[str], peer: Peer, port: int) -> None:
        """Leave an interface that wears these groups."""
        worn = self._groups(groups)
        rules = [rule for group in worn for rule in group.outbound]
        if not admits(self.network, rules, port, peer.block, peer.groups):
            raise MissingLinkError(
                f"no outbound rule of {_listed(worn)} allows TCP {port} to {peer}"
            )

    def arrive(self, groups: frozenset[str], peer: Peer, port: int, what: str) -> None:
        """Arrive at an interface that wears these groups, of which `what` says what it is."""
        worn = self._groups(groups)
        rules = [rule for group in worn for rule in group.inbound]
        if not admits(self.network, rules, port, peer.block, peer.groups):
            raise MissingLinkError(
                f"no inbound rule of {_listed(worn)} of {what} allows TCP {port} from {peer}"
            )

    def call_from(self, subnet: Subnet, peer: Peer, port: int) -> None:
        """Cross the edge of a subnet with a call out of it, and with its answers.

        A network ACL keeps nothing in mind, so both directions count
        (https://docs.aws.amazon.com/vpc/latest/userguide/vpc-network-acls.html).
        """
        self._out(subnet, peer, port, port)
        self._in(subnet, peer, *EPHEMERAL)

    def call_into(self, subnet: Subnet, peer: Peer, port: int) -> None:
        """Cross the edge of a subnet with a call into it, and with its answers."""
        self._in(subnet, peer, port, port)
        self._out(subnet, peer, *EPHEMERAL)

    def route(self, table_id: str, owner: Resource, peer: Peer) -> Route:
        """Return the route to a peer in the table of a subnet or of a regional NAT gateway."""
        table = _there(self.network.route_tables, table_id, f"the route table of {owner}")
        route = route_to(self.network, table, peer.block)
        if route is None:
            raise MissingLinkError(f"{_of(table, owner)} has no route to {peer}")
        kind = route.target.partition("-")[0]
        if route.blackhole or route.target not in self._known().get(kind, {route.target}):
            raise MissingLinkError(
                f"the route to {route.destination} in {_of(table, owner)} leads to {route.target},"
                " which is not there (blackhole)"
            )
        return route

    def is_followed(self, route: Route) -> bool:
        """Whether it is looked at what is behind a route's target."""
        target = route.target
        kind = target.partition("-")[0]
        return target == LOCAL or kind in self._known() or target in self.network.endpoints

    def _known(self) -> dict[str, Mapping[str, Resource]]:
        """All targets of routes that are looked at, by the first part of their ids."""
        return {
            "igw": self.network.internet_gateways,
            "eigw": self.network.egress_only_gateways,
            "nat": self.network.nat_gateways,
            "i": self.network.instances,
        }

    def _out(self, subnet: Subnet, peer: Peer, first: int, last: int) -> None:
        acl = _there(self.network.acls, subnet.acl, f"the network ACL of {subnet}")
        refusing = refusal(acl.outbound, peer.block, first, last)
        if refusing:
            raise MissingLinkError(
                f"outbound rule {_number(refusing.number)} of {_of(acl, subnet)} refuses"
                f" {_ports(first, last)} to {peer}"
            )

    def _in(self, subnet: Subnet, peer: Peer, first: int, last: int) -> None:
        acl = _there(self.network.acls, subnet.acl, f"the network ACL of {subnet}")
        refusing = refusal(acl.inbound, peer.block, first, last)
        if refusing:
            raise MissingLinkError(
                f"inbound rule {_number(refusing.number)} of {_of(acl, subnet)} refuses"
                f" {_ports(first, last)} from {peer}"
            )

    def _groups(self, ids: frozenset[str]) -> list[SecurityGroup]:
        return [_there(self.network.groups, each, "security group") for each in sorted(ids)]


def attached(gateway: Gateway, vpc: str) -> None:
    """Pass a gateway, if it is attached to the VPC; else raise `MissingLinkError`."""
    if vpc not in gateway.vpcs:
        raise MissingLinkError(f"{gateway} is not attached to {vpc}")


def words(resource: Resource) -> str:
    """Return the last part of a name in words, `Dev/Vpc/PrivateSubnet1` as `private subnet 1`."""
    last = resource.name.rpartition("/")[2]
    found = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+", last)
    return " ".join(found).lower() or resource.id


def _there(known: Mapping[str, _Kind], id: str, what: str) -> _Kind:
    if id not in known:
        raise MissingLinkError(f"{what} {id} is not there")
    return known[id]


def _of(part: Resource, owner: Resource) -> str:
    kind = "the route table" if isinstance(part, RouteTable) else "the network ACL"
    return f"{part}, {kind} of {owner},"


def _listed(groups: list[SecurityGroup]) -> str:
    return ", ".join(map(str, groups)) or "no security group"


def _number(number: int) -> str:
    return "*" if number >= _LAST_ACL_RULE else str(number)


def _ports(first: int, last: int) -> str:
    return f"TCP {first}" if first == last else f"answers on TCP {first}-{last}"
