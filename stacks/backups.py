"""The backups of the files, which AWS Backup makes each day and keeps in a vault."""

from aws_cdk import Aws, CfnOutput, Fn, Stack
from aws_cdk import aws_backup as backup
from aws_cdk import aws_efs as efs
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from stacks.shared.choices import BackupLock
from stacks.shared.permissions import Statement, allow, policy_document
from stacks.shared.removal import removal_policy

# Of UTC. AWS Backup begins within an hour of it, the least that it takes.
_DAILY = "cron(0 5 * * ? *)"
_START_MINUTES = 60
# The days in which a compliance lock can still be taken away; AWS takes three or more.
_CHANGEABLE_DAYS = 30
# The id of a recovery point is a UUID, as is that of a key.
_ANY_ID = "-".join("?" * length for length in (8, 4, 4, 4, 12))


class Backups(Construct):
    """A backup of the file system each day, which is kept for `days` under the stage's key.

    The vault, and the role by which AWS Backup ends a backup at its time, stay when the stage goes
    and `retain` is on. A lock keeps everybody from ending one earlier. `copy_to` is the ARN of a
    vault elsewhere in which each backup has a copy for as many days.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        stage: str,
        file_system: efs.IFileSystem,
        key: kms.IKey,
        days: int,
        lock: BackupLock,
        copy_to: str | None,
        retain: bool,
    ) -> None:
        super().__init__(scope, id)
        kept = removal_policy(retain=retain)
        vault = backup.CfnBackupVault(
            self,
            "Vault",
            backup_vault_name=_vault_name(stage),
            encryption_key_arn=key.key_arn,
            lock_configuration=_lock(lock, days),
        )
        vault.apply_removal_policy(kept)
        self.vault_name = vault.ref
        policy = iam.ManagedPolicy(
            self,
            "Policy",
            document=policy_document(
                *_rights(Stack.of(self), file_system.file_system_arn, key.key_arn, vault, copy_to)
            ),
        )
        policy.apply_removal_policy(kept)
        role = iam.Role(
            self,
            "Role",
            assumed_by=iam.ServicePrincipal("backup.amazonaws.com"),
            managed_policies=[policy],
        )
        role.apply_removal_policy(kept)
        ending = backup.CfnBackupPlan.LifecycleResourceTypeProperty(delete_after_days=days)
        plan = backup.CfnBackupPlan(
            self,
            "Plan",
            backup_plan=backup.CfnBackupPlan.BackupPlanResourceTypeProperty(
                backup_plan_name=f"lambda-drive-{stage}",
                backup_plan_rule=[
                    backup.CfnBackupPlan.BackupRuleResourceTypeProperty(
                        rule_name="daily",
                        target_backup_vault=vault.ref,
                        schedule_expression=_DAILY,
                        start_window_minutes=_START_MINUTES,
                        lifecycle=ending,
                        copy_actions=[
                            backup.CfnBackupPlan.CopyActionResourceTypeProperty(
                                destination_backup_vault_arn=copy_to, lifecycle=ending
                            )
                        ]
                        if copy_to
                        else None,
                    )
                ],
            ),
        )
        backup.CfnBackupSelection(
            self,
            "Selection",
            backup_plan_id=plan.attr_backup_plan_id,
            backup_selection=backup.CfnBackupSelection.BackupSelectionResourceTypeProperty(
                selection_name="files",
                iam_role_arn=role.role_arn,
                # By its ARN, which holds in an account that opted out of backups of EFS, too.
                resources=[file_system.file_system_arn],
            ),
        )
        self.failed_copies = self._failed_copies(vault.attr_backup_vault_arn) if copy_to else None
        # What `python -m ops restore` needs.
        CfnOutput(self, "VaultName", value=vault.ref).override_logical_id("BackupVaultName")
        CfnOutput(self, "RoleArn", value=role.role_arn).override_logical_id("BackupRoleArn")

    def _failed_copies(self, vault: str) -> str:
        """Return the name of a rule that matches each copy of a backup that failed.

        EventBridge counts what it matches; it has no target, as that of a pipeline
        (`stacks/shipping/messages.py`). By the vault that is copied from, which AWS Backup's
        metrics of copies do not say
        (https://docs.aws.amazon.com/aws-backup/latest/devguide/eventbridge.html).
        """
        rule = events.CfnRule(
            self,
            "CopyFailed",
            event_pattern={
                "source": ["aws.backup"],
                "detail-type": ["Copy Job State Change"],
                "detail": {"sourceBackupVaultArn": [vault], "state": ["FAILED"]},
            },
            state="ENABLED",
            targets=[],
        )
        rule.add_property_deletion_override("Targets")  # cdk-nag alone needs a list
        return rule.ref


def _vault_name(stage: str) -> str:
    """Return a name, which a vault must have, that a second stack of this stage does not want.

    For the vault of a stage that was deleted may still be there.
    """
    stack = Fn.select(2, Fn.split("/", Aws.STACK_ID))
    return f"lambda-drive-{stage}-{Fn.select(0, Fn.split('-', stack))}"


def _lock(
    lock: BackupLock, days: int
) -> backup.CfnBackupVault.LockConfigurationTypeProperty | None:
    """https://docs.aws.amazon.com/aws-backup/latest/devguide/vault-lock.html"""
    if lock == "none":
        return None
    return backup.CfnBackupVault.LockConfigurationTypeProperty(
        min_retention_days=days,
        # Without it the lock is one of governance, which whoever has the right takes away.
        changeable_for_days=_CHANGEABLE_DAYS if lock == "compliance" else None,
    )


def _rights(
    stack: Stack, file_system: str, key: str, vault: backup.CfnBackupVault, copy_to: str | None
) -> list[Statement]:
    """Return what AWS's own policies for backups and restores have for EFS, for this stage alone.

    Without those to make and delete file systems: a restore goes to the one that is there.
    https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSBackupServiceRolePolicyForBackup.html
    https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSBackupServiceRolePolicyForRestores.html
    """
    points = stack.format_arn(service="backup", resource=f"recovery-point:{_ANY_ID}")
    copies = _copy_rights(vault.attr_backup_vault_arn, copy_to) if copy_to else []
    return [
        allow(
            [
                "elasticfilesystem:Backup",
                "elasticfilesystem:DescribeFileSystems",
                "elasticfilesystem:DescribeTags",
                "elasticfilesystem:Restore",
            ],
            file_system,
        ),
        allow(
            ["backup:CopyIntoBackupVault", "backup:DescribeBackupVault"],
            vault.attr_backup_vault_arn,
        ),
        allow(["backup:TagResource"], points),
        *copies,
        allow(
            [
                "kms:Decrypt",
                "kms:DescribeKey",
                "kms:Encrypt",
                "kms:GenerateDataKey",
                "kms:GenerateDataKeyWithoutPlaintext",
                "kms:ReEncryptFrom",
                "kms:ReEncryptTo",
            ],
            key,
        ),
        allow(["kms:CreateGrant"], key, Bool={"kms:GrantIsForAWSResource": "true"}),
    ]


def _copy_rights(vault: str, copy_to: str) -> list[Statement]:
    """Return what the first of those policies has for copies: into one vault, under any key there.

    Which key that vault has is for whoever made it.
    """
    _, partition, _, region, account, *_ = copy_to.split(":")
    points = f"arn:{partition}:backup:{region}:{account}:recovery-point:{_ANY_ID}"
    keys = f"arn:{partition}:kms:{region}:{account}:key/{_ANY_ID}"
    return [
        allow(["backup:CopyFromBackupVault"], vault),
        allow(["backup:CopyIntoBackupVault", "backup:DescribeBackupVault"], copy_to),
        allow(["backup:TagResource"], points),
        allow(["kms:DescribeKey"], keys),
        allow(["kms:CreateGrant"], keys, Bool={"kms:GrantIsForAWSResource": "true"}),
    ]
