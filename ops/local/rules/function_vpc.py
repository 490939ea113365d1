"""The subnets and security groups of a function, as Lambda takes them.

Lambda looks them up in EC2 when a function is made or changed
(https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html). Its words were seen: about a
group that is not there in motdotla/node-lambda#162, about groups without subnets in
aws/aws-sdk-js#1293, about groups of several VPCs in smoketurner/serverless-vpc-plugin#765. Those
about a subnet that is not there, and about subnets of several VPCs, were not found, and are in the
same form here.
"""

from collections.abc import Sequence

from ops.local.rules.network import Network
from ops.local.rules.roles import ServiceRefusal


def check_vpc(network: Network, subnets: Sequence[str], groups: Sequence[str]) -> None:
    """Refuse what is not there, and what is not all in one VPC."""
    if bool(subnets) != bool(groups):
        raise _invalid("SubnetIds and SecurityIds must coexist or be both empty list.")
    for subnet in subnets:
        if subnet not in network.subnets:
            raise _not_there("DescribeSubnets", "InvalidSubnetID", f"subnet ID '{subnet}'")
    for group in groups:
        if group not in network.groups:
            raise _not_there("DescribeSecurityGroups", "InvalidGroup", f"security group '{group}'")
    vpcs = {network.subnets[each].vpc for each in subnets}
    if len(vpcs) > 1:
        raise _invalid(f"Subnets are required to be in the same VPC. ({', '.join(sorted(vpcs))})")
    for group in groups:
        other = network.groups[group].vpc
        if other not in vpcs:
            raise _invalid(
                "Security Groups are required to be in the same VPC."
                f" ({group} is in {other}, the subnets are in {', '.join(vpcs)})"
            )


def _not_there(call: str, error: str, what: str) -> ServiceRefusal:
    return _invalid(
        f"Error occurred while {call}. EC2 Error Code: {error}.NotFound. EC2 Error Message: The"
        f" {what} does not exist"
    )


def _invalid(message: str) -> ServiceRefusal:
    return ServiceRefusal("InvalidParameterValueException", message)
