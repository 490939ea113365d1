"""Network: which port from whom to whom, which way out, and which doors to the world."""

from collections.abc import Callable, Iterator

from ops.review.changes import Changes
from ops.review.findings import Finding
from ops.review.network.ports import port_findings

# Each yields the findings of a part of a network.
_PARTS: tuple[Callable[[Changes], Iterator[Finding]], ...] = (port_findings,)


def findings(changed: Changes) -> Iterator[Finding]:
    """Yield what a deployment does to the network."""
    for part in _PARTS:
        yield from part(changed)
