"""Twice the resources take about twice the work: counted in calls, which no machine changes."""

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest

from ops.review.changes import Changes, changes
from ops.review.picture import draw
from ops.review.topics import encryption, network
from tests.review.apps import app, resource

Json = Any


def functions(count: int, *, after: bool) -> dict[str, Json]:
    """Return a VPC with functions, each with a group, a role, a bucket and a door."""
    found: dict[str, Json] = {
        "Vpc": resource("AWS::EC2::VPC", "Dev/Data/Vpc"),
        "Subnet": resource("AWS::EC2::Subnet", "Dev/Data/Vpc/One", VpcId={"Ref": "Vpc"}),
        "Key": resource("AWS::KMS::Key", "Dev/Data/Key"),
    }
    for number in range(count):
        name = f"Dev/Data/F{number}"
        rule = {"IpProtocol": "tcp", "FromPort": 1, "ToPort": 2 + after, "CidrIp": "10.0.0.0/8"}
        group = {"Fn::GetAtt": [f"G{number}", "GroupId"]}
        found |= {
            f"G{number}": resource(
                "AWS::EC2::SecurityGroup", f"{name}/Group", SecurityGroupIngress=[rule]
            ),
            f"F{number}": resource(
                "AWS::Lambda::Function",
                f"{name}/Function",
                VpcConfig={"SubnetIds": [{"Ref": "Subnet"}], "SecurityGroupIds": [group]},
                KmsKeyArn={"Fn::GetAtt": ["Key", "Arn"]} if after else "other",
                Role={"Fn::GetAtt": [f"R{number}", "Arn"]},
            ),
            f"R{number}": resource("AWS::IAM::Role", f"{name}/Role"),
            f"U{number}": resource(
                "AWS::Lambda::Url",
                f"{name}/Url",
                TargetFunctionArn={"Fn::GetAtt": [f"F{number}", "Arn"]},
            ),
        }
    return found


def compared(count: int) -> Changes:
    before, after = (functions(count, after=each) for each in (False, True))
    return changes(app("a", Data=before), app("b", Data=after))


def calls(work: Callable[[], object]) -> int:
    """Count the calls of functions that something takes."""
    count = 0

    def counted(_: FrameType, event: str, __: object) -> None:
        nonlocal count
        count += event == "call"

    before = sys.getprofile()
    sys.setprofile(counted)
    try:
        work()
    finally:
        sys.setprofile(before)
    return count


@pytest.mark.slow
@pytest.mark.parametrize(
    "work",
    [
        lambda changed: list(network.findings(changed)),
        lambda changed: list(encryption.findings(changed)),
        draw,
    ],
    ids=["network", "encryption", "picture"],
)
def test_twice_the_resources_take_twice_the_work(work: Callable[[Changes], object]) -> None:
    small, large = compared(40), compared(160)
    work(compared(2))  # what is read once
    assert calls(lambda: work(large)) < 5 * calls(lambda: work(small))
