"""A network in MiniStack's stores, without a server: what the APIs describe is what the rules get.

It runs on the interpreter of the local cloud, for `test_network_state.py`. Each change is made by
a call of EC2 or EFS, and must change what both see, in the same way.
"""

import asyncio
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import boto3
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from ministack.services import ec2, efs, sns, sqs
from ministack.services.cloudformation import provisioners

from ops.deployment import described_network
from ops.local import (
    nat_gateways,
    network_api,
    network_state,
    resource_handlers,
    vpc_endpoints,
)

SERVICES = {"ec2": ec2, "efs": efs, "sns": sns, "sqs": sqs}


class Raw(bytes):
    """A body as botocore reads it."""

    def stream(self, **_: object) -> list[bytes]:
        return [self]


def client(service: str) -> Any:  # noqa: ANN401 - boto3 makes clients at run time
    """Return a client whose calls end in MiniStack's own functions."""
    made = boto3.client(  # type: ignore[call-overload]  # any service
        service, region_name="us-east-1", aws_access_key_id="1", aws_secret_access_key="x"
    )

    def answer(request: AWSPreparedRequest, **_: object) -> AWSResponse:
        url = urlsplit(request.url)
        body = request.body or b""
        assert isinstance(body, str | bytes)
        text = body.encode() if isinstance(body, str) else body
        query = dict(parse_qsl(url.query))
        sent = {
            name.lower(): value.decode() if isinstance(value, bytes) else value
            for name, value in request.headers.items()
        }
        status, headers, content = asyncio.run(
            SERVICES[service].handle_request(request.method, url.path, sent, text, query)
        )
        return AWSResponse(request.url, status, headers, Raw(content))

    made.meta.events.register("before-send", answer)
    return made


EC2, EFS = client("ec2"), client("efs")


def make(kind: str, **properties: object) -> str:
    """Make a resource as a template does, and return its id."""
    create = provisioners._RESOURCE_HANDLERS[kind]["create"]
    physical_id, attributes = create(f"{kind[-6:]}{len(properties)}", properties, "Stack")
    made: str = attributes.get("AllocationId") or physical_id
    return made


def both() -> tuple[object, object]:
    """Return the network and the disks, and say that the APIs describe the same."""
    clients = {"ec2": EC2, "efs": EFS}
    stored = network_state.network(), network_state.disks()
    assert network_state.network() is stored[0], "nothing changed, and it was read anew"
    described = (
        described_network.network(clients.__getitem__),
        described_network.disks(clients.__getitem__),
    )
    for one, other in zip(stored, described, strict=True):
        for name in vars(one):
            assert getattr(one, name) == getattr(other, name), name
    return stored


def learn() -> None:
    """Teach MiniStack what the emulator teaches it of networks."""
    provisioners._RESOURCE_HANDLERS.update(resource_handlers.handlers())
    network_api.teach()
    vpc_endpoints.teach()
    nat_gateways.teach()
    ec2._ensure_defaults_initialized()


def allow_prefix_list(group: str) -> None:
    """Let a group out to a prefix list; the API shows it as it was asked for."""
    peer = EC2.create_managed_prefix_list(
        PrefixListName="Own",
        MaxEntries=1,
        AddressFamily="IPv4",
        Entries=[{"Cidr": "10.9.0.0/16"}],
    )["PrefixList"]["PrefixListId"]
    rule = {"IpProtocol": "tcp", "FromPort": 1, "ToPort": 1}
    listed = [{"PrefixListId": peer}]
    EC2.authorize_security_group_egress(
        GroupId=group, IpPermissions=[rule | {"PrefixListIds": listed}]
    )
    [described] = EC2.describe_security_groups(GroupIds=[group])["SecurityGroups"]
    assert described["IpPermissionsEgress"][-1]["PrefixListIds"] == listed


