"""What cannot be deleted since something else uses it, in a network, in IAM and in S3.

CloudFormation deletes a resource by the API of its service, and shows that API's answer. The names
of the errors: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html,
https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteRole.html and
https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html. EFS's own refusal is the
emulator's (`FileSystemInUse`), as are those of a VPC with subnets, groups or gateways.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

from ops.local.rules.resource_refusal import ResourceRefusal

_Ids = frozenset[str]


@dataclass(frozen=True, kw_only=True)
class NetworkUses:
    """Who uses which part of a network, by ids.

    `named` has the groups in the rules of each group; `worn` the groups, and `inside` the subnets,
    of each interface, mount target, endpoint, NAT gateway and instance. `attached` has the VPCs of
    each internet gateway, `mapped` the public addresses in each VPC, `routed` the subnets of each
    route table that is not its VPC's main one.
    """

    named: Mapping[str, _Ids] = field(default_factory=dict)
    worn: Mapping[str, _Ids] = field(default_factory=dict)
    inside: Mapping[str, _Ids] = field(default_factory=dict)
    attached: Mapping[str, _Ids] = field(default_factory=dict)
    mapped: Mapping[str, _Ids] = field(default_factory=dict)
    routed: Mapping[str, _Ids] = field(default_factory=dict)


def check_group(uses: NetworkUses, group: str) -> None:
    """Refuse a group that something wears, or that a rule of another group names."""
    namers = _holding(uses.named, group) - {group}
    if holders := namers | _holding(uses.worn, group):
        raise _dependency(f"resource {group} has a dependent object", holders)


def check_subnet(uses: NetworkUses, subnet: str) -> None:
    """Refuse a subnet in which anything stands."""
    if holders := _holding(uses.inside, subnet):
        raise _dependency(
            f"The subnet '{subnet}' has dependencies and cannot be deleted.",
            holders,
        )


def check_internet_gateway(uses: NetworkUses, gateway: str) -> None:
    """Refuse an internet gateway that is attached to a VPC."""
    if holders := uses.attached.get(gateway):
        raise _dependency(
            f"The internetGateway '{gateway}' has dependencies and cannot be deleted.",
            holders,
        )


def check_attachment(uses: NetworkUses, gateway: str, vpc: str) -> None:
    """Refuse to detach an internet gateway while public addresses are mapped in its VPC."""
    holders = uses.mapped.get(vpc)
    if holders and vpc in uses.attached.get(gateway, ()):
        raise _dependency(
            f"Network {vpc} has some mapped public address(es)."
            " Please unmap those public address(es) before detaching the gateway.",
            holders,
        )


def check_route_table(uses: NetworkUses, table: str) -> None:
    """Refuse a route table by which subnets are routed."""
    if holders := uses.routed.get(table):
        raise _dependency(
            f"The routeTable '{table}' has dependencies and cannot be deleted.",
            holders,
        )


def check_address(gateways: Mapping[str, _Ids], allocation: str) -> None:
    """Refuse to release an Elastic IP address; `gateways` has those of each NAT gateway.

    EC2 says no more of it than this, as is seen in kubernetes/kops#938 and eformat/sno-for-100#5.
    """
    if holders := _holding(gateways, allocation):
        raise ResourceRefusal(
            "Ec2",
            "AuthFailure",
            "You do not have permission to access the specified resource.",
            holders,
        )


def check_role(*, attached: _Ids, inline: _Ids, own_attached: _Ids, own_inline: _Ids) -> None:
    """Refuse a role with policies that are not of its own resource, which go with it.

    Those of other resources of a stack are gone before, since these refer to the role.
    """
    if holders := attached - own_attached:
        raise ResourceRefusal(
            "Iam",
            "DeleteConflict",
            "Cannot delete entity, must detach all policies first.",
            holders,
            status=HTTPStatus.CONFLICT,
        )
    if holders := inline - own_inline:
        raise ResourceRefusal(
            "Iam",
            "DeleteConflict",
            "Cannot delete entity, must delete policies first.",
            holders,
            status=HTTPStatus.CONFLICT,
        )


def check_bucket(objects: Iterable[str]) -> None:
    """Refuse a bucket with objects, or with versions of objects."""
    if holders := sorted(objects):
        raise ResourceRefusal(
            "S3",
            "BucketNotEmpty",
            "The bucket you tried to delete is not empty",
            holders[:3],
            status=HTTPStatus.CONFLICT,
        )


def _dependency(message: str, holders: Iterable[str]) -> ResourceRefusal:
    return ResourceRefusal("Ec2", "DependencyViolation", message, sorted(holders))


def _holding(uses: Mapping[str, _Ids], used: str) -> _Ids:
    return frozenset(holder for holder, held in uses.items() if used in held)
