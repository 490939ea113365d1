"""Permissions that a deployment would broaden; a person must agree to them.

They are what a review says of access and of the network, of what is deployed and what is
synthesised. It fails when a person refuses, or when the deployed templates are not known.

python -m ops permissions Dev         show what would be broadened, and what would be opened
python -m ops permissions Dev --ask   and ask, if there is anything
python -m ops permissions Dev --approve <pipeline>/<stage>/<action> --execution <id>
                                      give that manual approval when there is nothing to look at
  --tell <topic>                      and tell the subscribers of that SNS topic when it waits
"""

import argparse
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from drive_tools.command_line import Exclusive, argument, flag
from drive_tools.errors import ToolError
from drive_tools.terminal import agreed
from ops.options import StageOptions
from ops.project import PROJECT

if TYPE_CHECKING:
    from ops.review.findings import Finding

_NOTHING = "no permission is broadened, no port is opened"

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
    from ops.deployment.pipeline_approval import Approval, give, tell  # noqa: PLC0415 - with boto3; not for --help
    from ops.review.permitted import broadened  # noqa: PLC0415 - nor this
    from ops.review.sources import deployed, from_assembly  # noqa: PLC0415 - not for --help

    after = from_assembly(options.find().folder, "synthesised", PROJECT)
    found = broadened(deployed(after), after)
    if options.json:
        print(json.dumps(as_json(found)))
        return 0
    broader = in_words(found)
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


def in_words(found: list["Finding"]) -> list[str]:
    """Return what is broader or open, a line each, behind each the single permissions it has."""
    return [
        line
        for each in found
        for line in (
            f"  {each.sentence}" + (f"  ({each.line})" if each.line else ""),
            *(f"      {detail}" for detail in each.details if len(each.details) > 1),
        )
    ]


def as_json(found: list["Finding"]) -> list[dict[str, object]]:
    """Return what is broader or open, for programs."""
    return [
        {
            "topic": each.topic,
            "weight": each.weight.name.lower(),
            "sentence": each.sentence,
            "path": each.path,
            "stack": each.key[0] if each.key else None,
            "logical_id": each.key[1] if each.key else None,
            "line": str(each.line) if each.line else None,
            "details": list(each.details),
        }
        for each in found
    ]


def _ask(stage: str) -> None:
    unanswered = "nobody answers; with YES=1 make deploy does not ask"
    if not agreed(f"Let {stage} permit this?", unanswered):
        raise ToolError(f"{stage} was not deployed")
