"""The rules of creations and deletions, put before MiniStack's EC2, IAM, S3 and CloudFormation.

`rules/creations.py` and `rules/deletions.py` decide; here is what they are asked, from MiniStack's
own stores, so that what was changed by API counts as well. What MiniStack refuses by itself (a file
system with mount targets, a second mount target in a zone, a VPC with subnets) is left to it.
"""

from collections.abc import Callable
from typing import Any

from ministack.core.responses import get_region
from ministack.services import ec2, efs, iam, s3
from ministack.services.cloudformation import provisioners

from ops.local import nat_gateways
from ops.local.rules import creations, deletions
from ops.local.rules.deletions import NetworkUses
from ops.local.rules.resource_refusal import ResourceRefusal

Properties = dict[str, Any]  # a template's JSON
Parameters = dict[str, Any]  # of a request to EC2
Answer = tuple[int, dict[str, str], bytes]

# Zones in which MiniStack has subnets, as its DescribeAvailabilityZones says.
_ZONES = "abc"
_GONE = {"deleted", "deleting"}
_GROUP_LISTS = {"Ingress": "IpPermissions", "Egress": "IpPermissionsEgress"}


def refuse_as_aws() -> None:
    """Refuse what AWS refuses, by a stack and by API."""
    _before_deletions()
    before_creation("AWS::EC2::Subnet", _check_subnet)
    before_api("CreateSubnet", lambda asked: _check_subnet(_given(asked, *_SUBNET_PROPERTIES)))
    for side, rules in _GROUP_LISTS.items():
        before_creation(f"AWS::EC2::SecurityGroup{side}", _rule_check(rules))
        before_api(f"AuthorizeSecurityGroup{side}", _rules_check(rules))


def _before_deletions() -> None:
    checks: dict[str, Callable[[str, Properties], None]] = {
        "AWS::EC2::EIP": _check_address,
        "AWS::EC2::InternetGateway": lambda name, _: deletions.check_internet_gateway(
            _uses(), name
        ),
        "AWS::EC2::RouteTable": lambda name, _: deletions.check_route_table(_uses(), name),
        "AWS::EC2::SecurityGroup": lambda name, _: deletions.check_group(_uses(), name),
        "AWS::EC2::Subnet": lambda name, _: deletions.check_subnet(_uses(), name),
        "AWS::EC2::VPCGatewayAttachment": lambda _, properties: _check_attachment(properties),
        "AWS::IAM::Role": _check_role,
        "AWS::S3::Bucket": lambda name, _: deletions.check_bucket(_objects(name)),
    }
    for kind, check in checks.items():
        handler = provisioners._RESOURCE_HANDLERS[kind]
        provisioners._RESOURCE_HANDLERS[kind] = {**handler, "delete": _held(handler, check)}
    by_api: dict[str, tuple[str, Callable[[NetworkUses, str], None]]] = {
        "DeleteInternetGateway": ("InternetGatewayId", deletions.check_internet_gateway),
        "DeleteRouteTable": ("RouteTableId", deletions.check_route_table),
        "DeleteSecurityGroup": ("GroupId", deletions.check_group),
        "DeleteSubnet": ("SubnetId", deletions.check_subnet),
    }
    for action, (name, rule) in by_api.items():
        before_api(action, _id_check(name, rule))
    before_api(
        "DetachInternetGateway",
        lambda asked: _check_attachment(_given(asked, "InternetGatewayId", "VpcId")),
    )
    before_api(
        "ReleaseAddress",
        lambda asked: deletions.check_address(
            _addresses_of_gateways(), ec2._p(asked, "AllocationId")
        ),
    )


def _held(handler: dict[str, Any], check: Callable[[str, Properties], None]) -> Callable[..., None]:
    delete = handler["delete"]

    def delete_unless_refused(physical_id: str, properties: Properties, *rest: object) -> None:
        try:
            check(physical_id, properties or {})
        except ResourceRefusal as error:
            raise ValueError(error.in_a_stack()) from error
        delete(physical_id, properties, *rest)

    return delete_unless_refused


def before_creation(kind: str, check: Callable[[Properties], None]) -> None:
    """Let `check` refuse a resource that a stack is about to create."""
    handler = provisioners._RESOURCE_HANDLERS[kind]
    create = handler["create"]

    def create_unless_refused(logical_id: str, properties: Properties, *rest: object) -> object:
        try:
            check(properties)
        except ResourceRefusal as error:
            raise ValueError(error.in_a_stack()) from error
        return create(logical_id, properties, *rest)

    provisioners._RESOURCE_HANDLERS[kind] = {**handler, "create": create_unless_refused}


def before_api(action: str, check: Callable[[Parameters], None]) -> None:
    """Let `check` refuse a call of EC2's API."""
    act = ec2._ACTION_MAP[action]

    def act_unless_refused(parameters: Parameters) -> Answer:
        try:
            check(parameters)
        except ResourceRefusal as error:
            refused: Answer = ec2._error(error.name, error.message, error.status)
            return refused
        answer: Answer = act(parameters)
        return answer

    ec2._ACTION_MAP[action] = act_unless_refused


def _given(parameters: Parameters, *names: str) -> Properties:
    """What a request to EC2 says of these, in the form of a template."""
    return {name: value for name in names if (value := ec2._p(parameters, name))}


def _id_check(name: str, rule: Callable[[NetworkUses, str], None]) -> Callable[[Parameters], None]:
    return lambda asked: rule(_uses(), ec2._p(asked, name))


