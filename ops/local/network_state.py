"""The network and the disks that are deployed in the local cloud, as the rules ask for them.

They are read from the stores of MiniStack, which hold what a template made and what a call changed
since. tests/local/test_network_state.py compares them with what the APIs describe.
"""

import pickle
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from ministack.core.responses import get_account_id, get_region
from ministack.services import ec2, efs

from ops.local import deployed_network, nat_gateways, network_api
from ops.local.rules.mount_network import Disks
from ops.local.rules.network import Network
from ops.local.rules.reach import Caller

Record = dict[str, Any]
# By account and region: what the stores held, in one piece, and the network that was read from it.
_read: dict[tuple[str, str], tuple[bytes, Network]] = {}


def network() -> Network:
    """Return the network of the account and region that the current call is about.

    A function's start and its first calls ask for it one after the other. Most of the time goes
    into reading addresses and rules; that is done again only if the stores hold something else.
    """
    answers = _answers()
    held, place = pickle.dumps(answers), (get_account_id(), get_region())
    known = _read.get(place)
    if known is None or known[0] != held:
        known = _read[place] = held, deployed_network.network(answers, get_region())
    return known[1]


def _answers() -> dict[str, list[Record]]:
    network_api.associate_acls()
    return {
        "Vpcs": [
            {
                **each,
                "EnableDnsSupport": each.get("EnableDnsSupport", True),
                "EnableDnsHostnames": each.get("EnableDnsHostnames", False),
            }
            for each in _tagged(ec2._vpcs.values(), "VpcId")
        ],
        "Subnets": _tagged(ec2._subnets.values(), "SubnetId"),
        "RouteTables": _tagged(ec2._route_tables.values(), "RouteTableId"),
        "SecurityGroups": _tagged(ec2._security_groups.values(), "GroupId"),
        "NetworkAcls": _tagged(ec2._network_acls.values(), "NetworkAclId"),
        "InternetGateways": _tagged(ec2._internet_gateways.values(), "InternetGatewayId"),
        "EgressOnlyInternetGateways": [
            {**each, "Attachments": [{"VpcId": each["VpcId"], "State": each["State"]}]}
            for each in _tagged(ec2._egress_igws.values(), "EgressOnlyInternetGatewayId")
        ],
        "NatGateways": [
            {**each, "NatGatewayAddresses": nat_gateways.addresses(each)}
            for each in _tagged(ec2._nat_gateways.values(), "NatGatewayId")
        ],
        "Instances": _tagged(ec2._instances.values(), "InstanceId"),
        "VpcEndpoints": [
            {**each, "Groups": [{"GroupId": group} for group in each.get("SecurityGroupIds", ())]}
            for each in _tagged(ec2._vpc_endpoints.values(), "VpcEndpointId")
        ],
        "PrefixLists": [
            *_lists_of_services(get_region()),
            *(
                {**each, "Cidrs": [entry["Cidr"] for entry in each["Entries"]]}
                for each in ec2._prefix_lists.values()
            ),
        ],
    }


@lru_cache
def _lists_of_services(region: str) -> list[Record]:
    """Return the prefix lists of AWS's services: what they hold depends on the region alone."""
    assert region == get_region()
    return [{**each, "Cidrs": [each["Cidr"]]} for each in ec2._get_aws_managed_prefix_lists()]


def disks() -> Disks:
    """Return the disks of the account and region that the current call is about."""
    return deployed_network.disks(
        {
            "FileSystems": list(efs._file_systems.values()),
            "AccessPoints": list(efs._access_points.values()),
            "MountTargets": list(efs._mount_targets.values()),
        }
    )


def callers(config: Mapping[str, Any]) -> list[Caller]:
    """Return a function in each of its subnets, by its configuration in Lambda's form."""
    vpc = config.get("VpcConfig") or {}
    variables = (config.get("Environment") or {}).get("Variables") or {}
    return [
        Caller(
            subnet=subnet,
            groups=frozenset(vpc.get("SecurityGroupIds") or ()),
            ipv6=bool(vpc.get("Ipv6AllowedForDualStack")),
            dual_stack_names=variables.get("AWS_USE_DUALSTACK_ENDPOINT") == "true",
        )
        for subnet in vpc.get("SubnetIds") or ()
    ]


def _tagged(records: Iterable[Record], key: str) -> list[Record]:
    """Return the records with their tags, which MiniStack keeps beside them."""
    return [{**each, "Tags": ec2._tags.get(each[key]) or []} for each in records]
