"""What a security group lets through, and whether another one lets through as much.

Rules only permit, so the order does not matter, and a rule that another one covers changes nothing
(https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from ipaddress import IPv4Network, IPv6Network
from typing import Literal

from ops.review.app_version import Key

Way = Literal["in", "out"]
Network = IPv4Network | IPv6Network
Ports = tuple[int, int] | str

ALL_PORTS = (0, 65535)
WITH_PORTS = {"tcp", "udp"}


@dataclass(frozen=True)
class Peer:
    """Who is at the other end: a network, or something else by its identity."""

    network: Network | None = None
    identity: str = ""
    name: str = ""
    """What people call it."""
    world: bool = False
    """Whether anybody may be there."""


@dataclass(frozen=True)
class Opening:
    """One thing that the rules of a group let through."""

    way: Way
    protocol: str
    ports: Ports
    peer: Peer

    @property
    def what(self) -> str:
        """The protocol and its ports, in words."""
        if self.protocol == "all":
            return "every port"
        if self.protocol not in WITH_PORTS:
            return self.protocol
        if isinstance(self.ports, str):
            return f"{self.protocol} {self.ports}"
        first, last = self.ports
        if (first, last) == ALL_PORTS:
            return f"every {self.protocol} port"
        return f"{self.protocol} {first}" if first == last else f"{self.protocol} {first}-{last}"

    def __str__(self) -> str:
        return f"{self.what} {'from' if self.way == 'in' else 'to'} {self.peer.name}"

    @property
    def order(self) -> tuple[bool, str]:
        """By which people read several: what is open to the world first."""
        return not self.peer.world, str(self)


@dataclass(frozen=True, eq=False)
class Group:
    """A security group, with all that its rules let through, and where they stand."""

    key: Key | None
    name: str
    openings: tuple[Opening, ...]
    understood: bool = True
    """Whether each rule could be read."""
    rules: tuple[Key, ...] = ()
    """The rules that are resources of their own."""

    @cached_property
    def by_way(self) -> Mapping[Way, tuple[Opening, ...]]:
        """What is let in, and what is let out."""
        return {way: tuple(each for each in self.openings if each.way == way) for way in _WAYS}


_WAYS: tuple[Way, ...] = ("in", "out")


def uncovered(asked: Mapping[Way, tuple[Opening, ...]], by: Group | None) -> list[Opening]:
    """Return what of some openings those of a group do not let through."""
    return [
        each
        for way, openings in asked.items()
        for each in openings
        if by is None or not _covered(each, by.by_way[way])
    ]


def remaining(asked: Opening, by: Group | None) -> list[Opening]:
    """Return what of an opening a group does not let through: the other ports of its range."""
    if by is None or isinstance(asked.ports, str) or asked.protocol not in WITH_PORTS:
        return [asked]
    first, last = asked.ports
    reaching = sorted(
        each.ports
        for each in by.by_way[asked.way]
        if each.protocol == asked.protocol
        and isinstance(each.ports, tuple)
        and _peer_covers(each.peer, asked.peer)
    )
    found = []
    for start, end in reaching:
        if start > last or end < first:
            continue
        if start > first:
            found.append(replace(asked, ports=(first, start - 1)))
        first = end + 1
    return [*found, replace(asked, ports=(first, last))] if first <= last else found


def _covered(asked: Opening, by: tuple[Opening, ...]) -> bool:
    if asked in by:
        return True
    alike = [each for each in by if each.protocol in {asked.protocol, "all"}]
    reaching = [each for each in alike if _peer_covers(each.peer, asked.peer)]
    if _ports_cover([each.ports for each in reaching], asked.ports):
        return True
    wide = [each for each in alike if _ports_cover([each.ports], asked.ports)]
    return _networks_cover([each.peer for each in wide], asked.peer)


def _peer_covers(one: Peer, other: Peer) -> bool:
    """Say whether one peer is the other or has it within; the world has each of this network."""
    if one.network is None or other.network is None:
        if one.network is not None and one.network.prefixlen == 0:
            return not other.world and one.network.version == 4  # noqa: PLR2004 - as IP's version
        return one.network is None and other.network is None and one.identity == other.identity
    return _within(other.network, one.network)


def _networks_cover(some: list[Peer], asked: Peer) -> bool:
    """Say whether networks together have all addresses of another."""
    wanted = asked.network
    if wanted is None:
        return False
    left = [wanted]
    for each in some:
        if each.network is None:
            continue
        rest: list[Network] = []
        for part in left:
            if _within(part, each.network):
                continue
            if _within(each.network, part):
                rest += part.address_exclude(each.network)  # type: ignore[arg-type] # one version
            else:
                rest.append(part)
        left = rest
    return not left


def _within(inner: Network, outer: Network) -> bool:
    return inner.version == outer.version and inner.subnet_of(outer)  # type: ignore[arg-type] # one version


def _ports_cover(some: list[Ports], asked: Ports) -> bool:
    ranges = sorted(each for each in some if isinstance(each, tuple))
    if asked in some or ALL_PORTS in ranges:
        return True
    if isinstance(asked, str):
        return False
    first, last = asked
    for start, end in ranges:
        if start > first:
            break
        first = max(first, end + 1)
    return first > last
