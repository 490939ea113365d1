"""An environment goes from each way to the world to the next, and keeps its files and its URL.

Nothing routes packets here; what is held is that each change is deployed, what EC2 shows
then, and what functions reach by it. Who may call the URL changes as well, and each function starts
anew and works: where no link is taken away (tests/local/test_links.py), nothing is refused.
"""

from dataclasses import replace
from typing import Any, get_args

import pytest

from drive_tools.client.http_client import HttpClient, TokenClient
from ops.deployment import described_network, reach
from ops.local.rules.reach import Way
from stacks.shared.choices import Access, Egress, Packaging, UrlAuth
from tests.baseline import DEV
from tests.local.assemblies import assembly_of
from tests.local.conftest import LocalCloud

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
# The hops from functions to Parameter Store, after their subnet; the world is behind all but one.
HOPS = {
    "nat": ("nat gateway", "internet gateway"),
    "nat-per-zone": ("nat gateway", "internet gateway"),
    "nat-regional": ("regional nat gateway", "internet gateway"),
    "nat-instance": ("nat instance", "internet gateway"),
    "ipv6": ("egress-only internet gateway",),
    "isolated": ("endpoint of ssm",),
}
# From each, so that what one leaves would be in the way of the next; and back.
# Each with who may call the URL: the files function reads the token by the way that it has.
ORDER: dict[Egress, UrlAuth] = {
    "nat-instance": "token",
    "nat-regional": "iam",
    "ipv6": "token",
    "nat-per-zone": "iam",
    "isolated": "token",
    "nat": "iam",
}
# A NAT, what is no NAT, and what has no way to the world; the other kinds of NAT go the same way.
DAILY: dict[Egress, UrlAuth] = {each: ORDER[each] for each in ("ipv6", "isolated", "nat")}
# What each function may do with the disk, by the output that names it.
ACCESS: dict[str, Access] = {
    "FilesFunctionName": "read-write",
    "JanitorFunctionName": "read-write",
    "UsageFunctionName": "read-only",
}
RUNS_HERE: set[Packaging] = {"zip"}  # an image is refused (test_own_function.py)


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


def ways(cloud: LocalCloud) -> dict[str, set[Way]]:
    """Return the ways of all functions to each thing, from their first subnets on."""
    deployed = described_network.network(cloud.client), described_network.disks(cloud.client)
    found: dict[str, set[Way]] = {}
    for function in described_network.functions(cloud.client):
        for each in reach.judged(function, *deployed, []):
            way = Way(each.way.hops[1:], each.way.missing)
            found.setdefault(each.to, set()).add(way)
    return found


def check_ways(cloud: LocalCloud, mode: Egress) -> None:
    found = ways(cloud)
    assert found["its disk"] == {Way(("mount target",))}, mode
    assert found["ssm"] == {Way(HOPS[mode])}, mode
    if mode == "isolated":
        assert all("no outbound rule" in way.missing for way in found["the world"])
    else:
        assert found["the world"] == {Way(HOPS[mode])}, mode


def drive(cloud: LocalCloud, auth: UrlAuth) -> HttpClient:
    """Return a client that the URL lets in, and hold that it lets in no other."""
    signed = cloud.drive
    if auth == "iam":
        assert signed.unsigned("GET", "/health").status_code == 403
        return signed
    secret = cloud.outputs["Dev-Service"]["FilesTokenSecret"]
    found = cloud.client("secretsmanager").get_secret_value(SecretId=secret)
    assert signed("GET", "/files/").status_code == 401
    return TokenClient(cloud.url, found["SecretString"])


def check_functions(cloud: LocalCloud, mode: Egress) -> None:
    """Let each function start anew, and those that no URL calls do their work."""
    functions = cloud.client("lambda")
    for output in ACCESS:
        name = cloud.outputs["Dev-Service"][output]
        found = functions.update_function_configuration(FunctionName=name, Description=mode)
        assert found["PackageType"] == "Zip"
        if output != "FilesFunctionName":
            answer = functions.invoke(FunctionName=name, Payload=b"{}")
            assert "FunctionError" not in answer, (mode, answer["Payload"].read())


def test_the_table_has_each_value_that_runs_here() -> None:
    assert set(ORDER) == set(get_args(Egress))
    assert set(ORDER.values()) == set(get_args(UrlAuth))
    assert set(ACCESS.values()) == set(get_args(Access))
    assert set(get_args(Packaging)) - {"image"} == RUNS_HERE


@pytest.mark.parametrize("order", [DAILY, pytest.param(ORDER, marks=pytest.mark.weekly)], ids=len)
def test_a_change_of_the_way_costs_no_file_and_no_address(
    order: dict[Egress, UrlAuth], ready: LocalCloud
) -> None:
    cloud = ready
    cloud.deploy()
    folder = f"/files/{len(order)}"
    assert cloud.drive("PUT", f"{folder}/kept.txt", CONTENT).status_code == 201
    before = stays(cloud)
    assert shown(cloud) == SHOWN["nat"]
    check_ways(cloud, "nat")
    for mode, auth in order.items():
        cloud.deploy(assembly_of(replace(DEV, egress=mode, url_auth=auth)))
        assert shown(cloud) == SHOWN[mode], mode
        assert stays(cloud) == before, mode
        check_ways(cloud, mode)
        check_functions(cloud, mode)
        client = drive(cloud, auth)
        assert client("GET", f"{folder}/kept.txt").content == CONTENT
        assert client("PUT", f"{folder}/{mode}", CONTENT).status_code == 201


def test_reach_names_the_link_that_a_call_took_away(ready: LocalCloud) -> None:
    cloud = ready
    command = ("reach", "--local", str(cloud.folder))
    whole = cloud.ops(*command)
    assert whole.returncode == 0, whole.stdout + whole.stderr
    first = whole.stdout.splitlines()[1]
    hops = "private subnet 1, private subnet 2 > nat gateway > internet gateway"
    assert first == f"files to ssm: {hops}: yes"
    ec2 = cloud.client("ec2")
    gateways = ec2.describe_nat_gateways(Filters=[{"Name": "state", "Values": ["available"]}])
    [gateway] = gateways["NatGateways"]
    ec2.delete_nat_gateway(NatGatewayId=gateway["NatGatewayId"])
    closed = cloud.ops(*command)
    assert closed.returncode == 1
    assert f"{gateway['NatGatewayId']} (" in closed.stdout
    assert "is deleted" in closed.stdout
