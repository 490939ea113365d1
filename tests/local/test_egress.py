"""An environment goes from each way to the world to the next, and keeps its files and its URL.

Nothing routes packets here; what is held is that the real CLI deploys each change, and what EC2
shows then.
"""

from dataclasses import replace
from typing import Any

from stacks.shared.choices import Egress
from tests.baseline import DEV
from tests.local.conftest import LocalCloud, app_of

CONTENT = b"kept whatever leads to the world"

# What EC2 shows of each mode: (target of the default routes, NAT gateways, gateways, endpoints).
SHOWN = {
    "nat": ({"NatGatewayId"}, 1, 1, {"Gateway"}),
    "nat-per-zone": ({"NatGatewayId"}, 2, 1, {"Gateway"}),
    "nat-regional": ({"NatGatewayId"}, 1, 1, {"Gateway"}),
    "nat-instance": ({"InstanceId"}, 0, 1, {"Gateway"}),
    "ipv6": ({"EgressOnlyInternetGatewayId"}, 0, 0, {"Gateway"}),
    "isolated": (set(), 0, 0, {"Interface"}),
}
# From each, so that what one leaves would be in the way of the next; and back.
ORDER: tuple[Egress, ...] = (
    "nat-instance",
    "nat-regional",
    "ipv6",
    "nat-per-zone",
    "isolated",
    "nat",
)


def stays(cloud: LocalCloud) -> dict[str, Any]:
    """Return the ids that must not change, in no order."""
    ec2, efs = cloud.client("ec2"), cloud.client("efs")
    [file_system] = efs.describe_file_systems()["FileSystems"]
    targets = efs.describe_mount_targets(FileSystemId=file_system["FileSystemId"])["MountTargets"]
    [vpc] = {target["VpcId"] for target in targets}
    filters = [{"Name": "vpc-id", "Values": [vpc]}]
    return {
        "file system": file_system["FileSystemId"],
        "mount targets": {target["MountTargetId"]: target["SubnetId"] for target in targets},
        "subnets": {
            subnet["SubnetId"]: subnet["CidrBlock"]
            for subnet in ec2.describe_subnets(Filters=filters)["Subnets"]
            if "Public" not in str(subnet["Tags"])
        },
        "url": cloud.url,
    }


def shown(cloud: LocalCloud) -> tuple[set[str], int, int, set[str]]:
    """Return what EC2 shows of the way to the world, as in `SHOWN`."""
    ec2 = cloud.client("ec2")
    [file_system] = cloud.client("efs").describe_file_systems()["FileSystems"]
    targets = cloud.client("efs").describe_mount_targets(FileSystemId=file_system["FileSystemId"])
    vpc = targets["MountTargets"][0]["VpcId"]
    tables = ec2.describe_route_tables(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["RouteTables"]
    kinds = {
        kind
        for table in tables
        for route in table["Routes"]
        for kind in ("NatGatewayId", "InstanceId", "EgressOnlyInternetGatewayId")
        if route.get(kind)
    }
    gateways = ec2.describe_nat_gateways()["NatGateways"]
    internet = ec2.describe_internet_gateways()["InternetGateways"]
    return (
        kinds,
        sum(gateway["State"] == "available" for gateway in gateways),
        sum(each["VpcId"] == vpc for gateway in internet for each in gateway["Attachments"]),
        {endpoint["VpcEndpointType"] for endpoint in ec2.describe_vpc_endpoints()["VpcEndpoints"]},
    )


def test_a_change_of_the_way_costs_no_file_and_no_address(ready: LocalCloud) -> None:
    cloud = ready
    cloud.up()
    assert cloud.drive("PUT", "/files/kept.txt", CONTENT).status_code == 201
    before = stays(cloud)
    assert shown(cloud) == SHOWN["nat"]
    for mode in ORDER:
        cloud.up("--app", app_of(replace(DEV, egress=mode)))
        assert shown(cloud) == SHOWN[mode], mode
        assert stays(cloud) == before, mode
        assert cloud.drive("GET", "/files/kept.txt").content == CONTENT
