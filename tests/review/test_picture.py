"""The picture of a network: what it shows, its marks, and that hostile names do nothing in it."""

import re
import xml.etree.ElementTree as ET
from typing import Any

import pytest

from ops.review.changes import Changes, changes
from ops.review.picture import draw
from tests.review.apps import app, resource

Json = Any
SVG = "{http://www.w3.org/2000/svg}"


def att(name: str, attribute: str) -> Json:
    return {"Fn::GetAtt": [name, attribute]}


def subnet(number: int) -> Json:
    return resource("AWS::EC2::Subnet", f"Dev/Data/Vpc/Private{number}", VpcId={"Ref": "Vpc"})


def function(name: str, **more: Json) -> Json:
    return resource(
        "AWS::Lambda::Function",
        f"Dev/Data/{name}/Function/Resource",
        VpcConfig={"SubnetIds": [{"Ref": "One"}], "SecurityGroupIds": [att("Client", "GroupId")]},
        FileSystemConfigs=[{"Arn": att("Access", "Arn")}],
        **more,
    )


DRIVE: dict[str, Json] = {
    "Vpc": resource("AWS::EC2::VPC", "Dev/Data/Vpc", CidrBlock="10.0.0.0/16"),
    "One": subnet(1),
    "Table": resource("AWS::EC2::RouteTable", VpcId={"Ref": "Vpc"}),
    "Of": resource(
        "AWS::EC2::SubnetRouteTableAssociation",
        SubnetId={"Ref": "One"},
        RouteTableId={"Ref": "Table"},
    ),
    "Nat": resource("AWS::EC2::NatGateway", "Dev/Data/Vpc/Nat"),
    "Out": resource(
        "AWS::EC2::Route",
        RouteTableId={"Ref": "Table"},
        DestinationCidrBlock="0.0.0.0/0",
        NatGatewayId={"Ref": "Nat"},
    ),
    "Client": resource("AWS::EC2::SecurityGroup", "Dev/Data/Client", SecurityGroupEgress=[]),
    "Server": resource(
        "AWS::EC2::SecurityGroup",
        "Dev/Data/Server",
        SecurityGroupIngress=[
            {
                "IpProtocol": "tcp",
                "FromPort": 2049,
                "ToPort": 2049,
                "SourceSecurityGroupId": att("Client", "GroupId"),
            }
        ],
    ),
    "Disk": resource("AWS::EFS::FileSystem", "Dev/Data/Disk", Encrypted=True),
    "Mount": resource(
        "AWS::EFS::MountTarget",
        FileSystemId={"Ref": "Disk"},
        SubnetId={"Ref": "One"},
        SecurityGroups=[att("Server", "GroupId")],
    ),
    "Access": resource("AWS::EFS::AccessPoint", FileSystemId={"Ref": "Disk"}),
    "Files": function("Files"),
    "Url": resource(
        "AWS::Lambda::Url",
        "Dev/Data/Files/Function/FunctionUrl",
        AuthType="AWS_IAM",
        TargetFunctionArn=att("Files", "Arn"),
    ),
}


def pair(before: Json, after: Json) -> Changes:
    return changes(app("a", Data=before), app("b", Data=after))


def said(picture: str) -> str:
    """Return what a screen reader says of a picture."""
    found = ET.fromstring(picture).find(f"{SVG}desc")
    assert found is not None
    return found.text or ""


def without(*names: str) -> Json:
    return {name: each for name, each in DRIVE.items() if name not in names}


def test_the_paths_between_world_function_and_disk_are_there() -> None:
    picture = draw(pair(DRIVE, DRIVE))
    assert said(picture) == (
        "Data/Vpc: 1 private subnet. Data/Files/Function/FunctionUrl: function URL; callers: signed"
        " (AWS_IAM). Data/Files/Function: function in private subnets; out: every port to anywhere"
        " in the world. Data/Disk: file system (EFS) in private subnets; in: tcp 2049 from"
        " Data/Client. Data/Vpc/Nat: NAT gateway."
    )
    assert "Nothing of this changes." in picture


CASES: dict[str, tuple[Json, Json, str]] = {
    "a function is new": (
        without("Files", "Url"),
        DRIVE,
        "Data/Files/Function: function in private subnets, new",
    ),
    "a door is new": (without("Url"), DRIVE, "FunctionUrl: function URL, new"),
    "a door goes": (DRIVE, without("Url"), "FunctionUrl: function URL, removed"),
    "a way out goes": (DRIVE, without("Nat", "Out"), "Data/Vpc/Nat: NAT gateway, removed"),
    "anybody may call": (
        DRIVE,
        {
            **DRIVE,
            "Url": {
                **DRIVE["Url"],
                "Properties": {**DRIVE["Url"]["Properties"], "AuthType": "NONE"},
            },
        },
        "callers: anybody, new; callers: signed (AWS_IAM), removed",
    ),
    "a VPC is new": ({}, DRIVE, "Data/Vpc, new"),
}


@pytest.mark.parametrize("name", CASES)
def test_changes_are_marked_by_words(name: str) -> None:
    before, after, words = CASES[name]
    picture = draw(pair(before, after))
    assert words in said(picture)
    sign = "\N{MINUS SIGN} removed" if words.endswith("removed") else "+ new"
    assert picture.count(sign) >= 1  # the legend, and perhaps a box


