"""The network: a way from each function to its disk, and none that nobody needs."""

from collections.abc import Iterator
from typing import Any

from stacks.invariants.declared import Declaration, Declared

_NFS = 2049
_WORLD = frozenset({"0.0.0.0/0", "::/0"})


def every_zone_of_a_function_has_a_mount_target(stage: Declared) -> Iterator[str]:
    """A function finds a mount target in each zone that it runs in."""
    targets = [
        subnet.properties.get("AvailabilityZone")
        for target in stage.of_type("AWS::EFS::MountTarget")
        for subnet in [stage.find(target.properties["SubnetId"], target.stack)]
        if subnet
    ]
    for function in mounted(stage):
        for value in function.properties.get("VpcConfig", {}).get("SubnetIds", []):
            subnet = stage.find(value, function.stack)
            if subnet and subnet.properties.get("AvailabilityZone") not in targets:
                yield f"{function} runs in {subnet}, in whose zone is no mount target"


def nfs_leads_from_each_function_to_each_mount_target(stage: Declared) -> Iterator[str]:
    """TCP 2049 is open from a group of each function to each mount target's, at both ends, once."""
    for function in mounted(stage):
        clients = _groups(stage, function, function.properties["VpcConfig"]["SecurityGroupIds"])
        for target in stage.of_type("AWS::EFS::MountTarget"):
            servers = _groups(stage, target, target.properties["SecurityGroups"])
            for direction, own, other, end in (
                ("egress", clients, servers, "Destination"),
                ("ingress", servers, clients, "Source"),
            ):
                rules = [
                    rule
                    for rule in _rules(stage, direction)
                    if rule["own"] in own and rule.get(end) in other and _covers(rule, _NFS)
                ]
                if len(rules) != 1:
                    yield (
                        f"{function} to {target}: {len(rules)} {direction} rules for TCP {_NFS}"
                        " between their groups, not one"
                    )


def a_mount_target_takes_nfs_from_its_clients_alone(stage: Declared) -> Iterator[str]:
    """Nothing but TCP 2049, from groups and no addresses, reaches a mount target."""
    for target in stage.of_type("AWS::EFS::MountTarget"):
        for group in _groups(stage, target, target.properties["SecurityGroups"]):
            for rule in _rules(stage, "ingress"):
                if rule["own"] is not group:
                    continue
                one = (rule["IpProtocol"], rule.get("FromPort"), rule.get("ToPort"))
                if one != ("tcp", _NFS, _NFS) or rule.get("Source") is None:
                    yield f"{group} lets in more than TCP {_NFS} from a group: {rule['where']}"


def nobody_in_the_world_is_let_in(stage: Declared) -> Iterator[str]:
    """No security group lets in an address of the world."""
    for rule in _rules(stage, "ingress"):
        if _WORLD & {rule.get("CidrIp"), rule.get("CidrIpv6")}:
            yield f"{rule['where']} lets in the whole world"


def a_function_has_no_public_subnet(stage: Declared) -> Iterator[str]:
    """No function and no mount target is in a subnet that leads to an internet gateway."""
    public = {
        table
        for route in stage.of_type("AWS::EC2::Route")
        if (gateway := stage.find(route.properties.get("GatewayId"), route.stack))
        and gateway.kind == "AWS::EC2::InternetGateway"
        and (table := stage.find(route.properties["RouteTableId"], route.stack))
    }
    in_public = {
        stage.find(each.properties["SubnetId"], each.stack)
        for each in stage.of_type("AWS::EC2::SubnetRouteTableAssociation")
        if stage.find(each.properties["RouteTableId"], each.stack) in public
    }
    for each in stage.of_type("AWS::Lambda::Function", "AWS::EFS::MountTarget"):
        vpc = each.properties.get("VpcConfig", {})
        for value in vpc.get("SubnetIds", [each.properties.get("SubnetId")]):
            subnet = stage.find(value, each.stack)
            if subnet and subnet in in_public:
                yield f"{each} is in {subnet}, which leads to an internet gateway"


def nat_waits_for_the_attachment_of_the_internet_gateway(stage: Declared) -> Iterator[str]:
    """A NAT gateway or machine is made after the internet gateway was attached to the VPC."""
    for each in stage.of_type("AWS::EC2::NatGateway", "AWS::EC2::Instance"):
        before = {other.kind for other in stage.waited_for(each)}
        if "AWS::EC2::VPCGatewayAttachment" not in before:
            yield f"{each} does not wait for the attachment (AWS::EC2::VPCGatewayAttachment)"


def every_vpc_logs_its_flows(stage: Declared) -> Iterator[str]:
    """Each VPC has a flow log of all traffic."""
    logged = {
        stage.find(log.properties["ResourceId"], log.stack)
        for log in stage.of_type("AWS::EC2::FlowLog")
        if log.properties["TrafficType"] == "ALL"
    }
    for vpc in stage.of_type("AWS::EC2::VPC"):
        if vpc not in logged:
            yield f"{vpc} has no flow log of all traffic"


def every_default_group_is_emptied(stage: Declared) -> Iterator[str]:
    """The default security group of each VPC loses its rules."""
    emptied = {
        vpc
        for each in stage.of_type("Custom::VpcRestrictDefaultSG")
        for vpc in stage.referred(each.properties["DefaultSecurityGroupId"], each.stack)
    }
    for vpc in stage.of_type("AWS::EC2::VPC"):
        if vpc not in emptied:
            yield f"{vpc} keeps the rules of its default security group"


def mounted(stage: Declared) -> list[Declaration]:
    """Return the functions that have a disk."""
    return [
        function
        for function in stage.of_type("AWS::Lambda::Function")
        if function.properties.get("FileSystemConfigs")
    ]


def _groups(stage: Declared, at: Declaration, values: list[Any]) -> set[Declaration]:
    return {group for value in values if (group := stage.find(value, at.stack))}


def _rules(stage: Declared, direction: str) -> Iterator[dict[str, Any]]:
    """Yield the rules of all groups: those in the groups, and those beside them."""
    title = direction.title()
    for group in stage.of_type("AWS::EC2::SecurityGroup"):
        for rule in group.properties.get(f"SecurityGroup{title}", []):
            yield _rule(stage, group, group, rule)
    for each in stage.of_type(f"AWS::EC2::SecurityGroup{title}"):
        own = stage.find(each.properties["GroupId"], each.stack)
        if own:
            yield _rule(stage, each, own, each.properties)


def _rule(
    stage: Declared,
    at: Declaration,
    own: Declaration,
    properties: Any,  # noqa: ANN401 - JSON
) -> dict[str, Any]:
    ends = {
        end: stage.find(properties.get(f"{end}SecurityGroupId"), at.stack)
        for end in ("Source", "Destination")
    }
    return {**properties, **ends, "own": own, "where": str(at)}


def _covers(rule: dict[str, Any], port: int) -> bool:
    if rule["IpProtocol"] == "-1":
        return True
    return rule["IpProtocol"] == "tcp" and bool(rule["FromPort"] <= port <= rule["ToPort"])
