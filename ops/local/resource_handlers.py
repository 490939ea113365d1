"""CloudFormation handlers for the resource types that MiniStack refuses or leaves out.

Where MiniStack's EC2 has a store for such a resource, a handler here writes to that store, so that
EC2's own API shows it. Nothing routes or filters packets in either case.
"""

import json
import re
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from ministack.services import ec2, lambda_svc, resource_groups
from ministack.services.cloudformation import provisioners

Properties = dict[str, Any]  # a template's JSON
Created = tuple[str, dict[str, str]]  # physical id, attributes
Handler = dict[str, Any]  # MiniStack's own table: "create", "update", "delete" and flags


def handlers() -> dict[str, Handler]:
    """Return the CloudFormation handlers for what MiniStack refuses or leaves out."""
    function = provisioners._RESOURCE_HANDLERS["AWS::Lambda::Function"]

    def keep_declared(physical_id: str, properties: Properties) -> None:
        config = lambda_svc._functions[physical_id]["config"]
        config["FileSystemConfigs"] = properties.get("FileSystemConfigs") or []
        config["KMSKeyArn"] = properties.get("KmsKeyArn", "")

    def create_function(logical_id: str, properties: Properties, stack_name: str) -> Created:
        created: Created = function["create"](logical_id, properties, stack_name)
        keep_declared(created[0], properties)
        return created

    def update_function(
        physical_id: str, old: Properties, new: Properties, stack_name: str, logical_id: str
    ) -> Created:
        updated: Created = function["update"](physical_id, old, new, stack_name, logical_id)
        keep_declared(updated[0], new)
        return updated

    return {
        "AWS::Lambda::Function": {
            **function,
            "create": create_function,
            "update": update_function,
            "update_with_logical_id": True,
        },
        # Only the dry run (ops/pipeline_walk) runs a pipeline, and it reads the template.
        "AWS::CodePipeline::Pipeline": _replaceable(_record, lambda *_: None),
        "AWS::EC2::EgressOnlyInternetGateway": _replaceable(
            _create_egress_only, _delete_egress_only
        ),
        "AWS::EC2::EIP": _replaceable(_create_address, _delete_address),
        "AWS::EC2::Instance": _replaceable(_create_instance, _delete_instance),
        "AWS::EC2::FlowLog": _replaceable(_create_flow_log, _delete_flow_log),
        "AWS::EC2::NatGateway": _replaceable(_create_nat_gateway, _delete_nat_gateway),
        # MiniStack's VPCs and subnets have no IPv6: there is nothing behind these two.
        "AWS::EC2::SubnetCidrBlock": _replaceable(_record, lambda *_: None),
        "AWS::EC2::VPCCidrBlock": _replaceable(_record, lambda *_: None),
        "AWS::EC2::VPC": _with_ipv6(provisioners._RESOURCE_HANDLERS["AWS::EC2::VPC"]),
        "AWS::EC2::SecurityGroupIngress": _group_rule("IpPermissions"),
        "AWS::EC2::SecurityGroupEgress": _group_rule("IpPermissionsEgress"),
        "AWS::ResourceGroups::Group": {
            "create": _create_group,
            "update": _update_group,
            "update_with_logical_id": True,
            "delete": _delete_group,
        },
        # CDK's provider is a Node function with an SDK that only AWS's runtime has.
        "Custom::VpcRestrictDefaultSG": _replaceable(_empty_default_group, lambda *_: None),
    }


