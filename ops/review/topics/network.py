"""Network: which port from whom to whom, which way out, and which doors to the world."""

from collections.abc import Callable, Iterator

from ops.review.changes import Changes
from ops.review.findings import Finding
from ops.review.network.doors import door_findings
from ops.review.network.links import link_findings
from ops.review.network.membership import membership_findings
from ops.review.network.ports import port_findings
from ops.review.network.ways import way_findings

# Each yields the findings of a part of a network.
_PARTS: tuple[Callable[[Changes], Iterator[Finding]], ...] = (
    port_findings,
    way_findings,
    door_findings,
    membership_findings,
    link_findings,
)


def findings(changed: Changes) -> Iterator[Finding]:
    """Yield what a deployment does to the network."""
    for part in _PARTS:
        yield from part(changed)
