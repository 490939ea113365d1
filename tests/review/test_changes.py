"""What CloudFormation would touch: replaced through references, moved, or the same in meaning."""

import pytest

from ops.review.app_version import AppVersion, ReviewedStack
from ops.review.changes import changes
from ops.review.report import NO_CHANGE, review
from tests.review.apps import Json, app, compared, resource, sentences

KEY = resource("AWS::KMS::Key", "Dev/Data/Key/Resource", Description="a")
FILES = resource(
    "AWS::EFS::FileSystem",
    "Dev/Data/Files",
    KmsKeyId={"Fn::GetAtt": ["Key", "Arn"]},
    _DeletionPolicy="Delete",
)
TARGET = resource("AWS::EFS::MountTarget", "Dev/Data/Target", FileSystemId={"Ref": "Files"})


def test_what_refers_to_what_is_replaced_is_replaced() -> None:
    other = resource("AWS::KMS::Key", "Dev/Data/Key/Resource", KeySpec="RSA_2048")
    other["Type"] = "AWS::KMS::ReplicaKey"
    found = changes(
        app(Data={"Key": KEY, "Files": FILES, "Target": TARGET}),
        app(Data={"Key": other, "Files": FILES, "Target": TARGET}),
    )
    impacts = {each.resource.logical_id: each.impact for each in found.resources}
    assert impacts == {"Key": "replaced", "Files": "replaced", "Target": "replaced"}
    [cause] = found.by_key["Dev-Data", "Target"].causes
    assert (cause.attribute, cause.through) == ("FileSystemId", ("Dev-Data", "Files"))


def test_a_replacement_is_followed_into_another_stack() -> None:
    exported = {
        "Resources": {"Files": FILES},
        "Outputs": {"Out": {"Value": {"Ref": "Files"}, "Export": {"Name": "Dev-Data:Files"}}},
    }
    changed = {**exported, "Resources": {"Files": {**FILES, "Properties": {"Encrypted": False}}}}
    target = resource("AWS::EFS::MountTarget", FileSystemId={"Fn::ImportValue": "Dev-Data:Files"})
    found = changes(
        app(Data=exported, Service={"Target": target}),
        app(Data=changed, Service={"Target": target}),
    )
    assert found.by_key["Dev-Service", "Target"].impact == "replaced"


def test_who_only_points_to_what_is_replaced_stays() -> None:
    alarm = resource("AWS::CloudWatch::Alarm", Dimensions=[{"Value": {"Ref": "Files"}}])
    changed = {**FILES, "Properties": {"Encrypted": False}}
    found = changes(
        app(Data={"Files": FILES, "A": alarm}), app(Data={"Files": changed, "A": alarm})
    )
    assert [each.resource.logical_id for each in found.resources] == ["Files"]


def test_a_construct_that_moved_is_not_removed_and_added() -> None:
    queue = resource("AWS::SQS::Queue", "Dev/Data/Old/Queue/Resource", VisibilityTimeout=7)
    there = resource("AWS::SQS::Queue", "Dev/Data/New/Queue/Resource", VisibilityTimeout=7)
    report = compared({"OldQueue1": queue}, {"NewQueue2": there})
    assert sentences(report) == [
        "Data/Old/Queue moves to Data/New/Queue: AWS makes a new one there, and the old one is"
        " deleted (its messages)"
    ]