def lines_to(picture: str, kind: str) -> int:
    """Count the lines of a kind that end in an arrow."""
    paths = ET.fromstring(picture).iter(f"{SVG}path")
    return sum(each.get("class") == kind for each in paths)


def test_what_a_group_lets_in_is_a_path() -> None:
    database = resource(
        "AWS::RDS::DBInstance",
        "Dev/Data/Database",
        DBSubnetGroupName={"Ref": "Subnets"},
        VPCSecurityGroups=[att("Server", "GroupId")],
    )
    subnets = resource("AWS::RDS::DBSubnetGroup", SubnetIds=[{"Ref": "One"}])
    shut = resource("AWS::EC2::SecurityGroup", "Dev/Data/Server")
    there = {**DRIVE, "Database": database, "Subnets": subnets}
    picture = draw(pair({**there, "Server": shut}, there))
    assert "Data/Database: RDS DBInstance in private subnets" in said(picture)
    assert lines_to(picture, "head-added") == 1  # the disk is mounted all the same


def test_a_machine_that_is_a_way_out_is_that_alone() -> None:
    machine = resource("AWS::EC2::Instance", "Dev/Data/Vpc/Machine", SubnetId={"Ref": "One"})
    route = {name: each for name, each in DRIVE["Out"]["Properties"].items() if name[:3] != "Nat"}
    out = resource("AWS::EC2::Route", **route, InstanceId={"Ref": "Machine"})
    picture = draw(pair(DRIVE, {**without("Nat"), "Machine": machine, "Out": out}))
    assert "Data/Vpc/Machine: instance in private subnets, new" in said(picture)
    assert said(picture).count("Machine") == 1


def test_the_same_change_is_the_same_picture() -> None:
    assert draw(pair(without("Url"), DRIVE)) == draw(pair(without("Url"), DRIVE))


def test_it_has_no_script_and_loads_nothing() -> None:
    picture = draw(pair(without("Url"), DRIVE))
    tags = {each.tag.removeprefix(SVG) for each in ET.fromstring(picture).iter()}
    assert tags == {"svg", "title", "desc", "style", "g", "rect", "path", "text"}
    assert not re.search(r"url\(|@import|href|\son\w+=", picture)


HOSTILE = "Dev/Data/<script>alert(1)</script>\"'&]]>\x1b[31m\u202e${x}/Url"


def test_hostile_names_are_text() -> None:
    hostile = {**DRIVE, "Url": resource("AWS::Lambda::Url", HOSTILE, AuthType="<b>")}
    picture = draw(pair(DRIVE, hostile))
    assert "<script" not in picture
    assert "\x1b" not in picture
    assert "\u202e" not in picture
    assert "<script>alert(1)" in said(picture)


def test_stages_with_the_same_change_are_drawn_once() -> None:
    one = app("a", Data=DRIVE)
    assert draw(changes(one, one)).count("The world and AWS") == 1


def test_nothing_to_draw_is_no_picture() -> None:
    assert not draw(pair({}, {}))
    alarm = resource("AWS::CloudWatch::Alarm")
    assert not draw(pair({"A": alarm}, {}))


def test_many_things_are_folded_and_stay_readable() -> None:
    many = {f"F{number}": function(f"F{number}", Timeout=number) for number in range(60)}
    doors = {
        f"U{number}": resource(
            "AWS::Lambda::Url",
            f"Dev/Data/F{number}/Url",
            TargetFunctionArn=att(f"F{number}", "Arn"),
        )
        for number in range(60)
    }
    picture = draw(pair(DRIVE, {**DRIVE, **many, **doors}))
    box = [
        each for each in ET.fromstring(picture).iter(f"{SVG}rect") if "box" in each.get("class", "")
    ]
    assert all(float(each.get("width", "0")) > 100 for each in box)
    assert len(box) < 12
    assert "and 5" in picture


@pytest.mark.parametrize("odd", [None, 7, "x", [], [[]], {"Fn::If": ["A", {}, []]}, {"Ref": 1}])
def test_odd_values_do_not_break_it(odd: Json) -> None:
    names = ("SubnetIds", "SecurityGroupIds", "VpcId", "Role", "ServiceName", "AuthType", "Scheme")
    kinds = (
        *("AWS::Lambda::Function", "AWS::Lambda::Url", "AWS::EC2::VPCEndpoint", "AWS::EC2::Subnet"),
        *("AWS::ElasticLoadBalancingV2::LoadBalancer", "AWS::EC2::Route", "AWS::EC2::VPC"),
        *("AWS::IAM::Role", "AWS::EC2::NatGateway"),
    )
    content = {
        f"R{number}": resource(kind, "", **dict.fromkeys(names, odd))
        for number, kind in enumerate(kinds)
    }
    bare = {f"R{number}": {"Type": kind, "Properties": odd} for number, kind in enumerate(kinds)}
    ET.fromstring(draw(pair(content, bare)))
    ET.fromstring(draw(pair(bare, content)))
