"""What a scanner finds and this project accepts, each beside its resource with its reason."""

from typing import Any

from aws_cdk import Acknowledgment, Stack, Validations
from constructs import Construct


def acknowledge(resource: Construct, id: str, reason: str) -> None:
    """Excuse one finding, of this full id, in one resource and what is below it."""
    Validations.of(resource).acknowledge(Acknowledgment(id=id, reason=reason))


def acknowledge_wildcards(policy: Construct, reasons: dict[str, str]) -> None:
    """Excuse in one policy the resources that are named here, each by its full ARN."""
    stack = Stack.of(policy)
    for arn, reason in reasons.items():
        found = _as_found(stack.resolve(arn))
        acknowledge(policy, f"AwsSolutions::AwsSolutions-IAM5[Resource::{found}]", reason)


def _as_found(resolved: Any) -> str:  # noqa: ANN401 - CloudFormation's JSON has no types
    """Write an ARN as cdk-nag does: with the names of what CloudFormation fills in."""
    match resolved:
        case {"Ref": str(name)}:
            return f"<{name}>"
        case {"Fn::GetAtt": [str(logical_id), str(attribute)]}:
            return f"<{logical_id}.{attribute}>"
        case {"Fn::Join": ["", list(parts)]}:
            return "".join(map(_as_found, parts))
        case _:
            return str(resolved)
