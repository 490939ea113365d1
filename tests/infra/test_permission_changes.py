"""What counts as permitting more, tried on everything that the project's templates permit."""

import json
from collections.abc import Callable, Iterator

import pytest

from ops.review import permitted
from ops.review.findings import Finding
from tests.infra.templates import Json, StageTemplates
from tests.review.apps import app


def broadened(before: Json, after: Json) -> list[Finding]:
    """Return what a person must agree to, as `python -m ops permissions` finds it."""
    one, other = (app(Data={"Resources": {}, **each}) for each in (before, after))
    return permitted.broadened(one, other)


def statements(value: Json) -> Iterator[Json]:
    """Every statement of every policy in a template."""
    if isinstance(value, list):
        for each in value:
            yield from statements(each)
    elif isinstance(value, dict):
        yield from value.get("Statement", [])
        for each in value.values():
            yield from statements(each)


def changes(template: Json, change: Callable[[Json], None]) -> Iterator[tuple[Json, Json]]:
    """The template with one of its statements changed, for each of them, and that statement."""
    text = json.dumps(template)
    for index, original in enumerate(statements(template)):
        changed = json.loads(text)
        change(list(statements(changed))[index])
        yield original, changed


def drop_the_condition(statement: Json) -> None:
    statement.pop("Condition", None)


def test_nothing_changed_permits_nothing_more(drive: StageTemplates) -> None:
    for template in drive.templates:
        assert broadened(template.body, template.body) == []


def test_all_is_more_than_nothing(drive: StageTemplates) -> None:
    for template in drive.templates:
        assert broadened({}, template.body)
        assert broadened(template.body, {"Resources": {}}) == []


def with_further_actions(template: Json, effect: str) -> tuple[Json, list[str]]:
    """The template with one action more in each statement of an effect, and those actions."""
    changed = json.loads(json.dumps(template))
    added = []
    for number, statement in enumerate(statements(changed)):
        if statement["Effect"] == effect:
            actions = statement["Action"]
            added.append(f"iam:Planted{number:03}")
            statement["Action"] = [
                *(actions if isinstance(actions, list) else [actions]),
                added[-1],
            ]
    return changed, added


def test_an_action_more_is_found_in_every_policy(drive: StageTemplates) -> None:
    """Also in the managed policies of the functions, and in those of keys and the file system."""
    tried = 0
    for template in drive.templates:
        allowed, actions = with_further_actions(template.body, "Allow")
        found = " ".join(
            f"{each.sentence} {each.details}" for each in broadened(template.body, allowed)
        )
        assert [action for action in actions if action not in found] == []
        assert broadened(allowed, template.body) == []
        denied, refused = with_further_actions(template.body, "Deny")
        assert broadened(template.body, denied) == []
        back = broadened(denied, template.body)
        assert all("no longer den" in each.sentence for each in back)
        said = " ".join(f"{each.sentence} {each.details}" for each in back)
        assert [action for action in refused if action not in said] == []
        tried += len(actions) + len(refused)
    assert tried > 20


@pytest.mark.slow
def test_a_condition_less_is_found_in_every_policy(drive: StageTemplates) -> None:
    tried = 0
    for template in drive.templates:
        for statement, changed in changes(template.body, drop_the_condition):
            if statement.get("Condition") and statement["Effect"] == "Allow":
                tried += 1
                assert broadened(template.body, changed)
    assert tried > 5


def resource(kind: str, **properties: Json) -> Json:
    return {"Resources": {"It": {"Type": kind, "Properties": properties}}}


