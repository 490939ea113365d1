"""The way of a TCP connection through a deployed network: its hops, or the first link that lacks.

What is behind a peering connection, a transit gateway and the like is not looked at, and taken to
be there.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network

from ops.local.rules.links import Links, MissingLinkError, Peer, attached, words
from ops.local.rules.network import LOCAL, Block, Endpoint, Network, Resource, Route, Subnet

HTTPS = 443

# One address of each kind stands for the world: of documentation, so that nobody's rule is about it
# (RFC 5737, RFC 9637).
WORLD_IPV4 = IPv4Network("198.51.100.1/32")
WORLD_IPV6 = IPv6Network("3fff::1/128")


@dataclass(frozen=True, kw_only=True)
class Caller:
    """A function in one of its subnets."""

    subnet: str
    groups: frozenset[str]
    ipv6: bool = False  # Ipv6AllowedForDualStack
    # AWS_USE_DUALSTACK_ENDPOINT: the SDK calls services by names that have IPv6 addresses as well.
    dual_stack_names: bool = False


@dataclass(frozen=True, kw_only=True)
class Interface:
    """A network interface that listens: in a subnet, at an address if that is known."""

    hop: str  # the last one of a way to it
    what: str  # which one it is
    subnet: str
    groups: frozenset[str]
    address: str | None = None


@dataclass(frozen=True)
class Way:
    """The hops that a connection takes; `missing` names the link that stops it after the last.

    `endpoint` is the id of the VPC endpoint that it takes, whose policy is then asked as well.
    """

    hops: tuple[str, ...]
    missing: str = ""
    endpoint: str = field(default="", compare=False)

    @property
    def open(self) -> bool:
        """Whether the connection comes to be."""
        return not self.missing

    def __str__(self) -> str:
        return f"{' > '.join(self.hops)}: {'yes' if self.open else f'no, {self.missing}'}"


def to_interface(network: Network, caller: Caller, interface: Interface, port: int) -> Way:
    """Return the way from a function to an interface in a VPC."""

    def walk(hops: list[str]) -> str:
        _Walk(Links(network), caller, hops).to_interface(interface, port)
        return ""

    return _way(walk)


def to_world(network: Network, caller: Caller) -> Way:
    """Return the way from a function to HTTPS anywhere in the world, over either version of IP."""
    worlds: list[Block] = [WORLD_IPV6, WORLD_IPV4] if caller.ipv6 else [WORLD_IPV4]
    return _best([_by_name(network, caller, Peer("the world", block)) for block in worlds])


def to_service(network: Network, caller: Caller, service: str) -> Way:
    """Return the way from a function to a service of AWS in its region, by the name the SDK calls.

    An interface endpoint answers at that name where it has private DNS, which needs both DNS
    attributes of the VPC; otherwise the name has public addresses
    (https://docs.aws.amazon.com/vpc/latest/privatelink/interface-endpoints.html).
    """
    full = f"com.amazonaws.{network.region}.{service}"
    own = network.subnets.get(caller.subnet)
    unused = []
    for endpoint in network.endpoints.values():
        if own and endpoint.service == full and endpoint.vpc == own.vpc and endpoint.subnets:
            why = _no_private_name(network, endpoint)
            if not why:
                return _to_endpoint(network, caller, endpoint, service)
            unused.append(f"; {endpoint} does not answer at the name of {service}, since {why}")
    listed = network.prefix_list_of(full)
    known = [each for each in listed.blocks if isinstance(each, IPv4Network)] if listed else []
    blocks: list[Block] = [IPv4Network(known[0].network_address) if known else WORLD_IPV4]
    if caller.ipv6 and caller.dual_stack_names:
        blocks.insert(0, WORLD_IPV6)
    way = _best([_by_name(network, caller, Peer(service, block)) for block in blocks])
    return way if way.open else Way(way.hops, way.missing + "".join(unused))


def _way(walk: Callable[[list[str]], str]) -> Way:
    """Return the way that a walk goes, which returns the id of the VPC endpoint that it takes."""
    hops: list[str] = []
    try:
        endpoint = walk(hops)
    except MissingLinkError as missing:
        return Way(tuple(hops), str(missing))
    return Way(tuple(hops), endpoint=endpoint)


def _best(ways: list[Way]) -> Way:
    """Return the first open way, or else the one that leads furthest."""
    return next((way for way in ways if way.open), max(ways, key=lambda way: len(way.hops)))


def _by_name(network: Network, caller: Caller, peer: Peer) -> Way:
    return _way(lambda hops: _Walk(Links(network), caller, hops).to_public(peer))


def _no_private_name(network: Network, endpoint: Endpoint) -> str:
    """Return why an endpoint does not answer at its service's usual name; empty if it does."""
    vpc = network.vpcs[endpoint.vpc]
    if not _is_available(endpoint):
        return f"its state is {endpoint.state}"
    if not endpoint.private_dns:
        return "it has no private DNS"
    return "" if vpc.dns_hostnames else f"{vpc} has no DNS hostnames"


def _is_available(endpoint: Endpoint) -> bool:
    return endpoint.state.lower() == "available"  # https://github.com/boto/boto3/issues/2530


def _to_endpoint(network: Network, caller: Caller, endpoint: Endpoint, service: str) -> Way:
    """Return the way to all interfaces of an endpoint: its name has the addresses of all."""
    ways = []
    for subnet in endpoint.subnets:
        interface = Interface(
            hop=f"endpoint of {service}",
            what=str(endpoint),
            subnet=subnet,
            groups=endpoint.groups,
        )

        def walk(hops: list[str], interface: Interface = interface) -> str:
            there = _Walk(Links(network), caller, hops)
            there.resolve()
            there.to_interface(interface, HTTPS)
            return endpoint.id

        ways.append(_way(walk))
    return next((way for way in ways if not way.open), ways[0])


@dataclass(frozen=True)
class _Walk:
    """A way on which each hop is added to `hops`. Raises `MissingLinkError` where it ends."""

    links: Links
    caller: Caller
    hops: list[str]

    def resolve(self) -> None:
        """https://docs.aws.amazon.com/vpc/latest/userguide/AmazonDNS-concepts.html"""
        vpc = self.links.network.vpcs[self._own.vpc]
        if not vpc.dns_support:
            raise MissingLinkError(f"{vpc} has no DNS support, so no name is resolved in it")

    def to_interface(self, interface: Interface, port: int) -> None:
        """Go to an interface, by its VPC's own route."""
        own, there = self._own, self.links.subnet(interface.subnet)
        block = IPv4Network(interface.address) if interface.address else there.block
        peer = Peer(interface.what, block, interface.groups)
        self.hops.append(words(own))
        self.links.leave(self.caller.groups, peer, port)
        route = self.links.route(own.route_table, own, peer)
        if self.links.is_followed(route) and route.target != LOCAL:
            raise MissingLinkError(
                f"the route of {own} to {peer} leads to {route.target}, out of the VPC"
            )
        if route.target == LOCAL and there.vpc != own.vpc:
            raise MissingLinkError(
                f"{interface.what} is in {there.vpc}, and the route of {own} to its address stays"
                f" in {own.vpc}"
            )
        if route.target != LOCAL:
            self.hops.append(f"{route.target} (not followed)")
        if own.id != there.id:
            self.links.call_from(own, peer, port)
            self.links.call_into(there, self._caller, port)
        self.links.arrive(interface.groups, self._caller, port, interface.what)
        self.hops.append(interface.hop)

    def to_public(self, peer: Peer) -> str:
        """Go to a public address that has a name; return the id of a gateway endpoint, if any."""
        self.resolve()
        own, network = self._own, self.links.network
        self.hops.append(words(own))
        if peer.ipv6 and own.ipv6_block is None:
            raise MissingLinkError(f"{own} has no IPv6 addresses")
        self.links.leave(self.caller.groups, peer, HTTPS)
        self.links.call_from(own, peer, HTTPS)
        route = self.links.route(own.route_table, own, peer)
        if route.target in network.endpoints:
            self._through_gateway_endpoint(route.target, peer)
            return route.target
        if route.target in network.nat_gateways:
            self._through_nat_gateway(route.target, peer)
        elif route.target in network.instances:
            self._through_instance(route.target, peer)
        elif route.target in network.egress_only_gateways:
            attached(network.egress_only_gateways[route.target], own.vpc)
            self.hops.append("egress-only internet gateway")
        elif route.target in network.internet_gateways and not peer.ipv6:
            # https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc-internet.html
            gateway = network.internet_gateways[route.target]
            raise MissingLinkError(
                f"{own} leads to {gateway}, and a function has no public address"
            )
        else:
            self._through_internet_gateway(route, own, own.vpc)
        return ""

    @property
    def _own(self) -> Subnet:
        return self.links.subnet(self.caller.subnet)

    @property
    def _caller(self) -> Peer:
        """The caller, as others see it: at any address of its subnet."""
        return Peer(str(self._own), self._own.block, self.caller.groups)

    def _through_gateway_endpoint(self, id: str, peer: Peer) -> None:
        endpoint = self.links.network.endpoints[id]
        self.hops.append(f"gateway endpoint of {peer.what}")
        if not _is_available(endpoint):
            raise MissingLinkError(f"the state of {endpoint} is {endpoint.state}")

    def _through_nat_gateway(self, id: str, peer: Peer) -> None:
        """https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-troubleshooting.html"""
        gateway = self.links.network.nat_gateways[id]
        self.hops.append("nat gateway" if gateway.subnet else "regional nat gateway")
        for fault, why in (
            (gateway.state != "available", f"the state of {gateway} is {gateway.state}"),
            (peer.ipv6, f"{gateway} translates no IPv6 addresses of the world"),
            (not gateway.public, f"{gateway} is private, so it leads to no internet gateway"),
            (not gateway.has_address, f"{gateway} has no Elastic IP address"),
        ):
            if fault:
                raise MissingLinkError(why)
        if gateway.subnet:
            there = self.links.subnet(gateway.subnet)
            self._forwarded(there, peer)
            route = self.links.route(there.route_table, there, peer)
            self._through_internet_gateway(route, there, gateway.vpc)
        else:
            # https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateways-regional.html
            route = self.links.route(gateway.route_table or "", gateway, peer)
            self._through_internet_gateway(route, gateway, gateway.vpc)

    def _through_instance(self, id: str, peer: Peer) -> None:
        """https://docs.aws.amazon.com/vpc/latest/userguide/work-with-nat-instances.html"""
        instance = self.links.network.instances[id]
        self.hops.append("nat instance")
        for fault, why in (
            (instance.state != "running", f"the state of {instance} is {instance.state}"),
            (
                instance.source_dest_check,
                f"{instance} checks source and destination, so it forwards nothing",
            ),
            (not instance.public_address, f"{instance} has no public address"),
        ):
            if fault:
                raise MissingLinkError(why)
        there = self.links.subnet(instance.subnet)
        self.links.arrive(instance.groups, self._caller, HTTPS, str(instance))
        self.links.leave(instance.groups, peer, HTTPS)
        self._forwarded(there, peer)
        route = self.links.route(there.route_table, there, peer)
        self._through_internet_gateway(route, there, there.vpc)

    def _forwarded(self, there: Subnet, peer: Peer) -> None:
        """Go into the subnet of what translates addresses, and out of it."""
        if there.id != self._own.id:
            self.links.call_into(there, self._caller, HTTPS)
        self.links.call_from(there, peer, HTTPS)

    def _through_internet_gateway(self, route: Route, owner: Resource, vpc: str) -> None:
        gateway = self.links.network.internet_gateways.get(route.target)
        if gateway:
            attached(gateway, vpc)
            self.hops.append("internet gateway")
        elif not self.links.is_followed(route):
            self.hops.append(f"{route.target} (not followed)")
        else:
            raise MissingLinkError(
                f"the route of {owner} to {route.destination} leads to {route.target}, and not to"
                " an internet gateway"
            )
