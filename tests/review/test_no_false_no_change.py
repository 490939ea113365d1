"""What a review must not take for no change: digests that are pinned, macros, sections, settings."""

import pytest

from ops.review.report import NO_CHANGE
from tests.review.apps import Json, compared, resource

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
