"""What counts as permitting more, tried on everything that the project's templates permit."""

import copy
import json
from collections.abc import Callable, Iterator

import pytest

from ops.deployment.policy_comparison import broadened
from tests.infra.templates import Json, StageTemplates

ACTION = "iam:CreateAccessKey"


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
    for index, original in enumerate(statements(template)):
        changed = copy.deepcopy(template)
        change(list(statements(changed))[index])
        yield original, changed


def add_an_action(statement: Json) -> None:
    actions = statement["Action"]
    statement["Action"] = [*(actions if isinstance(actions, list) else [actions]), ACTION]


def drop_the_condition(statement: Json) -> None:
    statement.pop("Condition", None)


def test_nothing_changed_permits_nothing_more(drive: StageTemplates) -> None:
    for template in drive.templates:
        assert broadened(template.body, template.body) == []


def test_all_is_more_than_nothing(drive: StageTemplates) -> None:
    for template in drive.templates:
        assert broadened({}, template.body)
        assert broadened(template.body, {"Resources": {}}) == []


def test_an_action_more_is_found_in_every_policy(drive: StageTemplates) -> None:
    """Also in the managed policies of the functions, and in those of keys and the file system."""
    tried = 0
    for template in drive.templates:
        for statement, changed in changes(template.body, add_an_action):
            tried += 1
            found = broadened(template.body, changed)
            back = broadened(changed, template.body)
            if statement["Effect"] == "Allow":
                assert found
                assert all(f"may {ACTION}" in permission.what for permission in found)
                assert back == []
            else:
                assert found == []
                assert back
                assert all(permission.forbidden for permission in back)
    assert tried > 20


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


GROUP = {"Fn::GetAtt": ["Group", "GroupId"]}
BROADER: list[tuple[Json, Json, str]] = [
    (
        resource("AWS::IAM::Role"),
        resource(
            "AWS::IAM::Role", ManagedPolicyArns=["arn:aws:iam::aws:policy/AdministratorAccess"]
        ),
        "has the policy arn:aws:iam::aws:policy/AdministratorAccess",
    ),
    (
        resource("AWS::IAM::Role", PermissionsBoundary={"Ref": "Boundary"}),
        resource("AWS::IAM::Role"),
        "what ${Boundary} does not permit",
    ),
    (
        resource("AWS::IAM::Policy", Roles=[{"Ref": "One"}]),
        resource("AWS::IAM::Policy", Roles=[{"Ref": "One"}, {"Ref": "Two"}]),
        "is held by ${Two}",
    ),
    (
        resource("AWS::IAM::ManagedPolicy"),
        resource("AWS::IAM::ManagedPolicy", Roles=["Some"], Users=["Else"]),
        "is held by Else",
    ),
    (
        {},
        resource("AWS::Lambda::Permission", FunctionName="f", Action="a", Principal="*"),
        "may be called: Action=a FunctionName=f Principal=*",
    ),
    (
        resource("AWS::Lambda::Url", AuthType="AWS_IAM"),
        resource("AWS::Lambda::Url", AuthType="NONE"),
        "anybody may call it",
    ),
    (
        resource("AWS::ApiGatewayV2::Route", AuthorizationType="AWS_IAM"),
        resource("AWS::ApiGatewayV2::Route"),
        "anybody may call it",
    ),
    (
        resource("AWS::EC2::SecurityGroup"),
        resource(
            "AWS::EC2::SecurityGroup",
            SecurityGroupIngress=[
                {"IpProtocol": "tcp", "FromPort": 1, "ToPort": 9, "CidrIpv6": "::/0"}
            ],
        ),
        "opens tcp 1-9 from ::/0",
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
        "opens -1 all ports to 0.0.0.0/0",
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
        "AWS 1 may sts:AssumeRole",
    ),
    (
        resource("AWS::S3::BucketPolicy", PolicyDocument={"Statement": []}),
        resource(
            "AWS::S3::BucketPolicy",
            PolicyDocument={
                "Statement": [{"NotAction": "s3:Put", "NotResource": "a", "Principal": "*"}]
            },
        ),
        "* may all but s3:Put on all but a",
    ),
]


@pytest.mark.parametrize(("before", "after", "what"), BROADER, ids=[what for *_, what in BROADER])
def test_what_permits_more_is_named(before: Json, after: Json, what: str) -> None:
    assert what in [permission.what for permission in broadened(before, after)]
    back = broadened(after, before)
    assert what not in [permission.what for permission in back]


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
    [permission] = broadened(before, resource("AWS::IAM::Policy"))
    assert permission.forbidden
