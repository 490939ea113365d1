"""What ties a network to others, what leads there, and what watches it: as it comes and goes."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from ops.review.app_version import AppVersion, DeclaredResource
from ops.review.changes import Changes, ResourceChange
from ops.review.findings import Finding, Weight, about
from ops.review.network.subnets import DESTINATIONS, is_default, named, way_of
from ops.review.words import text

Words = Callable[[AppVersion, DeclaredResource], str]
LOOK, NOTE = Weight.LOOK, Weight.NOTE


@dataclass(frozen=True)
class _Link:
    """What is said when a resource of a type comes or goes; `{}` is what it is about."""

    of: Words
    new: tuple[Weight, str]
    gone: tuple[Weight, str]


def _property(name: str) -> Words:
    return lambda version, each: named(version, {}, each, name)[1]


def _service(version: AppVersion, each: DeclaredResource) -> str:
    name = text(version, each.stack.name, each.properties.get("ServiceName"))
    return f"{name.rpartition('.')[2]} from {named(version, {}, each, 'VpcId')[1]}"


def _rule(version: AppVersion, each: DeclaredResource) -> str:
    said = {
        name: text(version, each.stack.name, each.properties.get(name))
        for name in ("RuleAction", "CidrBlock", "Ipv6CidrBlock", "Protocol", "RuleNumber", "Egress")
    }
    from_port, to_port = (
        text(version, each.stack.name, _inside(each.properties.get("PortRange"), name))
        for name in ("From", "To")
    )
    way = "out to" if said["Egress"] == "true" else "in from"
    cidr = said["CidrBlock"] if "CidrBlock" in each.properties else said["Ipv6CidrBlock"]
    ports = "" if from_port == "nothing" else f", ports {from_port}-{to_port}"
    return (
        f"{said['RuleAction']} {way} {cidr} (protocol {said['Protocol']}{ports}, rule"
        f" {said['RuleNumber']})"
    )


def _inside(value: object, name: str) -> object:
    return value.get(name) if isinstance(value, dict) else None


def _goes(version: AppVersion, each: DeclaredResource) -> str:
    there = [
        text(version, each.stack.name, each.properties[name])
        for name in DESTINATIONS
        if name in each.properties
    ]
    return f"{', '.join(there) or 'nowhere'} through {way_of(version, {}, each)}"


def _name(version: AppVersion, each: DeclaredResource) -> str:
    name = each.properties.get("DomainName", each.properties.get("Name"))
    return text(version, each.stack.name, name)


def _gate(version: AppVersion, each: DeclaredResource) -> str:
    where = "the world" if "InternetGatewayId" in each.properties else "another network"
    return f"{named(version, {}, each, 'VpcId')[1]} to {where}"


_OTHER = _Link(
    _property("VpcId"),
    (LOOK, "ties {} to another network"),
    (NOTE, "no longer ties {} to another network"),
)
_NAME = _Link(
    _name,
    (LOOK, "is a new name in the world: {}"),
    (LOOK, "is no longer a name in the world: {}"),
)
_ROUTE = _Link(_goes, (LOOK, "leads to {}"), (NOTE, "no longer leads to {}"))
_ACL = _Link(_rule, (LOOK, "is a new rule: {}"), (LOOK, "is no longer a rule: {}"))
_LINKS: Mapping[str, _Link] = {
    "AWS::EC2::VPCEndpoint": _Link(
        _service,
        (NOTE, "is a private way to {}"),
        (LOOK, "is no longer a private way to {}: such calls go to the world, or fail"),
    ),
    "AWS::EC2::FlowLog": _Link(
        _property("ResourceId"),
        (NOTE, "logs the traffic of {}"),
        (LOOK, "no longer logs the traffic of {}"),
    ),
    "AWS::EC2::VPCGatewayAttachment": _Link(_gate, (LOOK, "ties {}"), (NOTE, "no longer ties {}")),
    **dict.fromkeys(
        (
            *("AWS::EC2::TransitGatewayAttachment", "AWS::EC2::TransitGatewayVpcAttachment"),
            *("AWS::EC2::VPCPeeringConnection", "AWS::EC2::ClientVpnEndpoint"),
            *("AWS::EC2::VPNConnection", "AWS::NetworkManager::VpcAttachment"),
        ),
        _OTHER,
    ),
    **dict.fromkeys(
        (
            *("AWS::ApiGateway::DomainName", "AWS::ApiGatewayV2::DomainName"),
            *(
                "AWS::AppSync::DomainName",
                "AWS::Route53::RecordSet",
                "AWS::Cognito::UserPoolDomain",
            ),
        ),
        _NAME,
    ),
    "AWS::EC2::Route": _ROUTE,
    "AWS::EC2::TransitGatewayRoute": _ROUTE,
    "AWS::EC2::NetworkAclEntry": _ACL,
    "AWS::EC2::SubnetNetworkAclAssociation": _Link(
        _property("NetworkAclId"),
        (LOOK, "puts a subnet behind the network ACL {}"),
        (LOOK, "no longer puts a subnet behind the network ACL {}"),
    ),
    "AWS::WAFv2::WebACLAssociation": _Link(
        _property("ResourceArn"),
        (NOTE, "puts a web firewall before {}"),
        (LOOK, "no longer puts a web firewall before {}"),
    ),
}
# These say nothing that their own parts do not say, where they come or go with a whole VPC.
_WITH_VPC = {"AWS::EC2::VPCGatewayAttachment", "AWS::EC2::Route"}


def link_findings(changed: Changes) -> Iterator[Finding]:
    """Yield ties, routes, names and watches that are new, gone, or lead elsewhere."""
    for each in changed.resources:
        link = _LINKS.get(each.type)
        if link is None or each.moved or (each.type == "AWS::EC2::Route" and _is_default(each)):
            continue
        stack = each.resource.stack.name
        alone = stack in changed.new_stacks or stack in changed.gone_stacks
        if alone and each.type in _WITH_VPC:
            continue
        yield from _said(changed, each, link)


def _is_default(each: ResourceChange) -> bool:
    return all(is_default(side) for side in (each.before, each.after) if side)


def _said(changed: Changes, each: ResourceChange, link: _Link) -> Iterator[Finding]:
    old = link.of(changed.before, each.before) if each.before else None
    new = link.of(changed.after, each.after) if each.after else None
    name = each.resource.name
    if old is None and new is not None:
        weight, words = link.new
        yield about(each.resource, "network", weight, f"{name} {words.replace('{}', new)}")
    elif new is None and old is not None:
        weight, words = link.gone
        yield about(each.resource, "network", weight, f"{name} {words.replace('{}', old)}")
    elif old != new:
        sentence = f"{name} {link.new[1].replace('{}', str(new))}, and before: {old}"
        yield about(each.resource, "network", LOOK, sentence)
