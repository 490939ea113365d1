"""What must be true of backups in every stage, and examples that break it."""

import copy
from pathlib import Path

import pytest

from drive_tools.cloud_assembly import find_stage
from stacks.invariants import backups
from stacks.invariants.check import Invariant
from stacks.invariants.declared import Declared
from stacks.settings_checks import RETAINED_BACKUP_DAYS
from tests.infra.invariants.changes import (
    DOCUMENT,
    FILES,
    PLAN,
    POLICY,
    ROLE,
    SELECTION,
    TRUST,
    VAULT,
    Change,
    cases,
    check_that_it_is_said,
    gone,
    of,
    part,
    statement,
    with_,
    without,
)

BROKEN: list[tuple[Invariant, Change]] = [
    (backups.every_file_system_is_backed_up_once, without(FILES, "BackupPolicy")),
    (
        backups.every_file_system_is_backed_up_once,
        with_(FILES, BackupPolicy={"Status": "ENABLED"}),
    ),
    (backups.every_file_system_is_backed_up_once, gone(SELECTION)),
    (backups.every_file_system_is_backed_up_once, gone(PLAN)),
    (
        backups.every_file_system_is_backed_up_once,
        part(SELECTION, "Properties", "BackupSelection", "Resources", value=["*"]),
    ),
    *(
        (
            backups.every_plan_backs_up_each_day_for_long_enough,
            part(PLAN, "Properties", "BackupPlan", "BackupPlanRule", *path, value=value),
        )
        for path, value in (
            ((0,), None),
            ((0, "TargetBackupVault"), "Default"),
            ((0, "ScheduleExpression"), "cron(0 5 ? * 1 *)"),
            ((0, "ScheduleExpression"), None),
            ((0, "Lifecycle"), None),
            ((0, "Lifecycle", "DeleteAfterDays"), 6),
            ((0, "CopyActions"), [{"Lifecycle": {"DeleteAfterDays": 1}}]),
        )
    ),
    (
        backups.every_plan_backs_up_each_day_for_long_enough,
        with_(VAULT, LockConfiguration={"MinRetentionDays": 36}),
    ),
    (backups.every_vault_has_a_key_of_the_stage, without(VAULT, "EncryptionKeyArn")),
    (backups.every_vault_has_a_key_of_the_stage, with_(VAULT, EncryptionKeyArn="arn")),
    *(
        (
            backups.backups_are_made_by_a_role_that_does_nothing_else,
            part(ROLE, *TRUST, 0, name, value=value, prefix="BackupsRole"),
        )
        for name, value in (
            ("Principal", {"Service": "lambda.amazonaws.com"}),
            ("Effect", "Deny"),
            ("Action", "sts:TagSession"),
        )
    ),
    (
        backups.backups_are_made_by_a_role_that_does_nothing_else,
        part(SELECTION, "Properties", "BackupSelection", "IamRoleArn", value="arn"),
    ),
    (
        backups.backups_are_made_by_a_role_that_does_nothing_else,
        part(POLICY, *DOCUMENT, "Statement", 0, "Action", 0, value="x:y", prefix="BackupsPolicy"),
    ),
    (
        backups.backups_are_made_by_a_role_that_does_nothing_else,
        statement(
            POLICY, "PolicyDocument", "BackupsPolicy", Action="elasticfilesystem:DeleteFileSystem"
        ),
    ),
]


@pytest.mark.parametrize(**cases(BROKEN))
def test_what_breaks_it_is_said(invariant: Invariant, change: Change, prod: Declared) -> None:
    check_that_it_is_said(invariant, change, prod)


def test_each_invariant_has_an_example_that_breaks_it() -> None:
    assert {invariant for invariant, _ in BROKEN} == of(backups) - {
        backups.only_a_vault_that_is_kept_is_locked
    }


def test_backups_are_kept_for_as_long_as_the_settings_demand() -> None:
    assert backups.LEAST_DAYS == RETAINED_BACKUP_DAYS


def test_a_locked_vault_is_none_that_would_be_deleted(baseline: Path) -> None:
    dev = Declared.of(find_stage(baseline, "Dev"))
    assert list(backups.only_a_vault_that_is_kept_is_locked(dev)) == []
    templates = copy.deepcopy(dict(dev.templates))
    with_(VAULT, LockConfiguration={"MinRetentionDays": 35})(templates)
    locked = Declared(templates, retained=False, waits_for=dev.waits_for)
    [found] = backups.only_a_vault_that_is_kept_is_locked(locked)
    assert found.startswith("Dev-Data BackupsVault")
    kept = Declared(templates, retained=True, waits_for=dev.waits_for)
    assert list(backups.only_a_vault_that_is_kept_is_locked(kept)) == []
