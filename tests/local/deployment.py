"""A deployment with the calls of the CDK's command line, whose start alone costs seconds.

The same assets go into the bucket of `cdk bootstrap`, and the same change sets are executed in its
roles: what the command line deployed, this finds nothing to change in (test_local_cloud.py).
"""

import io
import json
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3

from drive_tools.cloud_assembly import StackArtifact, StageAssembly
from ops.deployment.bootstrap_roles import described_stack
from ops.local.cdk_cli import Target
from ops.local.cloud import Running
from tests.patience import PATIENCE_SECONDS, until

if TYPE_CHECKING:
    from types_boto3_cloudformation import CloudFormationClient

_CAPABILITIES = ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"]
# The local cloud answers when the change has ended (ops/local/stack_answers.py).
_WAIT: Any = {"Delay": 0.05, "MaxAttempts": PATIENCE_SECONDS}
_NAME = "cdk-deploy-change-set"
_ARCHIVES: dict[str, bytes] = {}  # by the keys of the assets, which are hashes of what is in them

Outputs = dict[str, str]


def deploy(stage: StageAssembly, cloud: Running, target: Target) -> dict[str, Outputs]:
    """Deploy the stacks of a stage, each after those that it needs; return outputs by stack."""
    outputs: dict[str, Outputs] = {}
    left = list(stage.stacks)
    while left:
        stack = next(each for each in left if {*each.needs} <= outputs.keys())
        _publish(stack, cloud, target)
        outputs[stack.name] = _change(stack, cloud, target)
        left.remove(stack)
    return outputs


def _publish(stack: StackArtifact, cloud: Running, target: Target) -> None:
    store = cloud.client("s3", account=target.account, region=target.region)
    for asset in json.loads(stack.assets.read_text())["files"].values():
        source = stack.assets.parent / asset["source"]["path"]
        for destination in asset["destinations"].values():
            key = destination["objectKey"]
            archived = asset["source"]["packaging"] == "zip"
            body = _archive(key, source) if archived else source.read_bytes()
            bucket = _resolved(destination["bucketName"], target)
            store.put_object(Bucket=bucket, Key=key, Body=body)


def _archive(key: str, folder: Path) -> bytes:
    if key not in _ARCHIVES:
        written = io.BytesIO()
        with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
            for file in sorted(each for each in folder.rglob("*") if each.is_file()):
                archive.write(file, file.relative_to(folder))
        _ARCHIVES[key] = written.getvalue()
    return _ARCHIVES[key]


def _change(stack: StackArtifact, cloud: Running, target: Target) -> Outputs:
    """Make and execute a change set, if anything changes."""
    declared = _declared(stack)
    client = _deployer(declared["assumeRoleArn"], cloud, target)
    before = described_stack(client, stack.name)
    known = {each["ParameterKey"] for each in before.get("Parameters", ())} if before else set()
    bucket, _, key = declared["stackTemplateAssetObjectUrl"].removeprefix("s3://").partition("/")
    if before:
        client.delete_change_set(StackName=stack.name, ChangeSetName=_NAME)
    client.create_change_set(
        StackName=stack.name,
        ChangeSetName=_NAME,
        ChangeSetType="UPDATE" if before else "CREATE",
        TemplateURL=f"{cloud.endpoint}/{_resolved(bucket, target)}/{key}",
        Parameters=[
            {"ParameterKey": name, "UsePreviousValue": True}
            for name in stack.body().get("Parameters", {})
            if name in known
        ],
        Capabilities=_CAPABILITIES,  # type: ignore[arg-type]  # a list of these words
        RoleARN=_resolved(declared["cloudFormationExecutionRoleArn"], target),
        Tags=[{"Key": key, "Value": value} for key, value in declared.get("tags", {}).items()],
    )
    status, reason = until(lambda: _made(client, stack.name))
    if status == "FAILED":
        assert "didn't contain changes" in reason, reason
    else:
        client.execute_change_set(StackName=stack.name, ChangeSetName=_NAME)
        done = "stack_update_complete" if before else "stack_create_complete"
        client.get_waiter(done).wait(  # type: ignore[call-overload]  # either
            StackName=stack.name, WaiterConfig=_WAIT
        )
    client.update_termination_protection(
        StackName=stack.name, EnableTerminationProtection=stack.termination_protection
    )
    after = described_stack(client, stack.name)
    assert after is not None
    return {each["OutputKey"]: each["OutputValue"] for each in after.get("Outputs", ())}


def _made(client: "CloudFormationClient", stack: str) -> tuple[str, ...]:
    """Return the status of the change set and its reason; nothing while it is being made."""
    found = client.describe_change_set(StackName=stack, ChangeSetName=_NAME)
    pending = found["Status"] in {"CREATE_PENDING", "CREATE_IN_PROGRESS"}
    return () if pending else (found["Status"], found.get("StatusReason", ""))


def _declared(stack: StackArtifact) -> dict[str, Any]:
    """The properties of a stack in the manifest of its assembly."""
    manifest = json.loads((stack.template.parent / "manifest.json").read_text())
    [found] = [
        artifact["properties"]
        for artifact in manifest["artifacts"].values()
        if artifact.get("properties", {}).get("templateFile") == stack.template.name
    ]
    properties: dict[str, Any] = found
    return properties


def _deployer(role: str, cloud: Running, target: Target) -> "CloudFormationClient":
    sts = cloud.client("sts", account=target.account, region=target.region)
    lent = sts.assume_role(RoleArn=_resolved(role, target), RoleSessionName="aws-cdk")
    return boto3.client(
        "cloudformation",
        endpoint_url=cloud.endpoint,
        region_name=target.region,
        aws_access_key_id=lent["Credentials"]["AccessKeyId"],
        aws_secret_access_key=lent["Credentials"]["SecretAccessKey"],
        aws_session_token=lent["Credentials"]["SessionToken"],
    )


def _resolved(text: str, target: Target) -> str:
    for name, value in (
        ("Partition", "aws"),
        ("AccountId", target.account),
        ("Region", target.region),
    ):
        text = text.replace(f"${{AWS::{name}}}", value)
    return text
