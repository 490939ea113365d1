"""What the use of a stage costs at most, from its caps: each line by hand."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from stacks.costs.lines import Estimate
from tests.unit.estimate.stage import (
    Change,
    Templates,
    added,
    caps,
    of_type,
    with_properties,
    worst,
)


def test_the_brake_bounds_use(costs: Callable[..., Estimate]) -> None:
    found = costs()
    assert worst(found, "use that the brake lets pass") == pytest.approx(2 * (730 / 24 + 0.25))
    # 10 instances, 10 requests a second each, in six minutes, of 6 MiB read and sent.
    sent = 10 * 10 * 360 * 6 * 1024**2 / 10**9 * (0.03 + 0.09)
    assert worst(found, "bytes read and sent, in the 6 minutes") == pytest.approx(sent)
    assert worst(found, "Lambda's time") == pytest.approx(10 * 360 * 0.0000133334)


def test_without_the_brake_the_caps_hold_all_month(costs: Callable[..., Estimate]) -> None:
    found = costs(caps(daily_brake=None))
    assert not [line for line in found.worst if "brake" in line.what]
    six_minutes = worst(costs(), "Lambda's time")
    assert worst(found, "Lambda's time, all month") == pytest.approx(six_minutes * 730 * 10)


def test_a_function_that_reserves_nothing_may_take_what_the_account_has(
    costs: Callable[..., Estimate],
) -> None:
    def unreserved(templates: Templates) -> None:
        for function in of_type(templates, "AWS::Lambda::Function"):
            function.pop("ReservedConcurrentExecutions", None)

    ten, thousand = costs(), costs(unreserved)
    ratio = worst(thousand, "Lambda's time") / worst(ten, "Lambda's time")
    assert ratio == pytest.approx(100)

    def of_a_new_account(templates: Templates) -> None:
        unreserved(templates)
        caps(account_concurrency=10)(templates)

    assert costs(of_a_new_account).worst_dollars == pytest.approx(ten.worst_dollars)


@pytest.mark.parametrize("days", [1, 7, 365])
def test_logs_cost_for_as_long_as_they_are_kept(days: int, costs: Callable[..., Estimate]) -> None:
    def kept(templates: Templates) -> None:
        added("AWS::Logs::LogGroup", RetentionInDays=days)(templates)

    def unbraked(templates: Templates) -> None:
        kept(templates)
        caps(daily_brake=None)(templates)

    # Two dollars are 4 GB a day.
    assert worst(costs(kept), "logs that are kept") == pytest.approx(days * 4 * 0.03)
    day = 10 * 10 * 86_400 * 32_768 / 10**9
    assert worst(costs(unbraked), "logs that are kept") == pytest.approx(days * day * 0.03)
    [line] = [each for each in costs(kept).worst if each.what.startswith("logs that are kept")]
    assert line.setting == "log_retention_days"


def test_logs_that_are_kept_for_ever_are_named_as_without_a_cap(
    costs: Callable[..., Estimate],
) -> None:
    found = costs(added("AWS::Logs::LogGroup"))
    assert not [line for line in found.worst if line.what.startswith("logs that are kept")]
    [told] = [each for each in found.uncapped if each.what.startswith("logs of Dev-Data Added")]
    assert "RetentionInDays" in told.bound


USE: list[tuple[Change, str, Callable[[float], float]]] = [
    (
        with_properties("AWS::EFS::FileSystem", ThroughputMode="bursting"),
        "bytes sent",
        lambda sent: sent * 0.09 / 0.12,
    ),
    (
        with_properties("AWS::Lambda::Function", Architectures=["x86_64"]),
        "Lambda's time",
        lambda time: time * 0.0000166667 / 0.0000133334,
    ),
    (
        with_properties("AWS::Lambda::Function", EphemeralStorage={"Size": 1536}),
        "Lambda's time",
        lambda time: time + 3600 * 0.0000000309,
    ),
    (
        added("AWS::ApiGatewayV2::Api"),
        "requests, and traces",
        lambda requests: requests + 36_000 * 1.00 / 10**6,
    ),
]


@pytest.mark.parametrize(
    ("change", "what", "dollars"), USE, ids=lambda it: it if isinstance(it, str) else ""
)
def test_use_costs_by_what_the_function_is(
    change: Change,
    what: str,
    dollars: Callable[[float], float],
    costs: Callable[..., Estimate],
) -> None:
    before = worst(costs(), "bytes read and sent" if what == "bytes sent" else what)
    assert worst(costs(change), what) == pytest.approx(dollars(before))


@pytest.mark.parametrize(
    ("expression", "runs"), [("rate(1 hour)", 730), ("rate(6 hours)", 730 / 6)], ids=str
)
def test_a_schedule_costs_each_run_to_its_last_second(
    expression: str, runs: float, costs: Callable[..., Estimate]
) -> None:
    found = costs(with_properties("AWS::Events::Rule", ScheduleExpression=expression))
    time = 900 * 0.5 * 0.0000133334
    read = 900 / 0.00025 * 4096 / 10**9 * 0.03
    lines = [line.dollars for line in found.worst if line.what.startswith("runs by a schedule")]
    assert lines == [pytest.approx(runs * (time + read))] * 2
    free = costs(
        lambda templates: (
            with_properties("AWS::Events::Rule", ScheduleExpression=expression)(templates),
            with_properties("AWS::EFS::FileSystem", ThroughputMode="bursting")(templates),
        )[0]
    )
    lines = [line.dollars for line in free.worst if line.what.startswith("runs by a schedule")]
    assert lines == [pytest.approx(runs * time)] * 2


def test_a_rule_without_a_schedule_runs_nothing_by_itself(costs: Callable[..., Estimate]) -> None:
    rule = {"EventPattern": {"source": ["aws.cloudformation"]}, "Targets": [{"Arn": "arn"}]}
    assert costs(added("AWS::Events::Rule", **rule)).dollars == costs().dollars


def test_stored_files_are_capped_by_their_limit_alone(costs: Callable[..., Estimate]) -> None:
    assert any("stored files" in each.what for each in costs().uncapped)

    def limited(templates: Templates) -> None:
        for parameter in of_type(templates, "AWS::SSM::Parameter"):
            if "max_drive_bytes" in parameter["Value"]:
                limits = json.loads(parameter["Value"]) | {"max_drive_bytes": 10**11}
                parameter["Value"] = json.dumps(limits)

    found = costs(limited)
    assert worst(found, "stored files") == pytest.approx(100 * (0.30 + 0.05))
    assert not any("stored files" in each.what for each in found.uncapped)

    def replicated(templates: Templates) -> None:
        limited(templates)
        destinations = {"Destinations": [{"Region": "eu-west-1"}]}
        with_properties("AWS::EFS::FileSystem", ReplicationConfiguration=destinations)(templates)

    assert worst(costs(replicated), "stored files") == pytest.approx(100 * (2 * 0.30 + 0.05))


def test_backups_of_what_changes_have_no_cap_but_their_days(costs: Callable[..., Estimate]) -> None:
    def planned(*copies: str) -> Change:
        rule: dict[str, Any] = {"Lifecycle": {"DeleteAfterDays": 35}}
        if copies:
            rule["CopyActions"] = [{"DestinationBackupVaultArn": copy} for copy in copies]

        def change(templates: Templates) -> None:
            plan = {"BackupPlan": {"BackupPlanRule": [rule]}}
            templates["Dev-Data"]["Resources"]["Plan"] = {
                "Type": "AWS::Backup::BackupPlan",
                "Properties": plan,
            }

        return change

    def further(change: Change) -> tuple[str, str]:
        [found] = [it for it in costs(change).uncapped if "further backups" in it.what]
        return found.what, found.bound

    what, bound = further(planned())
    assert what == "further backups of what changes, $0.05 a GB-month"
    assert bound.startswith("each day's changes, kept for 35 days (backup_days)")
    what, _ = further(planned("arn"))
    assert what == "further backups of what changes, $0.10 a GB-month, and $0.02 a GB sent"
    [stored] = [it.what for it in costs(planned("arn")).uncapped if "stored files" in it.what]
    assert stored == "stored files with one backup, in two vaults, $0.40 a GB-month"