def main() -> None:
    """Make a network of every part, then change one part after the other."""
    learn()
    name = [{"Key": "Name", "Value": "Dev/Vpc"}]
    vpc = make("AWS::EC2::VPC", CidrBlock="10.0.0.0/16", EnableDnsHostnames=True, Tags=name)
    block = make("AWS::EC2::VPCCidrBlock", VpcId=vpc, AmazonProvidedIpv6CidrBlock=True)
    gateway = make("AWS::EC2::InternetGateway", Tags=name)
    make("AWS::EC2::VPCGatewayAttachment", VpcId=vpc, InternetGatewayId=gateway)
    eigw = make("AWS::EC2::EgressOnlyInternetGateway", VpcId=vpc)
    private, public, isolated = (
        make(
            "AWS::EC2::Subnet",
            VpcId=vpc,
            CidrBlock=f"10.0.{number}.0/24",
            AvailabilityZone="us-east-1a",
            Tags=name,
        )
        for number in range(3)
    )
    subnet_block = make(
        "AWS::EC2::SubnetCidrBlock", SubnetId=private, Ipv6CidrBlock="2001:db8::/64"
    )
    table = make("AWS::EC2::RouteTable", VpcId=vpc, Tags=name)
    make("AWS::EC2::SubnetRouteTableAssociation", RouteTableId=table, SubnetId=private)
    address = make("AWS::EC2::EIP", Domain="vpc")
    nat = make("AWS::EC2::NatGateway", SubnetId=public, AllocationId=address, Tags=name)
    regional = make("AWS::EC2::NatGateway", VpcId=vpc, AvailabilityMode="regional")
    make("AWS::EC2::Route", RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", NatGatewayId=nat)
    make(
        "AWS::EC2::Route",
        RouteTableId=table,
        DestinationIpv6CidrBlock="::/0",
        EgressOnlyInternetGatewayId=eigw,
    )
    function = make("AWS::EC2::SecurityGroup", VpcId=vpc, GroupDescription="of functions")
    disk = make(
        "AWS::EC2::SecurityGroup",
        VpcId=vpc,
        GroupDescription="of disks",
        GroupName="disks",
        SecurityGroupEgress=[
            {"IpProtocol": "tcp", "FromPort": 1, "ToPort": 1, "CidrIp": "255.255.255.255/32"}
        ],
    )
    nfs = {"IpProtocol": "tcp", "FromPort": 2049, "ToPort": 2049, "Description": "NFS"}
    make("AWS::EC2::SecurityGroupIngress", GroupId=disk, SourceSecurityGroupId=function, **nfs)
    make("AWS::EC2::SecurityGroupEgress", GroupId=function, DestinationSecurityGroupId=disk, **nfs)
    instance = make(
        "AWS::EC2::Instance",
        ImageId="ami-1",
        InstanceType="t4g.nano",
        SourceDestCheck=False,
        NetworkInterfaces=[
            {"SubnetId": public, "GroupSet": [function], "AssociatePublicIpAddress": True}
        ],
    )
    s3 = make(
        "AWS::EC2::VPCEndpoint",
        VpcId=vpc,
        ServiceName="com.amazonaws.us-east-1.s3",
        RouteTableIds=[table],
    )
    ssm = make(
        "AWS::EC2::VPCEndpoint",
        VpcId=vpc,
        VpcEndpointType="Interface",
        ServiceName="com.amazonaws.us-east-1.ssm",
        SubnetIds=[private],
        SecurityGroupIds=[disk],
        PrivateDnsEnabled=True,
        PolicyDocument={"Statement": []},
    )
    file_system = make("AWS::EFS::FileSystem", Encrypted=True)
    point = make("AWS::EFS::AccessPoint", FileSystemId=file_system)
    target = make(
        "AWS::EFS::MountTarget", FileSystemId=file_system, SubnetId=isolated, SecurityGroups=[disk]
    )

    def permission(group: str, side: str) -> list[Any]:
        [described] = EC2.describe_security_groups(GroupIds=[group])["SecurityGroups"]
        permissions: list[Any] = described[side]
        return permissions[-1:]

    of_vpc = [{"Name": "vpc-id", "Values": [vpc]}]
    [default] = EC2.describe_network_acls(Filters=of_vpc)["NetworkAcls"]
    acl: str = default["NetworkAclId"]
    other = EC2.create_network_acl(VpcId=vpc)["NetworkAcl"]["NetworkAclId"]
    entry = {"NetworkAclId": acl, "RuleNumber": 50, "Protocol": "6", "RuleAction": "deny"}
    route = {"RouteTableId": table, "DestinationIpv6CidrBlock": "::/0"}

    def association() -> str:
        [described] = EC2.describe_network_acls(NetworkAclIds=[acl])["NetworkAcls"]
        found: str = described["Associations"][0]["NetworkAclAssociationId"]
        return found

    def delete(kind: str, physical_id: str, **properties: object) -> None:
        provisioners._RESOURCE_HANDLERS[kind]["delete"](physical_id, properties)

    changes: list[Callable[[], object]] = [
        lambda: EC2.revoke_security_group_egress(
            GroupId=function, IpPermissions=permission(function, "IpPermissionsEgress")
        ),
        lambda: EC2.revoke_security_group_ingress(
            GroupId=disk, IpPermissions=permission(disk, "IpPermissions")
        ),
        lambda: allow_prefix_list(function),
        lambda: EC2.create_network_acl_entry(
            **entry, Egress=True, CidrBlock="0.0.0.0/0", PortRange={"From": 443, "To": 443}
        ),
        lambda: EC2.replace_network_acl_entry(
            **entry, Egress=True, CidrBlock="10.0.0.0/8", PortRange={"From": 1, "To": 2049}
        ),
        lambda: EC2.delete_network_acl_entry(NetworkAclId=acl, RuleNumber=50, Egress=True),
        lambda: EC2.replace_network_acl_association(
            AssociationId=association(), NetworkAclId=other
        ),
        lambda: EC2.replace_route(**route, GatewayId=gateway),
        lambda: EC2.delete_route(**route),
        lambda: EC2.create_route(**route, EgressOnlyInternetGatewayId=eigw),
        lambda: EC2.delete_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0"),
        lambda: EC2.delete_egress_only_internet_gateway(EgressOnlyInternetGatewayId=eigw),
        lambda: EC2.modify_instance_attribute(InstanceId=instance, SourceDestCheck={"Value": True}),
        lambda: EC2.modify_instance_attribute(InstanceId=instance, Groups=[disk]),
        lambda: EC2.stop_instances(InstanceIds=[instance]),
        lambda: EC2.modify_vpc_endpoint(VpcEndpointId=ssm, AddSecurityGroupIds=[function]),
        lambda: EC2.modify_vpc_endpoint(VpcEndpointId=ssm, RemoveSecurityGroupIds=[disk]),
        lambda: EC2.modify_vpc_endpoint(VpcEndpointId=ssm, PrivateDnsEnabled=False),
        lambda: EC2.modify_vpc_endpoint(VpcEndpointId=s3, RemoveRouteTableIds=[table]),
        lambda: EC2.create_vpc_endpoint(
            VpcId=vpc,
            VpcEndpointType="Interface",
            ServiceName="com.amazonaws.us-east-1.kms",
            SubnetIds=[private],
        ),
        lambda: EC2.delete_vpc_endpoints(VpcEndpointIds=[ssm]),
        lambda: EC2.modify_vpc_attribute(VpcId=vpc, EnableDnsSupport={"Value": False}),
        lambda: EC2.release_address(AllocationId=address),
        lambda: EC2.delete_nat_gateway(NatGatewayId=nat),
        lambda: EC2.delete_nat_gateway(NatGatewayId=regional),
        lambda: EC2.detach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc),
        lambda: delete(
            "AWS::EC2::SubnetCidrBlock", subnet_block, SubnetId=private, Ipv6CidrBlock=""
        ),
        lambda: delete("AWS::EC2::VPCCidrBlock", block, VpcId=vpc),
        lambda: EFS.modify_mount_target_security_groups(
            MountTargetId=target, SecurityGroups=[function]
        ),
        lambda: EFS.delete_mount_target(MountTargetId=target),
        lambda: EFS.delete_access_point(AccessPointId=point),
        lambda: EFS.delete_file_system(FileSystemId=file_system),
        lambda: EC2.terminate_instances(InstanceIds=[instance]),
    ]
    seen = both()
    unseen = {id(changes[27])}  # of a VPC's own IPv6 block no rule asks
    for change in changes:
        change()
        now = both()
        assert (now != seen) == (id(change) not in unseen), f"change {changes.index(change)}"
        seen = now
    print(f"{len(changes)} changes")


if __name__ == "__main__":
    main()
