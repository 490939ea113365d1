"""What a review must not take for no change: pinned digests, macros, sections, nested stacks."""

import json
from pathlib import Path

import pytest

from drive_tools.errors import UsageError
from drive_tools.exit_codes import FAILED, WRONG_USAGE
from ops.__main__ import main
from ops.review.app_version import AppVersion, ReviewedStack
from ops.review.report import NO_CHANGE, review
from ops.review.sources import from_assembly
from tests.review.apps import Json, app, compared, resource

ONE, OTHER = "ab" * 32, "cd" * 32
TOPIC = resource("AWS::SNS::Topic", TopicName="told")


@pytest.mark.parametrize(
    "value",
    [
        {"Image": "maker/tool@sha256:{hash}"},
        {"Code": {"ImageUri": "maker/tool@sha256:{hash}"}},
        {"Environment": {"Variables": {"SUM": "{hash}"}}},
        {"Environment": {"Variables": {"PIN": "sha256:{hash}"}}},
        {"Value": "{hash}"},
        {"ThumbprintList": ["{hash}"]},
        {"UserData": {"Fn::Base64": "echo {hash} | sha256sum -c"}},
    ],
    ids=lambda each: next(iter(each)),
)
def test_a_hash_that_is_no_assets_is_a_change(value: Json) -> None:
    before, after = (
        {"Any": resource("Other::Any::Thing", **_filled(value, each))} for each in (ONE, OTHER)
    )
    assert compared(before, after).verdict != NO_CHANGE


@pytest.mark.parametrize(
    "value",
    [
        {"Code": {"S3Key": "{hash}.zip"}},
        {"Content": {"S3Key": "{hash}"}},
        {"SourceObjectKeys": ["{hash}.zip"]},
        {"Url": "https://s3.test/cdk-assets/{hash}.json"},
        {"ImageUri": {"Fn::Sub": "${AWS::AccountId}.test/cdk-container-assets:{hash}"}},
    ],
    ids=lambda each: next(iter(each)),
)
def test_the_hash_of_an_asset_is_none(value: Json) -> None:
    before, after = (
        {"Any": resource("Other::Any::Thing", **_filled(value, each))} for each in (ONE, OTHER)
    )
    assert compared(before, after).verdict == NO_CHANGE


def _filled(value: Json, digest: str) -> Json:
    match value:
        case dict():
            return {name: _filled(each, digest) for name, each in value.items()}
        case list():
            return [_filled(each, digest) for each in value]
        case _:
            return value.replace("{hash}", digest)


def _each(name: str) -> Json:
    return ["N", [name], {"T${N}": {"Type": "AWS::SNS::Topic"}}]


def _included(name: str) -> Json:
    return {"Name": "AWS::Include", "Parameters": {"Location": f"s3://{name}"}}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"Globals": {"Function": {"Timeout": 3}}}, {"Globals": {"Function": {"Timeout": 9}}}),
        ({"Fn::Transform": _included("a")}, {"Fn::Transform": _included("b")}),
        (
            {"Resources": {"Fn::ForEach::T": _each("a")}},
            {"Resources": {"Fn::ForEach::T": _each("b")}},
        ),
        (
            {"Resources": {"Fn::Transform": _included("a")}},
            {"Resources": {"Fn::Transform": _included("b")}},
        ),
        ({"Resources": None}, {"Resources": [1]}),
    ],
    ids=["globals", "include", "loop", "included resources", "odd"],
)
def test_a_section_or_a_macro_that_differs_is_a_change(before: Json, after: Json) -> None:
    two = {"Resources": {}, **before}, {"Resources": {}, **after}
    assert compared(*two).verdict != NO_CHANGE
    assert compared(two[0], two[0]).verdict == NO_CHANGE


@pytest.mark.parametrize(
    "beside",
    [
        lambda each: {"Connectors": {"C": {"Properties": {"Permissions": [each]}}}},
        lambda each: {"Fn::Transform": _included(each)},
        lambda each: {"Metadata": {"AWS::CloudFormation::Init": {"config": {"files": {each: {}}}}}},
    ],
    ids=["connectors", "macro", "cfn-init"],
)
def test_what_stands_beside_properties_is_a_change(beside: Json) -> None:
    before, after = ({"Topic": {**TOPIC, **beside(each)}} for each in ("Read", "Write"))
    assert compared(before, after).verdict != NO_CHANGE


ODD: tuple[Json, ...] = (
    {"a": None, "b": 1, "c": [], "d": {}, "e": {"Type": None}, "f": {"Type": ["x"]}},
    {"g": {"Type": "AWS::S3::Bucket", "Properties": None, "Metadata": None}},
    {"h": {"Type": "AWS::S3::Bucket", "Metadata": {"aws:cdk:path": 7}}},
    {"i": {"Type": "AWS::IAM::Role", "DependsOn": {"a": 1}, "DeletionPolicy": {"Fn::If": [1]}}},
    {"i": {"Type": "AWS::IAM::Role", "DependsOn": [{"a": 1}], "Metadata": []}},
)


