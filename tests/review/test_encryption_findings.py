"""What a review says of encryption: its keys, on and off, in transit, and secrets in plain text."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from ops.project import PROJECT
from ops.review.findings import Weight
from ops.review.plain_secrets import HIDDEN, is_plain_secret, says_secret
from ops.review.report import NO_CHANGE, as_json
from tests.review.apps import compared, resource

Json = Any
STOP, LOOK, NOTE = Weight.STOP, Weight.LOOK, Weight.NOTE
KEYS = {name: resource("AWS::KMS::Key", f"Dev/Data/{name}Key/Resource") for name in ("A", "B")}
A, B = ({"Fn::GetAtt": [name, "Arn"]} for name in ("A", "B"))


def rule_of_bucket(**said: Json) -> Json:
    return {"ServerSideEncryptionConfiguration": [{"ServerSideEncryptionByDefault": said}]}


EFS, TOPIC, BUCKET = "AWS::EFS::FileSystem", "AWS::SNS::Topic", "AWS::S3::Bucket"
LISTENER, TASKS = "AWS::ElasticLoadBalancingV2::Listener", "AWS::ECS::TaskDefinition"
TABLE, KEY = "AWS::DynamoDB::Table", "AWS::KMS::Key"
DISTRIBUTION, DOMAIN = "AWS::CloudFront::Distribution", "AWS::OpenSearchService::Domain"
CASES: dict[str, tuple[str, Json, Json, Weight, str]] = {
    "AWS's key": (
        *(EFS, {"KmsKeyId": A}, {}, LOOK),
        "is no longer encrypted with Data/AKey, but with a key of AWS at most (KmsKeyId)",
    ),
    "AWS's key by its alias": (
        *(EFS, {"KmsKeyId": A}, {"KmsKeyId": "alias/aws/elasticfilesystem"}, LOOK),
        "is no longer encrypted with Data/AKey, but with a key of AWS at most (KmsKeyId)",
    ),
    "another key": (
        *("AWS::Logs::LogGroup", {"KmsKeyId": A}, {"KmsKeyId": B}, LOOK),
        "is encrypted with Data/BKey, and was with Data/AKey (KmsKeyId)",
    ),
    "an own key": (
        *("AWS::Lambda::Function", {}, {"KmsKeyArn": A}, NOTE),
        "is encrypted with the key Data/AKey from now on (KmsKeyArn)",
    ),
    "a topic without": (
        *(TOPIC, {"KmsMasterKeyId": A}, {}, STOP),
        "is no longer encrypted, and was with Data/AKey (KmsMasterKeyId)",
    ),
    "a key in a list": (
        *(BUCKET, {"BucketEncryption": rule_of_bucket(SSEAlgorithm="aws:kms", KMSMasterKeyID=A)}),
        {"BucketEncryption": rule_of_bucket(SSEAlgorithm="aws:kms", KMSMasterKeyID=B)},
        *(LOOK, "is encrypted with Data/BKey, and was with Data/AKey (KMSMasterKeyID)"),
    ),
    "another kind": (
        *(BUCKET, {"BucketEncryption": rule_of_bucket(SSEAlgorithm="aws:kms")}),
        {"BucketEncryption": rule_of_bucket(SSEAlgorithm="AES256")},
        *(LOOK, "is encrypted with AES256, and was with aws:kms (SSEAlgorithm)"),
    ),
    "off": (EFS, {"Encrypted": True}, {"Encrypted": False}, STOP, "is no longer encrypted"),
    "off by default": (EFS, {"Encrypted": True}, {}, STOP, "is no longer encrypted (Encrypted)"),
    "on": (EFS, {}, {"Encrypted": "true"}, NOTE, "is encrypted from now on (Encrypted)"),
    "a database": (
        *("AWS::RDS::DBInstance", {"StorageEncrypted": True}, {}, STOP),
        "is no longer encrypted (StorageEncrypted)",
    ),
    "a stream": (
        *("AWS::Kinesis::Stream", {"StreamEncryption": {"EncryptionType": "KMS"}}, {}, STOP),
        "is no longer encrypted, and was with KMS (EncryptionType)",
    ),
    "a table": (
        *(TABLE, {"SSESpecification": {"SSEEnabled": True}}, {}, LOOK),
        "is no longer encrypted with a key of KMS, but with one that AWS owns (SSEEnabled)",
    ),
    "a queue": (
        *("AWS::SQS::Queue", {}, {"SqsManagedSseEnabled": False}, STOP),
        "is no longer encrypted (SqsManagedSseEnabled)",
    ),
    "a domain": (
        *(DOMAIN, {"EncryptionAtRestOptions": {"Enabled": True}}),
        {"EncryptionAtRestOptions": {"Enabled": False}},
        *(STOP, "is no longer encrypted (Enabled)"),
    ),
    "an artifact": (
        *("AWS::CodeBuild::Project", {"Artifacts": {}}),
        {"Artifacts": {"EncryptionDisabled": True}},
        *(STOP, "is no longer encrypted (EncryptionDisabled)"),
    ),
    "lower TLS": (
        *(DISTRIBUTION, {"DistributionConfig": {"MinimumProtocolVersion": "TLSv1.2_2021"}}),
        {"DistributionConfig": {"MinimumProtocolVersion": "TLSv1_2016"}},
        *(LOOK, "accepts TLS 1.0 from now on, and before TLS 1.2 at least (TLSv1_2016, which was"),
    ),
    "higher TLS": (
        *(LISTENER, {"SslPolicy": "ELBSecurityPolicy-2016-08"}),
        {"SslPolicy": "ELBSecurityPolicy-TLS13-1-2-2021-06"},
        *(NOTE, "accepts TLS 1.2 at least from now on"),
    ),
    "no TLS": (
        *(LISTENER, {"Protocol": "HTTPS"}, {"Protocol": "HTTP"}, STOP),
        "no longer speaks TLS: HTTP, which was HTTPS (Protocol)",
    ),
    "viewers without TLS": (
        *(DISTRIBUTION, {"DistributionConfig": {"ViewerProtocolPolicy": "https-only"}}),
        {"DistributionConfig": {"ViewerProtocolPolicy": "allow-all"}},
        *(STOP, "has ViewerProtocolPolicy allow-all, and had https-only: less safe in transit"),
    ),
    "a mount without TLS": (
        *(TASKS, {"Volumes": [{"EFSVolumeConfiguration": {"TransitEncryption": "ENABLED"}}]}),
        {"Volumes": [{"EFSVolumeConfiguration": {"TransitEncryption": "DISABLED"}}]},
        *(STOP, "has TransitEncryption DISABLED, and had ENABLED: less safe in transit"),
    ),
    "a key that is not renewed": (
        *(KEY, {"EnableKeyRotation": True}, {}, LOOK),
        "is no longer rotated by AWS from now on",
    ),
    "a key that is gone sooner": (
        *(KEY, {"PendingWindowInDays": 30}, {"PendingWindowInDays": 7}, LOOK),
        "has days before it is deleted for good: 7, and had 30",
    ),
    "a key that is off": (KEY, {}, {"Enabled": False}, STOP, "is disabled"),
    "an alias": (
        *("AWS::KMS::Alias", {"TargetKeyId": A}, {"TargetKeyId": B}, LOOK),
        "has the key Data/BKey, and had Data/AKey",
    ),
    "a new volume": (
        *("AWS::EC2::Volume", None, {"Size": 1}, LOOK),
        "is new, and its template asks for no encryption (Encrypted)",
    ),
    "a secret": (
        *("AWS::Lambda::Function", {}, {"Environment": {"Variables": {"DB_PASSWORD": "hunter22"}}}),
        *(LOOK, "has a secret in plain text, which everybody reads who reads the template or the"),
    ),
    "a secret of a task": (
        *(TASKS, {"ContainerDefinitions": [{"Environment": []}]}),
        {"ContainerDefinitions": [{"Environment": [{"Name": "API_KEY", "Value": "hunter22"}]}]},
        *(LOOK, "has a secret in plain text"),
    ),
    "a secret by its form": (
        *("AWS::Lambda::Function", {}),
        {"Environment": {"Variables": {"WHERE": "https://me:hunter22@example.com"}}},
        *(LOOK, "has a secret in plain text"),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_what_a_change_does_to_encryption(name: str) -> None:
    kind, before, after, weight, sentence = CASES[name]
    sides = [
        {**KEYS, **({} if each is None else {"R": resource(kind, "Dev/Data/Thing", **each)})}
        for each in (before, after)
    ]
    report = compared(*sides)
    found = report.of_topic("encryption")
    assert found[0].sentence.startswith(f"Data/Thing {sentence}")
    assert found[0].weight is weight
    assert "hunter22" not in as_json(report)


def test_a_secret_is_never_shown_when_it_changes_or_goes() -> None:
    def function(**variables: str) -> Json:
        return {"F": resource("AWS::Lambda::Function", Environment={"Variables": variables})}

    for before, after in (
        (function(TOKEN="hunter22"), function(TOKEN="hunter23")),
        (function(TOKEN="hunter22"), function()),
        (function(), function(KEY="AKIA" + "IOSFODNN7EXAMPLE")),
    ):
        report = compared(before, after)
        assert report.verdict != NO_CHANGE
        assert "hunter" not in as_json(report)
        assert "IOSFODNN7" not in as_json(report)


def test_a_secret_in_a_list_of_pairs_is_not_shown_when_it_changes() -> None:
    def tasks(value: str) -> Json:
        pairs = [{"Name": "A", "Value": "b"}, {"Name": "API_TOKEN", "Value": value}]
        return {"T": resource(TASKS, ContainerDefinitions=[{"Environment": pairs}])}

    report = compared(tasks("hunter22"), tasks("hunter23"))
    assert report.verdict != NO_CHANGE
    assert "hunter" not in as_json(report)


def test_the_default_of_a_hidden_parameter_is_told_and_not_shown() -> None:
    hidden = {"Password": {"Type": "String", "NoEcho": True, "Default": "hunter22"}}
    role = {"R": resource("AWS::IAM::Role")}
    report = compared({"Resources": role}, {"Resources": role, "Parameters": hidden})
    assert "its default stands in the template in plain text" in report.verdict
    assert "hunter22" not in as_json(report)


@pytest.mark.parametrize(
    ("name", "value", "is_one"),
    [
        ("DB_PASSWORD", "x1!", True),
        ("apiKey", "abc", True),
        ("SECRET_ARN", "arn:aws:secretsmanager:a", False),
        ("DB_PASSWORD", "{{resolve:secretsmanager:a}}", False),
        ("TOKEN_TTL_SECONDS", "300", False),
        ("PASSWORD_LENGTH", "12", False),
        ("TOKEN", {"Ref": "A"}, False),
        ("PLAIN", "-----BEGIN RSA PRIVATE KEY-----", True),
        ("MODE", "on", False),
        ("HttpTokens", "required", False),
        ("AuthToken", "optional", False),
        ("TOKEN", "", False),
    ],
)
def test_what_is_a_secret_in_plain_text(name: str, value: Json, is_one: bool) -> None:
    assert is_plain_secret(name, value) is is_one


def test_names_of_the_drives_own_variables_are_no_secrets() -> None:
    assert not says_secret("KEY_ID")
    assert says_secret("Environment.Variables.ADMIN_TOKEN")
    assert HIDDEN == "(not shown)"


def test_a_key_that_moved_is_the_same_key() -> None:
    key = resource("AWS::KMS::Key", "Dev/Data/Old/Key/Resource", EnableKeyRotation=True)
    moved = resource("AWS::KMS::Key", "Dev/Data/New/Key/Resource", EnableKeyRotation=True)
    logs = [
        resource("AWS::Logs::LogGroup", "Dev/Data/Logs", KmsKeyId={"Fn::GetAtt": [name, "Arn"]})
        for name in ("One", "Two")
    ]
    report = compared({"One": key, "L": logs[0]}, {"Two": moved, "L": logs[1]})
    assert not report.of_topic("encryption")


ODD: tuple[Json, ...] = (
    *(None, 7, "x", [], [[]], [None], {}, {"Fn::If": ["A", {}, []]}, {"Ref": 1}, {"Ref": "None"}),
    {"Fn::GetAtt": []},
)


@pytest.mark.parametrize("odd", ODD, ids=[str(number) for number in range(len(ODD))])
def test_odd_values_are_a_change_and_no_crash(odd: Json) -> None:
    for name in (
        "KmsKeyId",
        "Encrypted",
        "BucketEncryption",
        "SslPolicy",
        "Protocol",
        "TransitEncryption",
    ):
        before = {"R": resource(LISTENER, "", **{name: odd})}
        after = {"R": resource(LISTENER, "", **{name: {"Enabled": [{"KeyId": odd, "a": 1}]}})}
        assert compared(before, after).verdict != NO_CHANGE
        assert compared(after, before).verdict != NO_CHANGE


@pytest.mark.slow
def test_the_names_are_those_that_the_package_has(tmp_path: Path) -> None:
    written = tmp_path / "names.json"
    script = PROJECT / "ops" / "review" / "encryption_properties.mjs"
    subprocess.run([PROJECT / ".venv/bin/node", script, written], check=True)
    assert written.read_text() == script.with_suffix(".json").read_text()
    assert {"KmsKeyId", "KMSMasterKeyID", "EncryptionKey"} <= set(
        json.loads(written.read_text())["key"]
    )
