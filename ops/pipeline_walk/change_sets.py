"""The actions of CloudFormation in a pipeline: a change set is made, or executed."""

import json
import re
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError, WaiterError

from drive_tools.errors import ToolError
from ops.deployment.bootstrap_roles import described_stack
from ops.local.cdk_cli import Target
from ops.local.cloud import Running
from ops.pipeline_walk.build_roles import deployer
from ops.pipeline_walk.pipeline_template import Action

if TYPE_CHECKING:
    from types_boto3_cloudformation import CloudFormationClient
    from types_boto3_cloudformation.type_defs import WaiterConfigTypeDef

# The two messages of CloudFormation for an empty change set.
_EMPTY = ("didn't contain changes", "No updates are to be performed")
# A change set is made in seconds, or minutes on a busy machine. After half an hour it hangs.
_WAIT: "WaiterConfigTypeDef" = {"Delay": 1, "MaxAttempts": 1800}


class ChangeSets:
    """The change sets of one walk, whose artifacts are folders below `artifacts`."""

    def __init__(self, artifacts: Path) -> None:
        self._artifacts = artifacts
        self._empty: set[str] = set()  # stacks without a change

    def do(self, action: Action, running: Running, target: Target) -> None:
        """Make a change set or execute it, as the action of CloudFormation does."""
        client = deployer(action, running, target)
        stack = action.configuration["StackName"]
        change_set = action.configuration["ChangeSetName"]
        try:
            if action.configuration["ActionMode"] == "CHANGE_SET_REPLACE":
                template = self._in_artifact(action.configuration["TemplatePath"])
                url = _stored(template, stack, running, target)
                self._make_change_set(client, stack, change_set, action.configuration, url)
            elif stack not in self._empty:
                before = _status(client, stack)
                client.execute_change_set(StackName=stack, ChangeSetName=change_set)
                done = "stack_create_complete" if _new(before) else "stack_update_complete"
                client.get_waiter(done).wait(  # type: ignore[call-overload]  # either
                    StackName=stack, WaiterConfig=_WAIT
                )
        except (ClientError, WaiterError) as error:
            raise ToolError(
                f"{action.stage}/{action.name} failed: {_reason(client, stack) or error}"
            ) from error

    def _make_change_set(
        self,
        client: "CloudFormationClient",
        stack: str,
        name: str,
        configuration: dict[str, str],
        template: str,
    ) -> None:
        tags = {}
        if "TemplateConfiguration" in configuration:
            written = self._in_artifact(configuration["TemplateConfiguration"])
            tags = json.loads(written.read_text()).get("Tags", {})
        status = _status(client, stack)
        if status is not None:
            # As the action does: one of that name is replaced.
            with suppress(client.exceptions.ChangeSetNotFoundException):
                client.delete_change_set(StackName=stack, ChangeSetName=name)
        client.create_change_set(
            StackName=stack,
            ChangeSetName=name,
            ChangeSetType="CREATE" if _new(status) else "UPDATE",
            TemplateURL=template,
            Capabilities=["CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"],
            RoleARN=configuration["RoleArn"],
            Tags=[{"Key": key, "Value": value} for key, value in tags.items()],
        )
        try:
            client.get_waiter("change_set_create_complete").wait(
                StackName=stack, ChangeSetName=name, WaiterConfig=_WAIT
            )
        except WaiterError:
            made = client.describe_change_set(StackName=stack, ChangeSetName=name)
            if not any(words in made.get("StatusReason", "") for words in _EMPTY):
                raise
            self._empty.add(stack)

    def _in_artifact(self, path: str) -> Path:
        artifact, _, inside = path.partition("::")
        return self._artifacts / artifact / inside


def target_of(action: Action) -> Target | None:
    """Return the target of an action of CloudFormation, which is in the name of its role."""
    found = re.search(r":role/.+-deploy-role-(\d{12})-([a-z0-9-]+)$", action.role)
    return Target(found[1], found[2]) if found else None


def _stored(template: Path, stack: str, running: Running, target: Target) -> str:
    """Return the URL of a template in S3, since a request takes only 51,200 bytes of one.

    It is beside the assets, as the CDK's command line puts it.
    """
    bucket = f"cdk-hnb659fds-assets-{target.account}-{target.region}"
    key = f"pipeline-walk/{stack}.json"
    store = running.client("s3", account=target.account, region=target.region)
    store.put_object(Bucket=bucket, Key=key, Body=template.read_bytes())
    return f"{running.endpoint}/{bucket}/{key}"


def _status(client: "CloudFormationClient", stack: str) -> str | None:
    described = described_stack(client, stack)
    return described and described["StackStatus"]


def _new(status: str | None) -> bool:
    return status in {None, "REVIEW_IN_PROGRESS"}


def _reason(client: "CloudFormationClient", stack: str) -> str:
    """Return the reason of the first resource that failed."""
    for event in reversed(client.describe_stack_events(StackName=stack)["StackEvents"]):
        if event.get("ResourceStatus", "").endswith("_FAILED"):
            return f"{event.get('LogicalResourceId')}: {event.get('ResourceStatusReason')}"
    return ""
