"""A manual approval of CodePipeline: given by a program, or announced to the people who give it."""

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import boto3
from botocore.exceptions import ClientError

from ops.deployment.bootstrap_roles import reported
from stacks.shipping import sentences

if TYPE_CHECKING:
    from types_boto3_codepipeline import CodePipelineClient

# The approval starts with the tool, side by side; its token may be there a little later.
_TOKEN_SECONDS = 120
_PAUSE_SECONDS = 2
# A person was faster, or answered before the call was retried
# (https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_PutApprovalResult.html).
_ANSWERED = ("ApprovalAlreadyCompletedException", "InvalidApprovalTokenException")
# https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_ApprovalResult.html
_SUMMARY_CHARACTERS = 512
_MESSAGE_LINES = 100  # SNS takes 256 KB, and nobody reads more in a mail


@dataclass(frozen=True)
class Approval:
    """A manual approval, by the names of its pipeline, stage and action."""

    pipeline: str
    stage: str
    action: str

    def __str__(self) -> str:
        """Return the approval as it is named on a command line."""
        return f"{self.pipeline}/{self.stage}/{self.action}"


def give(approval: Approval, execution: str | None, summary: str) -> bool:
    """Give the approval of this execution and of no other; a person gives one that is not found.

    Return whether the approval has its answer: this one, or that of a person who was faster.
    """
    client: CodePipelineClient = boto3.client("codepipeline")
    with reported(f"cannot approve {approval}"):
        try:
            token = _token(client, approval, execution)
            if token is None:
                print(f"permissions: {approval} waits for a person: not found in {execution}")
                return False
            client.put_approval_result(
                pipelineName=approval.pipeline,
                stageName=approval.stage,
                actionName=approval.action,
                token=token,
                result={"status": "Approved", "summary": summary[:_SUMMARY_CHARACTERS]},
            )
        except ClientError as error:
            if error.response["Error"]["Code"] not in _ANSWERED:
                raise
            print(f"permissions: {approval} has its answer already")
            return True
    print(f"permissions: approved {approval}")
    return True


def tell(topic: str, approval: Approval, review: list[str], broader: list[str]) -> None:
    """Publish that the approval waits, and for what; without it nobody would look.

    `review` is what the review says in short, and `broader` what would be permitted.
    """
    more = len(broader) - _MESSAGE_LINES
    text = [
        f"The pipeline {approval.pipeline} waits for a person to give or reject {approval.action}"
        f" of {approval.stage}.",
        sentences.PERMISSIONS,
        *review,
        "What would be permitted that is not permitted now:"
        if broader
        else "Nothing would be permitted that is not permitted now.",
        *broader[:_MESSAGE_LINES],
        *([f"and {more} more: the log of the look has them all"] if more > 0 else []),
        f"Until then newer commits wait before {approval.stage}; of those only the newest goes on.",
    ]
    with reported(f"cannot tell {topic} that {approval} waits"):
        boto3.client("sns").publish(
            TopicArn=topic,
            Subject=f"{approval.action} of {approval.stage} waits",  # at most 100 ASCII characters
            Message="\n".join(text),
        )
    print(f"permissions: told {topic}")


def put_page(bucket: str, key: str, page: str) -> str:
    """Put a page into a bucket, and return the address at which a person opens that version of it.

    Who opens it needs the right to read the object, and to use the key of the bucket. Raises
    `ToolError` if it cannot be put there.
    """
    client = boto3.client("s3")
    with reported(f"cannot put the page of the review into s3://{bucket}/{key}"):
        put = client.put_object(
            Bucket=bucket, Key=key, Body=page.encode(), ContentType="text/html; charset=utf-8"
        )
    region, partition = client.meta.region_name, client.meta.partition
    if partition != "aws":  # others have consoles with other names
        return f"s3://{bucket}/{key}"
    where = {"region": region, "prefix": key, "versionId": put.get("VersionId", "")}
    return f"https://{region}.console.aws.amazon.com/s3/object/{bucket}?{urlencode(where)}"


def _token(client: "CodePipelineClient", approval: Approval, execution: str | None) -> str | None:
    deadline = time.monotonic() + _TOKEN_SECONDS
    while True:
        for state in client.get_pipeline_state(name=approval.pipeline)["stageStates"]:
            if state.get("stageName") != approval.stage:
                continue
            if state.get("latestExecution", {}).get("pipelineExecutionId") != execution:
                continue
            for each in state.get("actionStates", []):
                latest = each.get("latestExecution", {})
                token, waits = latest.get("token"), latest.get("status") == "InProgress"
                if each.get("actionName") == approval.action and token and waits:
                    return token
        if time.monotonic() > deadline:
            return None
        time.sleep(_PAUSE_SECONDS)
