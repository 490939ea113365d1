"""A network and its disks as AWS's APIs describe them, for the rules in `rules`.

The answers are those of EC2 and EFS, in boto3's form and under its names. They come from AWS, or
from the stores of the local cloud, which have the same form.
"""

from collections.abc import Iterable, Mapping, Sequence
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Any, TypeVar

from ops.local.rules.mount_network import AccessPoint, Disks, FileSystem, MountTarget
from ops.local.rules.network import (
    AclRule,
    Block,
    Endpoint,
    Gateway,
    GroupRule,
    Instance,
    NatGateway,
    Network,
    NetworkAcl,
    PrefixList,
    Resource,
    Route,
    RouteTable,
    SecurityGroup,
    Subnet,
    Vpc,
)

Described = Mapping[str, Any]  # one resource, as an API describes it
Answers = Mapping[str, Sequence[Described]]

_Kind = TypeVar("_Kind", bound=Resource)
_EVERY_PORT = (0, 65_535)
_OF_TCP = {"-1", "6", "tcp"}
# What a route may lead to (https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Route.html).
# A machine comes before its interface: EC2 names both.
_TARGETS = (
    *("InstanceId", "GatewayId", "NatGatewayId", "EgressOnlyInternetGatewayId"),
    *("TransitGatewayId", "VpcPeeringConnectionId", "NetworkInterfaceId", "LocalGatewayId"),
    *("CarrierGatewayId", "CoreNetworkArn", "OdbNetworkArn", "VpcEndpointId"),
)


def network(answers: Answers, region: str) -> Network:
    """Return the network that the answers of EC2 describe.

    `Vpcs` have their DNS attributes among their properties, and `PrefixLists` their blocks as
    `Cidrs`, which take calls of their own in AWS.
    """
    tables, acls = answers["RouteTables"], answers["NetworkAcls"]
    return Network(
        region=region,
        vpcs=_by_id(_vpc(each) for each in answers["Vpcs"]),
        subnets=_by_id(_subnet(each, tables, acls) for each in answers["Subnets"]),
        route_tables=_by_id(
            RouteTable(
                id=each["RouteTableId"],
                name=_name(each),
                routes=tuple(_route(route) for route in each["Routes"]),
            )
            for each in tables
        ),
        groups=_by_id(
            SecurityGroup(
                id=each["GroupId"],
                name=_name(each) or each["GroupName"],
                vpc=each["VpcId"],
                inbound=_group_rules(each["IpPermissions"]),
                outbound=_group_rules(each["IpPermissionsEgress"]),
            )
            for each in answers["SecurityGroups"]
        ),
        acls=_by_id(
            NetworkAcl(
                id=each["NetworkAclId"],
                name=_name(each),
                inbound=_acl_rules(each, outbound=False),
                outbound=_acl_rules(each, outbound=True),
            )
            for each in acls
        ),
        internet_gateways=_gateways(answers["InternetGateways"], "InternetGatewayId"),
        egress_only_gateways=_gateways(
            answers["EgressOnlyInternetGateways"], "EgressOnlyInternetGatewayId"
        ),
        nat_gateways=_by_id(_nat_gateway(each) for each in answers["NatGateways"]),
        instances=_by_id(_instance(each) for each in answers["Instances"]),
        endpoints=_by_id(_endpoint(each) for each in answers["VpcEndpoints"]),
        prefix_lists=_by_id(
            PrefixList(
                id=each["PrefixListId"],
                name=each["PrefixListName"],
                blocks=tuple(ip_network(cidr) for cidr in each["Cidrs"]),
            )
            for each in answers["PrefixLists"]
        ),
    )


def disks(answers: Answers) -> Disks:
    """Return the disks that the answers of EFS describe.

    `MountTargets` have `SecurityGroups` among their properties, which takes a call of its own.
    """
    points = (
        AccessPoint(
            id=each["AccessPointId"],
            name=_name(each),
            arn=each["AccessPointArn"],
            file_system=each["FileSystemId"],
            state=each["LifeCycleState"],
        )
        for each in answers["AccessPoints"]
    )
    return Disks(
        file_systems=_by_id(
            FileSystem(
                id=each["FileSystemId"],
                name=_name(each),
                arn=each["FileSystemArn"],
                state=each["LifeCycleState"],
            )
            for each in answers["FileSystems"]
        ),
        access_points={each.arn: each for each in points},
        mount_targets=_by_id(
            MountTarget(
                id=each["MountTargetId"],
                file_system=each["FileSystemId"],
                subnet=each["SubnetId"],
                zone=each["AvailabilityZoneName"],
                address=each.get("IpAddress", ""),
                groups=frozenset(each["SecurityGroups"]),
                state=each["LifeCycleState"],
            )
            for each in answers["MountTargets"]
        ),
    )


def _by_id(resources: Iterable[_Kind]) -> dict[str, _Kind]:
    return {each.id: each for each in resources}


def _name(described: Described) -> str:
    tags = described.get("Tags") or ()
    return next((tag["Value"] for tag in tags if tag["Key"] == "Name"), "")


def _vpc(described: Described) -> Vpc:
    return Vpc(
        id=described["VpcId"],
        name=_name(described),
        dns_support=described["EnableDnsSupport"],
        dns_hostnames=described["EnableDnsHostnames"],
    )


