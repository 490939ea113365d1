"""What a review says of data: replaced, deleted, no longer kept."""

from ops.review.findings import Weight
from tests.review.apps import compared, resource, sentences

BUCKET = resource(
    "AWS::S3::Bucket", "Dev/Data/Files/Resource", BucketName="a", _DeletionPolicy="Retain"
)


def test_a_replaced_bucket_is_the_first_sentence() -> None:
    after = {**BUCKET, "Properties": {"BucketName": "b", "Tags": []}}
    report = compared({"B": BUCKET}, {"B": after})
    assert report.verdict.startswith(
        "Dev: Data/Files is replaced by a new one (its objects): its BucketName changes."
    )
    assert report.findings[0].weight is Weight.STOP


def test_what_is_removed_and_kept_is_not_lost() -> None:
    report = compared({"B": BUCKET}, {})
    assert sentences(report) == [
        "Data/Files stays in AWS, but is no longer the stack's (its objects)"
    ]
    assert report.findings[0].weight is Weight.LOOK


def test_a_policy_that_keeps_no_longer() -> None:
    report = compared({"B": BUCKET}, {"B": {**BUCKET, "DeletionPolicy": "Delete"}})
    assert sentences(report) == [
        "Data/Files is no longer kept when its stack is deleted or no longer has it"
    ]
    assert report.findings[0].weight is Weight.STOP


def test_a_policy_that_keeps_from_now_on() -> None:
    before = {name: value for name, value in BUCKET.items() if name != "DeletionPolicy"}
    report = compared({"B": before}, {"B": BUCKET})
    assert [each.weight for each in report.findings] == [Weight.NOTE]
