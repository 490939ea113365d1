"""What a review says of ways out, doors, ties to other networks, and who is in which network."""

from typing import Any

import pytest

from ops.review.changes import changes
from ops.review.findings import Weight
from ops.review.report import NO_CHANGE
from ops.review.topics import network
from tests.review.apps import app, compared, resource

Json = Any
STOP, LOOK, NOTE = Weight.STOP, Weight.LOOK, Weight.NOTE
VPC = {"Vpc": resource("AWS::EC2::VPC", "Dev/Data/Vpc")}


def net(way: Json, **more: Json) -> dict[str, Json]:
    """Return a VPC with one subnet, whose default route leads to a way."""
    found = {
        **VPC,
        "Subnet": resource("AWS::EC2::Subnet", "Dev/Data/Vpc/One/Subnet", VpcId={"Ref": "Vpc"}),
        "Table": resource("AWS::EC2::RouteTable", "Dev/Data/Vpc/One/Table", VpcId={"Ref": "Vpc"}),
        "Of": resource(
            "AWS::EC2::SubnetRouteTableAssociation",
            "Dev/Data/Vpc/One/Of",
            SubnetId={"Ref": "Subnet"},
            RouteTableId={"Ref": "Table"},
        ),
        **more,
    }
    if way:
        found["Route"] = resource(
            "AWS::EC2::Route",
            "Dev/Data/Vpc/One/DefaultRoute",
            RouteTableId={"Ref": "Table"},
            DestinationCidrBlock="0.0.0.0/0",
            **way,
        )
    return found


NAT = {"Nat": resource("AWS::EC2::NatGateway", "Dev/Data/Vpc/Nat", SubnetId="s")}
REGIONAL = {
    "Nat": resource("AWS::EC2::NatGateway", "Dev/Data/Vpc/Nat", AvailabilityMode="regional")
}
GATEWAY = {"Gate": resource("AWS::EC2::InternetGateway", "Dev/Data/Vpc/Gate")}
MACHINE = {"Machine": resource("AWS::EC2::Instance", "Dev/Data/Vpc/Machine")}
BY_NAT, BY_GATE = {"NatGatewayId": {"Ref": "Nat"}}, {"GatewayId": {"Ref": "Gate"}}
BY_MACHINE = {"InstanceId": {"Ref": "Machine"}}


def one(kind: str, **said: Json) -> dict[str, Json]:
    return {"R": resource(kind, "Dev/Data/Thing", **said)}


def thing(
    kind: str, before: Json, after: Json, weight: Weight, words: str
) -> tuple[Json, Json, Weight, str]:
    """Return a case of one resource with other properties; None is that it is not there."""
    sides = [{} if each is None else one(kind, **each) for each in (before, after)]
    return (
        {**VPC, **sides[0]},
        {**VPC, **sides[1]},
        weight,
        f"Data/Thing{words if words.startswith(':') else ' ' + words}",
    )


