"""What a review says of the bill."""

from ops.review.findings import Weight
from stacks.costs.estimate import METADATA
from tests.review.apps import app, compared, resource, sentences

NAT = resource("AWS::EC2::NatGateway", "Dev/Data/Nat")


def test_a_new_nat_gateway_costs_more_while_nobody_calls() -> None:
    report = compared({"A": resource("AWS::EC2::EIP")}, {"A": resource("AWS::EC2::EIP"), "N": NAT})
    [cost] = report.of_topic("cost")
    assert cost.sentence == "It costs $36.50 a month while nobody calls, $32.85 more than before"
    assert cost.weight is Weight.LOOK
    assert cost.details == ("NAT gateway (Data/Nat): $32.85, before $0.00",)


def test_what_costs_less_needs_no_look() -> None:
    [cost] = compared({"N": NAT}, {}).of_topic("cost")
    assert (cost.weight, cost.sentence) == (
        Weight.NOTE,
        "It costs $0.00 a month while nobody calls, $32.85 less than before",
    )


def test_a_size_without_a_price_is_no_crash() -> None:
    machine = resource("AWS::EC2::Instance", InstanceType={"Ref": "Size"})
    assert not compared({}, {"M": machine}).of_topic("cost")


def test_nothing_is_said_of_the_same_bill() -> None:
    assert sentences(compared({"N": NAT}, {"N": NAT})) == []
    assert app(Data={"N": NAT}).resources


def test_a_dangling_reference_is_no_crash() -> None:
    rule = resource(
        "AWS::Events::Rule",
        "Dev/Data/Rule",
        ScheduleExpression="rate(1 day)",
        Targets=[{"Id": "T", "Arn": {"Fn::GetAtt": ["Gone", "Arn"]}}],
    )
    stage = {"Metadata": {METADATA: {"MonthlyCeiling": 5}}, "Resources": {"R": rule, "N": NAT}}
    report = compared({}, stage)
    [cost] = report.of_topic("cost")
    assert "$32.85 a month while nobody calls" in cost.sentence
