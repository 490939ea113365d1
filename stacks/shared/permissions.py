"""Statements of IAM policies."""

from aws_cdk import aws_iam as iam


def allow(
    actions: str | list[str], resources: str | list[str], **conditions: dict[str, str]
) -> iam.PolicyStatement:
    """Return a statement that allows the actions on the resources, under all the conditions.

    A condition is the name of an operator with keys and values: `Bool={"aws:SecureTransport": …}`.
    """
    return iam.PolicyStatement(
        actions=[actions] if isinstance(actions, str) else actions,
        resources=[resources] if isinstance(resources, str) else resources,
        conditions=conditions,
    )
