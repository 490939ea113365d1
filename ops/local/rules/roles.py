"""What a function's role must let Lambda do when the function is made or changed.

https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html
https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ops.local.rules.patterns import account_of
from ops.local.rules.policies import (
    AccessRequest,
    Decision,
    Policies,
    PolicyKind,
    Principal,
    evaluate,
)
from ops.local.rules.policy_documents import Policy

# "These permissions are required only to create ENIs", so the function is made all the same without
# the others of the page; Lambda asks for these two before.
_CREATE, _DESCRIBE = "ec2:CreateNetworkInterface", "ec2:DescribeNetworkInterfaces"


class ServiceRefusal(Exception):  # noqa: N818 - what a service answers, which is no fault of ours
    """What a service answers in place of the work: AWS's name of the error, and its sentence."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(f"{name}: {message}")
        self.name = name
        self.message = message


@dataclass(frozen=True, kw_only=True)
class Role:
    """A role: its ARN, its trust policy, its own policies, and its boundary if it has one.

    `keys` and `unknown` are condition keys of every request in its account and region, as in
    AccessRequest; `session_keys` are those that its credentials bring as well.
    """

    arn: str
    trust: Policy
    policies: tuple[Policy, ...] = ()
    boundary: Policy | None = field(default=None)
    keys: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    session_keys: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    unknown: frozenset[str] = frozenset()

    def session(self, name: str) -> Principal:
        """Return who calls with the role's credentials in a session of this name."""
        partition = self.arn.split(":")[1]
        role = self.arn.rpartition("/")[2]
        arn = f"arn:{partition}:sts::{account_of(self.arn)}:assumed-role/{role}/{name}"
        return Principal(arn=arn, role=self.arn)

    def request(
        self,
        session: str,
        action: str,
        resource: str,
        keys: Mapping[str, tuple[str, ...]] | None = None,
        unknown: frozenset[str] = frozenset(),
    ) -> AccessRequest:
        """Return the request of a service that calls with the role's credentials."""
        return AccessRequest(
            principal=self.session(session),
            action=action,
            resource=resource,
            keys={**self.keys, **self.session_keys, **(keys or {})},
            unknown=self.unknown | unknown,
        )

    def applying(self, resource: Policy | None = None, *, decides: bool = False) -> Policies:
        """Return what applies to a call of the role, with the policy of a resource."""
        return Policies(
            identity=self.policies,
            boundary=self.boundary,
            resource=resource,
            resource_decides=decides,
        )


def trusted(role: Role, request: AccessRequest) -> Decision:
    """Decide whether somebody may assume the role, without policies of their own.

    The request has one of the actions of STS that assume roles, and the role's ARN for resource.
    """
    return evaluate(
        request,
        Policies(resource=role.trust, resource_kind=PolicyKind.TRUST, resource_decides=True),
    )


def check_assumable(role: Role, function_arn: str) -> None:
    """Refuse a role that Lambda cannot assume for a function, as CreateFunction does."""
    request = AccessRequest(
        principal=Principal(arn="lambda.amazonaws.com"),
        action="sts:AssumeRole",
        resource=role.arn,
        # https://docs.aws.amazon.com/lambda/latest/dg/permissions-source-function-arn.html
        keys={
            **role.keys,
            "aws:SourceArn": (function_arn,),
            "aws:SourceAccount": (account_of(function_arn),),
        },
        unknown=role.unknown,
    )
    if not trusted(role, request).allowed:
        raise not_assumable()


def not_assumable(link: str = "") -> ServiceRefusal:
    """Return Lambda's error for a role that it cannot assume, with the link that lacks."""
    said = "The role defined for the function cannot be assumed by Lambda."
    return ServiceRefusal("InvalidParameterValueException", f"{said} ({link})" if link else said)


def check_interfaces(
    role: Role, region: str, subnets: Sequence[str], groups: Sequence[str]
) -> None:
    """Refuse a role with which Lambda cannot make interfaces in these subnets with these groups.

    The ids are of the role's account. The calls are Lambda's own, so they do not have
    `lambda:SourceFunctionArn`, which those of the function's code have.
    """
    prefix = f"arn:{role.arn.split(':')[1]}:ec2:{region}:{account_of(role.arn)}"
    resources = [
        *(f"{prefix}:subnet/{subnet}" for subnet in subnets),
        *(f"{prefix}:security-group/{group}" for group in groups),
        f"{prefix}:network-interface/eni-new",  # whose id is not known before
    ]
    asked = [*((_CREATE, resource) for resource in resources), (_DESCRIBE, "*")]
    for action, resource in asked:
        # The VPC and the zone of what is named are not in the described state.
        unknown = frozenset({"ec2:Vpc", "ec2:AvailabilityZone", "ec2:Subnet"})
        request = role.request("awslambda", action, resource, unknown=unknown)
        if not evaluate(request, role.applying()).allowed:
            raise ServiceRefusal(
                "InvalidParameterValueException",
                "The provided execution role does not have permissions to call"
                f" {action.partition(':')[2]} on EC2",
            )