def _subnet(described: Described, tables: Sequence[Described], acls: Sequence[Described]) -> Subnet:
    """A subnet has the table and the ACL that are associated with it, or else its VPC's main ones.

    https://docs.aws.amazon.com/vpc/latest/userguide/RouteTables.html#RouteTableDetails
    """
    subnet, vpc = described["SubnetId"], described["VpcId"]
    blocks = [
        each["Ipv6CidrBlock"]
        for each in described.get("Ipv6CidrBlockAssociationSet") or ()
        if each["Ipv6CidrBlockState"]["State"] == "associated"
    ]
    own_tables = [each for each in tables if _associated(each, subnet)]
    main = [
        each
        for each in tables
        if each["VpcId"] == vpc and any(link.get("Main") for link in each["Associations"])
    ]
    own_acls = [each for each in acls if _associated(each, subnet)]
    default = [each for each in acls if each["VpcId"] == vpc and each["IsDefault"]]
    return Subnet(
        id=subnet,
        name=_name(described),
        vpc=vpc,
        zone=described["AvailabilityZone"],
        block=IPv4Network(described["CidrBlock"]),
        ipv6_block=IPv6Network(blocks[0]) if blocks else None,
        route_table=next((each["RouteTableId"] for each in own_tables + main), ""),
        acl=next((each["NetworkAclId"] for each in own_acls + default), ""),
    )


def _associated(described: Described, subnet: str) -> bool:
    return any(each.get("SubnetId") == subnet for each in described["Associations"])


def _route(described: Described) -> Route:
    destination: Block | str = described.get("DestinationPrefixListId", "")
    if not destination:
        cidr = described.get("DestinationIpv6CidrBlock") or described["DestinationCidrBlock"]
        destination = ip_network(cidr)
    targets = [described[each] for each in _TARGETS if described.get(each)]
    return Route(
        destination=destination,
        target=targets[0] if targets else "",
        blackhole=described.get("State") == "blackhole",
    )


def _group_rules(permissions: Iterable[Described]) -> tuple[GroupRule, ...]:
    return tuple(
        GroupRule(
            first=first,
            last=last,
            blocks=tuple(
                ip_network(each[key])
                for ranges, key in (("IpRanges", "CidrIp"), ("Ipv6Ranges", "CidrIpv6"))
                for each in permission.get(ranges) or ()
            ),
            groups=frozenset(each["GroupId"] for each in permission.get("UserIdGroupPairs") or ()),
            prefix_lists=tuple(
                each["PrefixListId"] for each in permission.get("PrefixListIds") or ()
            ),
        )
        for permission in permissions
        if str(permission["IpProtocol"]) in _OF_TCP
        for first, last in [_ports(permission.get("FromPort"), permission.get("ToPort"))]
    )


def _ports(first: int | None, last: int | None) -> tuple[int, int]:
    if first is None or last is None or first < 0:
        return _EVERY_PORT
    return int(first), int(last)


def _acl_rules(described: Described, *, outbound: bool) -> tuple[AclRule, ...]:
    rules = []
    for entry in described["Entries"]:
        if entry["Egress"] != outbound or str(entry["Protocol"]) not in _OF_TCP:
            continue
        ports = entry.get("PortRange") or {}
        first, last = _ports(ports.get("From"), ports.get("To"))
        rules.append(
            AclRule(
                number=int(entry["RuleNumber"]),
                allow=entry["RuleAction"] == "allow",
                block=ip_network(entry.get("CidrBlock") or entry["Ipv6CidrBlock"]),
                first=first,
                last=last,
            )
        )
    return tuple(rules)


def _gateways(described: Iterable[Described], key: str) -> dict[str, Gateway]:
    return _by_id(
        Gateway(
            id=each[key],
            name=_name(each),
            # EC2 says `available` of an internet gateway that is attached.
            vpcs=frozenset(
                attachment["VpcId"]
                for attachment in each["Attachments"]
                if attachment["State"] in {"attached", "available"}
            ),
        )
        for each in described
    )


def _nat_gateway(described: Described) -> NatGateway:
    addresses = described.get("NatGatewayAddresses") or ()
    return NatGateway(
        id=described["NatGatewayId"],
        name=_name(described),
        vpc=described["VpcId"],
        state=described["State"],
        public=described.get("ConnectivityType", "public") == "public",
        has_address=any(each.get("PublicIp") for each in addresses),
        subnet=described.get("SubnetId") or None,
        route_table=described.get("RouteTableId") or None,
    )


def _instance(described: Described) -> Instance:
    return Instance(
        id=described["InstanceId"],
        name=_name(described),
        state=described["State"]["Name"],
        subnet=described.get("SubnetId", ""),  # a machine that is gone has none
        groups=frozenset(each["GroupId"] for each in described["SecurityGroups"]),
        source_dest_check=described.get("SourceDestCheck", True),
        public_address=bool(described.get("PublicIpAddress")),
    )


def _endpoint(described: Described) -> Endpoint:
    return Endpoint(
        id=described["VpcEndpointId"],
        name=_name(described),
        vpc=described["VpcId"],
        service=described["ServiceName"],
        state=described["State"],
        route_tables=frozenset(described.get("RouteTableIds") or ()),
        subnets=tuple(described.get("SubnetIds") or ()),
        groups=frozenset(each["GroupId"] for each in described.get("Groups") or ()),
        private_dns=bool(described.get("PrivateDnsEnabled")),
    )
