"""The roles of the pipeline's actions on the local cloud, which judges what they call."""

import json
from collections.abc import Callable
from typing import TYPE_CHECKING

import boto3

from ops.local.cdk_cli import Target, credentials
from ops.local.cloud import Running
from ops.pipeline_walk.pipeline_template import Action, ProjectRole

if TYPE_CHECKING:
    from types_boto3_cloudformation import CloudFormationClient

_TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": ""}}],
}


def build_credentials(
    role: ProjectRole, running: Running, target: Target, resolved: Callable[[str], str]
) -> dict[str, str]:
    """Return the environment variables of a build: a session of its project's role."""
    arn = _made(role, running, target, resolved)
    return credentials(running, target) | _session(arn, running, target)


def session(
    role: ProjectRole, running: Running, target: Target, resolved: Callable[[str], str]
) -> boto3.Session:
    """Return a session of the role of an action."""
    keys = _session(_made(role, running, target, resolved), running, target)
    return boto3.Session(
        region_name=target.region,
        aws_access_key_id=keys["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=keys["AWS_SECRET_ACCESS_KEY"],
        aws_session_token=keys["AWS_SESSION_TOKEN"],
    )


def _made(
    role: ProjectRole, running: Running, target: Target, resolved: Callable[[str], str]
) -> str:
    """Make a role with the policies of the template, and return its ARN.

    It trusts the account in place of AWS's services, since this program assumes it. `resolved`
    gives a policy the names of what is deployed.
    """
    iam = running.client("iam", account=target.account, region=target.region)
    trust = json.dumps(_TRUST).replace('"AWS": ""', f'"AWS": "{target.account}"')
    try:
        iam.create_role(RoleName=role.name, AssumeRolePolicyDocument=trust)
    except iam.exceptions.EntityAlreadyExistsException:  # the pipeline has deployed itself
        iam.update_assume_role_policy(RoleName=role.name, PolicyDocument=trust)
    for name, document in role.policies.items():
        iam.put_role_policy(
            RoleName=role.name, PolicyName=name, PolicyDocument=resolved(json.dumps(document))
        )
    return f"arn:aws:iam::{target.account}:role/{role.name}"


def deployer(action: Action, running: Running, target: Target) -> "CloudFormationClient":
    """Return a client of CloudFormation with a session of the action's own role.

    A `boto3.Session` for each would read anew what AWS describes of the service, which is the most
    that it describes of any.
    """
    keys = _session(action.role, running, target)
    return boto3.client(
        "cloudformation",
        endpoint_url=running.endpoint,
        region_name=target.region,
        aws_access_key_id=keys["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=keys["AWS_SECRET_ACCESS_KEY"],
        aws_session_token=keys["AWS_SESSION_TOKEN"],
    )


def _session(role: str, running: Running, target: Target) -> dict[str, str]:
    sts = running.client("sts", account=target.account, region=target.region)
    lent = sts.assume_role(RoleArn=role, RoleSessionName="pipeline")["Credentials"]
    return {
        "AWS_ACCESS_KEY_ID": lent["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": lent["SecretAccessKey"],
        "AWS_SESSION_TOKEN": lent["SessionToken"],
    }