def _uses() -> NetworkUses:
    """Who uses which part of the network, in MiniStack's stores."""
    gateways = {name: it for name, it in ec2._nat_gateways.items() if it["State"] not in _GONE}
    worn: dict[str, frozenset[str]] = {}
    inside: dict[str, frozenset[str]] = {}
    for name, target in efs._mount_targets.items():
        worn[name] = frozenset(target.get("SecurityGroups") or ())
        inside[name] = frozenset({target["SubnetId"]})
    for name, endpoint in ec2._vpc_endpoints.items():
        worn[name] = frozenset(endpoint["SecurityGroupIds"])
        inside[name] = frozenset(endpoint["SubnetIds"])
    for name, gateway in gateways.items():
        inside[name] = frozenset({gateway["SubnetId"]})
    for name, instance in ec2._instances.items():
        if instance["State"]["Name"] != "terminated":
            groups = instance.get("SecurityGroups") or ()
            worn[name] = frozenset(group["GroupId"] for group in groups)
            inside[name] = frozenset({instance.get("SubnetId", "")})
    mapped: dict[str, set[str]] = {}
    for name, gateway in gateways.items():
        if nat_gateways.addresses(gateway):
            mapped.setdefault(gateway["VpcId"], set()).add(name)
    return NetworkUses(
        named={name: _named_groups(group) for name, group in ec2._security_groups.items()},
        worn=worn,
        inside=inside,
        attached={
            name: frozenset(attachment["VpcId"] for attachment in gateway["Attachments"])
            for name, gateway in ec2._internet_gateways.items()
        },
        mapped={vpc: frozenset(ids) for vpc, ids in mapped.items()},
        routed={
            name: frozenset(
                association["SubnetId"]
                for association in table["Associations"]
                if association.get("SubnetId")
            )
            for name, table in ec2._route_tables.items()
        },
    )


def _named_groups(group: dict[str, Any]) -> frozenset[str]:
    return frozenset(
        pair["GroupId"]
        for rules in _GROUP_LISTS.values()
        for rule in group[rules]
        for pair in rule.get("UserIdGroupPairs", ())
        if "GroupId" in pair
    )


def _check_attachment(properties: Properties) -> None:
    gateway, vpc = properties.get("InternetGatewayId", ""), properties.get("VpcId", "")
    deletions.check_attachment(_uses(), gateway, vpc)


def _check_address(public_ip: str, _properties: Properties) -> None:
    for allocation, address in ec2._addresses.items():
        if address["PublicIp"] == public_ip:
            deletions.check_address(_addresses_of_gateways(), allocation)


def _addresses_of_gateways() -> dict[str, frozenset[str]]:
    return {
        name: frozenset({gateway.get("AllocationId", "")})
        for name, gateway in ec2._nat_gateways.items()
        if gateway["State"] not in _GONE
    }


def _check_role(name: str, properties: Properties) -> None:
    role = iam._roles.get(name) or {}
    deletions.check_role(
        attached=frozenset(role.get("AttachedPolicies") or ()),
        inline=frozenset(role.get("InlinePolicies") or ()),
        own_attached=frozenset(properties.get("ManagedPolicyArns") or ()),
        own_inline=frozenset(policy["PolicyName"] for policy in properties.get("Policies") or ()),
    )


def _objects(bucket: str) -> list[str]:
    there = s3._buckets.get(bucket)
    if there is None:
        return []
    old_versions = ["old versions"] if s3._bucket_has_versions(bucket) else []
    return [*there["objects"], *old_versions]


_SUBNET_PROPERTIES = ("VpcId", "CidrBlock", "AvailabilityZone", "AvailabilityZoneId")


def _check_subnet(properties: Properties) -> None:
    ec2._ensure_defaults_initialized()
    vpc = properties.get("VpcId") or ec2._DEFAULT_VPC_ID
    creations.check_subnet(
        zone=provisioners._ec2_subnet_zone(properties),
        zones=[f"{get_region()}{letter}" for letter in _ZONES],
        vpc=vpc,
        vpc_block=ec2._vpcs[vpc]["CidrBlock"] if vpc in ec2._vpcs else None,
        block=properties.get("CidrBlock", "10.0.1.0/24"),
        taken=[it["CidrBlock"] for it in ec2._subnets.values() if it["VpcId"] == vpc],
    )


def _rule_check(rules: str) -> Callable[[Properties], None]:
    """Return the check of a rule that is a resource of its own."""

    def check(properties: Properties) -> None:
        [rule] = provisioners._ec2_sg_permissions([properties])
        _check_rule(properties["GroupId"], rules, rule)

    return check


def _rules_check(rules: str) -> Callable[[Parameters], None]:
    """Return the check of the rules of a request."""

    def check(parameters: Parameters) -> None:
        for rule in ec2._parse_ip_permissions(parameters, "IpPermissions"):
            _check_rule(ec2._p(parameters, "GroupId"), rules, rule)

    return check


def _check_rule(group: str, rules: str, rule: dict[str, Any]) -> None:
    peers = _peers(rule)
    key = (rule["IpProtocol"], rule.get("FromPort"), rule.get("ToPort"))
    there = {
        peer
        for other in (ec2._security_groups.get(group) or {}).get(rules, ())
        if (other["IpProtocol"], other.get("FromPort"), other.get("ToPort")) == key
        for peer in _peers(other)
    }
    ports = (rule["FromPort"], rule["ToPort"]) if "FromPort" in rule else None
    for peer in peers:
        creations.check_group_rule(
            peer=peer, protocol=rule["IpProtocol"], ports=ports, there=peer in there
        )


def _peers(rule: dict[str, Any]) -> list[str]:
    members = {
        "IpRanges": "CidrIp",
        "Ipv6Ranges": "CidrIpv6",
        "PrefixListIds": "PrefixListId",
        "UserIdGroupPairs": "GroupId",
    }
    return [
        peer[member]
        for listed, member in members.items()
        for peer in rule.get(listed, ())
        if member in peer
    ]
