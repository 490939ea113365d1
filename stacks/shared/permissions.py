"""Statements of IAM policies, as JSON has them: one call makes CDK's document of all of them."""

from typing import Any

from aws_cdk import aws_iam as iam

Statement = dict[str, Any]


def allow(
    actions: str | list[str], resources: str | list[str], **conditions: dict[str, str]
) -> Statement:
    """Return a statement that allows the actions on the resources, under all the conditions.

    A condition is the name of an operator with keys and values: `Bool={"aws:SecureTransport": …}`.
    """
    statement: Statement = {"Effect": "Allow", "Action": actions, "Resource": resources}
    return statement | {"Condition": conditions} if conditions else statement


def policy_document(*statements: Statement) -> iam.PolicyDocument:
    """Return the statements as a policy."""
    return iam.PolicyDocument.from_json({"Statement": list(statements)})


def policy_statement(statement: Statement) -> iam.PolicyStatement:
    """Return a statement for what takes one at a time."""
    return iam.PolicyStatement.from_json(statement)
