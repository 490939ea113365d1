"""The policies that CDK Pipelines makes, rewritten without wildcards and unused actions."""

from typing import Any

from aws_cdk import Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from constructs import Construct

Statement = dict[str, Any]  # IAM's JSON, with CloudFormation's functions in it

# What CDK grants, and what stays of it. docs/decisions/0025-what-the-pipeline-may-do.md has the
# reason and the source of each, and of what CDK grants that stays as it is (a test compares).
NEEDED: dict[str, tuple[str, ...]] = {
    "codebuild:BatchPutCodeCoverages": (),
    "codebuild:BatchPutTestCases": (),
    "codebuild:CreateReport": (),
    "codebuild:CreateReportGroup": (),
    "codebuild:UpdateReport": (),
    "codestar-connections:UseConnection": (
        "codeconnections:UseConnection",
        "codestar-connections:UseConnection",
    ),
    "kms:GenerateDataKey*": ("kms:GenerateDataKey",),
    "kms:ReEncrypt*": ("kms:ReEncryptFrom", "kms:ReEncryptTo"),
    "logs:CreateLogGroup": (),
    "s3:Abort*": ("s3:AbortMultipartUpload",),
    "s3:DeleteObject*": (),
    "s3:GetBucket*": ("s3:GetBucketAcl", "s3:GetBucketLocation", "s3:GetBucketVersioning"),
    "s3:GetObject*": ("s3:GetObject", "s3:GetObjectVersion"),
    "s3:List*": ("s3:ListBucket",),
    "s3:PutObjectLegalHold": (),
    "s3:PutObjectRetention": (),
    "s3:PutObjectTagging": (),
    "s3:PutObjectVersionAcl": (),
    "s3:PutObjectVersionTagging": (),
}


def tighten(
    scope: Construct, *, bucket: s3.Bucket, log_group_arn: str, assumable: list[str]
) -> None:
    """Rewrite the policies that CDK Pipelines made below `scope`, when everything is granted.

    Actions become exact, and those that nothing here needs go. Builds write to the one log group.
    Who may assume every role of CDK's bootstrap may assume those in `assumable`. What is granted
    on all resources goes.
    """
    stack = Stack.of(scope)
    for policy in scope.node.find_all():
        if isinstance(policy, s3.CfnBucketPolicy):
            _tighten_bucket(policy)
        if not isinstance(policy, iam.CfnPolicy):
            continue
        document = stack.resolve(policy.policy_document)
        statements: list[Statement] = []
        for statement in document["Statement"]:
            actions = _actions(statement)
            resources = _resources(statement, actions, log_group_arn, assumable)
            needed = {**statement, "Action": actions, "Resource": resources}
            if actions and resources and needed not in statements:
                statements.append(needed)
        policy.policy_document = {**document, "Statement": statements}


def _tighten_bucket(policy: s3.CfnBucketPolicy) -> None:
    """Make exact what CDK lets roles of other stacks do with the bucket."""
    document = Stack.of(policy).resolve(policy.policy_document)
    policy.policy_document = {
        **document,
        "Statement": [
            {**statement, "Action": _actions(statement)}
            if statement["Effect"] == "Allow"
            else statement
            for statement in document["Statement"]
        ],
    }


def _actions(statement: Statement) -> list[str]:
    granted = statement["Action"]
    return [
        needed
        for action in ([granted] if isinstance(granted, str) else granted)
        for needed in NEEDED.get(action, (action,))
    ]


def _resources(
    statement: Statement, actions: list[str], log_group_arn: str, assumable: list[str]
) -> list[object]:
    if all(action.startswith("logs:") for action in actions):
        return [log_group_arn]
    if "iam:ResourceTag/aws-cdk:bootstrap-role" in str(statement.get("Condition")):
        return [*assumable]
    named = statement["Resource"]
    return [each for each in (named if isinstance(named, list) else [named]) if each != "*"]
