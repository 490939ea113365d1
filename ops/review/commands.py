"""Say in one minute what a change means: what may be called, opened, read, lost or billed after it.

python -m ops review                      what is deployed, against cdk.out (needs credentials)
python -m ops review main                 the revision main, against cdk.out
python -m ops review main HEAD            two revisions
python -m ops review before/ cdk.out      two cloud assemblies, of any CDK app
python -m ops review main --json          for programs
python -m ops review main --fail-on data,access   fail if a finding there must be looked at

A folder is a cloud assembly; another word is a git revision, which is synthesised with the CDK that
is installed. Without `deployed`, nothing of it needs an account or the network.
"""

import argparse
from dataclasses import dataclass
from typing import cast

from drive_tools.command_line import argument, flag
from drive_tools.exit_codes import DONE, FAILED
from ops.project import CLOUD_ASSEMBLY
from ops.review.findings import TOPICS, Topic
from ops.review.sources import DEPLOYED, versions


def _topics(text: str) -> tuple[Topic, ...]:
    named = [each.strip() for each in text.split(",") if each.strip()]
    if unknown := [each for each in named if each not in TOPICS]:
        raise argparse.ArgumentTypeError(f"must be among {', '.join(TOPICS)}, got {unknown[0]!r}")
    return cast("tuple[Topic, ...]", tuple(named))


@dataclass(frozen=True, kw_only=True)
class ReviewOptions:
    """The two versions, and the form of the report."""

    before: str = argument(
        nargs="?",
        default=DEPLOYED,
        metavar="BEFORE",
        help="a cloud assembly, a git revision, or `deployed` (deployed)",
    )
    after: str = argument(
        nargs="?",
        default=str(CLOUD_ASSEMBLY),
        metavar="AFTER",
        help="a cloud assembly or a git revision (cdk.out)",
    )
    json: bool = flag("--json", help="print the report as JSON")
    fail_on: tuple[Topic, ...] = argument(
        "--fail-on",
        type=_topics,
        default=(),
        metavar="TOPIC,TOPIC",
        help=f"fail if one of these has a finding to look at: {', '.join(TOPICS)}",
    )


def run(options: ReviewOptions) -> int:
    """Print the report of a review."""
    from ops.review.report import as_json, as_text, review  # noqa: PLC0415 - not for --help

    with versions(options.before, options.after) as (before, after):
        report = review(before, after)
    print(as_json(report) if options.json else as_text(report))
    return FAILED if report.failing(options.fail_on) else DONE
