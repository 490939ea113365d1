"""Policies are compared by what they mean: any policy, said in another way, and any with more."""

import copy
import random
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ops.review.findings import Weight
from ops.review.report import NO_CHANGE
from tests.review.apps import Json, compared, resource
from tests.review.holder_cases import attached, roles
from tests.review.policies import access, bucket, document, heaviest, managed, role

NAMES = st.lists(st.sampled_from("abcde"), min_size=1, max_size=3, unique=True)
CONDITIONS = st.dictionaries(
    st.sampled_from(["aws:SourceVpc", "aws:SourceAccount"]),
    st.lists(st.sampled_from("123"), min_size=1, max_size=3, unique=True),
    max_size=2,
)


def said(effect: str, actions: list[str], on: list[str], condition: Json) -> dict[str, Json]:
    stated: dict[str, Json] = {
        "Effect": effect,
        "Action": [f"s3:{each}" for each in actions],
        "Resource": on,
    }
    return {**stated, "Condition": {"StringEquals": condition}} if condition else stated


STATEMENTS = st.lists(
    st.builds(said, st.sampled_from(["Allow", "Allow", "Deny"]), NAMES, NAMES, CONDITIONS),
    min_size=1,
    max_size=4,
)


def split(statements: list[Json], seed: int) -> list[Json]:
    """Return a statement for each action and resource, in any order."""
    found = [
        {**each, "Action": action, "Resource": [on], "Sid": f"a{number}"}
        for number, each in enumerate(statements)
        for action in each["Action"]
        for on in each["Resource"]
    ]
    random.Random(seed).shuffle(found)
    return found


@pytest.mark.slow
@settings(max_examples=30)
@given(STATEMENTS, st.integers(0, 9))
def test_split_and_in_another_order_is_no_change(statements: list[Json], seed: int) -> None:
    one, other = roles(*statements), roles(*split(statements, seed))
    assert compared(one, other).verdict == NO_CHANGE
    assert compared(other, one).verdict == NO_CHANGE


@pytest.mark.slow
@settings(max_examples=30)
@given(STATEMENTS)
def test_moved_to_a_managed_policy_is_no_change(statements: list[Json]) -> None:
    one, other = roles(*statements), attached(managed(*statements), "Role")
    assert compared(one, other).verdict == NO_CHANGE
    assert compared(other, one).verdict == NO_CHANGE


@pytest.mark.slow
@settings(max_examples=30)
@given(STATEMENTS, st.data())
def test_an_action_more_is_found(statements: list[Json], data: st.DataObject) -> None:
    more = copy.deepcopy(statements)
    data.draw(st.sampled_from(more))["Action"].append("iam:CreateUser")
    index = next(i for i, each in enumerate(more) if "iam:CreateUser" in each["Action"])
    allowed = more[index]["Effect"] == "Allow"
    weights = (Weight.LOOK, Weight.NOTE) if allowed else (Weight.NOTE, Weight.LOOK)
    assert heaviest(access(roles(*statements), roles(*more))) is weights[0]
    assert heaviest(access(roles(*more), roles(*statements))) is weights[1]


@pytest.mark.slow
@settings(max_examples=30)
@given(STATEMENTS, st.data())
def test_a_statement_more_is_found_or_covered(statements: list[Json], data: st.DataObject) -> None:
    """What one more statement permits is more, unless the rest permits it as well."""
    dropped = data.draw(st.integers(0, len(statements) - 1))
    rest = [each for number, each in enumerate(statements) if number != dropped]
    one, other = access(roles(*rest), roles(*statements)), access(roles(*statements), roles(*rest))
    assert bool(one) == bool(other)


ODD: list[Json] = [
    None,
    "",
    "x",
    3,
    True,
    [],
    {},
    [[]],
    [None],
    {"Ref": "Missing"},
    {"Ref": 3},
    {"Fn::GetAtt": ["A"]},
    {"Fn::GetAtt": "A.Arn"},
    {"Fn::GetAtt": ["A", {"Ref": "B"}]},
    {"Fn::Join": "x"},
    {"Fn::Join": ["", {"Ref": "List"}]},
    {"Fn::Sub": ["${a}", {"a": {"Ref": "AWS::Region"}}]},
    {"Fn::Sub": ["${a}"]},
    {"Fn::Sub": {"a": 1}},
    {"Fn::If": ["C"]},
    {"Fn::If": ["C", "*", {"Ref": "AWS::NoValue"}]},
    {"Fn::If": [{"Ref": "P"}, ["*"], [{"Fn::If": ["D", "a", "b"]}]]},
    {"Fn::Select": [0, {"Fn::Split": [",", "a,b"]}]},
    {"Fn::ForEach::X": ["I", ["a"], {"${I}": {"Action": "*"}}]},
    {"Fn::ImportValue": {"Fn::Sub": "${x}-y"}},
    {"Fn::Transform": {"Name": "AWS::Include"}},
    {"AWS": {"Ref": "P"}},
    '{"Statement": [',
    '{"Statement": "x"}',
    "${aws:username}",
    "\N{RIGHT-TO-LEFT OVERRIDE}<b>*_`",
]
PLACES = ("Effect", "Action", "NotAction", "Resource", "Principal", "NotPrincipal", "Condition")


