"""The network of each stage as a map: doors, what runs behind them, what it reaches, and how.

Everything leads one way: from a door to what runs, from there to what holds data, or to a way out.
"""

import re
from collections import defaultdict, deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal

from ops.review.app_version import AppVersion, DeclaredResource, Json, Key
from ops.review.findings import place
from ops.review.network.openings import Group, groups
from ops.review.network.subnets import Subnet, WayOut, identity, subnets, target
from ops.review.words import kind, text

Layer = Literal["door", "runs", "holds", "way"]
LAYERS: tuple[Layer, ...] = ("door", "runs", "holds", "way")
ENDPOINT = "endpoint to"
OUTSIDE = ""  # the section of what is in no VPC

_TYPES: Mapping[Layer, frozenset[str]] = {
    "door": frozenset(
        (
            *("AWS::Lambda::Url", "AWS::ApiGateway::RestApi", "AWS::ApiGatewayV2::Api"),
            *("AWS::ElasticLoadBalancingV2::LoadBalancer", "AWS::AppSync::GraphQLApi"),
            *("AWS::ElasticLoadBalancing::LoadBalancer", "AWS::CloudFront::Distribution"),
            *("AWS::Transfer::Server", "AWS::AppRunner::Service"),
        )
    ),
    "runs": frozenset(
        (
            *("AWS::Lambda::Function", "AWS::EC2::Instance", "AWS::ECS::Service"),
            *("AWS::AutoScaling::AutoScalingGroup", "AWS::EKS::Cluster", "AWS::CodeBuild::Project"),
            *("AWS::Batch::ComputeEnvironment", "AWS::SageMaker::NotebookInstance"),
            "AWS::EMR::Cluster",
        )
    ),
    "holds": frozenset(
        (
            *("AWS::EFS::FileSystem", "AWS::FSx::FileSystem", "AWS::S3::Bucket"),
            *("AWS::RDS::DBInstance", "AWS::RDS::DBCluster", "AWS::DynamoDB::Table"),
            *("AWS::DynamoDB::GlobalTable", "AWS::ElastiCache::ReplicationGroup"),
            *("AWS::ElastiCache::CacheCluster", "AWS::ElastiCache::ServerlessCache"),
            *("AWS::OpenSearchService::Domain", "AWS::Redshift::Cluster", "AWS::DocDB::DBCluster"),
            *("AWS::Neptune::DBCluster", "AWS::MSK::Cluster", "AWS::SQS::Queue"),
            *("AWS::Kinesis::Stream", "AWS::MemoryDB::Cluster", "AWS::AmazonMQ::Broker"),
        )
    ),
    "way": frozenset(
        (
            *("AWS::EC2::VPCEndpoint", "AWS::EC2::VPCPeeringConnection", "AWS::EC2::VPNConnection"),
            *("AWS::EC2::TransitGatewayAttachment", "AWS::EC2::TransitGatewayVpcAttachment"),
        )
    ),
}
_LAYER_OF: Mapping[str, Layer] = {each: layer for layer, some in _TYPES.items() for each in some}
# What stands between a door and what it calls, or between a function and its disk.
_BETWEEN = frozenset(
    (
        *("AWS::Lambda::Alias", "AWS::Lambda::Version", "AWS::Lambda::Permission"),
        *("AWS::ApiGateway::Method", "AWS::ApiGateway::Resource", "AWS::ApiGatewayV2::Route"),
        *("AWS::ApiGatewayV2::Integration", "AWS::ElasticLoadBalancingV2::Listener"),
        *("AWS::ElasticLoadBalancingV2::ListenerRule", "AWS::AppSync::DataSource"),
        *("AWS::ElasticLoadBalancingV2::TargetGroup", "AWS::AppSync::Resolver"),
    )
)
_HELPERS = frozenset(
    (
        *("AWS::EFS::AccessPoint", "AWS::EFS::MountTarget", "AWS::RDS::DBSubnetGroup"),
        *("AWS::ElastiCache::SubnetGroup", "AWS::Redshift::ClusterSubnetGroup"),
        *("AWS::DocDB::DBSubnetGroup", "AWS::Neptune::DBSubnetGroup", "AWS::EC2::LaunchTemplate"),
        *("AWS::ECS::TaskDefinition", "AWS::SecretsManager::SecretTargetAttachment"),
    )
)
GROUPS = re.compile(r"^(Vpc|VPC)?SecurityGroups?(Ids?)?$|^GroupSet$")
SUBNETS = re.compile(r"^(Vpc)?Subnets?(Ids?)?$|^VPCZoneIdentifier$")
_POLICIES = ("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy", "AWS::IAM::RolePolicy")
_CALLED_BY_ALL = {"logs", "xray"}
_HUB = 400  # of that many neighbours a resource is no path between two


@dataclass(frozen=True)
class Node:
    """A thing on the map. Facts are pairs of what a line begins with, and what it says."""

    identity: str
    layer: Layer
    kind: str
    name: str
    section: str = OUTSIDE
    zone: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    key: Key = field(default=("", ""), compare=False)
    """Of the resource, where it is one of the app."""


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
    seen = _Seen(version, places)
    nodes: dict[str, dict[str, Node]] = defaultdict(dict)
    stages: dict[str, str] = {}
    for each in version.resources.values():
        if each.type in _LAYER_OF:
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


