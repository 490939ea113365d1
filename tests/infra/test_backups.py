"""What the backups promise."""

from tests.baseline import SETTINGS
from tests.infra.functions import data_key
from tests.infra.templates import StageTemplates, as_list

# How a recovery point of AWS Backup's own is named.
POINT = "????????-????-????-????-????????????"


def test_each_day_has_a_backup_under_the_drives_key_for_as_long_as_set(
    drive: StageTemplates,
) -> None:
    _, plan = drive.data.only("AWS::Backup::BackupPlan")
    vault, found = drive.data.only("AWS::Backup::BackupVault")
    assert drive.target(found["EncryptionKeyArn"]) in drive.data.of_type("AWS::KMS::Key")
    assert plan["BackupPlan"]["BackupPlanName"] == f"lambda-drive-{drive.name}"
    [rule] = plan["BackupPlan"]["BackupPlanRule"]
    assert drive.target(rule["TargetBackupVault"]) == vault
    assert {name: value for name, value in rule.items() if name != "TargetBackupVault"} == {
        "Lifecycle": {"DeleteAfterDays": SETTINGS[drive.name].backup_days},
        "RuleName": "daily",
        "ScheduleExpression": "cron(0 5 * * ? *)",
        "StartWindowMinutes": 60,
    }


def test_a_backup_is_of_the_files_and_by_its_own_role(drive: StageTemplates) -> None:
    file_system, _ = drive.data.only("AWS::EFS::FileSystem")
    _, selection = drive.data.only("AWS::Backup::BackupSelection")
    plan, _ = drive.data.only("AWS::Backup::BackupPlan")
    assert drive.target(selection["BackupPlanId"]) == plan
    chosen = selection["BackupSelection"]
    assert chosen["SelectionName"] == "files"
    assert [drive.target(each) for each in chosen["Resources"]] == [file_system]
    role = drive.data.of_type("AWS::IAM::Role")[drive.target(chosen["IamRoleArn"])]
    [trust] = role["AssumeRolePolicyDocument"]["Statement"]
    assert (trust["Effect"], trust["Principal"]) == ("Allow", {"Service": "backup.amazonaws.com"})
    assert trust["Action"] == "sts:AssumeRole"


def test_the_role_of_backups_may_do_to_this_file_system_what_they_need(
    drive: StageTemplates,
) -> None:
    _, selection = drive.data.only("AWS::Backup::BackupSelection")
    role = drive.target(selection["BackupSelection"]["IamRoleArn"])
    [policy] = drive.data.of_type("AWS::IAM::Role")[role]["ManagedPolicyArns"]
    document = drive.data.of_type("AWS::IAM::ManagedPolicy")[drive.target(policy)]
    allowed = [
        (
            sorted(as_list(statement["Action"])),
            drive.text(statement["Resource"]),
            statement.get("Condition"),
        )
        for statement in document["PolicyDocument"]["Statement"]
        if statement["Effect"] == "Allow"
    ]
    file_system, _ = drive.data.only("AWS::EFS::FileSystem")
    vault, _ = drive.data.only("AWS::Backup::BackupVault")
    key = data_key(drive)
    points = f"arn:<Partition>:backup:<Region>:<AccountId>:recovery-point:{POINT}"
    assert allowed == [
        (
            [
                f"elasticfilesystem:{name}"
                for name in ("Backup", "DescribeFileSystems", "DescribeTags", "Restore")
            ],
            f"<{file_system}>",
            None,
        ),
        (["backup:CopyIntoBackupVault", "backup:DescribeBackupVault"], f"<{vault}>", None),
        (["backup:TagResource"], points, None),
        (
            [
                *("kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey"),
                *("kms:GenerateDataKeyWithoutPlaintext", "kms:ReEncryptFrom", "kms:ReEncryptTo"),
            ],
            f"<{key}>",
            None,
        ),
        (["kms:CreateGrant"], f"<{key}>", {"Bool": {"kms:GrantIsForAWSResource": "true"}}),
    ]


def test_a_vault_has_a_name_that_a_second_stack_does_not_want(drive: StageTemplates) -> None:
    """For a name it must have, and one of a stage that is gone may still be there."""
    _, vault = drive.data.only("AWS::Backup::BackupVault")
    start, part = vault["BackupVaultName"]["Fn::Join"][1]
    assert start == f"lambda-drive-{drive.name}-"
    stack = {"Fn::Select": [2, {"Fn::Split": ["/", {"Ref": "AWS::StackId"}]}]}
    assert part == {"Fn::Select": [0, {"Fn::Split": ["-", stack]}]}


def test_nothing_is_locked_unless_somebody_asks(drive: StageTemplates) -> None:
    _, vault = drive.data.only("AWS::Backup::BackupVault")
    assert "LockConfiguration" not in vault


def test_efs_makes_no_backups_beside_these(drive: StageTemplates) -> None:
    _, file_system = drive.data.only("AWS::EFS::FileSystem")
    assert file_system["BackupPolicy"] == {"Status": "DISABLED"}


def test_a_restore_finds_vault_and_role_in_the_outputs(drive: StageTemplates) -> None:
    outputs = drive.data.body["Outputs"]
    vault, _ = drive.data.only("AWS::Backup::BackupVault")
    assert outputs["BackupVaultName"] == {"Value": {"Ref": vault}}
    assert drive.target(outputs["BackupRoleArn"]["Value"]).startswith("BackupsRole")