@pytest.mark.parametrize("odd", ODD)
def test_odd_resources_are_no_error(odd: Json) -> None:
    outputs = {"a": None, "b": [1], "c": {"Export": None}, "d": {"Export": {"Name": 5}}}
    sides = {"Resources": odd, "Outputs": outputs}, {"Topic": TOPIC}
    assert compared(*sides).findings
    assert compared(*reversed(sides)).findings


def _assembly(folder: Path, stacks: list[Json], files: dict[str, Json] | None = None) -> AppVersion:
    """Write an assembly whose stacks are given as what differs from the one of a topic."""
    folder.mkdir()
    artifacts = {}
    for number, given in enumerate(stacks):
        made = {"stackName": "S", "environment": "aws://1/eu-west-1", "template": {}, **given}
        template, environment = made.pop("template"), made.pop("environment")
        body = {"Resources": {"Topic": TOPIC}, **template}
        (folder / f"{number}.template.json").write_text(json.dumps(body))
        artifacts[f"s{number}"] = {
            "type": "aws:cloudformation:stack",
            "environment": environment,
            "properties": {"templateFile": f"{number}.template.json", **made},
        }
    for name, content in (files or {}).items():
        (folder / name).write_text(json.dumps(content))
    (folder / "manifest.json").write_text(json.dumps({"artifacts": artifacts}))
    return from_assembly(folder, folder.name)


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ({}, {"environment": "aws://1/us-east-1"}, "is deployed to aws://1/us-east-1"),
        ({}, {"environment": "aws://2/eu-west-1"}, "is deployed to aws://2/eu-west-1"),
        ({"tags": {"a": "b"}}, {"tags": {"a": "c"}}, "has the tags"),
        ({}, {"assumeRoleArn": "arn:b"}, "is deployed with the role arn:b"),
        ({}, {"cloudFormationExecutionRoleArn": "arn:b"}, "is made by CloudFormation as the role"),
        ({}, {"notificationArns": ["arn:b"]}, "tells of its deployments to arn:b"),
        ({}, {"parameters": {"a": "b"}}, "has the parameters"),
    ],
    ids=["region", "account", "tags", "role", "CloudFormation's role", "notified", "parameters"],
)
def test_how_a_stack_is_deployed_is_compared(
    before: Json, after: Json, said: str, tmp_path: Path
) -> None:
    report = review(_assembly(tmp_path / "b", [before]), _assembly(tmp_path / "a", [after]))
    assert said in report.verdict


def test_where_credentials_lead_is_no_change(tmp_path: Path) -> None:
    nowhere = {"environment": "aws://unknown-account/unknown-region", "assumeRoleArn": "arn:${A}"}
    here = {"assumeRoleArn": "arn:1"}
    report = review(_assembly(tmp_path / "b", [nowhere]), _assembly(tmp_path / "a", [here]))
    assert report.verdict == NO_CHANGE


def test_stacks_of_one_name_are_each_compared(tmp_path: Path) -> None:
    other: Json = {"environment": "aws://1/us-east-1"}
    changed = {"template": {"Resources": {"Topic": resource("AWS::SNS::Topic", TopicName="new")}}}
    for name, after in (("one", [changed, other]), ("two", [{}, {**changed, **other}])):
        before = _assembly(tmp_path / f"{name}-before", [{}, other])
        assert review(before, _assembly(tmp_path / name, after)).verdict != NO_CHANGE


def test_a_nested_stack_is_compared(tmp_path: Path) -> None:
    """Its template is an asset: in that of its parent only a hash differs."""

    def nested(name: str, digest: str, width: str, *files: str) -> AppVersion:
        stack = resource("AWS::CloudFormation::Stack", TemplateURL=f"https://s3.test/{digest}.json")
        stack["Metadata"] = {"aws:asset:path": "n.template.json"}
        group = resource("AWS::EC2::SecurityGroup", SecurityGroupIngress=[_open(width)])
        template = {"template": {"Resources": {"Inner": stack}}}
        content = {each: {"Resources": {"Group": group}} for each in files}
        return _assembly(tmp_path / name, [template], content)

    before = nested("before", ONE, "10.0.0.0/8", "n.template.json")
    opened = nested("opened", OTHER, "0.0.0.0/0", "n.template.json")
    assert "from anywhere" in review(before, opened).verdict
    same = nested("same", OTHER, "10.0.0.0/8", "n.template.json")
    assert review(before, same).verdict == NO_CHANGE
    unknown = [nested(name, digest, "") for name, digest in (("x", ONE), ("y", OTHER))]
    assert "TemplateURL" in review(*unknown).verdict


def _open(width: str) -> Json:
    return {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "CidrIp": width}