@dataclass(frozen=True, eq=False)
class _Seen:
    version: AppVersion
    places: Mapping[Key, Key]

    @cached_property
    def groups(self) -> Mapping[str, Group]:
        return groups(self.version, self.places)

    @cached_property
    def subnets(self) -> Mapping[str, Subnet]:
        return subnets(self.version, self.places)

    def identity(self, key: Key) -> str:
        return identity(self.places, key)

    def node(self, resource: DeclaredResource) -> Node:
        """Return a resource as a node, with what is said of it."""
        layer = _LAYER_OF[resource.type]
        mine = [self.subnets[each] for each in self.worn(resource, SUBNETS) if each in self.subnets]
        section = mine[0].vpc if mine else self._vpc_of(resource)
        zone = " and ".join(dict.fromkeys(f"{each.kind} subnets" for each in mine))
        facts = [*self._facts(resource, layer)]
        return Node(
            self.identity(resource.key),
            layer,
            _kind(self.version, resource),
            resource.name,
            section,
            zone,
            tuple(facts),
            resource.key,
        )

    def _vpc_of(self, resource: DeclaredResource) -> str:
        for name in ("VpcId", "VpcConfig", "NetworkConfiguration"):
            value = resource.properties.get(name)
            for key, _ in self.version.targets(resource.stack.name, value):
                if self.version.resources[key].type == "AWS::EC2::VPC":
                    return self.identity(key)
            if value and isinstance(value, dict) and _LAYER_OF[resource.type] != "way":
                return "another VPC" if self.worn(resource, SUBNETS) else OUTSIDE
        return OUTSIDE

    def worn(self, resource: DeclaredResource, names: re.Pattern[str]) -> list[str]:
        """Return the groups or the subnets of a resource and of its helpers."""
        found: dict[str, None] = {}
        for each in (resource, *self._helpers(resource)):
            for value in _named(each.properties, names):
                keys = [key for key, _ in self.version.targets(each.stack.name, value)]
                known = [self.identity(key) for key in keys] or [
                    text(self.version, each.stack.name, value)
                ]
                found.update(dict.fromkeys(known))
        return list(found)

    def _helpers(self, resource: DeclaredResource) -> list[DeclaredResource]:
        return [each for each in self._beside(resource) if each.type in _HELPERS]

    def _beside(self, resource: DeclaredResource) -> list[DeclaredResource]:
        to = [
            each.to
            for each in self.version.references.get(resource.key, ())
            if each.attribute != "DependsOn"
        ]
        by = [
            key
            for key, each in self.version.referring.get(resource.key, ())
            if each.attribute != "DependsOn"
        ]
        found = dict.fromkeys((*to, *by))
        return [self.version.resources[key] for key in found] if len(found) <= _HUB else []

    def _facts(self, resource: DeclaredResource, layer: Layer) -> Iterator[tuple[str, str]]:
        if layer == "door" and "AuthType" in resource.properties:
            signed = resource.properties["AuthType"] == "AWS_IAM"
            yield "callers", "signed (AWS_IAM)" if signed else "anybody"
        if resource.type.startswith("AWS::ElasticLoadBalancing"):
            yield (
                "",
                text(
                    self.version,
                    resource.stack.name,
                    resource.properties.get("Scheme") or "internet-facing",
                ),
            )
        for worn in self.worn(resource, GROUPS):
            if group := self.groups.get(worn):
                way = "out" if layer == "runs" else "in"
                for opening in group.by_way["in"]:
                    yield "in", str(opening)
                for opening in group.by_way["out"] if way == "out" else ():
                    yield "out", str(opening)
        if layer == "runs":
            for service in sorted(self._calls(resource) - _CALLED_BY_ALL):
                yield "calls", service
        if resource.properties.get("PubliclyAccessible") in {True, "true"}:
            yield "", "publicly accessible"

    def _calls(self, resource: DeclaredResource) -> set[str]:
        """Return the services that the policies of its role let it call."""
        found: set[str] = set()
        for role in self._beside(resource):
            if role.type == "AWS::IAM::Role":
                for policy in (role, *self._beside(role)):
                    if policy is role or policy.type in _POLICIES:
                        found |= set(_services(policy.properties))
        return found

    def vpc(self, resource: DeclaredResource) -> tuple[tuple[str, str], ...]:
        """Return the name and the facts of a VPC."""
        known = self.identity(resource.key)
        mine = [each for each in self.subnets.values() if each.vpc == known]
        counted: dict[str, int] = defaultdict(int)
        for each in mine:
            counted[each.kind] += 1
        said = [("name", resource.name)]
        said += [
            ("", f"{count} {what} subnet{'s' * (count > 1)}")
            for what, count in sorted(counted.items(), reverse=True)
        ]
        if any(each.type == "AWS::EC2::FlowLog" for each in self._beside(resource)):
            said.append(("", "flow logs"))
        return tuple(said)

    def edges(self) -> Iterator[tuple[str, "str | Node"]]:
        """Yield who leads to whom: two identities, or an identity and a way out."""
        for each in self.version.resources.values():
            layer, known = _LAYER_OF.get(each.type), self.identity(each.key)
            if layer == "door":
                for other in self._reached(each, _BETWEEN, ("runs",)):
                    yield known, self.identity(other.key)
            elif layer == "runs":
                for other in self._reached(each, _HELPERS, ("holds",)):
                    yield known, self.identity(other.key)
                for way in self._ways(each):
                    yield known, way
        yield from self._through_groups()

    def _reached(
        self, start: DeclaredResource, through: frozenset[str], layers: tuple[Layer, ...]
    ) -> Iterator[DeclaredResource]:
        waiting, seen = deque([start]), {start.key}
        while waiting:
            for each in self._beside(waiting.popleft()):
                if each.key in seen:
                    continue
                seen.add(each.key)
                if _LAYER_OF.get(each.type) in layers:
                    yield each
                elif each.type in through:
                    waiting.append(each)

    def _ways(self, resource: DeclaredResource) -> Iterator["str | Node"]:
        vpcs = set()
        for worn in self.worn(resource, SUBNETS):
            subnet = self.subnets.get(worn)
            if subnet is None:
                continue
            vpcs.add(subnet.vpc)
            if subnet.way:
                yield self._way(subnet, subnet.way)
        for vpc in vpcs:
            yield from self._endpoints.get(vpc, ())

    def _way(self, subnet: Subnet, way: WayOut) -> Node:
        """Return the way out of a subnet as a node, in the zone where a NAT gateway stands."""
        resource = self._by_identity.get(way.identity)
        there = target(self.version, resource, "SubnetId") if resource else None
        stands = self.subnets.get(self.identity(there)) if there else None
        zone = f"{stands.kind} subnets" if stands else ""
        said = way.kind.split(" ", 1)[1]
        return Node(f"way {way.identity}", "way", said, way.name, subnet.vpc, zone)

    @cached_property
    def _by_identity(self) -> Mapping[str, DeclaredResource]:
        return {self.identity(key): each for key, each in self.version.resources.items()}

    @cached_property
    def _endpoints(self) -> Mapping[str, list[str]]:
        found = defaultdict(list)
        for each in self.version.resources.values():
            if _LAYER_OF.get(each.type) == "way":
                found[self._vpc_of(each)].append(self.identity(each.key))
        return found

    def _through_groups(self) -> Iterator[tuple[str, str]]:
        """Yield what runs and what holds data, where a group of the second lets the first in."""
        wearing: dict[str, list[str]] = defaultdict(list)
        for each in self.version.resources.values():
            if _LAYER_OF.get(each.type) == "runs":
                for worn in self.worn(each, GROUPS):
                    wearing[worn].append(self.identity(each.key))
        for each in self.version.resources.values():
            if _LAYER_OF.get(each.type) == "holds":
                for worn in self.worn(each, GROUPS):
                    group = self.groups.get(worn)
                    for opening in group.by_way["in"] if group else ():
                        for runs in wearing.get(opening.peer.identity, ()):
                            yield runs, self.identity(each.key)


