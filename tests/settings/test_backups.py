"""A lock, longer retention and a copy elsewhere: as the settings say."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from stacks.invariants.check import violations
from stacks.invariants.declared import Declared
from tests.baseline import PROD
from tests.infra.synthesis import synthesise_stage
from tests.infra.templates import as_list

COPIES = "arn:aws:backup:eu-west-3:123456789012:backup-vault:copies"
LOCKS: tuple[dict[str, Any], ...] = (
    {"backup_lock": "governance", "backup_days": 7},
    {"backup_lock": "compliance", "backup_days": 400, "backup_copy_to": COPIES},
)


def _copy_rights() -> set[tuple[str, str, str]]:
    """Of AWS's own policy, AWSBackupServiceRolePolicyForBackup, what is for the other end."""
    ids = "????????-????-????-????-????????????"
    key = f"arn:aws:kms:eu-west-3:123456789012:key/{ids}"
    point = f"arn:aws:backup:eu-west-3:123456789012:recovery-point:{ids}"
    return {
        ("backup:CopyIntoBackupVault", COPIES, "null"),
        ("backup:DescribeBackupVault", COPIES, "null"),
        ("backup:TagResource", point, "null"),
        ("kms:DescribeKey", key, "null"),
        ("kms:CreateGrant", key, '{"Bool": {"kms:GrantIsForAWSResource": "true"}}'),
    }


def _failed(vault: str) -> dict[str, Any]:
    """https://docs.aws.amazon.com/aws-backup/latest/devguide/eventbridge.html"""
    return {
        "source": ["aws.backup"],
        "detail-type": ["Copy Job State Change"],
        "detail": {
            "sourceBackupVaultArn": [{"Fn::GetAtt": [vault, "BackupVaultArn"]}],
            "state": ["FAILED"],
        },
    }


@pytest.mark.parametrize(
    ("switched", "lock"),
    [
        (LOCKS[0], {"MinRetentionDays": 7}),
        (LOCKS[1], {"MinRetentionDays": 400, "ChangeableForDays": 30}),
    ],
    ids=["governance", "compliance and a copy"],
)
def test_a_lock_keeps_each_backup_and_its_copy_for_its_days(
    switched: dict[str, Any], lock: dict[str, int], tmp_path: Path
) -> None:
    drive, said = synthesise_stage(tmp_path, replace(PROD, **switched))
    assert said == []
    vault_id, vault = drive.data.only("AWS::Backup::BackupVault")
    assert vault["LockConfiguration"] == lock
    _, plan = drive.data.only("AWS::Backup::BackupPlan")
    [rule] = plan["BackupPlan"]["BackupPlanRule"]
    ending = {"DeleteAfterDays": switched["backup_days"]}
    assert rule["Lifecycle"] == ending
    copies = [{"DestinationBackupVaultArn": COPIES, "Lifecycle": ending}]
    wanted = switched.get("backup_copy_to")
    assert rule.get("CopyActions") == (copies if wanted else None)
    [policy] = [
        policy
        for name, policy in drive.data.of_type("AWS::IAM::ManagedPolicy").items()
        if name.startswith("BackupsPolicy")
    ]
    there = {
        (action, resource, json.dumps(statement.get("Condition")))
        for statement in policy["PolicyDocument"]["Statement"]
        for action in as_list(statement["Action"])
        for resource in as_list(statement["Resource"])
        if isinstance(resource, str)
    }
    assert there == (_copy_rights() if wanted else set())
    rules = drive.data.of_type("AWS::Events::Rule").values()
    assert [rule["EventPattern"] for rule in rules] == ([_failed(vault_id)] if wanted else [])
    templates = {
        f"Prod-{name}": template.body
        for name, template in (("Data", drive.data), ("Service", drive.service))
    }
    stage = Declared(templates, retained=True, waits_for={"Prod-Service": ("Prod-Data",)})
    assert violations(stage) == []
