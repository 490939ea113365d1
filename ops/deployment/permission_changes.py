"""Permissions that a deployment would broaden; a person must agree to them.

It fails when a person refuses, or when the deployed templates are not known.

python -m ops permissions Dev         show what would be broadened, and which ports opened
python -m ops permissions Dev --ask   and ask, if there is anything
python -m ops permissions Dev --approve <pipeline>/<stage>/<action> --execution <id>
                                      give that manual approval when there is nothing to look at
  --tell <topic>                      and tell the subscribers of that SNS topic when it waits
"""

import argparse
import json
from dataclasses import asdict, dataclass

from drive_tools.command_line import Exclusive, argument, flag
from drive_tools.errors import ToolError
from drive_tools.terminal import agreed
from ops.deployment.policy_comparison import broadened
from ops.options import StageOptions

_NOTHING = "no permission is broadened, no port is opened"
_NO_LONGER = "no longer forbidden: "


_THEN = Exclusive()


def _approval(text: str) -> tuple[str, str, str]:
    parts = text.split("/")
    if len(parts) != len(("pipeline", "stage", "action")) or not all(parts):
        raise argparse.ArgumentTypeError(f"an approval is PIPELINE/STAGE/ACTION, got {text!r}")
    return parts[0], parts[1], parts[2]


@dataclass(frozen=True, kw_only=True)
class PermissionOptions(StageOptions):
    """The stage, and the answer to its broader permissions: none, a question, an approval."""

    ask: bool = flag("--ask", among=_THEN, help="ask whether to continue, and fail if not")
    json: bool = flag("--json", among=_THEN, help="print what was found as JSON")
    approve: tuple[str, str, str] | None = argument(
        "--approve",
        among=_THEN,
        type=_approval,
        metavar="PIPELINE/STAGE/ACTION",
        help="the manual approval to give when there is nothing to look at",
    )
    tell: str | None = argument(
        "--tell", metavar="TOPIC_ARN", help="who is told when it waits for a person, with --approve"
    )
    execution: str | None = argument(
        "--execution", help="the id of the pipeline's execution, with --approve"
    )


def run(options: PermissionOptions) -> int:
    """Print the broader permissions; then ask, or approve if there are none."""
    from ops.deployment.bootstrap_roles import deployed_template  # noqa: PLC0415 - with boto3; not for --help
    from ops.deployment.pipeline_approval import Approval, give, tell  # noqa: PLC0415 - so is this

    found = {
        stack.name: broadened(deployed_template(stack) or {}, stack.body())
        for stack in options.find().stacks
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
        approval = Approval(*options.approve)
        if broader:
            print(f"permissions: {options.stage} waits for a person's approval")
        if (broader or not give(approval, options.execution, _NOTHING)) and options.tell:
            tell(options.tell, approval, broader)
    elif options.ask and broader:
        _ask(options.stage)
    return 0


def _ask(stage: str) -> None:
    unanswered = "nobody answers; with YES=1 make deploy does not ask"
    if not agreed(f"Let {stage} permit this?", unanswered):
        raise ToolError(f"{stage} was not deployed")