FUNCTION, URL = "AWS::Lambda::Function", "AWS::Lambda::Url"
BALANCER, DATABASE = "AWS::ElasticLoadBalancingV2::LoadBalancer", "AWS::RDS::DBInstance"
IN_VPC = {"VpcConfig": {"SubnetIds": ["subnet-a"], "SecurityGroupIds": ["sg-a"]}}
CASES: dict[str, tuple[Json, Json, Weight, str]] = {
    "a way out": (
        net(None, **NAT),
        net(BY_NAT, **NAT),
        LOOK,
        "Data/Vpc: One now reaches the world, through a NAT gateway",
    ),
    "no way out": (
        net(BY_NAT, **NAT),
        net(None),
        LOOK,
        "Data/Vpc: One no longer reaches the world (before, through a NAT gateway)",
    ),
    "public": (net(BY_NAT, **NAT), net(BY_GATE, **GATEWAY), LOOK, "Data/Vpc: One becomes public"),
    "a machine for a gateway": (
        net(BY_NAT, **NAT),
        net(BY_MACHINE, **MACHINE),
        LOOK,
        "Data/Vpc: One now reaches the world through an instance, no longer through a NAT gateway",
    ),
    "regional": (
        net(BY_NAT, **NAT),
        net(BY_NAT, **REGIONAL),
        LOOK,
        "Data/Vpc: One now reaches the world through a regional NAT gateway, no longer through a"
        " NAT gateway",
    ),
    "a new subnet": (VPC, net(BY_GATE, **GATEWAY), LOOK, "Data/Vpc: One is new and public"),
    "public addresses": thing(
        "AWS::EC2::Subnet",
        {"MapPublicIpOnLaunch": False},
        {"MapPublicIpOnLaunch": True},
        LOOK,
        "gives what starts in it a public address from now on",
    ),
    "an address given back": thing(
        "AWS::EC2::EIP",
        {"Domain": "vpc"},
        None,
        LOOK,
        ": given back as public addresses; whoever lets in calls from there must know others",
    ),
    "an endpoint": thing(
        "AWS::EC2::VPCEndpoint",
        None,
        {"ServiceName": "com.amazonaws.eu-west-1.s3", "VpcId": {"Ref": "Vpc"}},
        NOTE,
        "is a private way to s3 from Data/Vpc",
    ),
    "no endpoint": thing(
        "AWS::EC2::VPCEndpoint",
        {"ServiceName": "com.amazonaws.eu-west-1.s3", "VpcId": {"Ref": "Vpc"}},
        None,
        LOOK,
        "is no longer a private way to s3 from Data/Vpc",
    ),
    "a peering": thing(
        "AWS::EC2::VPCPeeringConnection",
        None,
        {"VpcId": {"Ref": "Vpc"}, "PeerVpcId": "vpc-1"},
        LOOK,
        "ties Data/Vpc to another network",
    ),
    "a route to a peer": thing(
        "AWS::EC2::Route",
        None,
        {"DestinationCidrBlock": "10.9.0.0/16", "VpcPeeringConnectionId": "pcx-1"},
        LOOK,
        "leads to 10.9.0.0/16 through a peering connection (pcx-1)",
    ),
    "a route that leads elsewhere": thing(
        "AWS::EC2::Route",
        {"DestinationCidrBlock": "10.9.0.0/16", "VpcPeeringConnectionId": "pcx-1"},
        {"DestinationCidrBlock": "10.9.0.0/16", "TransitGatewayId": "tgw-1"},
        LOOK,
        "leads to 10.9.0.0/16 through a transit gateway (tgw-1), and before: 10.9.0.0/16 through a"
        " peering connection (pcx-1)",
    ),
    "no flow log": thing(
        "AWS::EC2::FlowLog",
        {"ResourceId": {"Ref": "Vpc"}},
        None,
        LOOK,
        "no longer logs the traffic of Data/Vpc",
    ),
    "fewer flows logged": thing(
        "AWS::EC2::FlowLog",
        {"TrafficType": "ALL"},
        {"TrafficType": "REJECT"},
        LOOK,
        "has the logged traffic REJECT, and had ALL",
    ),
    "no names": thing("AWS::EC2::VPC", {}, {"EnableDnsSupport": False}, LOOK, "resolves no names"),
    "an ACL's rule": thing(
        "AWS::EC2::NetworkAclEntry",
        None,
        {
            "RuleAction": "allow",
            "CidrBlock": "0.0.0.0/0",
            "Protocol": 6,
            "RuleNumber": 100,
            "PortRange": {"From": 22, "To": 22},
        },
        LOOK,
        "is a new rule: allow in from 0.0.0.0/0 (protocol 6, ports 22-22, rule 100)",
    ),
    "a function leaves": thing(
        FUNCTION, IN_VPC, {}, LOOK, "no longer runs in a VPC: it reaches the world directly"
    ),
    "a function enters": thing(FUNCTION, {}, IN_VPC, LOOK, "runs in a VPC from now on"),
    "another group": thing(
        FUNCTION,
        IN_VPC,
        {"VpcConfig": {"SubnetIds": ["subnet-a"], "SecurityGroupIds": ["sg-b"]}},
        LOOK,
        "wears sg-b and no longer wears sg-a (security groups)",
    ),
    "another subnet": thing(
        FUNCTION,
        IN_VPC,
        {"VpcConfig": {"SubnetIds": ["subnet-a", "subnet-b"], "SecurityGroupIds": ["sg-a"]}},
        LOOK,
        "is in the subnets subnet-b as well",
    ),
    "a door": thing(
        URL,
        None,
        {"AuthType": "AWS_IAM", "TargetFunctionArn": "f"},
        LOOK,
        "is a new door to the world: a function URL to f",
    ),
    "no door": thing(URL, {"AuthType": "AWS_IAM"}, None, NOTE, "is removed: a door less"),
    "a door inside": thing(
        BALANCER, None, {"Scheme": "internal"}, NOTE, "is a new door inside of the network"
    ),
    "a balancer in the world": thing(
        BALANCER, {"Scheme": "internal"}, {}, LOOK, "faces the internet"
    ),
    "a public database": thing(
        DATABASE,
        {},
        {"PubliclyAccessible": True},
        STOP,
        "has a public address in the world from now on",
    ),
    "a new public database": thing(
        DATABASE,
        None,
        {"PubliclyAccessible": "true"},
        STOP,
        "is new, with a public address in the world (PubliclyAccessible)",
    ),
    "no public database": thing(
        DATABASE, {"PubliclyAccessible": True}, {}, NOTE, "has no public address from now on"
    ),
    "a private API opens": thing(
        "AWS::ApiGateway::RestApi",
        {"EndpointConfiguration": {"Types": ["PRIVATE"]}},
        {"EndpointConfiguration": {"Types": ["REGIONAL"]}},
        LOOK,
        "may be reached from the world from now on",
    ),
    "no firewall": thing(
        "AWS::WAFv2::WebACLAssociation",
        {"ResourceArn": "api"},
        None,
        LOOK,
        "no longer puts a web firewall before api",
    ),
    "a name": thing(
        "AWS::ApiGatewayV2::DomainName",
        None,
        {"DomainName": "files.example.com"},
        LOOK,
        "is a new name in the world: files.example.com",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_what_a_change_does_to_a_network(name: str) -> None:
    before, after, weight, sentence = CASES[name]
    found = [each for each in compared(before, after).findings if each.topic == "network"]
    assert found[0].sentence.startswith(sentence)
    assert found[0].weight is weight


def api(of: str) -> dict[str, Json]:
    """Return an API that leads to a function through a method."""
    return {
        "Api": resource("AWS::ApiGateway::RestApi", "Dev/Data/Api"),
        **{name: resource(FUNCTION, f"Dev/Data/{name}", Handler=name) for name in ("One", "Two")},
        "Method": resource(
            "AWS::ApiGateway::Method",
            "Dev/Data/Api/Method",
            RestApiId={"Ref": "Api"},
            Integration={"Uri": {"Fn::Join": ["", ["arn:", {"Fn::GetAtt": [of, "Arn"]}]]}},
        ),
    }


def test_a_door_that_leads_elsewhere_is_told_whatever_stands_between() -> None:
    found = compared(api("One"), api("Two")).of_topic("network")
    assert [each.sentence for each in found] == [
        "Data/Api now leads to Data/Two and no longer leads to Data/One"
    ]
    assert found[0].weight is LOOK


def test_a_subnet_that_goes_takes_its_parts_with_it() -> None:
    report = compared(net(BY_NAT, **NAT), VPC)
    assert [each.sentence for each in report.findings if each.topic == "network"] == [
        "Data/Vpc: One is removed (private subnets)"
    ]
    for part in ("DefaultRoute", "Table", "/Of"):
        assert not [each for each in report.findings if part in each.sentence]


def test_a_new_network_needs_no_finding_of_each_part() -> None:
    report = compared(VPC, net(BY_NAT, **NAT))
    assert not [each for each in report.findings if "DefaultRoute" in each.sentence]


def test_a_default_route_by_other_words_changes_nothing() -> None:
    before, after = net(BY_NAT, **NAT), net(BY_NAT, **NAT)
    after["Of"], after["Table"] = after["Table"], after["Of"]
    after["Route"]["Properties"]["RouteTableId"] = {"Ref": "Of"}
    after["Table"]["Properties"]["RouteTableId"] = {"Ref": "Of"}
    assert not [each for each in compared(before, after).findings if "the world" in each.sentence]


@pytest.mark.parametrize("odd", [None, 7, "x", [], [[]], {"Fn::If": ["A", {}, []]}, {"Ref": 1}])
def test_odd_values_are_a_change_and_no_crash(odd: Json) -> None:
    kinds = {before["R"]["Type"] for before, *_ in CASES.values() if "R" in before}
    names = (
        *("VpcConfig", "SubnetIds", "VpcId", "ServiceName", "PortRange", "DomainName", "Scheme"),
        *("RouteTableId", "DestinationCidrBlock", "EndpointConfiguration", "ResourceId"),
    )
    for kind in sorted(kinds):
        strange = {"R": resource(kind, "Dev/Data/Thing", **dict.fromkeys(names, odd))}
        plain = one(kind, VpcConfig={"SubnetIds": ["a"]}, Scheme="internal")
        assert compared(strange, plain).verdict != NO_CHANGE
        assert compared(plain, strange).verdict != NO_CHANGE
        assert compared({}, strange).verdict != NO_CHANGE


def test_what_a_new_stack_has_is_told_too() -> None:
    door = {"U": resource(URL, "Dev/More/Url", AuthType="NONE")}
    found = network.findings(changes(app(Data=VPC), app(Data=VPC, More=door)))
    assert [each.sentence for each in found] == [
        "More/Url is a new door to the world: a function URL"
    ]
