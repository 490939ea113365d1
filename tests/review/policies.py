"""Roles, keys and buckets with policies, to be compared."""

from collections.abc import Mapping
from typing import Any

from ops.review.findings import Finding, Weight
from ops.review.report import Report
from tests.review.apps import compared, resource

Json = Any
ACCOUNT = {"Ref": "AWS::AccountId"}
ROLE_ARN = {"Fn::GetAtt": ["Role", "Arn"]}


def statement(action: Json, on: Json = "*", **elements: Json) -> dict[str, Json]:
    """Return a statement that allows, if nothing else is said."""
    return {"Effect": "Allow", "Action": action, "Resource": on, **elements}


def document(*statements: Json) -> dict[str, Json]:
    """Return a policy document."""
    return {"Version": "2012-10-17", "Statement": list(statements)}


def role(*inline: Json, trust: Json = "lambda.amazonaws.com", **more: Json) -> dict[str, Json]:
    """Return a role with one inline policy; `trust` is a service, or a whole statement."""
    trusts = (
        trust
        if isinstance(trust, dict)
        else {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": trust}}
    )
    policies = [{"PolicyName": "a", "PolicyDocument": document(*inline)}] if inline else []
    return resource(
        "AWS::IAM::Role",
        "Dev/Data/Role/Resource",
        AssumeRolePolicyDocument=document(trusts),
        **({"Policies": policies} if inline else {}),
        **more,
    )


def managed(*statements: Json, **more: Json) -> dict[str, Json]:
    """Return a managed policy."""
    return resource(
        "AWS::IAM::ManagedPolicy",
        "Dev/Data/Policy/Resource",
        PolicyDocument=document(*statements),
        **more,
    )


def bucket(*statements: Json, **more: Json) -> dict[str, Json]:
    """Return the resources of a bucket, with a policy if there are statements."""
    found = {"Bucket": resource("AWS::S3::Bucket", "Dev/Data/Bucket/Resource", **more)}
    if statements:
        found["BucketPolicy"] = resource(
            "AWS::S3::BucketPolicy",
            "Dev/Data/Bucket/Policy/Resource",
            Bucket={"Ref": "Bucket"},
            PolicyDocument=document(*statements),
        )
    return found


def key(*statements: Json) -> dict[str, Json]:
    """Return a key, with a policy if there are statements."""
    policy = {"KeyPolicy": document(*statements)} if statements else {}
    return resource("AWS::KMS::Key", "Dev/Data/Key/Resource", **policy)


def access(before: Mapping[str, Json], after: Mapping[str, Json]) -> list[Finding]:
    """Return what a review says of access."""
    return of_access(compared(before, after))


def of_access(report: Report) -> list[Finding]:
    """Return the findings of access."""
    return [each for each in report.findings if each.topic == "access"]


def heaviest(found: list[Finding]) -> Weight:
    """Return the weight of the worst finding; NONE if there is none."""
    return max((each.weight for each in found), default=Weight.NONE)
