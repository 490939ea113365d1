"""A deployed network, and what a route table, a security group and a network ACL do with TCP.

Only what concerns TCP is described: whoever describes a network leaves rules of other protocols
out. `reach` has the way of a connection through it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network, collapse_addresses

Block = IPv4Network | IPv6Network

LOCAL = "local"  # a route's target that is the VPC itself


@dataclass(frozen=True, kw_only=True)
class Resource:
    """Anything with an id, and with a tag `Name` or an empty one."""

    id: str
    name: str = ""

    def __str__(self) -> str:
        return f"{self.id} ({self.name})" if self.name else self.id


@dataclass(frozen=True, kw_only=True)
class Vpc(Resource):
    """A VPC, and whether its resolver answers and knows private names."""

    dns_support: bool = True
    dns_hostnames: bool = True


@dataclass(frozen=True, kw_only=True)
class Subnet(Resource):
    """A subnet: its addresses, and the ids of its route table and of its network ACL."""

    vpc: str
    zone: str
    block: IPv4Network
    ipv6_block: IPv6Network | None = None
    route_table: str
    acl: str


@dataclass(frozen=True, kw_only=True)
class Route:
    """A route to a block or a prefix list, and the id of what it leads to, or `LOCAL`."""

    destination: Block | str
    target: str
    blackhole: bool = False


@dataclass(frozen=True, kw_only=True)
class RouteTable(Resource):
    """A route table."""

    routes: tuple[Route, ...]


@dataclass(frozen=True, kw_only=True)
class GroupRule:
    """A rule of a security group: these ports, to or from any of these."""

    first: int
    last: int
    blocks: tuple[Block, ...] = ()
    groups: frozenset[str] = frozenset()
    prefix_lists: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class SecurityGroup(Resource):
    """A security group; what no rule allows, it refuses."""

    vpc: str
    inbound: tuple[GroupRule, ...] = ()
    outbound: tuple[GroupRule, ...] = ()


@dataclass(frozen=True, kw_only=True)
class AclRule:
    """A rule of a network ACL, about these ports of the packet's destination."""

    number: int
    allow: bool
    block: Block
    first: int
    last: int


