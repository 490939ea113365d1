"""AWS's APIs in the roles of `cdk bootstrap`, as the CDK CLI takes them."""

import os
from typing import TYPE_CHECKING

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from drive_tools.errors import ToolError
from ops.deployment.assembly import StackArtifact, Template

if TYPE_CHECKING:
    from types_boto3_cloudformation import CloudFormationClient

# A stack whose first creation was rolled back can only be deleted.
_NOTHING_THERE = {"REVIEW_IN_PROGRESS", "ROLLBACK_COMPLETE", "DELETE_COMPLETE"}


def deployed_template(stack: StackArtifact) -> Template | None:
    """Return the template of a stack as deployed; None if there is nothing.

    Raises `ToolError` if that is not known.
    """
    client = cloudformation(stack, stack.lookup_role)
    try:
        [described] = client.describe_stacks(StackName=stack.name)["Stacks"]
        if described["StackStatus"] in _NOTHING_THERE:
            return None
        template = client.get_template(StackName=stack.name, TemplateStage="Original")
    except (BotoCoreError, ClientError) as error:
        if isinstance(error, ClientError) and "does not exist" in str(error):
            return None
        raise ToolError(f"cannot read what {stack.name} is now: {error}") from error
    return dict(template["TemplateBody"])  # which botocore has parsed


def cloudformation(stack: StackArtifact, role: str | None) -> "CloudFormationClient":
    """Return a client where the stack is, in the role of `cdk bootstrap` that is named."""
    return session(stack, role).client("cloudformation")


def session(stack: StackArtifact, role: str | None) -> boto3.Session:
    """Return a session where the stack is, in the role of `cdk bootstrap` that is named.

    Where the role cannot be assumed or none is named, and the account is the caller's own, it is
    the caller's credentials that count, as with the CDK CLI. Raises `ToolError` without
    any of both.
    """
    try:
        own = boto3.Session(region_name=stack.region or os.environ.get("AWS_REGION"))
        if own.region_name is None:
            raise ToolError("no region; set AWS_REGION, or one in the profile of the AWS CLI")
        caller = own.client("sts").get_caller_identity()
    except (BotoCoreError, ClientError) as error:
        raise ToolError(f"cannot reach AWS with these credentials: {error}") from error
    account = stack.account or caller["Account"]
    refused = "the stack names none"
    if role is not None:
        arn = (
            role.replace("${AWS::Partition}", caller["Arn"].split(":")[1])
            .replace("${AWS::AccountId}", account)
            .replace("${AWS::Region}", own.region_name)
        )
        try:
            keys = own.client("sts").assume_role(RoleArn=arn, RoleSessionName="lambda-drive")
        except (BotoCoreError, ClientError) as error:
            refused = str(error)
        else:
            return boto3.Session(
                aws_access_key_id=keys["Credentials"]["AccessKeyId"],
                aws_secret_access_key=keys["Credentials"]["SecretAccessKey"],
                aws_session_token=keys["Credentials"]["SessionToken"],
                region_name=own.region_name,
            )
    if account != caller["Account"]:
        raise ToolError(
            f"{stack.name} is in account {account}, these credentials are of {caller['Account']},"
            f" and they cannot assume a role of cdk bootstrap there: {refused}"
        )
    return own
