"""The report of a review: what all who show it show, as one value."""

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from ops.review.app_version import AppVersion
from ops.review.changes import Changes, changes
from ops.review.findings import TOPICS, Finding, Topic, Weight, in_order
from ops.review.topics import availability, cost, data, network, operations, other

NO_CHANGE = "No change in meaning."

# Each yields the findings of its topic.
_TOPICS: tuple[Callable[[Changes], Iterator[Finding]], ...] = (
    data.findings,
    network.findings,
    availability.findings,
    cost.findings,
    operations.findings,
)
_WEIGHTS = {Weight.STOP: "stop", Weight.LOOK: "look", Weight.NOTE: "note"}


@dataclass(frozen=True)
class Report:
    """What changed between two versions, the worst first."""

    before: str
    after: str
    findings: tuple[Finding, ...]
    without_weight: tuple[str, ...]

    @property
    def verdict(self) -> str:
        """The first sentence: the worst finding, or that nothing changed in meaning."""
        if not self.findings:
            return NO_CHANGE
        first, more = self.findings[0], len(self.findings) - 1
        rest = f" ({more} more)" if more else ""
        return f"{sentence_with_stages(first)}.{rest}"

    def of_topic(self, topic: Topic) -> list[Finding]:
        """Return the findings of one topic."""
        return [each for each in self.findings if each.topic == topic]

    def failing(self, topics: Sequence[Topic]) -> list[Finding]:
        """Return the findings of these topics that somebody must look at."""
        return [
            each for each in self.findings if each.topic in topics and each.weight > Weight.NOTE
        ]


def review(before: AppVersion, after: AppVersion) -> Report:
    """Compare two versions of an app."""
    changed = changes(before, after)
    found = [finding for topic in _TOPICS for finding in topic(changed)]
    said = frozenset(each for finding in found for each in finding.covers)
    found += other.findings(changed, said)
    ordered = in_order(found)
    means_nothing = [_staged(each) for each in ordered if each.weight is Weight.NONE]
    return Report(
        before=before.name,
        after=after.name,
        findings=tuple(each for each in ordered if each.weight is not Weight.NONE),
        without_weight=(*other.without_weight(changed), *means_nothing),
    )


def _staged(finding: Finding) -> str:
    return f"{finding.sentence} ({', '.join((finding.stage, *finding.others))})"


def sentence_with_stages(finding: Finding) -> str:
    """Return the sentence of a finding behind the stages of which it is true."""
    stages = ", ".join(each for each in (finding.stage, *finding.others) if each)
    return f"{stages}: {finding.sentence}" if stages else finding.sentence


def as_json(report: Report) -> str:
    """Return the report for programs. The same report is the same text."""
    return json.dumps(
        {
            "version": 1,
            "before": report.before,
            "after": report.after,
            "verdict": report.verdict,
            "findings": [
                {
                    "topic": each.topic,
                    "weight": _WEIGHTS[each.weight],
                    "sentence": each.sentence,
                    "stages": [each.stage, *each.others],
                    "stack": each.key[0] if each.key else None,
                    "logical_id": each.key[1] if each.key else None,
                    "path": each.path,
                    "line": str(each.line) if each.line else None,
                    "details": list(each.details),
                }
                for each in report.findings
            ],
            "without_weight": list(report.without_weight),
        },
        indent=2,
    )


def digest(report: Report) -> str:
    """Return the SHA-256 of the report's JSON, by which a reviewed report is known again."""
    return hashlib.sha256(as_json(report).encode()).hexdigest()


def as_text(report: Report) -> str:
    """Return the report for a terminal: a sentence a finding, with its line of Python."""
    lines = [report.verdict]
    for topic in TOPICS:
        found = report.of_topic(topic)
        if found:
            lines += ["", topic]
            for each in found:
                line = f"  ({each.line})" if each.line else ""
                lines.append(f"  {_MARKS[each.weight]} {sentence_with_stages(each)}{line}")
    if report.without_weight:
        lines += ["", f"without weight: {len(report.without_weight)}"]
        lines += [f"    {each}" for each in report.without_weight]
    return "\n".join(lines)


_MARKS = {Weight.STOP: "!!", Weight.LOOK: " !", Weight.NOTE: "  "}