@dataclass(frozen=True, kw_only=True)
class NetworkAcl(Resource):
    """A network ACL; the rule with the lowest number that fits a packet decides."""

    inbound: tuple[AclRule, ...] = ()
    outbound: tuple[AclRule, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Gateway(Resource):
    """An internet gateway or an egress-only one, and the VPCs that it is attached to."""

    vpcs: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class NatGateway(Resource):
    """A NAT gateway: in a subnet, or a regional one, which has a route table of its own."""

    vpc: str
    state: str
    public: bool
    has_address: bool
    subnet: str | None = None
    route_table: str | None = None


@dataclass(frozen=True, kw_only=True)
class Instance(Resource):
    """A machine, which forwards for others when nothing checks source and destination."""

    state: str
    subnet: str
    groups: frozenset[str]
    source_dest_check: bool
    public_address: bool


@dataclass(frozen=True, kw_only=True)
class Endpoint(Resource):
    """An endpoint of a service: a gateway with its route tables, or interfaces in subnets."""

    vpc: str
    service: str  # com.amazonaws.us-east-1.ssm
    state: str
    route_tables: frozenset[str] = frozenset()
    subnets: tuple[str, ...] = ()
    groups: frozenset[str] = frozenset()
    private_dns: bool = False


@dataclass(frozen=True, kw_only=True)
class PrefixList(Resource):
    """A list of blocks under an id; AWS's own are named after their service."""

    blocks: tuple[Block, ...]


@dataclass(frozen=True, kw_only=True)
class Network:
    """All of it in one region, each kind by its ids."""

    region: str
    vpcs: Mapping[str, Vpc] = field(default_factory=dict)
    subnets: Mapping[str, Subnet] = field(default_factory=dict)
    route_tables: Mapping[str, RouteTable] = field(default_factory=dict)
    groups: Mapping[str, SecurityGroup] = field(default_factory=dict)
    acls: Mapping[str, NetworkAcl] = field(default_factory=dict)
    internet_gateways: Mapping[str, Gateway] = field(default_factory=dict)
    egress_only_gateways: Mapping[str, Gateway] = field(default_factory=dict)
    nat_gateways: Mapping[str, NatGateway] = field(default_factory=dict)
    instances: Mapping[str, Instance] = field(default_factory=dict)
    endpoints: Mapping[str, Endpoint] = field(default_factory=dict)
    prefix_lists: Mapping[str, PrefixList] = field(default_factory=dict)

    def blocks_of(self, named: Block | str) -> tuple[Block, ...]:
        """Return the blocks of a prefix list, or the block itself; of an unknown list, none."""
        if not isinstance(named, str):
            return (named,)
        known = self.prefix_lists.get(named)
        return known.blocks if known else ()

    def prefix_list_of(self, service: str) -> PrefixList | None:
        """Return the prefix list of a service's addresses, if AWS keeps one."""
        return next((each for each in self.prefix_lists.values() if each.name == service), None)


def route_to(network: Network, table: RouteTable, to: Block) -> Route | None:
    """Return the route that a table has for a block of addresses, as a rule a single one.

    The longest prefix wins, then a block before a prefix list
    (https://docs.aws.amazon.com/vpc/latest/userguide/route-tables-priority.html). A gateway
    endpoint is in its route tables by a route to its service's prefix list, which no other call
    takes away (https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html).
    """
    found = [
        (block.prefixlen, not isinstance(route.destination, str), route)
        for route in (*table.routes, *_endpoint_routes(network, table))
        for block in network.blocks_of(route.destination)
        if contains(block, to)
    ]
    return max(found, key=lambda each: each[:2])[2] if found else None


def _endpoint_routes(network: Network, table: RouteTable) -> Iterable[Route]:
    there = {route.target for route in table.routes}
    for endpoint in network.endpoints.values():
        listed = network.prefix_list_of(endpoint.service)
        if table.id in endpoint.route_tables and endpoint.id not in there and listed:
            yield Route(destination=listed.id, target=endpoint.id)


def admits(
    network: Network, rules: Iterable[GroupRule], port: int, peer: Block, groups: frozenset[str]
) -> bool:
    """Whether any of the rules allows a port to or from all of a block, whose owner wears `groups`.

    All rules of all groups count together, and the way back of a connection is always open
    (https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html).
    """
    allowed: list[Block] = []
    for rule in rules:
        if not rule.first <= port <= rule.last:
            continue
        if rule.groups & groups:
            return True
        allowed += rule.blocks
        allowed += (block for each in rule.prefix_lists for block in network.blocks_of(each))
    return any(contains(block, peer) for block in _joined(allowed))


def refusal(rules: Iterable[AclRule], peer: Block, first: int, last: int) -> AclRule | None:
    """Return the rule of a network ACL that refuses some packet to or from a block and to a port.

    A packet is judged by the lowest number whose block and ports fit it, and refused when none does
    (https://docs.aws.amazon.com/vpc/latest/userguide/nacl-rules.html); that rule, `*` to AWS, has
    the number 32767 in its API.
    """
    return _refusal(sorted(rules, key=lambda rule: rule.number), peer, first, last)


def _refusal(rules: list[AclRule], peer: Block, first: int, last: int) -> AclRule | None:
    for place, rule in enumerate(rules):
        overlap = _overlap(rule.block, peer)
        if overlap is None or last < rule.first or rule.last < first:
            continue
        if not rule.allow:
            return rule
        rest = rules[place + 1 :]
        parts = [(outside, first, last) for outside in _without(peer, overlap)]
        if first < rule.first:
            parts.append((overlap, first, rule.first - 1))
        if rule.last < last:
            parts.append((overlap, rule.last + 1, last))
        refusals = (_refusal(rest, *part) for part in parts)
        return next((found for found in refusals if found), None)
    return AclRule(number=32_767, allow=False, block=peer, first=first, last=last)


def contains(outer: Block, inner: Block) -> bool:
    """Whether all of a block is in another one; addresses of two versions never are."""
    if isinstance(outer, IPv4Network):
        return isinstance(inner, IPv4Network) and inner.subnet_of(outer)
    return isinstance(inner, IPv6Network) and inner.subnet_of(outer)


def _overlap(one: Block, other: Block) -> Block | None:
    if contains(one, other):
        return other
    return one if contains(other, one) else None


def _without(block: Block, part: Block) -> list[Block]:
    if isinstance(block, IPv4Network) and isinstance(part, IPv4Network):
        return list(block.address_exclude(part))
    assert isinstance(block, IPv6Network)
    assert isinstance(part, IPv6Network)
    return list(block.address_exclude(part))


def _joined(blocks: Iterable[Block]) -> list[Block]:
    """Return blocks with what they cover together: two halves are one block."""
    every = list(blocks)
    return [
        *collapse_addresses(each for each in every if isinstance(each, IPv4Network)),
        *collapse_addresses(each for each in every if isinstance(each, IPv6Network)),
    ]
