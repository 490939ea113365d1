"""The wildcards that a policy cannot do without, each with its reason."""

from typing import Any

from aws_cdk import Acknowledgment, Stack, Validations
from constructs import Construct


def acknowledge_wildcards(policy: Construct, reasons: dict[str, str]) -> None:
    """Excuse in one policy the resources that are named here, each by its full ARN."""
    stack = Stack.of(policy)
    Validations.of(policy).acknowledge(
        *(
            Acknowledgment(
                id=f"AwsSolutions::AwsSolutions-IAM5[Resource::{_as_found(stack.resolve(arn))}]",
                reason=reason,
            )
            for arn, reason in reasons.items()
        )
    )


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
