"""Run by cloudsplaining's own Python: what it finds in policies, by their names.

Reads `{name: policy}` and prints `{name: {risk: what}}`, both as JSON.
"""

import json
import sys

from cloudsplaining.command.scan_policy_file import scan_policy

RISKS = (
    "PrivilegeEscalation",
    "DataExfiltration",
    "ResourceExposure",
    "CredentialsExposure",
    "ServiceWildcard",
    "InfrastructureModification",
)

if __name__ == "__main__":
    scanned = {name: scan_policy(policy) for name, policy in json.load(sys.stdin).items()}
    json.dump(
        {
            name: {risk: found[risk]["findings"] for risk in RISKS if found[risk]["findings"]}
            for name, found in scanned.items()
        },
        sys.stdout,
    )
