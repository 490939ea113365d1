"""What a stage costs a month that nobody uses, from its templates: each line by hand."""

from collections.abc import Callable
from typing import Any

import pytest

from stacks.costs.lines import Estimate
from tests.unit.estimate.stage import Change, Templates, added, with_properties


def test_a_gateway_and_two_keys_cost_by_the_month(costs: Callable[..., Estimate]) -> None:
    assert [(line.what, line.dollars) for line in costs().idle] == [
        ("NAT gateway", pytest.approx(32.85)),
        ("public IPv4 address", pytest.approx(3.65)),
        ("KMS key", 1.00),
        ("KMS key", 1.00),
    ]


def test_each_line_names_a_resource_that_is_there(costs: Callable[..., Estimate]) -> None:
    known: set[str] = set()

    def remember(templates: Templates) -> None:
        known.update(
            f"{name} {key}" for name, body in templates.items() for key in body["Resources"]
        )

    found = costs(remember)
    named = {line.resource for line in (*found.idle, *found.worst)}
    assert named - {""} <= known


REGIONAL = {"AvailabilityMode": "regional", "VpcId": "vpc"}
IDLE: list[tuple[Change, str, float, str | None]] = [
    (
        with_properties("AWS::EFS::FileSystem", ProvisionedThroughputInMibps=256),
        "provisioned throughput, used or not",
        1536.00,
        "throughput",
    ),
    (
        added("AWS::EC2::NatGateway", **REGIONAL),
        "regional NAT gateway with its addresses",
        2 * 36.50,
        "egress",
    ),
    (
        added("AWS::EC2::VPCEndpoint", VpcEndpointType="Interface", SubnetIds=["a", "b", "c"]),
        "interface endpoint",
        21.90,
        "egress",
    ),
    (
        added("AWS::EC2::Instance", InstanceType="t4g.nano"),
        "t4g.nano machine, its public IPv4 address and its disk",
        730 * 0.0092 + 8 * 0.08,
        "egress",
    ),
    (added("AWS::SecretsManager::Secret"), "secret", 0.40, "url_auth"),
    (added("AWS::CloudWatch::Dashboard"), "dashboard", 3.00, None),
]


@pytest.mark.parametrize(
    ("change", "what", "dollars", "setting"), IDLE, ids=lambda it: it if isinstance(it, str) else ""
)
def test_what_is_there_costs_by_the_month(
    change: Change, what: str, dollars: float, setting: str | None, costs: Callable[..., Estimate]
) -> None:
    before, after = costs(), costs(change)
    [line] = [line for line in after.idle if line.what == what and line not in before.idle]
    assert line.dollars == pytest.approx(dollars)
    assert line.setting == setting
    assert after.idle_dollars == pytest.approx(before.idle_dollars + dollars)


@pytest.mark.parametrize(
    ("metrics", "dollars"),
    [
        ({"MetricName": "Errors"}, 0.10),
        ({"Metrics": [{"Expression": "a+b"}, {"MetricStat": {}}, {"MetricStat": {}}]}, 0.20),
    ],
    ids=["of one metric", "of an expression over two"],
)
def test_an_alarm_costs_by_its_metrics(
    metrics: dict[str, Any], dollars: float, costs: Callable[..., Estimate]
) -> None:
    added_dollars = costs(added("AWS::CloudWatch::Alarm", **metrics)).idle_dollars
    assert added_dollars - costs().idle_dollars == pytest.approx(dollars)


def test_what_has_no_price_here_is_named_and_not_taken_for_free(
    costs: Callable[..., Estimate],
) -> None:
    found = costs(added("AWS::RDS::DBInstance"))
    [line] = [each for each in found.uncapped if "RDS" in each.what]
    assert line.what == "AWS::RDS::DBInstance (Dev-Data Added)"