GET = {"Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}
GROUP = {"Fn::GetAtt": ["Group", "GroupId"]}
BROADER: list[tuple[Json, Json, str]] = [
    (
        resource("AWS::IAM::Role"),
        resource(
            "AWS::IAM::Role", ManagedPolicyArns=["arn:aws:iam::aws:policy/AdministratorAccess"]
        ),
        "has the managed policy AdministratorAccess from now on",
    ),
    (
        resource("AWS::IAM::Role", PermissionsBoundary={"Ref": "Boundary"}),
        resource("AWS::IAM::Role"),
        "is no longer held within the boundary <Boundary>",
    ),
    (
        resource("AWS::IAM::Policy", Roles=[{"Ref": "One"}], PolicyDocument=GET),
        resource("AWS::IAM::Policy", Roles=[{"Ref": "One"}, {"Ref": "Two"}], PolicyDocument=GET),
        "<Two> may s3:GetObject",
    ),
    (
        resource("AWS::IAM::ManagedPolicy", PolicyDocument=GET),
        resource("AWS::IAM::ManagedPolicy", Roles=["Some"], Users=["Else"], PolicyDocument=GET),
        "Else may s3:GetObject",
    ),
    (
        {},
        resource("AWS::Lambda::Permission", FunctionName="f", Action="a", Principal="*"),
        "f lets anybody in the world a",
    ),
    (
        resource("AWS::Lambda::Url", AuthType="AWS_IAM"),
        resource("AWS::Lambda::Url", AuthType="NONE"),
        "may be called by anybody in the world",
    ),
    (
        resource("AWS::ApiGatewayV2::Route", AuthorizationType="AWS_IAM"),
        resource("AWS::ApiGatewayV2::Route"),
        "may be called by anybody in the world",
    ),
    (
        resource("AWS::EC2::SecurityGroup"),
        resource(
            "AWS::EC2::SecurityGroup",
            SecurityGroupIngress=[
                {"IpProtocol": "tcp", "FromPort": 1, "ToPort": 9, "CidrIpv6": "::/0"}
            ],
        ),
        "may now be reached on tcp 1-9 from anywhere",
    ),
    (
        resource(
            "AWS::EC2::SecurityGroupEgress",
            GroupId=GROUP,
            IpProtocol="tcp",
            FromPort=443,
            ToPort=443,
            CidrIp="10.0.0.0/8",
        ),
        resource(
            "AWS::EC2::SecurityGroupEgress", GroupId=GROUP, IpProtocol="-1", CidrIp="0.0.0.0/0"
        ),
        "may now reach",
    ),
    (
        resource("AWS::IAM::Role", AssumeRolePolicyDocument={"Statement": []}),
        resource(
            "AWS::IAM::Role",
            AssumeRolePolicyDocument={
                "Statement": [
                    {
                        "Effect": "Allow",
                        "Action": "sts:AssumeRole",
                        "Principal": {"AWS": ["1", {"Ref": "Other"}]},
                    }
                ]
            },
        ),
        "may be assumed by the account 1",
    ),
    (
        resource("AWS::S3::BucketPolicy", PolicyDocument={"Statement": []}),
        resource(
            "AWS::S3::BucketPolicy",
            PolicyDocument={
                "Statement": [{"NotAction": "s3:Put", "NotResource": "a", "Principal": "*"}]
            },
        ),
        "lets anybody in the world do everything but s3:Put on everything but a",
    ),
]


@pytest.mark.parametrize(("before", "after", "what"), BROADER, ids=range(len(BROADER)))
def test_what_permits_more_is_named(before: Json, after: Json, what: str) -> None:
    assert what in "\n".join(each.sentence for each in broadened(before, after))
    assert what not in "\n".join(each.sentence for each in broadened(after, before))


def test_a_rule_with_another_id_opens_nothing() -> None:
    rule = {
        "GroupId": GROUP,
        "IpProtocol": "tcp",
        "FromPort": 1,
        "ToPort": 1,
        "CidrIp": "10.0.0.0/8",
    }
    before = resource("AWS::EC2::SecurityGroupIngress", **rule)
    after = json.loads(json.dumps(before).replace('"It"', '"Other"'))
    assert broadened(before, after) == []


def test_what_goes_with_its_denials_permits_nothing() -> None:
    denying = {"Statement": [{"Effect": "Deny", "Action": "a", "Resource": "*"}]}
    before = resource("AWS::IAM::Policy", PolicyDocument=denying)
    assert broadened(before, {"Resources": {}}) == []
    [found] = broadened(before, resource("AWS::IAM::Policy"))
    assert "no longer denies whoever holds it" in found.sentence
