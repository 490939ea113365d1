"""CloudFormation handlers for the parts of a network that MiniStack refuses or leaves out.

Each writes to the store of MiniStack's EC2, so that EC2's own API shows it.
"""

import secrets
from collections.abc import Callable
from typing import Any

from ministack.services import ec2
from ministack.services.cloudformation import provisioners

from ops.local import nat_gateways
from ops.local.network_api import created_id

Properties = dict[str, Any]  # a template's JSON
Created = tuple[str, dict[str, str]]  # physical id, attributes
Handler = dict[str, Any]  # MiniStack's own table: "create", "update", "delete" and flags

# Of documentation (RFC 3849), and the same for each VPC: no packet leaves it.
_IPV6_BLOCK = "2001:db8::/56"


def handlers() -> dict[str, Handler]:
    """Return the handlers by the types of their resources."""
    return {
        "AWS::EC2::EgressOnlyInternetGateway": replaceable(
            _create_egress_only, _delete_egress_only
        ),
        "AWS::EC2::EIP": replaceable(_create_address, _delete_address),
        "AWS::EC2::Instance": replaceable(_create_instance, _delete_instance),
        "AWS::EC2::FlowLog": replaceable(_create_flow_log, _delete_flow_log),
        "AWS::EC2::NatGateway": replaceable(nat_gateways.create, nat_gateways.delete),
        "AWS::EC2::SubnetCidrBlock": replaceable(_create_subnet_block, _delete_subnet_block),
        "AWS::EC2::VPCCidrBlock": replaceable(_create_vpc_block, _delete_vpc_block),
        "AWS::EC2::VPC": _with_ipv6(provisioners._RESOURCE_HANDLERS["AWS::EC2::VPC"]),
        "AWS::EC2::SecurityGroupIngress": _group_rule("IpPermissions"),
        "AWS::EC2::SecurityGroupEgress": _group_rule("IpPermissionsEgress"),
        # CDK's provider is a Node function with an SDK that only AWS's runtime has.
        "Custom::VpcRestrictDefaultSG": replaceable(_empty_default_group, lambda *_: None),
    }


def replaceable(
    create: Callable[[str, Properties, str], Created],
    delete: Callable[[str, Properties], None],
) -> Handler:
    """Return the handler of a type of which every change makes a new resource."""

    def update(
        physical_id: str, old: Properties, new: Properties, stack_name: str, logical_id: str
    ) -> Created:
        created = create(logical_id, new, stack_name)
        delete(physical_id, old)
        return created

    return {"create": create, "update": update, "update_with_logical_id": True, "delete": delete}


def _create_address(_logical_id: str, properties: Properties, _stack_name: str) -> Created:
    domain = {"Domain": [properties.get("Domain", "vpc")]}
    allocation_id = created_id(ec2._allocate_address(domain), "allocationId")
    provisioners._ec2_apply_tags(allocation_id, properties)
    public_ip = ec2._addresses[allocation_id]["PublicIp"]
    return public_ip, {"AllocationId": allocation_id, "PublicIp": public_ip}


def _delete_address(physical_id: str, _properties: Properties) -> None:
    for allocation_id, address in list(ec2._addresses.items()):
        if address["PublicIp"] == physical_id:
            ec2._release_address({"AllocationId": [allocation_id]})


def _create_egress_only(_logical_id: str, properties: Properties, _stack_name: str) -> Created:
    answer = ec2._create_egress_only_igw({"VpcId": [properties["VpcId"]]})
    gateway_id = created_id(answer, "egressOnlyInternetGatewayId")
    return gateway_id, {"Id": gateway_id}


def _delete_egress_only(physical_id: str, _properties: Properties) -> None:
    ec2._delete_egress_only_igw({"EgressOnlyInternetGatewayId": [physical_id]})


def _create_instance(_logical_id: str, properties: Properties, _stack_name: str) -> Created:
    [interface] = properties["NetworkInterfaces"]
    parameters = {name: [properties[name]] for name in ("ImageId", "InstanceType")}
    parameters["SubnetId"] = [interface["SubnetId"]]
    parameters |= {
        f"SecurityGroupId.{number}": [group]
        for number, group in enumerate(interface["GroupSet"], start=1)
    }
    instance_id = created_id(ec2._run_instances(parameters), "instanceId")
    instance = ec2._instances[instance_id]
    instance["SourceDestCheck"] = properties.get("SourceDestCheck", True)
    if not interface.get("AssociatePublicIpAddress"):
        instance["PublicIpAddress"] = ""
    provisioners._ec2_apply_tags(instance_id, properties)
    return instance_id, {"InstanceId": instance_id}


def _delete_instance(physical_id: str, _properties: Properties) -> None:
    ec2._terminate_instances({"InstanceId.1": [physical_id]})