# What people call them; the others by their type.
_CALLED = {
    "AWS::Lambda::Function": "function",
    "AWS::Lambda::Url": "function URL",
    "AWS::EFS::FileSystem": "file system (EFS)",
    "AWS::S3::Bucket": "bucket (S3)",
    "AWS::SQS::Queue": "queue (SQS)",
    "AWS::EC2::Instance": "instance (EC2)",
    "AWS::ElasticLoadBalancingV2::LoadBalancer": "load balancer",
    "AWS::ElasticLoadBalancing::LoadBalancer": "load balancer",
    "AWS::ApiGateway::RestApi": "REST API",
    "AWS::ApiGatewayV2::Api": "HTTP API",
    "AWS::EC2::VPCPeeringConnection": "peering connection",
}


def _kind(version: AppVersion, resource: DeclaredResource) -> str:
    if resource.type != "AWS::EC2::VPCEndpoint":
        return _CALLED.get(resource.type, kind(resource.type))
    service = text(version, resource.stack.name, resource.properties.get("ServiceName"))
    return f"{ENDPOINT} {service.rpartition('.')[2]}"


def _named(value: Json, names: re.Pattern[str]) -> Iterator[Json]:
    if isinstance(value, dict):
        for name, each in value.items():
            if names.match(str(name)):
                yield from each if isinstance(each, list) else [each]
            else:
                yield from _named(each, names)
    elif isinstance(value, list):
        for each in value:
            yield from _named(each, names)


def _services(value: Json) -> Iterator[str]:
    if isinstance(value, list):
        for each in value:
            yield from _services(each)
    elif isinstance(value, dict):
        if value.get("Effect") == "Allow" and "Action" in value and "Principal" not in value:
            actions = value["Action"]
            for each in actions if isinstance(actions, list) else [actions]:
                if isinstance(each, str):
                    yield "everything" if each == "*" else each.partition(":")[0]
        else:
            for each in value.values():
                yield from _services(each)
