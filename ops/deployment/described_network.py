"""What EC2, EFS and Lambda describe of functions in VPCs: their network and their disks.

It reads, and by nothing else than `Describe*`, `List*` and `Get*`; of AWS or of another cloud.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from ops.local import deployed_network
from ops.local.deployed_network import Described
from ops.local.rules.mount_network import Disks
from ops.local.rules.network import Network

# Makes a client of a service: boto3 makes clients at run time, so they have no type.
Clients = Callable[[str], Any]

_CALLS = {
    "Subnets": "describe_subnets",
    "RouteTables": "describe_route_tables",
    "SecurityGroups": "describe_security_groups",
    "NetworkAcls": "describe_network_acls",
    "InternetGateways": "describe_internet_gateways",
    "EgressOnlyInternetGateways": "describe_egress_only_internet_gateways",
    "NatGateways": "describe_nat_gateways",
    "VpcEndpoints": "describe_vpc_endpoints",
}


@dataclass(frozen=True)
class VpcFunction:
    """A function in a VPC: what Lambda says of it, as far as it concerns its network."""

    name: str
    subnets: tuple[str, ...]
    groups: frozenset[str]
    ipv6: bool
    variables: dict[str, str]
    access_points: tuple[str, ...]  # ARNs


def functions(clients: Clients) -> list[VpcFunction]:
    """Return all functions in VPCs, by name."""
    listed = _all(clients("lambda"), "list_functions", "Functions")
    found = [
        VpcFunction(
            name=each["FunctionName"],
            subnets=tuple(vpc["SubnetIds"]),
            groups=frozenset(vpc["SecurityGroupIds"]),
            ipv6=vpc.get("Ipv6AllowedForDualStack", False),
            variables=(each.get("Environment") or {}).get("Variables") or {},
            access_points=tuple(disk["Arn"] for disk in each.get("FileSystemConfigs") or ()),
        )
        for each in listed
        for vpc in [each.get("VpcConfig") or {}]
        if vpc.get("SubnetIds")
    ]
    return sorted(found, key=lambda function: function.name)


def network(clients: Clients) -> Network:
    """Return the network of a region."""
    ec2 = clients("ec2")
    answers: dict[str, list[Described]] = {
        key: _all(ec2, call, key) for key, call in _CALLS.items()
    }
    answers["Vpcs"] = [
        {
            **each,
            "EnableDnsSupport": _attribute(ec2, each["VpcId"], "enableDnsSupport"),
            "EnableDnsHostnames": _attribute(ec2, each["VpcId"], "enableDnsHostnames"),
        }
        for each in _all(ec2, "describe_vpcs", "Vpcs")
    ]
    answers["Instances"] = [
        instance
        for reservation in _all(ec2, "describe_instances", "Reservations")
        for instance in reservation["Instances"]
    ]
    of_services = _all(ec2, "describe_prefix_lists", "PrefixLists")
    others = _named(answers) - {each["PrefixListId"] for each in of_services}
    answers["PrefixLists"] = [
        *of_services,
        *(
            {"PrefixListId": each, "PrefixListName": "", "Cidrs": _blocks(ec2, each)}
            for each in others
        ),
    ]
    return deployed_network.network(answers, ec2.meta.region_name)


def disks(clients: Clients) -> Disks:
    """Return the disks of a region."""
    efs = clients("efs")
    file_systems = _all(efs, "describe_file_systems", "FileSystems")
    mount_targets = [
        {
            **each,
            "SecurityGroups": efs.describe_mount_target_security_groups(
                MountTargetId=each["MountTargetId"]
            )["SecurityGroups"],
        }
        for file_system in file_systems
        for each in _all(
            efs,
            "describe_mount_targets",
            "MountTargets",
            FileSystemId=file_system["FileSystemId"],
        )
    ]
    return deployed_network.disks(
        {
            "FileSystems": file_systems,
            "AccessPoints": _all(efs, "describe_access_points", "AccessPoints"),
            "MountTargets": mount_targets,
        }
    )


def _all(client: Any, call: str, key: str, **parameters: str) -> list[Described]:  # noqa: ANN401 - of boto3
    pages: Iterable[Described] = client.get_paginator(call).paginate(**parameters)
    return [each for page in pages for each in page[key]]


def _attribute(ec2: Any, vpc: str, name: str) -> bool:  # noqa: ANN401 - of boto3
    described = ec2.describe_vpc_attribute(VpcId=vpc, Attribute=name)
    return bool(described[name[0].upper() + name[1:]]["Value"])


def _named(answers: dict[str, list[Described]]) -> set[str]:
    """Return the ids of the prefix lists that rules and routes name."""
    routes = [route for table in answers["RouteTables"] for route in table["Routes"]]
    listed = [
        each
        for group in answers["SecurityGroups"]
        for permission in (*group["IpPermissions"], *group["IpPermissionsEgress"])
        for each in permission["PrefixListIds"]
    ]
    return {each["PrefixListId"] for each in listed} | {
        route["DestinationPrefixListId"] for route in routes if "DestinationPrefixListId" in route
    }


def _blocks(ec2: Any, prefix_list: str) -> list[str]:  # noqa: ANN401 - of boto3
    call = "get_managed_prefix_list_entries"
    return [each["Cidr"] for each in _all(ec2, call, "Entries", PrefixListId=prefix_list)]