def odd_apps(value: Json) -> Iterator[dict[str, Json]]:
    whole = {"Effect": "Allow", "Action": "a:b", "Resource": "*", "Principal": "*"}
    for place in PLACES:
        yield bucket({**whole, place: value})
    yield bucket({**whole, "Condition": {"StringEquals": value}})
    yield bucket({**whole, "Condition": {"IpAddress": {"aws:SourceIp": value}}})
    yield bucket(value)
    for kind, name in (
        ("AWS::S3::BucketPolicy", "PolicyDocument"),
        ("AWS::S3::BucketPolicy", "Bucket"),
        ("AWS::SQS::QueuePolicy", "Queues"),
        ("AWS::IAM::Role", "AssumeRolePolicyDocument"),
        ("AWS::IAM::Role", "Policies"),
        ("AWS::IAM::Role", "ManagedPolicyArns"),
        ("AWS::IAM::Role", "PermissionsBoundary"),
        ("AWS::IAM::User", "Groups"),
        ("AWS::IAM::Policy", "Roles"),
        ("AWS::IAM::UserToGroupAddition", "Users"),
        ("AWS::Lambda::Permission", "Principal"),
        ("AWS::Lambda::Permission", "SourceArn"),
        ("AWS::Lambda::Url", "AuthType"),
        ("AWS::ApiGatewayV2::Route", "ApiId"),
        ("AWS::ApiGateway::Method", "RestApiId"),
        ("AWS::S3::Bucket", "PublicAccessBlockConfiguration"),
        ("AWS::S3::Bucket", "AccessControl"),
        ("AWS::Events::EventBusPolicy", "Principal"),
        ("AWS::Events::EventBusPolicy", "Condition"),
        ("AWS::EC2::VPCEndpoint", "PolicyDocument"),
        ("AWS::KMS::Key", "KeyPolicy"),
    ):
        yield {"It": resource(kind, **{name: value})}
    yield {"It": {"Type": "AWS::IAM::Role", "Properties": value}}


@pytest.mark.slow
@pytest.mark.parametrize("number", range(len(ODD)))
def test_odd_values_crash_nothing_and_are_seen(number: int) -> None:
    usual = list(odd_apps("usual"))
    for one, other in zip(usual, odd_apps(ODD[number]), strict=True):
        compared(one, other)
        compared(other, one)
        compared({}, other)
        compared(other, {})
        assert compared(other, copy.deepcopy(other)).verdict == NO_CHANGE


@pytest.mark.parametrize("place", ["Action", "Resource", "Principal", "Effect", "Condition"])
def test_another_parameter_is_another_policy(place: str) -> None:
    """What nobody can know is at least not taken for the same."""
    whole = {"Effect": "Allow", "Action": "a:b", "Resource": "*", "Principal": "*"}
    one, other = (bucket({**whole, place: {"Ref": name}}) for name in ("P", "Q"))
    assert heaviest(access(one, other)) > Weight.NOTE


@pytest.mark.parametrize("before", [{"Ref": "P"}, document(), {"Fn::GetAtt": ["C", "Value"]}])
def test_a_document_that_cannot_be_read_is_looked_at(before: Json) -> None:
    after = {"Ref": "Q"}
    either = {"Fn::If": ["C", document(), before]}, {"Fn::If": ["C", document(), after]}
    one, other = ({"It": resource("AWS::KMS::Key", KeyPolicy=each)} for each in either)
    assert heaviest(access(one, other)) > Weight.NOTE
    for kind, name in (
        ("AWS::S3::BucketPolicy", "PolicyDocument"),
        ("AWS::KMS::Key", "KeyPolicy"),
        ("AWS::IAM::Role", "AssumeRolePolicyDocument"),
    ):
        one, other = ({"It": resource(kind, "", **{name: each})} for each in (before, after))
        assert heaviest(access(one, other)) > Weight.NOTE
    one, other = (
        roles_with({"PolicyName": "a", "PolicyDocument": each}) for each in (before, after)
    )
    assert heaviest(access(one, other)) > Weight.NOTE


def roles_with(policy: Json) -> dict[str, Json]:
    return {"Role": role(Policies=[policy])}
