"""The network: a way from each function to its disk, and none that nobody needs."""

from collections.abc import Iterator
from ipaddress import IPv4Network
from typing import Any

from stacks.invariants.declared import Declaration, Declared
from stacks.invariants.statements import allowed

_NFS = 2049
# https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html
_SMALLEST_SUBNET = 28
# https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html, but for making groups.
_WRITE_FLOWS = frozenset({"logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"})
_EMPTY_GROUPS = frozenset(
    {
        "ec2:AuthorizeSecurityGroupEgress",
        "ec2:AuthorizeSecurityGroupIngress",
        "ec2:RevokeSecurityGroupEgress",
        "ec2:RevokeSecurityGroupIngress",
    }
)
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
    """Each VPC has a flow log of all traffic, in CloudWatch Logs, whose role may write it."""
    logged = set()
    for log in stage.of_type("AWS::EC2::FlowLog"):
        group = stage.find(log.properties.get("LogGroupName"), log.stack)
        role = stage.find(log.properties.get("DeliverLogsPermissionArn"), log.stack)
        everything = log.properties["TrafficType"] == "ALL"
        if everything and log.properties.get("LogDestinationType") == "cloud-watch-logs":
            logged.add(stage.find(log.properties["ResourceId"], log.stack))
        for action in sorted(_WRITE_FLOWS - allowed(stage, role, group)):
            yield f"{log}: its role may not call {action} on {group}"
    for vpc in stage.of_type("AWS::EC2::VPC"):
        if vpc not in logged:
            yield f"{vpc} has no flow log of all traffic in CloudWatch Logs"


def every_default_group_is_emptied(stage: Declared) -> Iterator[str]:
    """The default security group of each VPC loses its rules, by a function that may do that."""
    emptied = set()
    for each in stage.of_type("Custom::VpcRestrictDefaultSG"):
        provider = stage.find(each.properties.get("ServiceToken"), each.stack)
        role = provider and stage.find(provider.properties.get("Role"), provider.stack)
        own = each.properties.get("Account") == {"Ref": "AWS::AccountId"}
        own = own or str(each.properties.get("Account")).isdecimal()
        for vpc in stage.referred(each.properties["DefaultSecurityGroupId"], each.stack):
            missing = sorted(_EMPTY_GROUPS - allowed(stage, role, vpc))
            if provider and own and not missing:
                emptied.add(vpc)
    for vpc in stage.of_type("AWS::EC2::VPC"):
        if vpc not in emptied:
            yield f"{vpc} keeps the rules of its default security group"


def the_parts_of_a_network_are_of_its_vpc(stage: Declared) -> Iterator[str]:
    """Each part of a network is in the VPC of the stage, if the stage has one."""
    vpcs = stage.of_type("AWS::EC2::VPC")
    if not vpcs:
        return
    vpc, *others = vpcs
    for other in others:
        yield f"{other} is a second VPC"
    for each in stage.all.values():
        if "VpcId" in each.properties and stage.find(each.properties["VpcId"], each.stack) != vpc:
            yield f"{each} is not in {vpc}"


def subnets_share_out_their_vpc(stage: Declared) -> Iterator[str]:
    """The networks of the subnets are in that of the VPC, and none is in another."""
    found: list[tuple[IPv4Network, Declaration]] = []
    for each in stage.of_type("AWS::EC2::Subnet"):
        vpc = stage.find(each.properties.get("VpcId"), each.stack)
        try:
            network = IPv4Network(each.properties["CidrBlock"])
            whole = IPv4Network(vpc.properties["CidrBlock"]) if vpc else network
        except ValueError as error:
            yield f"{each} has no network: {error}"
            continue
        if network.prefixlen > _SMALLEST_SUBNET:
            yield f"{each} has {network}; AWS takes none that is smaller than /{_SMALLEST_SUBNET}"
        if not network.subnet_of(whole):
            yield f"{each} has {network}, which is not in {whole} of its VPC"
        for other, owner in found:
            if network.overlaps(other):
                yield f"{each} has {network}, which is in {other} of {owner}"
        found.append((network, each))


def no_vpc_is_on_machines_of_its_own(stage: Declared) -> Iterator[str]:
    """A VPC shares its machines: dedicated ones cost $2 an hour in each region.

    https://aws.amazon.com/ec2/pricing/dedicated-instances/
    """
    for vpc in stage.of_type("AWS::EC2::VPC"):
        tenancy = vpc.properties.get("InstanceTenancy", "default")
        if tenancy != "default":
            yield f"{vpc} has the tenancy {tenancy}"


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