def _replaceable(
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


def _created_id(response: tuple[int, dict[str, str], bytes], tag: str) -> str:
    """Return the text of `tag` in an answer of MiniStack's EC2."""
    status, _, body = response
    found = re.search(f"<{tag}>([^<]+)</{tag}>", body.decode())
    if status >= HTTPStatus.BAD_REQUEST or not found:
        raise ValueError(body.decode())
    return found[1]


def _create_address(_logical_id: str, properties: Properties, _stack_name: str) -> Created:
    domain = {"Domain": [properties.get("Domain", "vpc")]}
    allocation_id = _created_id(ec2._allocate_address(domain), "allocationId")
    provisioners._ec2_apply_tags(allocation_id, properties)
    public_ip = ec2._addresses[allocation_id]["PublicIp"]
    return public_ip, {"AllocationId": allocation_id, "PublicIp": public_ip}


def _delete_address(physical_id: str, _properties: Properties) -> None:
    for allocation_id, address in list(ec2._addresses.items()):
        if address["PublicIp"] == physical_id:
            ec2._release_address({"AllocationId": [allocation_id]})


def _create_egress_only(_logical_id: str, properties: Properties, _stack_name: str) -> Created:
    answer = ec2._create_egress_only_igw({"VpcId": [properties["VpcId"]]})
    gateway_id = _created_id(answer, "egressOnlyInternetGatewayId")
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
    instance_id = _created_id(ec2._run_instances(parameters), "instanceId")
    provisioners._ec2_apply_tags(instance_id, properties)
    return instance_id, {"InstanceId": instance_id}


def _delete_instance(physical_id: str, _properties: Properties) -> None:
    ec2._terminate_instances({"InstanceId.1": [physical_id]})


def _record(logical_id: str, _properties: Properties, stack_name: str) -> Created:
    return f"{stack_name}-{logical_id}", {}


def _with_ipv6(vpc: Handler) -> Handler:
    """Return a handler of VPCs that have the IPv6 block which a template may refer to."""

    def create(logical_id: str, properties: Properties, stack_name: str) -> Created:
        physical_id, attributes = vpc["create"](logical_id, properties, stack_name)
        return physical_id, {**attributes, "Ipv6CidrBlocks": ["2001:db8::/56"]}

    return {**vpc, "create": create}


def _create_nat_gateway(_logical_id: str, properties: Properties, _stack_name: str) -> Created:
    names = ("SubnetId", "AllocationId", "ConnectivityType")
    parameters = {name: [properties[name]] for name in names if name in properties}
    # A regional one is in no subnet, which MiniStack does not know of.
    parameters.setdefault("SubnetId", ["regional"])
    gateway_id = _created_id(ec2._create_nat_gateway(parameters), "natGatewayId")
    if "VpcId" in properties:
        ec2._nat_gateways[gateway_id]["VpcId"] = properties["VpcId"]
    provisioners._ec2_apply_tags(gateway_id, properties)
    return gateway_id, {"NatGatewayId": gateway_id}


def _delete_nat_gateway(physical_id: str, _properties: Properties) -> None:
    ec2._delete_nat_gateway({"NatGatewayId": [physical_id]})


def _create_flow_log(_logical_id: str, properties: Properties, _stack_name: str) -> Created:
    names = ("ResourceType", "TrafficType", "LogDestinationType", "LogGroupName")
    parameters = {name: [properties[name]] for name in names if name in properties}
    parameters["ResourceId.1"] = [properties["ResourceId"]]
    flow_log_id = _created_id(ec2._create_flow_logs(parameters), "item")
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
            group[side][:] = [rule for rule in group[side] if rule not in gone]

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


def _create_group(_logical_id: str, properties: Properties, _stack_name: str) -> Created:
    """Make a group that Resource Groups lists with its query; it has no members."""
    tags = {tag["Key"]: tag["Value"] for tag in properties.get("Tags", [])}
    # A template has the query as it is, Resource Groups' API takes it as text.
    query = properties["ResourceQuery"]
    asked = {**query, "Query": json.dumps(query.get("Query", {}))}
    status, _, body = resource_groups._create_group(
        {**properties, "ResourceQuery": asked, "Tags": tags}
    )
    if status >= HTTPStatus.BAD_REQUEST:
        raise ValueError(body.decode())
    group = json.loads(body)["Group"]
    return group["Name"], {"Arn": group["GroupArn"]}


def _update_group(
    physical_id: str, old: Properties, new: Properties, stack_name: str, logical_id: str
) -> Created:
    """Replace a group whose name changes; change it otherwise."""
    if new["Name"] == physical_id:
        _delete_group(physical_id, old)
        return _create_group(logical_id, new, stack_name)
    created = _create_group(logical_id, new, stack_name)
    _delete_group(physical_id, old)
    return created


def _delete_group(physical_id: str, _properties: Properties) -> None:
    resource_groups._delete_group({"GroupName": physical_id})
