"""What asks whether the keys of a stage can be used, and on what it depends."""

import json

from tests.infra.functions import data_key, outside, schedules, statements, topic_key
from tests.infra.templates import StageTemplates, as_list


def keys(drive: StageTemplates) -> set[str]:
    """Return all keys of the stage, as text."""
    return {f"<{key}>" for each in drive.templates for key in each.of_type("AWS::KMS::Key")}


def test_the_key_watch_asks_of_each_key_of_the_stage(drive: StageTemplates) -> None:
    _, rule = schedules(drive)["key_watch"]
    [target] = rule["Targets"]
    assert {*json.loads(drive.text(target["Input"]))["keys"]} == keys(drive)


def test_the_key_watch_may_ask_of_them_and_tell_the_topic_and_no_more(
    drive: StageTemplates,
) -> None:
    _, function = outside(drive, "key_watch")
    group = drive.target(function["LoggingConfig"]["LogGroup"])
    topic, _ = drive.data.only("AWS::SNS::Topic")
    key, _ = topic_key(drive)
    may = {
        (action, drive.text(resource))
        for statement in statements(drive, function)
        for action in as_list(statement["Action"])
        for resource in as_list(statement["Resource"])
    }
    assert may == {
        *(("kms:DescribeKey", each) for each in keys(drive)),
        ("sns:Publish", f"<{topic}>"),
        ("kms:Decrypt", f"<{key}>"),
        ("kms:GenerateDataKey", f"<{key}>"),
        ("logs:CreateLogStream", f"<{group}>"),
        ("logs:PutLogEvents", f"<{group}>"),
    }
    role = drive.service.of_type("AWS::IAM::Role")[drive.target(function["Role"])]
    assert "Policies" not in role
    assert drive.target(function["DeadLetterConfig"]["TargetArn"]) == topic


def test_the_key_watch_runs_without_any_key_but_the_topics(drive: StageTemplates) -> None:
    """It has no variables, which Lambda would have to decrypt, and no disk."""
    _, function = outside(drive, "key_watch")
    for absent in (
        *("Environment", "KmsKeyArn", "VpcConfig", "FileSystemConfigs", "Layers"),
        "ReservedConcurrentExecutions",
    ):
        assert absent not in function
    group = drive.target(function["LoggingConfig"]["LogGroup"])
    log = drive.service.of_type("AWS::Logs::LogGroup")[group]
    assert drive.target(log["KmsKeyId"]) == topic_key(drive)[0]
    assert topic_key(drive)[0] != data_key(drive)
    assert (function["MemorySize"], function["Timeout"]) == (256, 60)  # it takes a second or two
    assert function["Runtime"] == outside(drive, "brake")[1]["Runtime"]
