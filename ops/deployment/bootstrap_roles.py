"""Sessions of AWS in the roles of `cdk bootstrap`, which the CDK CLI assumes as well."""

import functools
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import boto3
import botocore.session
from botocore.exceptions import BotoCoreError, ClientError
from botocore.loaders import Loader

from drive_tools.cloud_assembly import StackArtifact, Template
from drive_tools.errors import ToolError

if TYPE_CHECKING:
    from types_boto3_cloudformation import CloudFormationClient
    from types_boto3_cloudformation.type_defs import StackTypeDef

# A stack whose first creation was rolled back has nothing, and can only be deleted.
_NOTHING_THERE = {"REVIEW_IN_PROGRESS", "ROLLBACK_COMPLETE", "DELETE_COMPLETE"}


def deployed_template(stack: StackArtifact) -> Template | None:
    """Return the template of a stack as deployed; None if the stack is not deployed.

    Raises `ToolError` if AWS does not answer.
    """
    client = cloudformation(stack, stack.lookup_role)
    with reported(f"cannot read what {stack.name} is now"):
        found = described_stack(client, stack.name)
        if found is None or found["StackStatus"] in _NOTHING_THERE:
            return None
        template = client.get_template(StackName=stack.name, TemplateStage="Original")
    return dict(template["TemplateBody"])  # which botocore has parsed


def described_stack(client: "CloudFormationClient", name: str) -> "StackTypeDef | None":
    """Return a stack as CloudFormation describes it, or None if it does not exist."""
    try:
        return client.describe_stacks(StackName=name)["Stacks"][0]
    except ClientError as error:
        if "does not exist" in str(error):
            return None
        raise


@contextmanager
def reported(failure: str) -> Iterator[None]:
    """Raise an error of AWS as a `ToolError` whose text begins with `failure`."""
    try:
        yield
    except (BotoCoreError, ClientError) as error:
        raise ToolError(f"{failure}: {error}") from error


def cloudformation(stack: StackArtifact, role: str | None) -> "CloudFormationClient":
    """Return a client in the stack's account and region, in a role of `cdk bootstrap`."""
    return session(stack, role).client("cloudformation")


def region_of(stack: StackArtifact) -> str:
    """Return the region of a stack: its own, or else that of the environment or the profile."""
    with reported("cannot reach AWS with these credentials"):
        found = _session(stack.region or os.environ.get("AWS_REGION")).region_name
    if found is None:
        raise ToolError("no region; set AWS_REGION, or one in the profile of the AWS CLI")
    return found


def session(stack: StackArtifact, role: str | None) -> boto3.Session:
    """Return a session in the stack's account and region, in a role of `cdk bootstrap`.

    The caller's own credentials are used where no role is named or the role cannot be assumed, if
    the account is the caller's own: the CDK CLI does the same. Otherwise it raises `ToolError`.
    """
    with reported("cannot reach AWS with these credentials"):
        own = _session(region_of(stack))
        caller = own.client("sts").get_caller_identity()
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
            lent = keys["Credentials"]
            return _session(
                own.region_name,
                aws_access_key_id=lent["AccessKeyId"],
                aws_secret_access_key=lent["SecretAccessKey"],
                aws_session_token=lent["SessionToken"],
            )
    if account != caller["Account"]:
        raise ToolError(
            f"{stack.name} is in account {account}, these credentials are of {caller['Account']},"
            f" and they cannot assume a role of cdk bootstrap there: {refused}"
        )
    return own


def _session(region: str | None, **keys: str) -> boto3.Session:
    shared = botocore.session.Session()
    shared.register_component("data_loader", _loader())
    return boto3.Session(botocore_session=shared, region_name=region, **keys)


@functools.cache
def _loader() -> Loader:
    """What has read AWS's descriptions of its services, which each session would read anew."""
    found: Loader = botocore.session.Session().get_component("data_loader")
    return found
