"""What a deployment would permit that is not permitted now; an approval waits for somebody's look.

python -m ops permissions Dev       show what would be broadened, and which ports opened
python -m ops permissions Dev --approve <pipeline>/<stage>/<action> --execution <id>
                                    give that manual approval when there is nothing to look at

exit codes: 0 shown, or approved, or left to a person; 1 failed; 2 wrong usage
"""

import argparse
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING

from ops import assembly
from ops.errors import OpsError

if TYPE_CHECKING:
    from types_boto3_codepipeline import CodePipelineClient

_CDK = assembly.PROJECT / ".venv" / "bin" / "cdk"
# The approval starts with this tool, side by side; its token may be there a little later.
_TOKEN_SECONDS = 120
_NOTHING = "no permission is broadened, no port is opened"


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
    parser.add_argument(
        "--approve",
        type=_approval,
        metavar="PIPELINE/STAGE/ACTION",
        help="the manual approval to give when there is nothing to look at",
    )
    parser.add_argument("--execution", help="the id of the pipeline's execution, with --approve")


def _approval(text: str) -> tuple[str, str, str]:
    parts = text.split("/")
    if len(parts) != len(("pipeline", "stage", "action")) or not all(parts):
        raise argparse.ArgumentTypeError(f"an approval is PIPELINE/STAGE/ACTION, got {text!r}")
    return parts[0], parts[1], parts[2]


def run(options: argparse.Namespace) -> int:
    """Show the difference, and approve if there is none."""
    if broadened(assembly.find(options.assembly, options.stage).folder):
        print(f"permissions: {options.stage} waits for a person's approval")
        return 0
    print(f"permissions: {options.stage}: {_NOTHING}")
    if options.approve:
        _give(options.approve, options.execution)
    return 0


def broadened(folder: Path) -> bool:
    """Let the CDK CLI print what the stage would broaden; also True when it could not tell.

    https://docs.aws.amazon.com/cdk/v2/guide/ref-cli-cmd-diff.html
    """
    command = ["diff", "**", "--app", str(folder), "--security-only", "--fail"]
    result = subprocess.run(
        [str(_CDK), *command, "--method=template", "--no-notices", "--no-color", "--ci"],
        check=False,
        cwd=assembly.PROJECT,
        stdin=subprocess.DEVNULL,
    )
    return result.returncode != 0


def _give(approval: tuple[str, str, str], execution: str | None) -> None:
    """Give the approval of this execution, and no other's."""
    import boto3  # noqa: PLC0415 - not for --help
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415

    pipeline, stage, action = approval
    client: CodePipelineClient = boto3.client("codepipeline")
    try:
        client.put_approval_result(
            pipelineName=pipeline,
            stageName=stage,
            actionName=action,
            token=_token(client, approval, execution),
            result={"status": "Approved", "summary": _NOTHING},
        )
    except (BotoCoreError, ClientError) as error:
        raise OpsError(f"cannot approve {'/'.join(approval)}: {error}") from error
    print(f"permissions: approved {'/'.join(approval)}")


def _token(
    client: "CodePipelineClient", approval: tuple[str, str, str], execution: str | None
) -> str:
    pipeline, stage, action = approval
    deadline = time.monotonic() + _TOKEN_SECONDS
    while True:
        for state in client.get_pipeline_state(name=pipeline)["stageStates"]:
            if state.get("stageName") != stage:
                continue
            if state.get("latestExecution", {}).get("pipelineExecutionId") != execution:
                continue
            for each in state.get("actionStates", []):
                token = each.get("latestExecution", {}).get("token")
                if each.get("actionName") == action and token:
                    return token
        if time.monotonic() > deadline:
            raise OpsError(
                f"{'/'.join(approval)} does not wait for an approval in execution {execution}"
            )
        time.sleep(2)
