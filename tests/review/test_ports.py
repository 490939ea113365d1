"""What a review says of ports: opened, to whom, closed, or the same by other rules."""

from typing import Any

import pytest

from ops.review.findings import Weight
from ops.review.report import NO_CHANGE, review
from tests.review.apps import app, compared, resource, sentences

Json = Any
NOBODY = {"IpProtocol": "icmp", "FromPort": 252, "ToPort": 86, "CidrIp": "255.255.255.255/32"}
HERE = {"Fn::GetAtt": ["G", "GroupId"]}


def group(ingress: Json = None, egress: Json = None, path: str = "Dev/Data/Group") -> Json:
    rules = {} if ingress is None else {"SecurityGroupIngress": ingress}
    out = [NOBODY] if egress is None else egress
    return resource("AWS::EC2::SecurityGroup", path, SecurityGroupEgress=out, **rules)


def rule(cidr: Json = "10.0.0.0/16", first: Json = 443, last: Json = None, **more: Json) -> Json:
    ends = {} if first is None else {"FromPort": first, "ToPort": first if last is None else last}
    where = {} if cidr is None else {"CidrIpv6" if ":" in str(cidr) else "CidrIp": cidr}
    return {"IpProtocol": "tcp", **ends, **where, **more}


def beside(of: Json = HERE, way: str = "Ingress", **said: Json) -> Json:
    return resource(f"AWS::EC2::SecurityGroup{way}", "Dev/Data/Rule", GroupId=of, **said)


