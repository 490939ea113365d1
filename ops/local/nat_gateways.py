"""NAT gateways as EC2 and CloudFormation have them: with addresses, and regional ones as well.

MiniStack's CloudFormation has none, and its EC2 shows no addresses and knows none without a subnet.
"""

from html import escape
from http import HTTPStatus

from ministack.services import ec2
from ministack.services.cloudformation import provisioners

from ops.local.network_api import Answer, Record, created_id


def teach() -> None:
    """Add them to MiniStack's EC2."""
    ec2._ACTION_MAP["DescribeNatGateways"] = _describe_nat_gateways
    ec2._ACTION_MAP["DeleteNatGateway"] = _delete_nat_gateway


def create(_logical_id: str, properties: Record, _stack_name: str) -> tuple[str, dict[str, str]]:
    """Make a gateway of a template. Raises `ValueError`, as EC2 fails, without a way to the world.

    A regional one is in no subnet. AWS makes a route table for it, with a route to the internet
    gateway (https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateways-regional.html).
    """
    subnet = ec2._subnets.get(properties.get("SubnetId"))
    vpc: str = subnet["VpcId"] if subnet else properties["VpcId"]
    public = properties.get("ConnectivityType", "public") == "public"
    attached = [
        each["InternetGatewayId"]
        for each in ec2._internet_gateways.values()
        if any(attachment["VpcId"] == vpc for attachment in each["Attachments"])
    ]
    if public and not attached:
        raise ValueError(f"Network {vpc} has no Internet gateway attached (Gateway.NotAttached)")
    names = ("SubnetId", "AllocationId", "ConnectivityType")
    parameters = {name: [properties[name]] for name in names if name in properties}
    parameters.setdefault("SubnetId", ["none"])  # which MiniStack must have
    gateway_id = created_id(ec2._create_nat_gateway(parameters), "natGatewayId")
    gateway = ec2._nat_gateways[gateway_id]
    gateway["VpcId"] = vpc
    if not subnet:
        gateway |= {
            "SubnetId": "",
            "AvailabilityMode": "regional",
            "PublicIp": ec2._random_ip("54."),
            "RouteTableId": _route_table(vpc, attached[0]),
        }
    provisioners._ec2_apply_tags(gateway_id, properties)
    return gateway_id, {"NatGatewayId": gateway_id}


def _route_table(vpc: str, internet_gateway: str) -> str:
    made = created_id(ec2._create_route_table({"VpcId": [vpc]}), "routeTableId")
    ec2._ACTION_MAP["CreateRoute"](
        {
            "RouteTableId": [made],
            "DestinationCidrBlock": ["0.0.0.0/0"],
            "GatewayId": [internet_gateway],
        }
    )
    return made


def delete(physical_id: str, _properties: Record) -> None:
    """Delete a gateway of a template; one that is gone is no failure."""
    if physical_id in ec2._nat_gateways:
        _delete_nat_gateway({"NatGatewayId": [physical_id]})


def addresses(gateway: Record) -> list[Record]:
    """Return the addresses of a NAT gateway, as EC2 describes them: those that still are its."""
    if gateway["State"] != "available":
        return []
    if gateway.get("AvailabilityMode") == "regional":
        return [{"PublicIp": gateway["PublicIp"], "Status": "succeeded"}]
    name = gateway["AllocationId"]
    if name not in ec2._addresses:
        return []
    public_ip = ec2._addresses[name]["PublicIp"]
    return [{"AllocationId": name, "PublicIp": public_ip, "Status": "succeeded"}]


def _delete_nat_gateway(parameters: dict[str, list[str]]) -> Answer:
    answer: Answer = ec2._delete_nat_gateway(parameters)
    gateway = ec2._nat_gateways.get(ec2._p(parameters, "NatGatewayId"), {})
    ec2._route_tables.pop(gateway.get("RouteTableId"), None)
    return answer


def _describe_nat_gateways(parameters: dict[str, list[str]]) -> Answer:
    filters = ec2._parse_filters(parameters)
    ids = ec2._parse_member_list(parameters, "NatGatewayId")
    keys = {"state": "State", "vpc-id": "VpcId", "subnet-id": "SubnetId"}
    items = "".join(
        _nat_gateway_xml(each)
        for each in ec2._nat_gateways.values()
        if (not ids or each["NatGatewayId"] in ids)
        and ec2._resource_matches_tag_filters(each["NatGatewayId"], filters)
        and all(each[key] in filters[name] for name, key in keys.items() if name in filters)
    )
    body = f"<natGatewaySet>{items}</natGatewaySet>"
    answer: Answer = ec2._xml(HTTPStatus.OK, "DescribeNatGatewaysResponse", body)
    return answer


def _nat_gateway_xml(gateway: Record) -> str:
    names = ("NatGatewayId", "SubnetId", "VpcId", "State", "ConnectivityType", "CreateTime")
    more = ("AvailabilityMode", "RouteTableId")
    shown = "".join(_element(gateway, name) for name in (*names, *more) if gateway.get(name))
    shown_addresses = "".join(
        f"<item>{''.join(_element(each, name) for name in each)}</item>"
        for each in addresses(gateway)
    )
    return (
        f"<item>{shown}<natGatewayAddressSet>{shown_addresses}</natGatewayAddressSet>"
        f"{ec2._tag_set_xml(gateway['NatGatewayId'])}</item>"
    )


def _element(record: Record, name: str) -> str:
    tag = name[0].lower() + name[1:]
    return f"<{tag}>{escape(str(record[name]))}</{tag}>"
