"""The backups of the files: each day, encrypted, long enough, and once."""

import re
from collections.abc import Iterator

from stacks.invariants.declared import Declaration, Declared, Json
from stacks.invariants.statements import of_policies, policies_of, statements

_SELECTION, _PLAN = "AWS::Backup::BackupSelection", "AWS::Backup::BackupPlan"
_VAULT, _ROLE = "AWS::Backup::BackupVault", "AWS::IAM::Role"
# The least in a stage with `retain`, as the settings have it.
LEAST_DAYS = 7
_DAILY = re.compile(r"cron\(\d+ \d+ \* \* \? \*\)")


def every_file_system_is_backed_up_once(stage: Declared) -> Iterator[str]:
    """Each file system is in one plan of backups, and EFS makes none beside it."""
    for each in stage.of_type("AWS::EFS::FileSystem"):
        plans = [
            stage.find(selection.properties.get("BackupPlanId"), selection.stack)
            for selection in stage.of_type(_SELECTION)
            if each in _selected(stage, selection)
        ]
        if [plan.kind for plan in plans if plan] != [_PLAN]:
            yield f"{each} is in {len(plans)} plans of backups"
        if each.properties.get("BackupPolicy", {}).get("Status") != "DISABLED":
            yield f"{each} has EFS's automatic backups too, which are billed as well"


def every_plan_backs_up_each_day_for_long_enough(stage: Declared) -> Iterator[str]:
    """A plan makes a backup each day, in a vault of the stage, and keeps it and its copies.

    At least for as long as the vault's lock says, and for a week in a stage with `retain`.
    """
    for plan in stage.of_type(_PLAN):
        rules = plan.properties.get("BackupPlan", {}).get("BackupPlanRule", [])
        if not rules:
            yield f"{plan} has no rule"
        for rule in rules:
            vault = stage.find(rule.get("TargetBackupVault"), plan.stack)
            if vault is None or vault.kind != _VAULT:
                yield f"{plan} backs up to no vault of the stage"
                continue
            if not _DAILY.fullmatch(str(rule.get("ScheduleExpression"))):
                yield f"{plan} does not run each day: {rule.get('ScheduleExpression')}"
            least = max(
                LEAST_DAYS if stage.retained else 1,
                vault.properties.get("LockConfiguration", {}).get("MinRetentionDays", 1),
            )
            for each in (rule, *rule.get("CopyActions", [])):
                days = each.get("Lifecycle", {}).get("DeleteAfterDays", 0)
                if days < least:
                    yield f"{plan} keeps a backup for {days} days, less than {least}"


def every_vault_has_a_key_of_the_stage(stage: Declared) -> Iterator[str]:
    """Each vault is encrypted by a key that the stage declares."""
    for vault in stage.of_type(_VAULT):
        key = stage.find(vault.properties.get("EncryptionKeyArn"), vault.stack)
        if key is None or key.kind != "AWS::KMS::Key":
            yield f"{vault} is not encrypted by a key of the stage"


def only_a_vault_that_is_kept_is_locked(stage: Declared) -> Iterator[str]:
    """A locked vault is one that is retained: nobody could empty and delete it."""
    for vault in stage.of_type(_VAULT):
        if "LockConfiguration" in vault.properties and not stage.retained:
            yield f"{vault} is locked, and would be deleted with its stack"


def backups_are_made_by_a_role_that_does_nothing_else(stage: Declared) -> Iterator[str]:
    """What makes backups and restores is a role that AWS Backup alone assumes.

    It makes and deletes no file system, and no backup.
    """
    for selection in stage.of_type(_SELECTION):
        named = selection.properties.get("BackupSelection", {}).get("IamRoleArn")
        role = stage.find(named, selection.stack)
        if role is None or role.kind != _ROLE:
            yield f"{selection} has no role of the stage"
            continue
        trusts = [
            (each.effect, each.actions, each.principal)
            for each in statements(role.properties["AssumeRolePolicyDocument"], where=str(role))
        ]
        if trusts != [("Allow", ("sts:AssumeRole",), {"Service": "backup.amazonaws.com"})]:
            yield f"{role} is assumed by others than AWS Backup: {trusts}"
        found = [it for policy in policies_of(stage, role) for it in of_policies(policy)]
        for action in ("elasticfilesystem:Backup", "elasticfilesystem:Restore"):
            if not any(each.effect == "Allow" and each.covers(action) for each in found):
                yield f"{role} may not {action}, so nothing is backed up or comes back"
        for action in (
            *("elasticfilesystem:CreateFileSystem", "elasticfilesystem:DeleteFileSystem"),
            *("backup:DeleteRecoveryPoint", "backup:DeleteBackupVault"),
        ):
            if any(each.effect == "Allow" and each.covers(action) for each in found):
                yield f"{role} may {action}, which no backup and no restore needs"


def _selected(stage: Declared, selection: Declaration) -> list[Declaration | None]:
    resources: list[Json] = selection.properties.get("BackupSelection", {}).get("Resources", [])
    return [stage.find(each, selection.stack) for each in resources]
