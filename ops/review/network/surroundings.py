"""What is around a resource in its network: groups, subnets, ways out, and what it leads to."""

import re
from collections import defaultdict, deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from ops.review.app_version import AppVersion, DeclaredResource, Json, Key
from ops.review.network.group_rules import groups
from ops.review.network.nodes import (
    BETWEEN,
    ENDPOINT,
    GROUPS,
    HELPERS,
    LAYER_OF,
    OUTSIDE,
    POLICIES,
    SUBNETS,
    WAY,
    Layer,
    Node,
)
from ops.review.network.openings import Group
from ops.review.network.subnets import Subnet, WayOut, identity, subnets, target
from ops.review.words import kind, text

_CALLED_BY_ALL = {"logs", "xray"}
_HUB = 400  # of that many neighbours a resource is no path between two


@dataclass(frozen=True, eq=False)
class Surroundings:
    """A version, and of each resource what it wears, calls, leads to and gets out by."""

    version: AppVersion
    places: Mapping[Key, Key]
    _worn: dict[tuple[Key, re.Pattern[str]], list[str]] = field(default_factory=dict)

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
        layer = LAYER_OF[resource.type]
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
            if value and isinstance(value, dict) and LAYER_OF[resource.type] != "way":
                return "another VPC" if self.worn(resource, SUBNETS) else OUTSIDE
        return OUTSIDE

    def worn(self, resource: DeclaredResource, names: re.Pattern[str]) -> list[str]:
        """Return the groups or the subnets of a resource and of its helpers."""
        if (known := self._worn.get((resource.key, names))) is None:
            known = self._worn[resource.key, names] = self._put_on(resource, names)
        return known

    def _put_on(self, resource: DeclaredResource, names: re.Pattern[str]) -> list[str]:
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
        return [each for each in self._beside(resource) if each.type in HELPERS]

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
                    if policy is role or policy.type in POLICIES:
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
            layer, known = LAYER_OF.get(each.type), self.identity(each.key)
            if layer == "door":
                for other in self._reached(each, BETWEEN, ("runs",)):
                    yield known, self.identity(other.key)
            elif layer == "runs":
                for other in self._reached(each, HELPERS, ("holds",)):
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
                if LAYER_OF.get(each.type) in layers:
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
        return Node(f"{WAY} {way.identity}", "way", said, way.name, subnet.vpc, zone)

    @cached_property
    def _by_identity(self) -> Mapping[str, DeclaredResource]:
        return {self.identity(key): each for key, each in self.version.resources.items()}

    @cached_property
    def _endpoints(self) -> Mapping[str, list[str]]:
        found = defaultdict(list)
        for each in self.version.resources.values():
            if LAYER_OF.get(each.type) == "way":
                found[self._vpc_of(each)].append(self.identity(each.key))
        return found

    def _through_groups(self) -> Iterator[tuple[str, str]]:
        """Yield what runs and what holds data, where a group of the second lets the first in."""
        wearing: dict[str, list[str]] = defaultdict(list)
        for each in self.version.resources.values():
            if LAYER_OF.get(each.type) == "runs":
                for worn in self.worn(each, GROUPS):
                    wearing[worn].append(self.identity(each.key))
        for each in self.version.resources.values():
            if LAYER_OF.get(each.type) == "holds":
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
