"""What the gates found, excused or not, as SARIF 2.1.0: a review compares it (docs/review.md)."""

from collections.abc import Iterable

from tests.gates.exceptions import Excuse
from tests.gates.findings import Finding, excuse_of
from tests.infra.templates import Json


def as_sarif(findings: Iterable[Finding], excuses: Iterable[Excuse], gates: Iterable[str]) -> Json:
    """Return a log with a run of each gate, also of one that found nothing."""
    found, listed = sorted(set(findings)), list(excuses)
    names = sorted({*gates, *(each.gate for each in found)})
    return {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": {"name": name}},
                "results": [_result(each, listed) for each in found if each.gate == name],
            }
            for name in names
        ],
    }


def _result(finding: Finding, excuses: list[Excuse]) -> Json:
    excuse = excuse_of(finding, excuses)
    suppression = {"kind": "external", "justification": excuse.because} if excuse else None
    return {
        "ruleId": finding.rule,
        "level": "warning",
        "message": {"text": finding.text or finding.rule},
        "locations": [_location(finding.construct)],
        # Without any, the list says that suppressions are known, and that there is none.
        "suppressions": [suppression] if suppression else [],
    }


def _location(construct: str) -> Json:
    """Return a place: a construct path, or `file#logical id` of what has none (`resource_path`)."""
    file, of_file, logical_id = construct.partition("#")
    if not of_file or not file.endswith(".json"):
        return {"logicalLocations": [{"fullyQualifiedName": construct, "kind": "resource"}]}
    return {
        "physicalLocation": {"artifactLocation": {"uri": file}},
        "logicalLocations": [{"name": logical_id, "kind": "resource"}] if logical_id else [],
    }