@pytest.mark.parametrize("after", [None, "b"], ids=["gone", "another value"])
@pytest.mark.parametrize("name", ["name", {"Fn::Sub": "${AWS::StackName}-x"}], ids=["text", "sub"])
def test_an_export_that_only_others_import_is_no_secret(after: str | None, name: Json) -> None:
    before, new = (
        {"Resources": {}, "Outputs": {"O": {"Value": value, "Export": {"Name": name}}}}
        for value in ("a", after)
    )
    assert compared(before, new if after else {"Resources": {}}).verdict != NO_CHANGE


def test_one_export_name_in_two_regions_hides_no_value() -> None:
    def stack(value: str) -> Json:
        return {"Resources": {}, "Outputs": {"O": {"Value": value, "Export": {"Name": "e"}}}}

    user = {"Queue": resource("AWS::SQS::Queue", QueueName={"Fn::ImportValue": "e"})}
    before = app(A=stack("1"), B=stack("1"), User=user)
    assert review(before, app(A=stack("2"), B=stack("1"), User=user)).verdict != NO_CHANGE


@pytest.mark.parametrize(
    "manifest",
    [
        *("[]", "{", '{"artifacts": []}', '{"artifacts": {"a": null}}'),
        '{"artifacts": {"a": {"type": "aws:cloudformation:stack"}}}',
        '{"artifacts": {"a": {"type": "aws:cloudformation:stack", "properties": {}}}}',
    ],
    ids=str,
)
def test_a_broken_manifest_is_an_error_in_words(
    manifest: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "manifest.json").write_text(manifest)
    assert main(["review", str(tmp_path), str(tmp_path)]) == WRONG_USAGE
    assert "is no cloud assembly that can be read" in capsys.readouterr().err


def test_endless_templates_and_hostile_names_are_errors_in_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def exported(name: str, of: str) -> Json:
        return {"Value": {"Fn::ImportValue": of}, "Export": {"Name": name}}

    topic = resource("AWS::SNS::Topic", TopicName={"Fn::ImportValue": "e"})
    endless = {
        "Resources": {"Topic": topic},
        "Outputs": {"A": exported("e", "f"), "B": exported("f", "e")},
    }
    _assembly(tmp_path / "before", [{}])
    _assembly(tmp_path / "endless", [{"template": endless}])
    with pytest.raises(UsageError):
        _assembly(tmp_path / "hostile", [{"templateFile": "\x1b[31m\u202e.json"}])
    before = str(tmp_path / "before")
    assert main(["review", before, str(tmp_path / "endless")]) == FAILED
    assert "an export leads to itself" in capsys.readouterr().err
    assert main(["review", before, str(tmp_path / "hostile")]) == WRONG_USAGE
    assert "\\x1b[31m\\u202e.json" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main(["review", before, before, "--fail-on", ","])


def test_what_one_stage_loses_and_another_gains_has_not_moved() -> None:
    """They have the same path in their stages, and nothing of one stage is in the other."""

    def version(**stages: Json) -> AppVersion:
        firewall = resource("AWS::WAFv2::WebACLAssociation", WebACLArn="a", ResourceArn="b")
        return AppVersion(
            "some",
            {
                f"{name}-Data": ReviewedStack(
                    f"{name}-Data", name, {"Resources": {"Wall": firewall} if has else {}}
                )
                for name, has in stages.items()
            },
        )

    found = review(version(Dev=False, Prod=True), version(Dev=True, Prod=False))
    assert found.verdict.startswith("Prod: Prod-Data/Wall no longer puts a web firewall before b")
    deeper = review(version(**{"Pipeline/Dev": True}), version(Dev=True))
    assert "web firewall" not in str(deeper.findings)


@pytest.mark.parametrize(
    ("kind", "after"),
    [
        ("AWS::DynamoDB::Table", {"TimeToLiveSpecification": {"AttributeName": "t"}}),
        ("AWS::ECR::Repository", {"LifecyclePolicy": {"LifecyclePolicyText": "{}"}}),
        ("AWS::ECR::Repository", {"EmptyOnDelete": True}),
        ("AWS::Cognito::UserPool", {"AdminCreateUserConfig": {"AllowAdminCreateUserOnly": False}}),
    ],
    ids=["items expire", "images expire", "images go with it", "sign-up"],
)
def test_what_deletes_or_lets_in_is_to_be_looked_at(kind: str, after: Json) -> None:
    before: Json = {"AdminCreateUserConfig": {"AllowAdminCreateUserOnly": True}}
    old: Json = before if kind == "AWS::Cognito::UserPool" else {}
    report = compared({"One": resource(kind, **old)}, {"One": resource(kind, **after)})
    assert [each.weight.name for each in report.findings] == ["LOOK"]


def test_a_range_that_gets_smaller_is_closed_for_the_rest_alone() -> None:
    def group(last: int) -> Json:
        rule = {**_open("0.0.0.0/0"), "FromPort": 1, "ToPort": last}
        return {"Group": resource("AWS::EC2::SecurityGroup", "Group", SecurityGroupIngress=[rule])}

    report = compared(group(9), group(3))
    assert "no longer reached on tcp 4-9 from anywhere" in report.verdict