def test_a_move_of_what_holds_nothing_has_no_weight() -> None:
    before = resource("AWS::CloudWatch::Alarm", "Dev/Data/Old/Alarm", Threshold=1)
    after = resource("AWS::CloudWatch::Alarm", "Dev/Data/New/Alarm", Threshold=1)
    report = compared({"Old1": before}, {"New2": after})
    assert report.verdict == NO_CHANGE
    assert report.without_weight == ("Data/Old/Alarm moves to Data/New/Alarm (Dev)",)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"Code": {"S3Key": "a" * 64 + ".zip"}}, {"Code": {"S3Key": "b" * 64 + ".zip"}}),
        ({"Description": "a"}, {"Description": "b"}),
        ({"Tags": [{"Key": "a"}, {"Key": "b"}]}, {"Tags": [{"Key": "b"}, {"Key": "a"}]}),
        ({"Timeout": "3"}, {"Timeout": 3}),
        ({"_Metadata": {"a": 1}}, {"_Metadata": {"b": 2}}),
        ({"_DependsOn": "Role"}, {"_DependsOn": ["Role"]}),
    ],
    ids=["hash", "description", "order", "number as text", "metadata", "one or a list"],
)
def test_no_change_in_meaning(before: dict[str, Json], after: dict[str, Json]) -> None:
    role = resource("AWS::IAM::Role")
    one, other = (resource("AWS::Lambda::Function", **each) for each in (before, after))
    assert compared({"F": one, "Role": role}, {"F": other, "Role": role}).verdict == NO_CHANGE


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"Timeout": 3}, {"Timeout": 4}),
        ({"Layers": ["a", "b"]}, {"Layers": ["b", "a"]}),
        ({"Environment": {"Variables": {"A": "1"}}}, {"Environment": {"Variables": {"A": "2"}}}),
        ({"_DependsOn": ["Role"]}, {}),
        ({"_Condition": "A"}, {"_Condition": "B"}),
        ({}, {"MadeUp": "x"}),
    ],
    ids=["value", "order that counts", "variable", "waits", "condition", "unknown property"],
)
def test_no_change_is_taken_for_none(before: dict[str, Json], after: dict[str, Json]) -> None:
    role = resource("AWS::IAM::Role")
    one, other = (resource("AWS::Lambda::Function", **each) for each in (before, after))
    assert compared({"F": one, "Role": role}, {"F": other, "Role": role}).verdict != NO_CHANGE


@pytest.mark.parametrize("paths", [("Dev", "Ships/Dev"), ("Ships/Dev", "Dev")])
def test_a_stage_at_another_place_in_the_app_has_the_same_names(paths: tuple[str, str]) -> None:
    """As it is when a laptop deployed it before a pipeline does, or the other way round."""

    def version(path: str) -> AppVersion:
        vpc = resource("AWS::EC2::VPC", f"{path}/Data/Vpc/Resource", CidrBlock="10.0.0.0/16")
        way = resource(
            "AWS::EC2::VPCEndpoint",
            f"{path}/Data/Vpc/S3/Resource",
            VpcId={"Ref": "Vpc"},
            ServiceName="com.amazonaws.eu-west-1.s3",
            Tags=[{"Key": "Name", "Value": path}],
        )
        template = {"Resources": {"Vpc": vpc, "Way": way}}
        return AppVersion(path, {"Data": ReviewedStack("Data", paths[1], template)})

    before, after = map(version, paths)
    renamed = f"Data/Vpc/S3: Tags.0.Value is {paths[1]}, and was {paths[0]}"
    assert sentences(review(before, after)) == [renamed]
    elsewhere = resource("AWS::EC2::VPC", "Another/Data/Vpc/Resource")
    other = ReviewedStack("Data", "Dev", {"Resources": {"Vpc": elsewhere}})
    assert other.resources["Vpc"].name == "Another/Data/Vpc"


def test_one_of_many_that_are_the_same_is_found_by_its_place() -> None:
    def queues(third: str) -> dict[str, Json]:
        paths = ("One/Queue", "Two/Queue", third)
        return {
            path.replace("/", ""): resource("AWS::SQS::Queue", f"Dev/Data/{path}") for path in paths
        }

    report = compared(queues("Three/Queue"), queues("Three/Inbox"))
    assert sentences(report) == [
        "Data/Three/Queue moves to Data/Three/Inbox: AWS makes a new one there, and the old one is"
        " deleted (its messages)"
    ]


def test_two_that_share_a_place_and_nothing_else_are_not_one_that_moved() -> None:
    before = resource("AWS::SQS::Queue", "Dev/Data/Queues/A", VisibilityTimeout=7, FifoQueue=True)
    after = resource("AWS::SQS::Queue", "Dev/Data/Queues/B", DelaySeconds=1)
    report = compared({"A": before}, {"B": after})
    assert sentences(report) == [
        "Data/Queues/A is deleted (its messages)",
        "Data/Queues/B is new (SQS Queue)",
    ]


def test_two_functions_of_one_last_name_are_not_one_that_moved() -> None:
    def function(parent: str, **own: Json) -> dict[str, Json]:
        shared = {"Runtime": "python3.13", "Handler": "handler.handler", "MemorySize": 256}
        path = f"Dev/Data/{parent}/Function/Resource"
        return resource("AWS::Lambda::Function", path, **{**shared, **own})

    report = compared(
        {"Watch": function("KeyWatch", Timeout=30, Environment={"A": "1"})},
        {"Thumbnails": function("Thumbnails", Timeout=60, Environment={"B": "2"})},
    )
    assert not [each for each in report.without_weight if "moves" in each]
    assert any("Data/KeyWatch/Function is removed" in each for each in sentences(report))
