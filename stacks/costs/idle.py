"""What the resources of a stage cost while nobody calls, by their types."""

from collections.abc import Callable, Iterator

from drive_tools.cloud_assembly import Resource
from stacks.costs.lines import Line, Uncapped
from stacks.shared import prices

# What costs nothing by being there; some are billed by use, which `use` counts.
_FREE = frozenset(
    {
        "AWS::ApiGatewayV2::Api",
        "AWS::ApiGatewayV2::ApiMapping",
        "AWS::ApiGatewayV2::DomainName",
        "AWS::ApiGatewayV2::Integration",
        "AWS::ApiGatewayV2::Route",
        "AWS::ApiGatewayV2::Stage",
        # What is stored costs, which `use` counts.
        "AWS::Backup::BackupPlan",
        "AWS::Backup::BackupSelection",
        "AWS::Backup::BackupVault",
        "AWS::Budgets::Budget",  # without actions
        "AWS::CDK::Metadata",
        "AWS::EC2::EgressOnlyInternetGateway",
        "AWS::EC2::FlowLog",
        "AWS::EC2::InternetGateway",
        "AWS::EC2::NetworkAcl",
        "AWS::EC2::Route",
        "AWS::EC2::RouteTable",
        "AWS::EC2::SecurityGroup",
        "AWS::EC2::SecurityGroupEgress",
        "AWS::EC2::SecurityGroupIngress",
        "AWS::EC2::Subnet",
        "AWS::EC2::SubnetCidrBlock",
        "AWS::EC2::SubnetRouteTableAssociation",
        "AWS::EC2::VPC",
        "AWS::EC2::VPCCidrBlock",
        "AWS::EC2::VPCGatewayAttachment",
        "AWS::EFS::AccessPoint",
        "AWS::EFS::MountTarget",
        "AWS::Events::Rule",
        "AWS::IAM::InstanceProfile",
        "AWS::IAM::ManagedPolicy",
        "AWS::IAM::Policy",
        "AWS::IAM::Role",
        "AWS::Lambda::Function",
        "AWS::Lambda::LayerVersion",
        "AWS::Lambda::Permission",
        "AWS::Lambda::Url",
        "AWS::Logs::LogGroup",
        "AWS::ResourceGroups::Group",
        "AWS::Route53::RecordSet",
        "AWS::SNS::Subscription",
        "AWS::SNS::Topic",
        "AWS::SNS::TopicPolicy",
        "AWS::SQS::Queue",  # a million requests a month are free
        "AWS::SQS::QueuePolicy",
        "AWS::SSM::Parameter",  # the standard ones
        "Custom::VpcRestrictDefaultSG",
    }
)

_HOURS = prices.HOURS_A_MONTH


def lines(stack: str, resources: dict[str, Resource], *, zones: int) -> Iterator[Line | Uncapped]:
    """Yield what the resources of one stack cost idle, by their logical ids.

    `zones` is the number of zones that the stage uses, by which a regional NAT gateway is billed.
    """
    for logical_id, resource in resources.items():
        kind = resource["Type"]
        if kind in _FREE:
            continue
        if kind not in _PRICED:
            yield Uncapped(
                what=f"{kind} ({stack} {logical_id})",
                bound="its price is not known here: see AWS's page, and stacks/costs/idle.py",
            )
            continue
        found = _PRICED[kind](resource, zones)
        if found is not None:
            what, sum_, dollars, setting = found
            yield Line(
                what=what,
                sum=sum_,
                dollars=dollars,
                resource=f"{stack} {logical_id}",
                setting=setting,
            )


# What it is, the sum, the dollars, the setting that lowers it.
_Found = tuple[str, str, float, str | None] | None


def _by_the_hour(what: str, price: float, number: int, setting: str | None) -> _Found:
    times = f"{number} x " if number > 1 else ""
    return what, f"{times}{_HOURS} h x ${price:g}", number * _HOURS * price, setting


def _nat_gateway(resource: Resource, zones: int) -> _Found:
    if resource["Properties"].get("AvailabilityMode") != "regional":
        return _by_the_hour("NAT gateway", prices.NAT_GATEWAY_HOUR, 1, "egress")
    # In each zone that it covers it is billed as one, with the address that it takes there.
    price = prices.NAT_GATEWAY_HOUR + prices.PUBLIC_IPV4_HOUR
    return _by_the_hour("regional NAT gateway with its addresses", price, zones, "egress")


def _address(_resource: Resource, _zones: int) -> _Found:
    return _by_the_hour("public IPv4 address", prices.PUBLIC_IPV4_HOUR, 1, "egress")


def _machine(resource: Resource, _zones: int) -> _Found:
    kind = resource["Properties"]["InstanceType"]
    hour = prices.INSTANCE_HOUR[kind] + prices.PUBLIC_IPV4_HOUR
    disk = prices.NAT_DISK_GB * prices.EBS_GP3_GB_MONTH
    return (
        f"{kind} machine, its public IPv4 address and its disk",
        f"{_HOURS} h x ${hour:g} + {prices.NAT_DISK_GB} GB x ${prices.EBS_GP3_GB_MONTH:g}",
        _HOURS * hour + disk,
        "egress",
    )


def _endpoint(resource: Resource, _zones: int) -> _Found:
    properties = resource["Properties"]
    if properties.get("VpcEndpointType") != "Interface":
        return None  # that of a gateway is free
    subnets = len(properties.get("SubnetIds", ()))
    return _by_the_hour("interface endpoint", prices.INTERFACE_ENDPOINT_HOUR, subnets, "egress")


def _key(_resource: Resource, _zones: int) -> _Found:
    # Rotated each year; the first two rotations add a dollar a month each.
    return "KMS key", f"${prices.KEY_MONTH:.2f} in its first year", prices.KEY_MONTH, None


def _secret(_resource: Resource, _zones: int) -> _Found:
    return "secret", f"${prices.SECRET_MONTH:.2f}", prices.SECRET_MONTH, "url_auth"


def _file_system(resource: Resource, _zones: int) -> _Found:
    speed = resource["Properties"].get("ProvisionedThroughputInMibps")
    if speed is None:
        return None  # by use
    price = prices.EFS_PROVISIONED_MIBPS_MONTH
    return (
        "provisioned throughput, used or not",
        f"{speed} MiB/s x ${price:.2f}",
        speed * price,
        "throughput",
    )


def _alarm(resource: Resource, _zones: int) -> _Found:
    metrics = resource["Properties"].get("Metrics", [{"MetricStat": {}}])
    number = sum("MetricStat" in metric for metric in metrics)
    price = prices.ALARM_METRIC_MONTH
    return "alarm", f"{number} metrics x ${price:.2f}", number * price, None


def _dashboard(_resource: Resource, _zones: int) -> _Found:
    return "dashboard", f"${prices.DASHBOARD_MONTH:.2f}", prices.DASHBOARD_MONTH, None


_PRICED: dict[str, Callable[[Resource, int], _Found]] = {
    "AWS::CloudWatch::Alarm": _alarm,
    "AWS::CloudWatch::Dashboard": _dashboard,
    "AWS::EC2::EIP": _address,
    "AWS::EC2::Instance": _machine,
    "AWS::EC2::NatGateway": _nat_gateway,
    "AWS::EC2::VPCEndpoint": _endpoint,
    "AWS::EFS::FileSystem": _file_system,
    "AWS::KMS::Key": _key,
    "AWS::SecretsManager::Secret": _secret,
}
