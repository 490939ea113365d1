"""The network of each stage as a map: doors, what runs behind them, what it reaches, and how.

Everything leads one way: from a door to what runs, from there to what holds data, or to a way out.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from ops.review.app_version import AppVersion, Key
from ops.review.findings import place
from ops.review.network.nodes import LAYER_OF, OUTSIDE, WAY, Node
from ops.review.network.subnets import identity
from ops.review.network.surroundings import Surroundings


@dataclass(frozen=True, eq=False)
class NetworkMap:
    """The map of a stage: its nodes, who leads to whom, and the name and facts of each VPC."""

    nodes: Mapping[str, Node] = field(default_factory=dict)
    edges: frozenset[tuple[str, str]] = frozenset()
    sections: Mapping[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)

    @cached_property
    def targets(self) -> Mapping[str, list[str]]:
        """What each leads to, in order."""
        found: dict[str, list[str]] = defaultdict(list)
        for one, other in sorted(self.edges):
            found[one].append(other)
        return found


def network_maps(version: AppVersion, places: Mapping[Key, Key]) -> dict[str, NetworkMap]:
    """Return the map of each stage of a version, or of each stack outside of a stage."""
    seen = Surroundings(version, places)
    nodes: dict[str, dict[str, Node]] = defaultdict(dict)
    stages: dict[str, str] = {}
    for each in version.resources.values():
        if each.type in LAYER_OF:
            node = seen.node(each)
            nodes[place(each.stack)][node.identity] = node
            stages[node.identity] = place(each.stack)
    edges: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for one, way in seen.edges():
        if isinstance(way, Node):
            nodes[stages[one]].setdefault(way.identity, way)
            edges[stages[one]].add((one, way.identity))
        elif stages.get(way) == stages[one]:
            edges[stages[one]].add((one, way))
    for stage, mine in nodes.items():
        edges[stage] = _as_ways(mine, edges[stage])
    vpcs: dict[str, dict[str, tuple[tuple[str, str], ...]]] = defaultdict(dict)
    for each in version.resources.values():
        if each.type == "AWS::EC2::VPC":
            vpcs[place(each.stack)][identity(places, each.key)] = seen.vpc(each)
    return {
        stage: NetworkMap(
            _in_sections(nodes[stage], edges[stage]), frozenset(edges[stage]), vpcs[stage]
        )
        for stage in dict.fromkeys((*nodes, *vpcs))
    }


def _as_ways(nodes: dict[str, Node], edges: set[tuple[str, str]]) -> set[tuple[str, str]]:
    """Show a machine that is a way out of others as that alone; return the edges that are left."""
    for known in [each for each in nodes if f"{WAY} {each}" in nodes]:
        machine = nodes.pop(known)
        way = nodes[f"{WAY} {known}"]
        nodes[way.identity] = replace(way, zone=machine.zone, facts=machine.facts)
        edges = {each for each in edges if known not in each}
    used = {other for _, other in edges}
    for known in [each for each in nodes if each.startswith(f"{WAY} ") and each not in used]:
        del nodes[known]
    return edges


def _in_sections(nodes: Mapping[str, Node], edges: set[tuple[str, str]]) -> dict[str, Node]:
    """Put each door that is in no VPC to what is behind it."""
    behind: dict[str, list[str]] = defaultdict(list)
    for one, other in edges:
        behind[one].append(nodes[other].section if other in nodes else OUTSIDE)
    placed = {}
    for known, node in nodes.items():
        found = max(behind.get(known, []), default=OUTSIDE)
        if node.layer == "door" and node.section == OUTSIDE and found:
            node = replace(node, section=found)  # noqa: PLW2901 - as placed
        placed[known] = node
    return placed
