"""The report of a review: what all who show it show, as one value."""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypedDict

from ops.review.app_version import AppVersion
from ops.review.changes import Changes, changes
from ops.review.findings import TOPICS, Finding, Topic, Weight, in_order
from ops.review.python_lines import PythonLine
from ops.review.sarif import Scan
from ops.review.topics import (
    access,
    availability,
    cost,
    data,
    encryption,
    network,
    operations,
    other,
    scanners,
)
from ops.review.words import printable

NO_CHANGE = "No change in meaning."

# Each yields the findings of its topic.
_TOPICS: tuple[Callable[[Changes], Iterator[Finding]], ...] = (
    data.findings,
    access.findings,
    network.findings,
    encryption.findings,
    availability.findings,
    cost.findings,
    operations.findings,
)
WEIGHTS = {Weight.STOP: "stop", Weight.LOOK: "look", Weight.NOTE: "note"}


@dataclass(frozen=True)
class Report:
    """What changed between two versions, the worst first.

    Each text in it is one line in which nothing steers a terminal or the direction of letters.
    """

    before: str
    after: str
    findings: tuple[Finding, ...]
    without_weight: tuple[str, ...]
    templates: str = ""
    """The fingerprint of the templates after the change."""
    scanners: tuple[str, ...] = ()
    """Those of which it knows what they found after the change."""
    still_found: tuple[str, ...] = ()
    """What they find, as far as it is not among the findings."""

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


@dataclass(frozen=True)
class Group:
    """The findings of one topic, the worst first."""

    topic: Topic
    findings: tuple[Finding, ...]

    @property
    def weight(self) -> Weight:
        """The weight of the worst."""
        return self.findings[0].weight

    @property
    def counts(self) -> str:
        """How many there are of each weight: `1 to stop at, 2 to look at, 1 note`."""
        found = Counter(each.weight for each in self.findings)
        notes = counted(found[Weight.NOTE], "note")
        said = {Weight.STOP: "to stop at", Weight.LOOK: "to look at"}
        worse = [f"{found[weight]} {what}" for weight, what in said.items() if found[weight]]
        return ", ".join([*worse, *([notes] if found[Weight.NOTE] else [])])

    def of(self, weight: Weight) -> tuple[Finding, ...]:
        """Return the findings of one weight."""
        return tuple(each for each in self.findings if each.weight is weight)


def review(before: AppVersion, after: AppVersion) -> Report:
    """Compare two versions of an app."""
    return report_of(changes(before, after))


def report_of(
    changed: Changes, scanned: Scan | None = None, scanned_before: Scan | None = None
) -> Report:
    """Say what changes between two versions mean, and what scanners found in them."""
    found = [finding for topic in _TOPICS for finding in topic(changed)]
    said = frozenset(each for finding in found for each in finding.covers)
    found += other.findings(changed, said)
    if scanned:
        found += scanners.findings(changed, scanned_before, scanned)
    ordered = shown(found)
    means_nothing = [each for each in ordered if each.weight is Weight.NONE]
    still = [_staged(each) for each in means_nothing if each.topic == "scanners"]
    same = [_staged(each) for each in means_nothing if each.topic != "scanners"]
    return Report(
        before=printable(changed.before.name),
        after=printable(changed.after.name),
        findings=tuple(each for each in ordered if each.weight is not Weight.NONE),
        without_weight=tuple(printable(each) for each in (*other.without_weight(changed), *same)),
        scanners=tuple(printable(each) for each in sorted(scanned.tools)) if scanned else (),
        still_found=tuple(still),
        templates=changed.after.fingerprint,
    )


def shown(found: Iterable[Finding]) -> list[Finding]:
    """Return findings as a report shows them: in order, and printable."""
    return [_printable(each) for each in in_order(found)]


def _staged(finding: Finding) -> str:
    where = stages(finding)
    return f"{finding.sentence} ({where})" if where else finding.sentence


def _printable(finding: Finding) -> Finding:
    line = finding.line
    return replace(
        finding,
        sentence=printable(finding.sentence),
        stage=printable(finding.stage),
        others=tuple(printable(each) for each in finding.others),
        path=printable(finding.path),
        details=tuple(printable(each) for each in finding.details if each != finding.sentence),
        line=PythonLine(printable(line.file), line.line) if line else None,
    )


def groups(report: Report) -> list[Group]:
    """Return the findings by topic, the topic with the worst first."""
    found = [Group(topic, tuple(report.of_topic(topic))) for topic in TOPICS]
    return sorted((each for each in found if each.findings), key=lambda each: -each.weight)


def counted(number: int, what: str) -> str:
    """Return how many there are of something, whose plural has an s."""
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def sentence_with_stages(finding: Finding) -> str:
    """Return the sentence of a finding behind the stages of which it is true."""
    where = stages(finding)
    return f"{where}: {finding.sentence}" if where else finding.sentence


def name_and_rest(finding: Finding) -> tuple[str, str]:
    """Return the name of a resource with which the sentence of a finding begins, and the rest."""
    first = finding.sentence.partition(" ")[0].rstrip(":")
    if finding.path and finding.sentence.startswith(finding.path):
        first = finding.path
    elif "/" not in first:
        first = ""
    return first, finding.sentence[len(first) :]


def still_found(report: Report) -> str:
    """Return how many findings of scanners are not new, and which scanners ran."""
    count = counted(len(report.still_found), "further finding")
    return f"{count} of {', '.join(report.scanners) or 'no scanner'}"


def stages(finding: Finding) -> str:
    """Return the stages of which a finding is true, as a list for people."""
    return ", ".join(each for each in (finding.stage, *finding.others) if each)


def as_json(report: Report) -> str:
    """Return the report for programs. The same report is the same text."""
    return json.dumps(
        {
            "version": 1,
            "before": report.before,
            "after": report.after,
            "digest": digest(report),
            **_content(report),
        },
        indent=2,
    )


def digest(report: Report) -> str:
    """Return a SHA-256 by which a reviewed change is known again.

    It is of what the report says and of the templates after the change, not of how its versions
    were named, nor of lines of Python: an assembly that has none gives the same. Nor is it of what
    scanners found in these templates: who deploys what was reviewed need not scan it again.
    """
    own = tuple(each for each in report.findings if each.topic != "scanners")
    content = _content(replace(report, findings=own, scanners=(), still_found=()))
    for each in content["findings"]:
        del each["line"]
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


class _Content(TypedDict):
    verdict: str
    findings: list[dict[str, object]]
    without_weight: list[str]
    templates: str
    scanners: list[str]
    still_found: list[str]


def _content(report: Report) -> _Content:
    return {
        "verdict": report.verdict,
        "findings": [
            {
                "topic": each.topic,
                "weight": WEIGHTS[each.weight],
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
        "templates": report.templates,
        "scanners": list(report.scanners),
        "still_found": list(report.still_found),
    }
