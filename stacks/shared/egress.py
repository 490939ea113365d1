"""The ways to the world, a row for each value of `egress`."""

from dataclasses import dataclass
from typing import Literal

from stacks.shared.choices import Egress


@dataclass(frozen=True)
class WayOut:
    """How functions reach the world: by address translation, over IPv6, or not at all."""

    # `gateway` and `instance` stand in public subnets, which the other ways do not have.
    nat: Literal["gateway", "instance", "regional"] | None = None
    in_each_zone: bool = False
    ipv6: bool = False

    @property
    def leads_out(self) -> bool:
        """Whether functions reach the world."""
        return self.nat is not None or self.ipv6

    @property
    def public_subnets(self) -> bool:
        """Whether something of it stands in public subnets."""
        return self.nat in {"gateway", "instance"}

    def nat_count(self, zones: int) -> int:
        """Return how many translate addresses in so many zones; a regional one is one."""
        if self.nat is None:
            return 0
        return zones if self.nat == "gateway" and self.in_each_zone else 1

    def elastic_addresses(self, zones: int) -> int:
        """Return how many Elastic IP addresses it takes in so many zones.

        A regional gateway takes its addresses by itself, one in each zone in use.
        """
        if self.nat in {None, "instance"}:
            return 0
        return zones if self.in_each_zone else 1


WAYS_OUT: dict[Egress, WayOut] = {
    "nat": WayOut(nat="gateway"),
    "nat-per-zone": WayOut(nat="gateway", in_each_zone=True),
    "nat-regional": WayOut(nat="regional", in_each_zone=True),
    "nat-instance": WayOut(nat="instance"),
    "ipv6": WayOut(ipv6=True),
    "isolated": WayOut(),
}
