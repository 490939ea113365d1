"""Links of the network: each is taken away by a call of an API, and put back."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tests.local.conftest import TARGET
from tests.local.links.deployed import Broken, Deployed, Json

NFS, HTTPS = 2049, 443


@contextmanager
def no_rule(deployed: Deployed, way: str, port: int, other: Json | None = None) -> Iterator[None]:
    """Take a rule from a group, and put another in its place if one is given."""
    group = deployed.client_group if way == "egress" else deployed.disk_group
    ec2 = deployed("ec2")
    kind = "IpPermissionsEgress" if way == "egress" else "IpPermissions"
    [found] = ec2.describe_security_groups(GroupIds=[group])["SecurityGroups"]
    rules = [each for each in found[kind] if each.get("FromPort") == port]
    assert rules
    revoke = getattr(ec2, f"revoke_security_group_{way}")
    authorize = getattr(ec2, f"authorize_security_group_{way}")
    instead = [{**rule, **other} for rule in rules] if other else []
    revoke(GroupId=group, IpPermissions=rules)
    if instead:
        authorize(GroupId=group, IpPermissions=instead)
    yield
    if instead:
        revoke(GroupId=group, IpPermissions=instead)
    authorize(GroupId=group, IpPermissions=rules)


def from_default_group(deployed: Deployed) -> Json:
    return {"UserIdGroupPairs": [{"GroupId": default_group(deployed)}]}


def default_group(deployed: Deployed) -> str:
    filters = [*deployed.in_vpc, {"Name": "group-name", "Values": ["default"]}]
    [found] = deployed("ec2").describe_security_groups(Filters=filters)["SecurityGroups"]
    return str(found["GroupId"])


@contextmanager
def acl_denies(deployed: Deployed, *, egress: bool, first: int, last: int) -> Iterator[None]:
    ec2 = deployed("ec2")
    acls = ec2.describe_network_acls(Filters=deployed.in_vpc)["NetworkAcls"]
    named = [
        {"NetworkAclId": each["NetworkAclId"], "RuleNumber": 1, "Egress": egress} for each in acls
    ]
    for each in named:
        ec2.create_network_acl_entry(
            **each,
            Protocol="6",
            RuleAction="deny",
            CidrBlock="0.0.0.0/0",
            PortRange={"From": first, "To": last},
        )
    yield
    for each in named:
        ec2.delete_network_acl_entry(**each)


@contextmanager
def no_mount_target(deployed: Deployed, *, zones: int = 1) -> Iterator[None]:
    efs, gone = deployed("efs"), deployed.targets[:zones]
    group = deployed.disk_group  # which is read of a target
    for target in gone:
        efs.delete_mount_target(MountTargetId=target["MountTargetId"])
    yield
    for target in gone:
        efs.create_mount_target(
            FileSystemId=deployed.file_system, SubnetId=target["SubnetId"], SecurityGroups=[group]
        )


@contextmanager
def targets_in_group(deployed: Deployed, group: Callable[[Deployed], str]) -> Iterator[None]:
    efs, before = deployed("efs"), deployed.disk_group
    for groups in ([group(deployed)], [before]):
        for target in deployed.targets:
            efs.modify_mount_target_security_groups(
                MountTargetId=target["MountTargetId"], SecurityGroups=groups
            )
        if groups != [before]:
            yield


@contextmanager
def no_route(deployed: Deployed, target: str) -> Iterator[None]:
    """Take the default routes to a kind of target from all tables."""
    ec2 = deployed("ec2")
    gone = [
        (table["RouteTableId"], route[target])
        for table in deployed.tables()
        for route in table["Routes"]
        if route.get("DestinationCidrBlock") == "0.0.0.0/0"
        and route.get(target, "local").startswith(("nat-", "igw-"))
    ]
    assert gone
    for table, _ in gone:
        ec2.delete_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0")
    yield
    for table, to in gone:
        ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", **{target: to})


@contextmanager
def by_endpoint(deployed: Deployed, *statements: Json) -> Iterator[None]:
    """Let the function call Parameter Store by an endpoint; its policy has these statements."""
    ec2 = deployed("ec2")
    group = ec2.create_security_group(
        VpcId=deployed.vpc, GroupName="Endpoint", Description="of an endpoint"
    )["GroupId"]
    https = {"IpProtocol": "tcp", "FromPort": HTTPS, "ToPort": HTTPS}
    admitted = {"UserIdGroupPairs": [{"GroupId": deployed.client_group}]}
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[https | admitted])
    endpoint = ec2.create_vpc_endpoint(
        VpcId=deployed.vpc,
        VpcEndpointType="Interface",
        ServiceName=f"com.amazonaws.{TARGET.region}.ssm",
        SubnetIds=deployed.config["VpcConfig"]["SubnetIds"],
        SecurityGroupIds=[group],
    )["VpcEndpoint"]["VpcEndpointId"]
    if statements:
        document = json.dumps({"Version": "2012-10-17", "Statement": statements})
        ec2.modify_vpc_endpoint(VpcEndpointId=endpoint, PolicyDocument=document)
    yield
    ec2.delete_vpc_endpoints(VpcEndpointIds=[endpoint])
    ec2.delete_security_group(GroupId=group)


def rule(way: str, port: int, **other: object) -> Broken:
    return lambda deployed: no_rule(deployed, way, port, other)


def peer(way: str) -> Broken:
    return lambda deployed: no_rule(deployed, way, NFS, from_default_group(deployed))


def acl(*, egress: bool, first: int, last: int) -> Broken:
    return lambda deployed: acl_denies(deployed, egress=egress, first=first, last=last)


def endpoint_says(**changes: Json) -> Broken:
    everything = {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}
    return lambda deployed: by_endpoint(deployed, everything | changes)