WORLD = rule("0.0.0.0/0")
LOCKED = {"G": group()}
NOW = "Data/Group may now be reached on"
STOP, LOOK, NOTE = Weight.STOP, Weight.LOOK, Weight.NOTE
CASES: dict[str, tuple[Json, Json, Weight | None, str]] = {
    "world": (LOCKED, {"G": group([WORLD])}, STOP, f"{NOW} tcp 443 from anywhere in the world"),
    "world by IPv6": (
        LOCKED,
        {"G": group([rule("::/0")])},
        STOP,
        f"{NOW} tcp 443 from anywhere in the world by IPv6",
    ),
    "half of the world": (
        LOCKED,
        {"G": group([rule("128.0.0.0/1")])},
        STOP,
        f"{NOW} tcp 443 from 128.0.0.0/1, a large part of the world",
    ),
    "prefix list of AWS": (
        LOCKED,
        {"G": group([rule(None, SourcePrefixListId="pl-3b927c52")])},
        STOP,
        f"{NOW} tcp 443 from the prefix list pl-3b927c52",
    ),
    "rule beside": (LOCKED, {**LOCKED, "R": beside(**WORLD)}, STOP, f"{NOW} tcp 443 from anywhere"),
    "all ports": (
        LOCKED,
        {"G": group([{"IpProtocol": -1, "CidrIp": "10.0.0.0/8"}])},
        LOOK,
        f"{NOW} every port from 10.0.0.0/8",
    ),
    "more ports": (
        {"G": group([rule()])},
        {"G": group([rule(first=400, last=500)])},
        LOOK,
        f"{NOW} tcp 400-500 from 10.0.0.0/16",
    ),
    "more addresses": (
        {"G": group([rule()])},
        {"G": group([rule("10.0.0.0/8")])},
        LOOK,
        f"{NOW} tcp 443 from 10.0.0.0/8",
    ),
    "other protocol": (
        {"G": group([rule()])},
        {"G": group([rule(), rule(IpProtocol="udp")])},
        LOOK,
        f"{NOW} udp 443 from 10.0.0.0/16",
    ),
    "narrower": (
        {"G": group([rule("10.0.0.0/8")])},
        {"G": group([rule()])},
        NOTE,
        "Data/Group is no longer reached on tcp 443 from 10.0.0.0/8",
    ),
    "closed": (
        {**LOCKED, "R": beside(**WORLD)},
        LOCKED,
        NOTE,
        "Data/Group is no longer reached on tcp 443 from anywhere in the world",
    ),
    "way out": (
        LOCKED,
        {"G": group(egress=[WORLD])},
        LOOK,
        "Data/Group may now reach anywhere in the world on tcp 443",
    ),
    "AWS's rule for a group without one": (
        LOCKED,
        {"G": group(egress=[])},
        LOOK,
        "Data/Group may now reach anywhere in the world on every port",
    ),
    "from a group": (
        {**LOCKED, "Other": group(path="Dev/Data/Other")},
        {
            "Other": group(path="Dev/Data/Other"),
            "G": group([rule(None, SourceSecurityGroupId={"Fn::GetAtt": ["Other", "GroupId"]})]),
        },
        LOOK,
        f"{NOW} tcp 443 from Data/Other",
    ),
    "by a condition": (
        LOCKED,
        {"G": group([{"Fn::If": ["Open", WORLD, {"Ref": "AWS::NoValue"}]}])},
        STOP,
        f"{NOW} tcp 443 from anywhere in the world",
    ),
    "new": ({}, {"G": group([rule()])}, NOTE, "Data/Group is new, and may be reached on tcp 443"),
    "new and open": ({}, {"G": group([WORLD])}, STOP, "Data/Group is new, and may be reached"),
    "new and closed": ({}, LOCKED, NOTE, "Data/Group is new, and lets nothing in or out"),
    "removed": ({"G": group([rule()])}, {}, NOTE, "Data/Group is removed, with its rules"),
    "of a group outside": (
        {},
        {"R": beside("sg-1", **WORLD)},
        STOP,
        "sg-1 may now be reached on tcp 443 from anywhere in the world",
    ),
    "moved beside": ({"G": group([WORLD])}, {**LOCKED, "R": beside(**WORLD)}, None, ""),
    "moved into": ({**LOCKED, "R": beside(**WORLD)}, {"G": group([WORLD])}, None, ""),
    "other description": (
        {"G": group([{**WORLD, "Description": "a"}])},
        {"G": group([{**WORLD, "Description": "b"}])},
        None,
        "",
    ),
    "covered by a wider rule": (
        {"G": group([rule("10.0.0.0/8", 0, 65535)])},
        {"G": group([rule("10.0.0.0/8", 0, 65535), rule()])},
        None,
        "",
    ),
    "two ranges as one": (
        {"G": group([rule(first=80, last=90), rule(first=91, last=99)])},
        {"G": group([rule(first=80, last=99)])},
        None,
        "",
    ),
    "two halves as one": (
        {"G": group([rule("10.0.0.0/17"), rule("10.0.128.0/17")])},
        {"G": group([rule("10.0.0.0/16")])},
        None,
        "",
    ),
    "numbers as text": (
        {"G": group([rule()])},
        {"G": group([{**rule(first="443"), "IpProtocol": "6"}])},
        None,
        "",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_what_a_change_of_rules_opens(name: str) -> None:
    before, after, weight, sentence = CASES[name]
    report = compared(before, after)
    if weight is None:
        assert report.verdict == NO_CHANGE
    else:
        assert report.findings[0].sentence.startswith(sentence)
        assert report.findings[0].weight is weight
        assert {each.topic for each in report.findings} == {"network"}


def test_a_parameter_is_taken_by_its_default() -> None:
    parameters = {"From": {"Type": "String", "Default": "0.0.0.0/0"}}
    opened = {"G": group([rule({"Ref": "From"})])}
    report = compared(
        {"Resources": LOCKED, "Parameters": parameters},
        {"Resources": opened, "Parameters": parameters},
    )
    assert sentences(report) == [f"{NOW} tcp 443 from anywhere in the world"]


def test_a_declared_prefix_list_is_its_addresses() -> None:
    listed = resource("AWS::EC2::PrefixList", "Dev/Data/List", Entries=[{"Cidr": "10.0.0.0/8"}])
    opened = group([rule(None, SourcePrefixListId={"Ref": "L"})])
    report = compared({**LOCKED, "L": listed}, {"L": listed, "G": opened})
    assert sentences(report) == [f"{NOW} tcp 443 from the prefix list Data/List (10.0.0.0/8)"]
    assert report.findings[0].weight is LOOK


def test_a_rule_in_another_stack_is_of_its_group() -> None:
    exported = {
        "Resources": LOCKED,
        "Outputs": {"Out": {"Value": HERE, "Export": {"Name": "Dev:Group"}}},
    }
    opens = beside({"Fn::ImportValue": "Dev:Group"}, **rule())
    report = review(
        app(Data=exported, Service={"F": resource("AWS::IAM::Role")}),
        app(Data=exported, Service={"F": resource("AWS::IAM::Role"), "R": opens}),
    )
    assert sentences(report) == [f"{NOW} tcp 443 from 10.0.0.0/16"]


def test_many_openings_are_one_sentence_with_details() -> None:
    report = compared(LOCKED, {"G": group([rule(first=port) for port in range(1, 8)])})
    [found] = report.findings
    assert found.sentence.endswith("and 4 more")
    assert len(found.details) == 7


ODD: tuple[Json, ...] = (
    {"Fn::If": ["A", [WORLD], []]},
    {"Fn::FindInMap": ["A", "B", "C"]},
    "sg",
    7,
    [None, 1, "a", [], {}],
    [{"IpProtocol": {"Ref": "P"}, "FromPort": {"Ref": "A"}, "ToPort": 7, "CidrIp": {"Ref": "C"}}],
    [{"IpProtocol": "icmp", "FromPort": 8, "ToPort": -1, "CidrIp": "nowhere"}],
    [{"IpProtocol": "tcp", "CidrIp": [], "SourceSecurityGroupId": [HERE]}],
    {"Fn::ForEach::Ports": ["Port", ["1", "2"], {}]},
)


@pytest.mark.parametrize("odd", ODD, ids=[str(number) for number in range(len(ODD))])
def test_odd_rules_are_a_change_and_no_crash(odd: Json) -> None:
    before, after = LOCKED, {"G": group(odd)}
    assert compared(before, after).verdict != NO_CHANGE
    assert compared(after, before).verdict != NO_CHANGE
    assert compared({}, {"R": beside(odd, FromPort=odd)}).verdict != NO_CHANGE
