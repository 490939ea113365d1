"""What may be done or reached after a change, and not before: what a person must agree to."""

from ops.review.app_version import AppVersion
from ops.review.changes import Changes, changes
from ops.review.findings import Finding, Weight
from ops.review.network.doors import door_findings
from ops.review.network.membership import membership_findings
from ops.review.network.ports import port_findings
from ops.review.report import shown
from ops.review.topics import access

_PARTS = (access.findings, port_findings, door_findings, membership_findings)


def broadened(before: AppVersion, after: AppVersion) -> list[Finding]:
    """Compare two versions, and return what the change broadens."""
    return broadened_by(changes(before, after))


def broadened_by(changed: Changes) -> list[Finding]:
    """Return the findings of access, ports and doors that permit more, the worst first."""
    found = shown(each for part in _PARTS for each in part(changed))
    return [each for each in found if each.weight > Weight.NOTE]
