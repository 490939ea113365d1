"""What a deployment would permit that is not permitted now; somebody has to agree to it.

python -m ops permissions Dev         show what would be broadened, and which ports opened
python -m ops permissions Dev --ask   and ask, if there is anything
python -m ops permissions Dev --approve <pipeline>/<stage>/<action> --execution <id>
                                      give that manual approval when there is nothing to look at
  --tell <topic>                      and let the subscribers of that SNS topic know when it waits

exit codes: 0 shown, agreed to, or left to a person; 1 refused, or not known; 2 wrong usage
"""

import argparse
import json
import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from drive_tools.errors import ToolError
from drive_tools.terminal import agreed
from ops.deployment import assembly
from ops.deployment.policy_comparison import broadened

if TYPE_CHECKING:
    from types_boto3_codepipeline import CodePipelineClient

# The approval starts with this tool, side by side; its token may be there a little later.
_TOKEN_SECONDS = 120
_PAUSE_SECONDS = 2
# A person was faster, or answered before the look was retried
# (https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_PutApprovalResult.html).
_ANSWERED = ("ApprovalAlreadyCompletedException", "InvalidApprovalTokenException")
_NOTHING = "no permission is broadened, no port is opened"
_NO_LONGER = "no longer forbidden: "
_TOLD_LINES = 100  # SNS takes 256 KB, and nobody reads more in a mail


def add_parser(tools: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `permissions` to the tools."""
    parser = tools.add_parser(
        "permissions",
        help="show what a deployment would permit that is not permitted now",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.set_defaults(tool="permissions", run=run)
    parser.add_argument("stage", help="the stage, as synthesised")
    parser.add_argument(
        "--assembly", type=Path, default=assembly.DEFAULT, help="where it is (cdk.out)"
    )
    then = parser.add_mutually_exclusive_group()
    then.add_argument("--ask", action="store_true", help="ask whether to go on, and fail if not")
    then.add_argument("--json", action="store_true", help="print what was found as JSON")
    then.add_argument(
        "--approve",
        type=_approval,
        metavar="PIPELINE/STAGE/ACTION",
        help="the manual approval to give when there is nothing to look at",
    )
    parser.add_argument(
        "--tell", metavar="TOPIC_ARN", help="who is told when it waits for a person, with --approve"
    )
    parser.add_argument("--execution", help="the id of the pipeline's execution, with --approve")


def _approval(text: str) -> tuple[str, str, str]:
    parts = text.split("/")
    if len(parts) != len(("pipeline", "stage", "action")) or not all(parts):
        raise argparse.ArgumentTypeError(f"an approval is PIPELINE/STAGE/ACTION, got {text!r}")
    return parts[0], parts[1], parts[2]


def run(options: argparse.Namespace) -> int:
    """Show the difference; then ask, or approve if there is none."""
    from ops.deployment.bootstrap_roles import deployed_template  # noqa: PLC0415 - with boto3; not for --help

    found = {
        stack.name: broadened(deployed_template(stack) or {}, stack.body())
        for stack in assembly.find(options.assembly, options.stage).stacks
    }
    if options.json:
        shown = {name: list(map(asdict, permissions)) for name, permissions in found.items()}
        print(json.dumps(shown))
        return 0
    broader = [
        f"  {name} {each.where}: {_NO_LONGER if each.forbidden else ''}{each.what}"
        for name, permissions in found.items()
        for each in permissions
    ]
    print("\n".join(broader or [f"permissions: {options.stage}: {_NOTHING}"]))
    if options.approve:
        if broader:
            print(f"permissions: {options.stage} waits for a person's approval")
        if (broader or not _give(options.approve, options.execution)) and options.tell:
            _tell(options.tell, options.approve, broader)
    elif options.ask and broader:
        _ask(options.stage)
    return 0


def _ask(stage: str) -> None:
    unanswered = "nobody answers; with YES=1 make deploy does not ask"
    if not agreed(f"Let {stage} permit this?", unanswered):
        raise ToolError(f"{stage} was not deployed")


def _give(approval: tuple[str, str, str], execution: str | None) -> bool:
    """Give the approval of this execution and of no other; a person gives what is not found.

    Return whether it has its answer: this one, or that of a person who was faster.
    """
    import boto3  # noqa: PLC0415 - not for --help
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415

    pipeline, stage, action = approval
    client: CodePipelineClient = boto3.client("codepipeline")
    try:
        token = _token(client, approval, execution)
        if token is None:
            print(f"permissions: {'/'.join(approval)} waits for a person: not found in {execution}")
            return False
        client.put_approval_result(
            pipelineName=pipeline,
            stageName=stage,
            actionName=action,
            token=token,
            result={"status": "Approved", "summary": _NOTHING},
        )
    except (BotoCoreError, ClientError) as error:
        if isinstance(error, ClientError) and error.response["Error"]["Code"] in _ANSWERED:
            print(f"permissions: {'/'.join(approval)} has its answer already")
            return True
        raise ToolError(f"cannot approve {'/'.join(approval)}: {error}") from error
    print(f"permissions: approved {'/'.join(approval)}")
    return True


def _tell(topic: str, approval: tuple[str, str, str], broader: list[str]) -> None:
    """Publish that the approval waits, and for what; without it nobody would look."""
    import boto3  # noqa: PLC0415 - not for --help
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415

    pipeline, stage, action = approval
    more = len(broader) - _TOLD_LINES
    text = [
        f"The pipeline {pipeline} waits for a person to give or reject {action} of {stage}.",
        "What would be permitted that is not permitted now:"
        if broader
        else "Nothing would be permitted, but the look did not find the approval to give it.",
        *broader[:_TOLD_LINES],
        *([f"and {more} more: the log of the look has them all"] if more > 0 else []),
        f"Until then newer commits wait before {stage}; of those only the newest goes on.",
    ]
    try:
        boto3.client("sns").publish(
            TopicArn=topic,
            Subject=f"{action} of {stage} waits",  # at most 100 characters, of ASCII
            Message="\n".join(text),
        )
    except (BotoCoreError, ClientError) as error:
        raise ToolError(f"cannot tell {topic} that {'/'.join(approval)} waits: {error}") from error
    print(f"permissions: told {topic}")


def _token(
    client: "CodePipelineClient", approval: tuple[str, str, str], execution: str | None
) -> str | None:
    pipeline, stage, action = approval
    deadline = time.monotonic() + _TOKEN_SECONDS
    while True:
        for state in client.get_pipeline_state(name=pipeline)["stageStates"]:
            if state.get("stageName") != stage:
                continue
            if state.get("latestExecution", {}).get("pipelineExecutionId") != execution:
                continue
            for each in state.get("actionStates", []):
                latest = each.get("latestExecution", {})
                token, waits = latest.get("token"), latest.get("status") == "InProgress"
                if each.get("actionName") == action and token and waits:
                    return token
        if time.monotonic() > deadline:
            return None
        time.sleep(_PAUSE_SECONDS)
