"""The rules of security groups, wherever they stand: in a group, or as resources of their own.

A rule is the same in both places (`SecurityGroupIngress` of AWS::EC2::SecurityGroup, and
AWS::EC2::SecurityGroupIngress).
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from ipaddress import ip_network

from ops.review.app_version import AppVersion, DeclaredResource, Json, Key
from ops.review.network.openings import ALL_PORTS, WITH_PORTS, Group, Opening, Peer, Ports, Way
from ops.review.words import text

GROUP = "AWS::EC2::SecurityGroup"
_RULES: Mapping[str, Way] = {f"{GROUP}Ingress": "in", f"{GROUP}Egress": "out"}
INLINE: Mapping[str, Way] = {"SecurityGroupIngress": "in", "SecurityGroupEgress": "out"}


# https://www.iana.org/assignments/protocol-numbers; -1 is every protocol.
_PROTOCOLS = {"-1": "all", "1": "icmp", "6": "tcp", "17": "udp", "58": "icmpv6"}
# CDK writes this rule where nothing may go out: with no rule AWS would add one for everything.
_NOBODY = {ip_network("255.255.255.255/32"), ip_network("127.0.0.1/32")}
# Networks this large, if they are not private, are taken for the world: two halves are all of it.
_OF_THE_WORLD = {4: 7, 6: 15}


@dataclass(frozen=True, eq=False)
class _Source:
    """A version whose resources have the place that they have after a move."""

    version: AppVersion
    places: Mapping[Key, Key]

    def identity(self, key: Key) -> str:
        """Return by what a resource is known again in the other version."""
        return "/".join(self.places.get(key, key))


def groups(version: AppVersion, places: Mapping[Key, Key] | None = None) -> dict[str, Group]:
    """Return the groups of a version by their identity: those declared, and those with a rule.

    `places` has the place of each resource that moved, by which it is known again.
    """
    source = _Source(version, places or {})
    declared: dict[str, DeclaredResource] = {}
    rules: dict[str, list[DeclaredResource]] = defaultdict(list)
    names: dict[str, str] = {}
    for each in version.resources.values():
        if each.type == GROUP:
            identity = source.identity(each.key)
            declared[identity], names[identity] = each, each.name
        elif each.type in _RULES:
            peer = _referred(source, each.stack.name, each.properties.get("GroupId"))
            rules[peer.identity].append(each)
            names.setdefault(peer.identity, peer.name)
    found = {}
    for identity, name in names.items():
        group, beside = declared.get(identity), rules[identity]
        read = [_read(source, each, _RULES[each.type], each.properties) for each in beside]
        if group:
            read += _inline(source, group)
            out_beside = any(_RULES[each.type] == "out" for each in beside)
            if group.properties.get("SecurityGroupEgress") in _NO_RULE and not out_beside:
                read.append([_EVERYTHING_OUT])
        openings = tuple(dict.fromkeys(each for some in read if some for each in some))
        understood = all(some is not None for some in read)
        keys = tuple(each.key for each in beside)
        found[identity] = Group(group.key if group else None, name, openings, understood, keys)
    return found


_NO_RULE: tuple[Json, ...] = (None, [], {"Ref": "AWS::NoValue"})
_WORLD = Peer(ip_network("0.0.0.0/0"), "", "anywhere in the world", world=True)
# AWS adds it to a new group that has no rule for this way
# (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-ec2-securitygroup.html).
_EVERYTHING_OUT = Opening("out", "all", ALL_PORTS, _WORLD)


def _inline(source: _Source, group: DeclaredResource) -> Iterator[list[Opening] | None]:
    for name, way in INLINE.items():
        rules = group.properties.get(name) or []
        for rule in rules if isinstance(rules, list) else [rules]:
            yield _read(source, group, way, rule)


def _read(source: _Source, where: DeclaredResource, way: Way, rule: Json) -> list[Opening] | None:
    """Return what a rule lets through, with both sides of an `Fn::If`; None if it is no rule."""
    match rule:
        case {"Ref": "AWS::NoValue"}:
            return []
        case {"Fn::If": [_, one, other]}:
            sides = [_read(source, where, way, each) for each in (one, other)]
            return None if None in sides else [each for side in sides for each in side or ()]
        case dict() if "IpProtocol" in rule:
            protocol = str(rule["IpProtocol"]).lower()
            protocol = _PROTOCOLS.get(protocol, protocol)
            ports = _ports(source, where, protocol, rule)
            peers = _peers(source, where.stack.name, way, rule)
            return [
                Opening(way, protocol, ports, each) for each in peers if each.network not in _NOBODY
            ]
        case _:
            return None


def _ports(
    source: _Source, where: DeclaredResource, protocol: str, rule: Mapping[str, Json]
) -> Ports:
    ends = [rule.get("FromPort"), rule.get("ToPort")]
    if protocol == "all" or ends == [None, None]:
        return ALL_PORTS
    try:
        first, last = (int(str(each)) for each in ends)
    except ValueError:
        return "-".join(
            dict.fromkeys(text(source.version, where.stack.name, each) for each in ends)
        )
    if protocol in WITH_PORTS and first != -1:
        return first, last
    return ALL_PORTS if first == -1 and last == -1 else f"{first}/{last}"  # type and code of ICMP


def _peers(source: _Source, stack: str, way: Way, rule: Mapping[str, Json]) -> Iterator[Peer]:
    side = "Source" if way == "in" else "Destination"
    for name in ("CidrIp", "CidrIpv6"):
        if name in rule:
            yield _network(source, stack, rule[name])
    for name in (f"{side}SecurityGroupId", f"{side}SecurityGroupName"):
        if name in rule:
            yield _referred(source, stack, rule[name])
    if (listed := rule.get(f"{side}PrefixListId")) is not None:
        yield _prefix_list(source, stack, listed)


def _network(source: _Source, stack: str, value: Json) -> Peer:
    """Return a network; a parameter is taken by its default."""
    default = _default(source, stack, value)
    try:
        network = ip_network(str(value if default is None else default), strict=False)
    except ValueError:
        return _referred(source, stack, value)
    if network.prefixlen == 0:
        version = " by IPv6" if network.version == 6 else ""  # noqa: PLR2004 - as IP's version
        return Peer(network, "", f"anywhere in the world{version}", world=True)
    large = network.prefixlen <= _OF_THE_WORLD[network.version] and not network.is_private
    name = f"{network}, a large part of the world" if large else str(network)
    return Peer(network, "", name, world=large)


def _default(source: _Source, stack: str, value: Json) -> Json:
    if not isinstance(value, dict) or not isinstance(value.get("Ref"), str):
        return None
    parameters = source.version.stacks[stack].template.get("Parameters")
    parameter = parameters.get(value["Ref"]) if isinstance(parameters, dict) else None
    if not isinstance(parameter, dict) or parameter.get("Type") != "String":
        return None
    return parameter.get("Default")


def _referred(source: _Source, stack: str, value: Json) -> Peer:
    for key, of in source.version.targets(stack, value):
        target = source.version.resources[key]
        if of in {"CidrBlock", "CidrBlocks", "Ipv6CidrBlocks"}:
            return Peer(
                identity=f"{source.identity(key)} {of}", name=f"the addresses of {target.name}"
            )
        return Peer(identity=source.identity(key), name=target.name)
    shown = text(source.version, stack, value)
    return Peer(identity=shown, name=shown)


def _prefix_list(source: _Source, stack: str, value: Json) -> Peer:
    """Return a prefix list: its own addresses where the app declares it, else AWS's or another's.

    AWS's lists have the addresses of its services, such as CloudFront, of which everybody may be a
    customer (https://docs.aws.amazon.com/vpc/latest/userguide/working-with-aws-managed-prefix-lists.html).
    """
    peer = _referred(source, stack, value)
    for key, _ in source.version.targets(stack, value):
        entries = source.version.resources[key].properties.get("Entries")
        cidrs = [
            _network(source, stack, each.get("Cidr"))
            for each in (entries if isinstance(entries, list) else ())
            if isinstance(each, dict)
        ]
        shown = ", ".join(each.name for each in cidrs) or "none"
        return Peer(
            identity=f"{peer.identity} {shown}",
            name=f"the prefix list {peer.name} ({shown})",
            world=any(each.world for each in cidrs),
        )
    return Peer(identity=peer.identity, name=f"the prefix list {peer.name}", world=True)
