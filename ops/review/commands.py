"""Say in one minute what a change means: what may be called, opened, read, lost or billed after it.

python -m ops review                      what is deployed, against cdk.out (needs credentials)
python -m ops review main                 the revision main, against cdk.out
python -m ops review main HEAD            two revisions
python -m ops review before/ cdk.out      two cloud assemblies, of any CDK app
python -m ops review main .               a revision, against the app of this folder as it is
python -m ops review main --json          for programs
python -m ops review main --html a.html   a page that opens from disk
python -m ops review main --fail-on data,access   fail if a finding there must be looked at
python -m ops review --stage Dev --expect DIGEST  fail if it is not the change that was reviewed
python -m ops review main . --scans-before b.sarif --scans a.sarif   with the findings of scanners

A folder is a cloud assembly, or an app (with its cdk.json); another word is a git revision. Apps
and revisions are synthesised with the CDK that is installed. Without `deployed`, nothing of it
needs an account or the network. All that one review writes says the same (docs/review.md).
"""

import argparse
import re
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import cast

from drive_tools.command_line import argument, flag
from drive_tools.errors import ToolError, UsageError
from drive_tools.exit_codes import DONE, FAILED
from drive_tools.output import show, tell
from drive_tools.terminal import agreed
from ops.project import CLOUD_ASSEMBLY
from ops.review.findings import TOPICS, Topic
from ops.review.places import address, in_working_tree, pattern
from ops.review.sources import DEPLOYED, versions


def _topics(text: str) -> tuple[Topic, ...]:
    named = [each.strip() for each in text.split(",") if each.strip()]
    if not named:
        raise argparse.ArgumentTypeError(f"must be among {', '.join(TOPICS)}, got {text!r}")
    if unknown := [each for each in named if each not in TOPICS]:
        raise argparse.ArgumentTypeError(f"must be among {', '.join(TOPICS)}, got {unknown[0]!r}")
    return cast("tuple[Topic, ...]", tuple(named))


def _digest(text: str) -> str:
    if not re.fullmatch(r"[0-9a-f]{64}", text):
        raise argparse.ArgumentTypeError(f"a digest is 64 hexadecimal digits, got {text!r}")
    return text


@dataclass(frozen=True, kw_only=True)
class AgreementOptions:
    """How a change is agreed to."""

    ask: bool = flag(
        "--ask", help="ask whether to go on if anything is to be looked at, and fail if not"
    )
    expect: str | None = argument(
        "--expect",
        type=_digest,
        metavar="DIGEST",
        help="fail if this is another change than the one that was reviewed, by its digest",
    )


@dataclass(frozen=True, kw_only=True)
class ReviewOptions(AgreementOptions):
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
    stage: str | None = argument("--stage", help="review this stage alone (all)")
    json: bool = flag("--json", help="print the report as JSON")
    first_screen: bool = flag("--first-screen", help="print what is to be looked at, and no more")
    html: Path | None = argument("--html", type=Path, metavar="FILE", help="write a page")
    markdown: Path | None = argument(
        "--markdown", type=Path, metavar="FILE", help="write a comment for a pull request"
    )
    folder: Path | None = argument(
        "--folder",
        type=Path,
        metavar="FOLDER",
        help="write review.html, review.md and review.json into it, and print the first screen",
    )
    link: str | None = argument(
        "--link",
        type=pattern,
        metavar="ADDRESS",
        help="where a line of Python is to be seen, with {file} and {line} in it"
        " (the files of this project)",
    )
    scans: tuple[Path, ...] = argument(
        "--scans",
        type=Path,
        action="append",
        default=[],
        metavar="FILE",
        help="what scanners found in AFTER, as SARIF 2.1.0; may be given several times",
    )
    scans_before: tuple[Path, ...] = argument(
        "--scans-before",
        type=Path,
        action="append",
        default=[],
        metavar="FILE",
        help="what they found in BEFORE (without it, all in what is new or differs is shown)",
    )
    fail_on: tuple[Topic, ...] = argument(
        "--fail-on",
        type=_topics,
        default=(),
        metavar="TOPIC,TOPIC",
        help=f"fail if one of these has a finding to look at: {', '.join(TOPICS)}",
    )


def run(options: ReviewOptions) -> int:
    """Print the report of a review, and write it as it is asked for."""
    from ops.review.words import printable  # noqa: PLC0415 - not for --help

    try:
        return _run(options)
    except RecursionError as error:
        raise ToolError("a template is nested too deep, or an export leads to itself") from error
    except ToolError as error:  # with names of a template in it
        error.args = ("\n".join(map(printable, str(error).split("\n"))),)
        raise


def _run(options: ReviewOptions) -> int:
    # Not for --help.
    from ops.review import terminal  # noqa: PLC0415
    from ops.review.changes import changes  # noqa: PLC0415
    from ops.review.report import as_json, digest, report_of  # noqa: PLC0415
    from ops.review.sarif import read_scans  # noqa: PLC0415

    if options.scans_before and not options.scans:
        raise UsageError("--scans-before needs --scans, which says what was found in AFTER")
    scanned = read_scans(options.scans) if options.scans else None
    scanned_before = read_scans(options.scans_before) if options.scans_before else None

    with versions(options.before, options.after, tell, options.stage) as (before, after):
        changed = changes(before, after)
        report = report_of(changed, scanned, scanned_before)
    folder = options.folder
    link = address(options.link) if options.link else None
    for page in (options.html, folder and folder / "review.html"):
        if page:
            from ops.review.page import as_page  # noqa: PLC0415 - with Jinja2
            from ops.review.picture import draw  # noqa: PLC0415

            drawn = partial(draw, changed)
            _write(page, as_page(report, drawn, link or in_working_tree(page)))
    for comment in (options.markdown, folder and folder / "review.md"):
        if comment:
            from ops.review.markdown import as_markdown  # noqa: PLC0415

            _write(comment, as_markdown(report, link))
    if folder:
        _write(folder / "review.json", f"{as_json(report)}\n")
        tell(f"the whole review: {folder / 'review.html'}\nits digest: {digest(report)}")
    if options.json:
        show(as_json(report))
    else:
        short = folder or options.first_screen
        show((terminal.first_screen if short else terminal.as_text)(report))
    if options.expect and options.expect != (found := digest(report)):
        raise ToolError(
            f"this is another change than the one that was reviewed: its digest is {found}, and"
            f" that of the review is {options.expect}; review it anew"
        )
    if options.ask and report.failing(TOPICS):
        unanswered = "nobody answers; with YES=1 make deploy does not ask"
        if not agreed("Go on?", unanswered):
            raise ToolError("a person did not agree, so nothing was changed")
    return FAILED if report.failing(options.fail_on) else DONE


def _write(file: Path, text: str) -> None:
    """Write a text. Raises `ToolError` if it cannot be written."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise ToolError(f"cannot write {file}: {error.strerror or error}") from error
