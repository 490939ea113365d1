"""What must be true of alarms in every stage, and examples that break it."""

import pytest

from stacks.invariants import alarms
from stacks.invariants.check import Invariant
from stacks.invariants.declared import Declared
from tests.infra.invariants.changes import (
    ALARM,
    BUDGET,
    DOCUMENT,
    PERMISSION,
    POLICY,
    TOPIC,
    Change,
    cases,
    check_that_it_is_said,
    gone,
    of,
    part,
    statement,
    with_,
    without,
)

_ERRORS = "AlarmsFilesErrors"

BROKEN: list[tuple[Invariant, Change]] = [
    (alarms.every_alarm_is_heard, without(ALARM, "AlarmActions")),
    (alarms.every_alarm_is_heard, with_(ALARM, AlarmActions=["arn"])),
    (alarms.every_alarm_is_heard, with_(ALARM, ActionsEnabled=False)),
    (alarms.every_alarm_is_heard, without(ALARM, "AlarmDescription")),
    (alarms.every_alarm_is_heard, without(ALARM, "TreatMissingData")),
    (alarms.every_alarm_is_heard, with_(ALARM, TreatMissingData="good")),
    *(
        (alarms.every_alarm_that_is_quiet_without_data_has_a_partner_that_is_not, change)
        for change in (
            # The partner is gone, falls silent itself, or tells nobody of it.
            gone(ALARM, "AlarmsBackupMissing"),
            with_(ALARM, "AlarmsUsageUnfinished", TreatMissingData="notBreaching"),
            with_(ALARM, "AlarmsUsageUnfinished", TreatMissingData="ignore"),
            with_(ALARM, "AlarmsUsageUnfinished", InsufficientDataActions=["arn"]),
            without(ALARM, "InsufficientDataActions", prefix="AlarmsUsageUnfinished"),
            # One that nobody heard of, and one that does not say who hears.
            part(ALARM, "Metadata", value={}, prefix=_ERRORS),
            part(ALARM, "Metadata", "LambdaDriveAlarm", "Partners", value=[], prefix=_ERRORS),
            part(
                ALARM, "Metadata", "LambdaDriveAlarm", "Partners", value=["Nobody"], prefix=_ERRORS
            ),
            # Two of one name.
            part(ALARM, "Metadata", "LambdaDriveAlarm", "Name", value="BackupMissing"),
        )
    ),
    (alarms.a_function_that_an_alarm_calls_lets_alarms_in, gone(PERMISSION, "BrakeAlarms")),
    *(
        (
            alarms.a_function_that_an_alarm_calls_lets_alarms_in,
            without(PERMISSION, name, prefix="BrakeAlarms"),
        )
        for name in ("SourceAccount", "SourceArn")
    ),
    (alarms.a_topic_takes_messages_of_the_account_alone, without(TOPIC, "KmsMasterKeyId")),
    (alarms.a_topic_takes_messages_of_the_account_alone, gone(f"{TOPIC}Policy")),
    (
        alarms.a_topic_takes_messages_of_the_account_alone,
        statement(f"{TOPIC}Policy", "PolicyDocument"),
    ),
    *(
        (
            alarms.a_topic_takes_messages_of_the_account_alone,
            part(f"{TOPIC}Policy", *DOCUMENT, "Statement", *path, value=value),
        )
        for path, value in (((0,), None), ((1, "Condition", "StringEquals"), None))
    ),
    *(
        (alarms.every_key_is_asked_for_by_a_schedule, change)
        for change in (
            gone("AWS::Events::Rule", "KeyWatch"),
            with_("AWS::Events::Rule", "KeyWatch", State="DISABLED"),
            with_("AWS::Events::Rule", "KeyWatch", Targets=[]),
            part(POLICY, *DOCUMENT, "Statement", 0, "Action", value="kms:*", prefix="KeyWatch"),
        )
    ),
    (alarms.a_budget_tells_a_topic, without(BUDGET, "NotificationsWithSubscribers")),
    (
        alarms.a_budget_tells_a_topic,
        part(
            BUDGET,
            *("Properties", "NotificationsWithSubscribers", 2, "Subscribers", 0, "Address"),
            value="arn",
        ),
    ),
]


@pytest.mark.parametrize(**cases(BROKEN))
def test_what_breaks_it_is_said(invariant: Invariant, change: Change, prod: Declared) -> None:
    check_that_it_is_said(invariant, change, prod)


def test_each_invariant_has_an_example_that_breaks_it() -> None:
    assert {invariant for invariant, _ in BROKEN} == of(alarms)
