"""What holds for every resource, whoever declared it."""

import json

from tests.baseline import SETTINGS
from tests.infra.functions import data_key, topic_key
from tests.infra.templates import Json, StageTemplates, as_list

# Types that hold data, or without which data cannot be read.
PRECIOUS = (
    *("AWS::Backup::BackupVault", "AWS::EFS::FileSystem", "AWS::KMS::Key"),
    "AWS::Logs::LogGroup",
)

# By which alarms of `Data` call it.
NAMED_FUNCTION = "lambda-drive-{}-brake"

# What has a name of its own: by which the operator's tool finds it, by which people do, and what is
# nothing but a name.
NAMED = (*("AWS::SSM::Parameter", "AWS::ResourceGroups::Group", "AWS::Route53::RecordSet"),)


# The statements of the key by which alarms and budgets publish to the stage's topic.
PUBLISHED = ("AlarmsPublishEncrypted", "BudgetsPublishEncrypted")
UNDELIVERED = ("SnsUndelivered", "EventsUndelivered")


def policies(drive: StageTemplates) -> list[Json]:
    """Return every identity policy document of the stage."""
    return [
        document
        for template in drive.templates
        for resource in template.body["Resources"].values()
        if resource["Type"].startswith("AWS::IAM::")
        for properties in [resource["Properties"]]
        for document in ([properties["PolicyDocument"]] if "PolicyDocument" in properties else [])
        + [inline["PolicyDocument"] for inline in properties.get("Policies", [])]
    ]


def test_data_and_keys_outlive_the_stack_where_that_is_set(drive: StageTemplates) -> None:
    """But for a first deployment that fails: nothing is in them yet."""
    retained = SETTINGS[drive.name].retain
    for template in drive.templates:
        for logical_id, resource in template.body["Resources"].items():
            wanted = ("RetainExceptOnCreate", "Retain") if retained else ("Delete", "Delete")
            policies = (resource.get("DeletionPolicy"), resource.get("UpdateReplacePolicy"))
            if resource["Type"] in PRECIOUS:
                assert policies == wanted, logical_id
            # Whatever is kept when it is deleted goes when its creation fails.
            assert "Retain" not in policies[:1], logical_id


def test_nobody_deletes_production_data_by_deleting_the_stack(drive: StageTemplates) -> None:
    data = drive.stacks[f"{drive.name}-Data"]["properties"]
    assert data["terminationProtection"] is SETTINGS[drive.name].retain


def test_changing_this_line_replaces_production_data(drive: StageTemplates) -> None:
    stateful = {
        resource["Type"]: logical_id
        for logical_id, resource in drive.data.body["Resources"].items()
        if resource["Type"]
        in (
            "AWS::EC2::VPC",
            "AWS::EFS::AccessPoint",
            "AWS::EFS::FileSystem",
        )
    }
    assert stateful == {
        "AWS::EC2::VPC": "NetworkVpc7FB7348F",  # changing this line replaces production data
        "AWS::EFS::AccessPoint": "StorageAccessPointB746CF38",  # and this one
        "AWS::EFS::FileSystem": "StorageFileSystemFFD87EE1",  # and this one
    }
    assert data_key(drive) == "DataKey2A0DE9E6"  # and this one
    key, _ = drive.service.only("AWS::KMS::Key")
    assert key == "ServiceKeyB85FF73C"  # and this one makes stored variables unreadable


