"""What a review says of access: each pair of versions, its weight, and words of a sentence."""

import pytest

from ops.review.findings import Weight
from ops.review.report import NO_CHANGE
from tests.review import door_cases, holder_cases, public_cases
from tests.review.apps import compared
from tests.review.holder_cases import GET, GRANTS, attached, roles
from tests.review.policies import access, bucket, heaviest, key, of_access, role, statement

CASES = {**holder_cases.CASES, **public_cases.CASES, **door_cases.CASES}
LOOK, NONE = Weight.LOOK, Weight.NONE


@pytest.mark.parametrize("name", CASES)
def test_each_change_has_its_weight(name: str) -> None:
    before, after, weight, words, back = CASES[name]
    found = access(before, after)
    assert heaviest(found) is weight, [each.sentence for each in found]
    worst = [each.sentence for each in found if each.weight is weight]
    assert words in "\n".join(worst)
    if back is not None:
        assert heaviest(access(after, before)) is back


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case[2] is NONE])
def test_what_permits_the_same_is_no_change(name: str) -> None:
    before, after, *_ = CASES[name]
    if name not in {"a message on an open WebSocket", "what browsers ask first"}:
        assert compared(before, after).verdict == NO_CHANGE
        assert compared(after, before).verdict == NO_CHANGE


def test_a_new_role_is_one_finding() -> None:
    [found] = of_access(compared({}, {"Role": role(GET, statement("kms:Decrypt"))}))
    assert found.weight is LOOK
    assert found.sentence == (
        "Data/Role is new: it may be assumed by lambda.amazonaws.com; may s3:GetObject on s3:b/*;"
        " may kms:Decrypt on everything"
    )
    assert compared({}, {"Role": role(GET)}).findings[0].topic == "access"
    assert len(compared({}, {"Role": role(GET)}).findings) == 1


def test_many_actions_are_one_sentence() -> None:
    actions = [f"s3:Get{number}" for number in range(20)]
    [found] = access(roles(GET), roles(GET, statement(actions, "b")))
    assert found.sentence == "Data/Role may s3:Get0, s3:Get1, s3:Get10 and 17 more on b"
    assert len(found.details) == len(actions)


def test_a_bucket_that_stays_without_its_policy_is_denied_no_longer() -> None:
    denial = {"Effect": "Deny", "Action": "s3:Delete*", "Resource": "*", "Principal": "*"}
    kept = bucket(denial)
    kept["Bucket"]["DeletionPolicy"] = "Retain"
    [found] = access(kept, {})
    assert found.weight is LOOK
    assert found.sentence == "Data/Bucket no longer denies everybody to s3:Delete*"
    assert access(bucket(denial), {}) == []


def test_a_door_that_opens_under_fewer_conditions_is_another() -> None:
    function, url = door_cases.URL_NONE["F"], door_cases.URL_NONE["U"]
    always, sometimes = ({"F": function, "U": each} for each in (url, {**url, "Condition": "Dev"}))
    assert heaviest(access(sometimes, always)) is Weight.STOP
    assert heaviest(access(always, sometimes)) is Weight.NOTE
    [found] = access(door_cases.URL_IAM, sometimes)
    assert found.sentence.endswith("from now on if the template's condition Dev is true")


def test_a_new_key_says_in_short_who_may_use_it() -> None:
    services = ("a", "b", "c", "d")
    stated = [
        statement(f"kms:{each}", Principal={"Service": f"{each}.amazonaws.com"})
        for each in services
    ]
    [found] = access({}, {"Key": key(*stated)})
    names = ", ".join(f"{each}.amazonaws.com" for each in services[:-1])
    assert found.sentence == f"Data/Key is new: it lets {names} and d.amazonaws.com use it"
    assert len(found.details) == len(services)


def test_a_policy_that_its_first_holder_has_goes_nowhere() -> None:
    found = access({"Role": role(), "Policy": GRANTS}, attached(GRANTS, "Role"))
    assert [each.weight for each in found] == [LOOK]


@pytest.mark.slow
def test_an_action_more_in_a_large_statement_is_that_action() -> None:
    """The single permissions of such a statement are half a million."""
    accounts = [f"arn:aws:iam::{number:012}:role/x" for number in range(50)]
    actions, on = ([f"s3:{kind}{number}" for number in range(100)] for kind in "ab")
    before, after = (
        bucket(statement(said, on, Principal={"AWS": accounts}))
        for said in (actions, [*actions, "s3:New"])
    )
    [found] = access(before, after)
    assert "and 47 more s3:New on s3:b0" in found.sentence
