"""What runs by itself, and who may start it."""

from tests.infra.functions import functions, outside, schedules
from tests.infra.templates import StageTemplates

PERIODS = {"janitor": "rate(1 day)", "usage": "rate(6 hours)", "key_watch": "rate(6 hours)"}


def test_the_janitor_comes_daily_and_usage_and_keys_are_looked_at_every_six_hours(
    drive: StageTemplates,
) -> None:
    rules = schedules(drive)
    assert {name: rule["ScheduleExpression"] for name, (_, rule) in rules.items()} == PERIODS
    for _, rule in rules.values():
        assert rule["State"] == "ENABLED"
        assert "EventPattern" not in rule


def test_nobody_but_its_rule_may_run_a_scheduled_function(drive: StageTemplates) -> None:
    found = {**functions(drive), "key_watch": outside(drive, "key_watch")}
    scheduled = {found[name][0] for name in PERIODS}
    permissions = [
        each
        for each in drive.service.of_type("AWS::Lambda::Permission").values()
        if drive.target(each["FunctionName"]) in scheduled
    ]
    by_function = {drive.target(each["FunctionName"]): each for each in permissions}
    assert len(by_function) == len(permissions)
    assert set(by_function) == scheduled
    for name, (rule, _) in schedules(drive).items():
        permission = by_function[found[name][0]]
        assert permission["Action"] == "lambda:InvokeFunction"
        assert permission["Principal"] == "events.amazonaws.com"
        assert permission["SourceArn"] == {"Fn::GetAtt": [rule, "Arn"]}


def test_a_run_ends_before_the_next_one_begins(drive: StageTemplates) -> None:
    for _, function in (*functions(drive).values(), outside(drive, "key_watch")):
        assert function["Timeout"] <= 900
    assert not drive.service.of_type("AWS::Lambda::EventSourceMapping")
