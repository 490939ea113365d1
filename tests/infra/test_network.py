"""What the network promises."""

from tests.baseline import SETTINGS
from tests.infra.networks import route_table, routes, subnets
from tests.infra.templates import StageTemplates

KINDS = ("Public", "Private", "Isolated")


def test_each_zone_has_a_subnet_of_each_kind(drive: StageTemplates) -> None:
    for kind in KINDS:
        zones = sorted(subnets(drive, kind).values())
        assert zones == list(range(SETTINGS[drive.name].zone_count)), kind


def test_no_subnet_gives_out_public_addresses(drive: StageTemplates) -> None:
    for subnet in drive.data.of_type("AWS::EC2::Subnet").values():
        assert subnet["MapPublicIpOnLaunch"] is False


def test_names_resolve_in_the_vpc_as_mount_targets_need(drive: StageTemplates) -> None:
    _, vpc = drive.data.only("AWS::EC2::VPC")
    assert vpc["EnableDnsHostnames"] is True
    assert vpc["EnableDnsSupport"] is True


def test_functions_reach_the_world_through_nat_and_mount_targets_do_not(
    drive: StageTemplates,
) -> None:
    gateways = drive.data.of_type("AWS::EC2::NatGateway")
    for subnet in subnets(drive, "Private"):
        [route] = routes(drive, subnet)
        assert route["DestinationCidrBlock"] == "0.0.0.0/0"
        assert drive.target(route["NatGatewayId"]) in gateways
    for subnet in subnets(drive, "Isolated"):
        assert routes(drive, subnet) == []


def test_nat_gateways_are_as_many_as_set_and_reach_the_internet(drive: StageTemplates) -> None:
    gateways = drive.data.of_type("AWS::EC2::NatGateway")
    wanted = {"nat": 1, "nat-per-zone": SETTINGS[drive.name].zone_count}
    assert len(gateways) == wanted[SETTINGS[drive.name].egress]
    internet, _ = drive.data.only("AWS::EC2::InternetGateway")
    _, attachment = drive.data.only("AWS::EC2::VPCGatewayAttachment")
    assert drive.target(attachment["InternetGatewayId"]) == internet
    for logical_id, gateway in gateways.items():
        assert gateway.get("ConnectivityType", "public") == "public"
        assert drive.target(gateway["AllocationId"]) in drive.data.of_type("AWS::EC2::EIP")
        subnet = drive.target(gateway["SubnetId"])
        assert subnet in subnets(drive, "Public")
        [route] = routes(drive, subnet)
        assert route["DestinationCidrBlock"] == "0.0.0.0/0"
        assert drive.target(route["GatewayId"]) == internet
        # Without its way out the gateway's creation fails.
        assert drive.data.body["Resources"][logical_id]["DependsOn"]


def test_with_a_gateway_in_each_zone_no_traffic_crosses_zones(drive: StageTemplates) -> None:
    gateways = drive.data.of_type("AWS::EC2::NatGateway")
    if len(gateways) < SETTINGS[drive.name].zone_count:
        return  # one gateway serves all zones, by choice
    public = subnets(drive, "Public")
    for subnet, zone in subnets(drive, "Private").items():
        [route] = routes(drive, subnet)
        gateway = gateways[drive.target(route["NatGatewayId"])]
        assert public[drive.target(gateway["SubnetId"])] == zone


def test_s3_and_dynamodb_are_reached_without_nat(drive: StageTemplates) -> None:
    endpoints = drive.data.of_type("AWS::EC2::VPCEndpoint").values()
    assert {drive.text(endpoint["ServiceName"]) for endpoint in endpoints} == {
        "com.amazonaws.<Region>.s3",
        "com.amazonaws.<Region>.dynamodb",
    }
    for endpoint in endpoints:
        assert endpoint["VpcEndpointType"] == "Gateway"
        tables = {drive.target(table) for table in endpoint["RouteTableIds"]}
        assert {route_table(drive, subnet) for subnet in subnets(drive, "Private")} <= tables


def test_the_default_security_group_is_emptied(drive: StageTemplates) -> None:
    vpc, _ = drive.data.only("AWS::EC2::VPC")
    _, restriction = drive.data.only("Custom::VpcRestrictDefaultSG")
    assert restriction["DefaultSecurityGroupId"] == {"Fn::GetAtt": [vpc, "DefaultSecurityGroup"]}


def test_all_flows_are_logged(drive: StageTemplates) -> None:
    vpc, _ = drive.data.only("AWS::EC2::VPC")
    _, flow_log = drive.data.only("AWS::EC2::FlowLog")
    assert flow_log["ResourceType"] == "VPC"
    assert drive.target(flow_log["ResourceId"]) == vpc
    assert flow_log["TrafficType"] == "ALL"
    assert drive.target(flow_log["LogGroupName"]) in drive.data.of_type("AWS::Logs::LogGroup")


def test_flows_are_logged_when_the_role_may_write(drive: StageTemplates) -> None:
    flow_log, properties = drive.data.only("AWS::EC2::FlowLog")
    role = drive.target(properties["DeliverLogsPermissionArn"])
    policies = {
        name
        for name, policy in drive.data.of_type("AWS::IAM::ManagedPolicy").items()
        if role in map(drive.target, policy.get("Roles", []))
    }
    assert policies
    assert policies <= set(drive.data.body["Resources"][flow_log].get("DependsOn", []))