def test_keys_rotate_and_serve_this_account_and_its_logs_only(drive: StageTemplates) -> None:
    of_topic, _ = topic_key(drive)
    logs = {
        data_key(drive): "Data-",
        of_topic: "Service-KeyWatchLogs",
        drive.service.only("AWS::KMS::Key")[0]: "Service-",
    }
    keys = [
        key for template in drive.templates for key in template.of_type("AWS::KMS::Key").items()
    ]
    assert {*logs} == {logical_id for logical_id, _ in keys}
    for logical_id, key in keys:
        assert key["EnableKeyRotation"] is True, logical_id
        effects = [statement["Effect"] for statement in key["KeyPolicy"]["Statement"]]
        assert effects.count("Deny") == 1
        for statement in key["KeyPolicy"]["Statement"]:
            if statement["Effect"] == "Deny":
                assert (statement["Principal"], statement["Action"]) == (
                    {"AWS": "*"},
                    "kms:CreateGrant",
                )
                assert statement["Condition"] == {
                    "BoolIfExists": {
                        "aws:PrincipalIsAWSService": "false",
                        "kms:GrantIsForAWSResource": "false",
                    }
                }
                continue
            [(kind, principal)] = statement["Principal"].items()
            actions = as_list(statement["Action"])
            assert not [action for action in actions if "*" in action]
            if statement["Sid"] in PUBLISHED + UNDELIVERED and logical_id == of_topic:
                continue  # test_brake.py, and stacks/invariants/queues.py
            if kind == "Service":
                assert drive.text(principal) == "logs.<Region>.amazonaws.com"
                [(operator, condition)] = statement["Condition"].items()
                assert operator == "ArnLike"
                assert {name: drive.text(arn) for name, arn in condition.items()} == {
                    "kms:EncryptionContext:aws:logs:arn": "arn:<Partition>:logs:<Region>"
                    f":<AccountId>:log-group:{drive.name}-{logs[logical_id]}*"
                }
            else:
                assert (kind, drive.text(principal)) == (
                    "AWS",
                    "arn:<Partition>:iam::<AccountId>:root",
                )
                if "kms:CreateGrant" in actions:
                    assert actions == ["kms:CreateGrant"]
                    assert statement["Condition"] == {"Bool": {"kms:GrantIsForAWSResource": "true"}}


def test_every_log_group_is_encrypted_and_forgets_when_set(drive: StageTemplates) -> None:
    for template in drive.templates:
        own = drive.service.only("AWS::KMS::Key")[0]
        key = data_key(drive) if template is drive.data else own
        groups = template.of_type("AWS::Logs::LogGroup")
        assert groups
        for logical_id, group in groups.items():
            of_watch = logical_id.startswith("KeyWatchLogs")  # which tells of the other keys
            wanted = topic_key(drive)[0] if of_watch else key
            assert drive.target(group["KmsKeyId"]) == wanted, logical_id
            assert group["RetentionInDays"] == SETTINGS[drive.name].log_retention_days


def test_every_function_logs_to_a_group_of_ours(drive: StageTemplates) -> None:
    assert drive.service.of_type("AWS::Lambda::Function")
    for template in drive.templates:
        for function in template.of_type("AWS::Lambda::Function").values():
            group = drive.target(function["LoggingConfig"]["LogGroup"])
            assert group in template.of_type("AWS::Logs::LogGroup")


def test_no_role_is_open_or_holds_a_policy_of_aws(drive: StageTemplates) -> None:
    for template in drive.templates:
        for logical_id, role in template.of_type("AWS::IAM::Role").items():
            for statement in role["AssumeRolePolicyDocument"]["Statement"]:
                assert list(statement["Principal"]) == ["Service"], logical_id
            assert "iam::aws:policy" not in json.dumps(role.get("ManagedPolicyArns", []))


def test_no_policy_allows_all_of_a_service(drive: StageTemplates) -> None:
    found = policies(drive)
    assert found
    for document in found:
        for statement in document["Statement"]:
            assert "NotAction" not in statement
            assert "NotResource" not in statement
            assert not [action for action in as_list(statement["Action"]) if "*" in action]


def test_nothing_has_a_name_that_a_second_deployment_would_want(drive: StageTemplates) -> None:
    names = ("Name", "FunctionName", "RoleName", "ManagedPolicyName", "GroupName", "LogGroupName")
    for template in drive.templates:
        for logical_id, resource in template.body["Resources"].items():
            if resource["Type"] in NAMED:
                continue
            for name in names:
                value = resource.get("Properties", {}).get(name)
                if value == NAMED_FUNCTION.format(drive.name):
                    continue
                assert not isinstance(value, str), f"{logical_id}.{name}"


def test_ids_are_the_same_whatever_ships_the_stage(drive: StageTemplates) -> None:
    """None is made of a path, in which a pipeline's stage has the pipeline."""
    paths = tuple(f"{drive.name}{stack}" for stack in ("Data", "Service"))
    for template in drive.templates:
        for section in ("Resources", "Outputs"):
            for logical_id in template.body.get(section, {}):
                assert not [path for path in paths if path in logical_id], logical_id
