"""What must be true of queues in every stage, and examples that break it."""

import pytest

from stacks.invariants import queues
from stacks.invariants.check import Invariant
from stacks.invariants.declared import Declared
from tests.infra.invariants.changes import (
    ALARM,
    DOCUMENT,
    KEY,
    QUEUE,
    RULE,
    Change,
    cases,
    check_that_it_is_said,
    gone,
    of,
    part,
    statement,
    without,
)

BROKEN: list[tuple[Invariant, Change]] = [
    *(
        (queues.what_nobody_took_goes_to_a_queue, change)
        for change in (
            without("AWS::SNS::Subscription", "RedrivePolicy"),
            part(RULE, "Properties", "Targets", 0, "DeadLetterConfig", value=None),
            part(RULE, "Properties", "Targets", 0, "DeadLetterConfig", "Arn", value="arn"),
            gone(f"{QUEUE}Policy"),
            part(f"{QUEUE}Policy", *DOCUMENT, "Statement", 1, "Effect", value="Deny"),
            # Without the statements of its key that let SNS and EventBridge in.
            part(KEY, "Properties", "KeyPolicy", "Statement", value=[], prefix="AlarmTopicKey"),
        )
    ),
    *(
        (queues.a_queue_takes_messages_of_the_account_alone, change)
        for change in (
            without(QUEUE, "KmsMasterKeyId"),
            gone(f"{QUEUE}Policy"),
            statement(f"{QUEUE}Policy", "PolicyDocument"),
            part(f"{QUEUE}Policy", *DOCUMENT, "Statement", 0, value=None),
            part(f"{QUEUE}Policy", *DOCUMENT, "Statement", 1, "Condition", "ArnLike", value=None),
        )
    ),
    (queues.what_is_in_a_queue_is_kept_and_heard, without(QUEUE, "MessageRetentionPeriod")),
    (queues.what_is_in_a_queue_is_kept_and_heard, gone(ALARM, "AlarmsUndelivered")),
]


@pytest.mark.parametrize(**cases(BROKEN))
def test_what_breaks_it_is_said(invariant: Invariant, change: Change, prod: Declared) -> None:
    check_that_it_is_said(invariant, change, prod)


def test_each_invariant_has_an_example_that_breaks_it() -> None:
    assert {invariant for invariant, _ in BROKEN} == of(queues)
