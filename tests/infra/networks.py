"""The network of a stage's templates: subnets, routes, security groups."""

from tests.infra.templates import StageTemplates


def subnets(drive: StageTemplates, kind: str) -> dict[str, int]:
    """Return the index of the zone of each subnet of the kind, by logical id."""
    return {
        logical_id: properties["AvailabilityZone"]["Fn::Select"][0]
        for logical_id, properties in drive.data.of_type("AWS::EC2::Subnet").items()
        if {"Key": "aws-cdk:subnet-name", "Value": kind} in properties["Tags"]
    }


def route_table(drive: StageTemplates, subnet: str) -> str:
    """Return the logical id of the subnet's route table."""
    [table] = [
        drive.target(association["RouteTableId"])
        for association in drive.data.of_type("AWS::EC2::SubnetRouteTableAssociation").values()
        if drive.target(association["SubnetId"]) == subnet
    ]
    return table


def routes(drive: StageTemplates, subnet: str) -> list[dict[str, object]]:
    """Return the routes of the subnet's table."""
    table = route_table(drive, subnet)
    return [
        route
        for route in drive.data.of_type("AWS::EC2::Route").values()
        if drive.target(route["RouteTableId"]) == table
    ]


def groups(drive: StageTemplates) -> tuple[str, str]:
    """Return the logical ids of the mount targets' group and of the functions' group."""
    functions = drive.service.of_type("AWS::Lambda::Function").values()
    [server] = {
        drive.target(group)
        for target in drive.data.of_type("AWS::EFS::MountTarget").values()
        for group in target["SecurityGroups"]
    }
    [client] = {
        drive.target(group)
        for function in functions
        for group in function.get("VpcConfig", {}).get("SecurityGroupIds", ())
    }
    return server, client


def rules(
    drive: StageTemplates, group: str, direction: str
) -> list[tuple[str, object, object, str]]:
    """Return (protocol, from, to, peer) of the group's rules, wherever they are declared."""
    inline = drive.data.of_type("AWS::EC2::SecurityGroup")[group].get(
        f"SecurityGroup{direction}", []
    )
    alone = [
        rule
        for rule in drive.data.of_type(f"AWS::EC2::SecurityGroup{direction}").values()
        if drive.target(rule["GroupId"]) == group
    ]
    other = "SourceSecurityGroupId" if direction == "Ingress" else "DestinationSecurityGroupId"
    return sorted(
        (
            rule["IpProtocol"],
            rule.get("FromPort"),
            rule.get("ToPort"),
            drive.target(rule[other])
            if other in rule
            else rule.get("CidrIp") or rule.get("CidrIpv6", "no peer"),
        )
        for rule in [*inline, *alone]
    )
