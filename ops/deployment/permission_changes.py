"""Permissions that a deployment would broaden; a person must agree to them.

They are what a review says of access and of the network, of what is deployed and what is
synthesised. It fails when a person refuses, or when the deployed templates are not known.

python -m ops permissions Dev         show what would be broadened, and what would be opened
python -m ops permissions Dev --ask   and ask, if there is anything
python -m ops permissions Dev --approve <pipeline>/<stage>/<action> --execution <id>
                                      give that manual approval when there is nothing to look at
  --self-approval no-change           only if the review says that nothing changed in meaning
  --page s3://<bucket>/<key>          and put the page of the review there
  --tell <topic>                      and tell the subscribers of that SNS topic when it waits
"""

import argparse
import json
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, get_args

from drive_tools.command_line import Exclusive, argument, flag
from drive_tools.errors import ToolError
from drive_tools.terminal import agreed
from ops.options import StageOptions
from ops.project import PROJECT
from stacks.shared.choices import SelfApproval

if TYPE_CHECKING:
    from ops.review.changes import Changes
    from ops.review.findings import Finding
    from ops.review.report import Report

_NOTHING = "no permission is broadened, no port is opened"

_THEN = Exclusive()


def _approval(text: str) -> tuple[str, str, str]:
    parts = text.split("/")
    if len(parts) != len(("pipeline", "stage", "action")) or not all(parts):
        raise argparse.ArgumentTypeError(f"an approval is PIPELINE/STAGE/ACTION, got {text!r}")
    return parts[0], parts[1], parts[2]


def _object(text: str) -> tuple[str, str]:
    bucket, _, key = text.removeprefix("s3://").partition("/")
    if not text.startswith("s3://") or not bucket or not key:
        raise argparse.ArgumentTypeError(f"a page is put at s3://BUCKET/KEY, got {text!r}")
    return bucket, key


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
    self_approval: SelfApproval = argument(
        "--self-approval",
        choices=get_args(SelfApproval),
        default="nothing-broader",
        help="when nothing is to be looked at, with --approve: if no permission is broadened and no"
        " port opened, if nothing changed in meaning, or never (nothing-broader)",
    )
    page: tuple[str, str] | None = argument(
        "--page",
        type=_object,
        metavar="s3://BUCKET/KEY",
        help="where the page of the review is put, with --approve",
    )
    tell: str | None = argument(
        "--tell", metavar="TOPIC_ARN", help="who is told when it waits for a person, with --approve"
    )
    execution: str | None = argument(
        "--execution", help="the id of the pipeline's execution, with --approve"
    )


def run(options: PermissionOptions) -> int:
    """Print the broader permissions; then ask, or approve if there are none."""
    # Not for --help.
    from ops.review.changes import changes  # noqa: PLC0415
    from ops.review.permitted import broadened_by  # noqa: PLC0415
    from ops.review.sources import deployed, from_assembly  # noqa: PLC0415

    after = from_assembly(options.find().folder, "synthesised", PROJECT)
    changed = changes(deployed(after), after)
    found = broadened_by(changed)
    if options.json:
        print(json.dumps(as_json(found)))
        return 0
    broader = in_words(found)
    print("\n".join(broader or [f"permissions: {options.stage}: {_NOTHING}"]))
    if options.approve:
        _approve(options, options.approve, changed, broader)
    elif options.ask and broader:
        _ask(options.stage)
    return 0


def _approve(
    options: PermissionOptions, named: tuple[str, str, str], changed: "Changes", broader: list[str]
) -> None:
    """Give the approval if nothing is to be looked at; else tell who must look, and at what."""
    from ops.deployment.pipeline_approval import Approval, give, tell  # noqa: PLC0415 - with boto3
    from ops.review.report import digest, report_of  # noqa: PLC0415 - not for --help

    report = report_of(changed)
    page = _put_page(options.page, report, changed) if options.page else None
    short = {"review": report.verdict, "page": page, "digest": digest(report)}
    review = [f"{what}: {said}" for what, said in short.items() if said]
    print("\n".join(review))
    approval, why = Approval(*named), _by_itself(options.self_approval, report, broader)
    if why is None:
        print(f"permissions: {options.stage} waits for a person's approval")
    else:
        # What the review says comes last, since the end is cut where all is too long.
        if give(approval, options.execution, "; ".join((why, *reversed(review)))):
            return
        review.append("Nobody would need to agree, but the look did not find the approval to give.")
    if options.tell:
        tell(options.tell, approval, review, broader)


def _by_itself(rule: SelfApproval, report: "Report", broader: list[str]) -> str | None:
    """Return why nobody needs to agree, by the setting; None if a person must."""
    if rule == "nothing-broader" and not broader:
        return _NOTHING
    if rule == "no-change" and not report.findings:
        return "nothing changed in meaning"
    return None


def _put_page(place: tuple[str, str], report: "Report", changed: "Changes") -> str:
    from ops.deployment.pipeline_approval import put_page  # noqa: PLC0415 - with boto3
    from ops.review.page import as_page  # noqa: PLC0415 - with Jinja2
    from ops.review.picture import draw  # noqa: PLC0415 - not for --help

    return put_page(*place, as_page(report, partial(draw, changed)))


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
