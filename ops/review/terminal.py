"""The report of a review for a terminal."""

from ops.review.findings import Finding, Weight
from ops.review.report import Report, groups, sentence_with_stages, still_found

_MARKS = {Weight.STOP: "!!", Weight.LOOK: " !", Weight.NOTE: "  "}


def as_text(report: Report) -> str:
    """Return the whole report: a sentence a finding, with its line of Python."""
    lines = [report.verdict]
    for group in groups(report):
        lines += ["", group.topic, *map(_line, group.findings)]
    if report.without_weight:
        lines += ["", f"without weight: {len(report.without_weight)}"]
        lines += [f"    {each}" for each in report.without_weight]
    if report.scanners:
        lines += ["", still_found(report)]
        lines += [f"    {each}" for each in report.still_found]
    return "\n".join(lines)


def first_screen(report: Report) -> str:
    """Return what somebody must look at: all but notes and what changed without weight."""
    lines = [report.verdict]
    for group in groups(report):
        lines += ["", f"{group.topic}: {group.counts}"]
        lines += [_line(each) for each in group.findings if each.weight > Weight.NOTE]
    if report.without_weight:
        lines += ["", f"without weight: {len(report.without_weight)}"]
    if report.scanners:
        lines += ["", still_found(report)]
    return "\n".join(lines)


def _line(finding: Finding) -> str:
    line = f"  ({finding.line})" if finding.line else ""
    return f"  {_MARKS[finding.weight]} {sentence_with_stages(finding)}{line}"
