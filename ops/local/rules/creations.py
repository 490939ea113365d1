"""What cannot be created: a subnet without a place, a rule or a name that is there already.

https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSubnet.html and
.../API_AuthorizeSecurityGroupIngress.html; the names of EC2's errors are in its list
(https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html). Words that were seen:
of a zone in widdix/aws-cf-templates#36, of a rule in
aws-cloudformation/cloudformation-coverage-roadmap#1532, of a name in aws/aws-cdk-cli#1000.
"""

from collections.abc import Iterable, Mapping
from ipaddress import IPv4Network

from ops.local.rules.resource_refusal import ResourceRefusal

_SHOWN = {"-1": "ALL", "tcp": "TCP", "udp": "UDP", "icmp": "ICMP", "6": "TCP", "17": "UDP"}


class NameTakenError(ValueError):
    """CloudFormation refuses to create a resource of a name that another one has."""


def check_subnet(
    *,
    zone: str,
    zones: Iterable[str],
    vpc: str,
    vpc_block: str | None,
    block: str,
    taken: Iterable[str],
) -> None:
    """Hold a subnet to the zones of its region and the addresses of its VPC.

    `vpc_block` has the addresses of the VPC (None: there is no such VPC), `taken` those of its
    other subnets.
    """
    known = list(zones)
    if zone not in known:
        raise ResourceRefusal(
            "Ec2",
            "InvalidParameterValue",
            f"Value ({zone}) for parameter availabilityZone is invalid. Subnets can currently only"
            f" be created in the following availability zones: {', '.join(known)}.",
        )
    if vpc_block is None:
        raise ResourceRefusal("Ec2", "InvalidVpcID.NotFound", f"The vpc ID '{vpc}' does not exist")
    wanted = IPv4Network(block)
    if not wanted.subnet_of(IPv4Network(vpc_block)):
        raise ResourceRefusal("Ec2", "InvalidSubnet.Range", f"The CIDR '{block}' is invalid.")
    if any(wanted.overlaps(IPv4Network(other)) for other in taken):
        text = f"The CIDR '{block}' conflicts with another subnet"
        raise ResourceRefusal("Ec2", "InvalidSubnet.Conflict", text)


def check_group_rule(
    *, peer: str, protocol: str, ports: tuple[int, int] | None, there: bool
) -> None:
    """Refuse a rule of a security group that is `there` already."""
    if not there:
        return
    shown = _SHOWN.get(protocol, protocol)
    between = f", from port: {ports[0]}, to port: {ports[1]}" if ports else ""
    raise ResourceRefusal(
        "Ec2",
        "InvalidPermission.Duplicate",
        f'the specified rule "peer: {peer}, {shown}{between}, ALLOW" already exists',
    )


def check_name(kind: str, identifier: str, taken: Mapping[str, object] | Iterable[str]) -> None:
    """Refuse to create a resource of type `kind` under a name that is `taken`."""
    if identifier in set(taken):
        raise NameTakenError(
            f"Resource of type '{kind}' with identifier '{identifier}' already exists."
        )