def _with_ipv6(vpc: Handler) -> Handler:
    """Return a handler of VPCs whose IPv6 block is known from the start, as a template needs it."""

    def create(logical_id: str, properties: Properties, stack_name: str) -> Created:
        physical_id, attributes = vpc["create"](logical_id, properties, stack_name)
        return physical_id, {**attributes, "Ipv6CidrBlocks": [_IPV6_BLOCK]}

    return {**vpc, "create": create}


def _create_vpc_block(_logical_id: str, properties: Properties, _stack_name: str) -> Created:
    """Associate the block; the VPC's first network ACL then has rules for IPv6 as well.

    https://docs.aws.amazon.com/vpc/latest/userguide/default-network-acl.html
    """
    vpc = ec2._vpcs[properties["VpcId"]]
    acl = ec2._network_acls[vpc["DefaultNetworkAclId"]]
    if not any("Ipv6CidrBlock" in entry for entry in acl["Entries"]):
        acl["Entries"] += [
            {
                "RuleNumber": number,
                "Protocol": "-1",
                "RuleAction": action,
                "Egress": egress,
                "Ipv6CidrBlock": "::/0",
            }
            for egress in (False, True)
            for number, action in ((101, "allow"), (32_768, "deny"))
        ]
    return _associate(vpc, "vpc", _IPV6_BLOCK), {}


def _delete_vpc_block(physical_id: str, properties: Properties) -> None:
    _disassociate(ec2._vpcs.get(properties["VpcId"]), physical_id)


def _create_subnet_block(_logical_id: str, properties: Properties, _stack_name: str) -> Created:
    subnet = ec2._subnets[properties["SubnetId"]]
    return _associate(subnet, "subnet", properties["Ipv6CidrBlock"]), {}


def _delete_subnet_block(physical_id: str, properties: Properties) -> None:
    _disassociate(ec2._subnets.get(properties["SubnetId"]), physical_id)


def _associate(owner: Properties, kind: str, block: str) -> str:
    """Give a VPC or a subnet an IPv6 block, and return the id of the association."""
    name = f"{kind}-cidr-assoc-{secrets.token_hex(9)[1:]}"
    association = {
        "AssociationId": name,
        "Ipv6CidrBlock": block,
        "Ipv6CidrBlockState": {"State": "associated"},
    }
    owner.setdefault("Ipv6CidrBlockAssociationSet", []).append(association)
    return name


def _disassociate(owner: Properties | None, association: str) -> None:
    associations = owner.get("Ipv6CidrBlockAssociationSet", []) if owner else []
    associations[:] = [each for each in associations if each["AssociationId"] != association]


def _create_flow_log(_logical_id: str, properties: Properties, _stack_name: str) -> Created:
    names = ("ResourceType", "TrafficType", "LogDestinationType", "LogGroupName")
    parameters = {name: [properties[name]] for name in names if name in properties}
    parameters["ResourceId.1"] = [properties["ResourceId"]]
    flow_log_id = created_id(ec2._create_flow_logs(parameters), "item")
    provisioners._ec2_apply_tags(flow_log_id, properties)
    return flow_log_id, {"Id": flow_log_id}


def _delete_flow_log(physical_id: str, _properties: Properties) -> None:
    ec2._delete_flow_logs({"FlowLogId.1": [physical_id]})


def _group_rule(side: str) -> Handler:
    """Return the handler of a rule that is a resource of its own, in its group's list `side`."""

    def create(logical_id: str, properties: Properties, stack_name: str) -> Created:
        group = ec2._security_groups.get(properties["GroupId"])
        if group is None:
            raise ValueError(f"security group {properties['GroupId']} does not exist")
        group[side].extend(provisioners._ec2_sg_permissions([properties]))
        return f"{stack_name}-{logical_id}", {}

    def delete(_physical_id: str, properties: Properties) -> None:
        group = ec2._security_groups.get(properties["GroupId"])
        if group is not None:
            gone = provisioners._ec2_sg_permissions([properties])
            group[side][:] = [
                rule
                for rule in group[side]
                if not any(ec2._rules_match(rule, each) for each in gone)
            ]

    def update(
        physical_id: str, old: Properties, new: Properties, stack_name: str, logical_id: str
    ) -> Created:
        delete(physical_id, old)
        return create(logical_id, new, stack_name)

    return {"create": create, "update": update, "update_with_logical_id": True, "delete": delete}


def _empty_default_group(logical_id: str, properties: Properties, stack_name: str) -> Created:
    group = ec2._security_groups[properties["DefaultSecurityGroupId"]]
    group["IpPermissions"].clear()
    group["IpPermissionsEgress"].clear()
    return f"{stack_name}-{logical_id}", {}
