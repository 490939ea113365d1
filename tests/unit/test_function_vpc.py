"""Subnets and groups of a function are there, and in one VPC; else Lambda refuses them."""

from dataclasses import replace
from ipaddress import IPv4Network

import pytest

from ops.local.rules.function_vpc import check_vpc
from ops.local.rules.network import SecurityGroup, Vpc
from ops.local.rules.roles import ServiceRefusal
from tests.unit.networks import BASE, DISK, FUNCTION, subnet

OTHER = replace(subnet("other", IPv4Network("10.1.0.0/24")), vpc="vpc-2")
TWO = replace(
    BASE,
    vpcs={**BASE.vpcs, "vpc-2": Vpc(id="vpc-2")},
    subnets={**BASE.subnets, OTHER.id: OTHER},
    groups={**BASE.groups, "sg-other": SecurityGroup(id="sg-other", vpc="vpc-2")},
)


@pytest.mark.parametrize(
    ("subnets", "groups"),
    [
        ([], []),
        (["subnet-private"], [FUNCTION]),
        (["subnet-private", "subnet-isolated"], [FUNCTION, DISK]),
        (["subnet-other"], ["sg-other"]),
    ],
)
def test_what_is_in_one_vpc_is_taken(subnets: list[str], groups: list[str]) -> None:
    check_vpc(TWO, subnets, groups)


@pytest.mark.parametrize(
    ("subnets", "groups", "says"),
    [
        (["subnet-private"], [], "SubnetIds and SecurityIds must coexist or be both empty list."),
        ([], [FUNCTION], "SubnetIds and SecurityIds must coexist or be both empty list."),
        (
            ["subnet-private", "subnet-9"],
            [FUNCTION],
            "Error occurred while DescribeSubnets. EC2 Error Code: InvalidSubnetID.NotFound."
            " EC2 Error Message: The subnet ID 'subnet-9' does not exist",
        ),
        (
            ["subnet-private"],
            [FUNCTION, "sg-9"],
            "Error occurred while DescribeSecurityGroups. EC2 Error Code: InvalidGroup.NotFound."
            " EC2 Error Message: The security group 'sg-9' does not exist",
        ),
        (
            ["subnet-private", "subnet-other"],
            [FUNCTION],
            "Subnets are required to be in the same VPC. (vpc-1, vpc-2)",
        ),
        (
            ["subnet-private"],
            [FUNCTION, "sg-other"],
            "Security Groups are required to be in the same VPC."
            " (sg-other is in vpc-2, the subnets are in vpc-1)",
        ),
    ],
)
def test_what_is_not_there_or_elsewhere_is_refused(
    subnets: list[str], groups: list[str], says: str
) -> None:
    with pytest.raises(ServiceRefusal) as refused:
        check_vpc(TWO, subnets, groups)
    assert (refused.value.name, refused.value.message) == ("InvalidParameterValueException", says)
