"""Which requests pass after a condition changed, and did not before."""

import pytest

from ops.review.access.requests import Atom, atom, passing
from tests.review.apps import Json
from tests.review.holder_cases import roles
from tests.review.policies import access, statement


def atoms(*said: tuple[str, str, *tuple[str, ...]]) -> list[Atom]:
    return [atom(operator, key, tuple(sorted(values))) for operator, key, *values in said]


ACCOUNT = ("StringEquals", "aws:SourceAccount", "1")
VPCE = ("StringEquals", "aws:SourceVpce", "vpce-1")
BOTH = ("StringEquals", "aws:SourceVpce", "vpce-1", "vpce-2")
LIKE = ("ArnLike", "aws:SourceArn", "arn:aws:s3:::a*")

# After, the alternatives before, and what passes now.
CASES: dict[str, tuple[list[Atom], list[list[Atom]], list[str]]] = {
    "the same": (atoms(ACCOUNT, VPCE), [atoms(VPCE, ACCOUNT)], []),
    "one more": (atoms(ACCOUNT, VPCE), [atoms(VPCE)], []),
    "one less": (
        atoms(VPCE),
        [atoms(VPCE, ACCOUNT)],
        ["without aws:SourceAccount", "another aws:SourceAccount"],
    ),
    "a value more": (atoms(BOTH), [atoms(VPCE)], ["aws:SourceVpce = vpce-2"]),
    "a value less": (atoms(VPCE), [atoms(BOTH)], []),
    "values of two statements as one": (
        atoms(BOTH),
        [atoms(VPCE), atoms(("StringEquals", "aws:SourceVpce", "vpce-2"))],
        [],
    ),
    "if it exists": (
        atoms(("StringEqualsIfExists", "aws:SourceAccount", "1")),
        [atoms(ACCOUNT)],
        ["without aws:SourceAccount"],
    ),
    "the opposite": (
        atoms(("StringNotEquals", "aws:SourceAccount", "1")),
        [atoms(ACCOUNT)],
        ["without aws:SourceAccount", "another aws:SourceAccount"],
    ),
    "a shorter pattern": (
        atoms(("ArnLike", "aws:SourceArn", "arn:aws:s3:::*")),
        [atoms(LIKE)],
        ["aws:SourceArn like arn:aws:s3:::*"],
    ),
    "a longer pattern": (atoms(("ArnLike", "aws:SourceArn", "arn:aws:s3:::ab")), [atoms(LIKE)], []),
    "equals or like": (
        atoms(("ArnEquals", "aws:SourceArn", "arn:aws:s3:::a*")),
        [atoms(LIKE)],
        [],
    ),
    "a key in another case": (
        atoms(("stringequals", "AWS:sourceaccount", "1")),
        [atoms(ACCOUNT)],
        [],
    ),
    "a wider network": (
        atoms(("IpAddress", "aws:SourceIp", "10.0.0.0/8")),
        [atoms(("IpAddress", "aws:SourceIp", "10.0.0.0/9"))],
        ["aws:SourceIp in 10.0.0.0/8", "aws:SourceIp outside of 10.0.0.0/9"],
    ),
    "two halves of a network": (
        atoms(("IpAddress", "aws:SourceIp", "10.0.0.0/8")),
        [atoms(("IpAddress", "aws:SourceIp", "10.0.0.0/9", "10.128.0.0/9"))],
        [],
    ),
    "a higher number": (
        atoms(("NumericLessThan", "s3:max-keys", "20")),
        [atoms(("NumericLessThan", "s3:max-keys", "10"))],
        ["s3:max-keys below 20", "s3:max-keys = 10", "s3:max-keys above 10"],
    ),
    "a later date": (
        atoms(("DateLessThan", "aws:CurrentTime", "2031-01-01")),
        [atoms(("DateLessThan", "aws:CurrentTime", "2030-01-01"))],
        [
            "aws:CurrentTime before 2031-01-01",
            "aws:CurrentTime = 2030-01-01",
            "aws:CurrentTime after 2030-01-01",
        ],
    ),
    "a boolean": (
        atoms(("Bool", "aws:SecureTransport", "false", "true")),
        [atoms(("Bool", "aws:SecureTransport", "true"))],
        ["aws:SecureTransport = false"],
    ),
    "some of several": (
        atoms(("ForAnyValue:StringEquals", "aws:TagKeys", "a")),
        [atoms(("ForAllValues:StringEquals", "aws:TagKeys", "a"))],
        ["aws:TagKeys = a and another aws:TagKeys"],
    ),
    "absent": (
        atoms(("Null", "aws:TokenIssueTime", "true")),
        [atoms(("Null", "aws:TokenIssueTime", "false"))],
        ["without aws:TokenIssueTime"],
    ),
    "what no request can have": (
        atoms(("StringEquals", "a", "1"), ("StringEquals", "a", "2")),
        [atoms(ACCOUNT)],
        [],
    ),
    "a reference that the evaluator cannot read": (
        atoms(("IpAddress", "aws:SourceIp", "<Range>")),
        [atoms(("NotIpAddress", "aws:SourceIp", "<Range>"))],
        ["aws:SourceIp = <Range>"],
    ),
    "either of two": (
        atoms(("StringEquals", "a", "1", "2"), ("StringEquals", "b", "1", "2")),
        [
            atoms(("StringEquals", "a", "1"), ("StringEquals", "b", "1", "2")),
            atoms(("StringEquals", "a", "2"), ("StringEquals", "b", "1")),
        ],
        ["a = 2 and b = 2"],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_what_passes_now(name: str) -> None:
    after, before, words = CASES[name]
    assert passing(after, before) == words


def test_very_many_alternatives_end_soon() -> None:
    """Each is of two keys of its own, so their combinations are more than anybody can try."""
    before = [
        atoms(("StringEquals", f"a{i}", "1"), ("StringEquals", f"b{i}", "1")) for i in range(14)
    ]
    after = atoms(*(("StringEquals", f"a{i}", "1", "2") for i in range(14)))
    assert passing(after, before)


def changed(before: Json, after: Json) -> list[str]:
    one, other = (
        roles(statement("s3:Get", "b", **({"Condition": each} if each else {})))
        for each in (before, after)
    )
    return [each.sentence for each in access(one, other)]


def test_a_sentence_says_which_requests_pass() -> None:
    before = {"StringEquals": {"aws:SourceVpce": ["vpce-1"], "aws:SourceAccount": "1"}}
    after = {"StringEquals": {"aws:SourceVpce": ["vpce-1", "vpce-2"]}}
    assert changed(before, after) == [
        "Data/Role may s3:Get on b in more cases: passes now:"
        " without aws:SourceAccount, another aws:SourceAccount and aws:SourceVpce = vpce-2"
    ]
    fewer = "Data/Role may s3:Get on b in fewer cases: passes no longer: without aws:SourceAccount"
    assert changed(after, before)[0].startswith(fewer)


def test_a_condition_that_means_the_same_is_no_change() -> None:
    parameter = {"Ref": "Range"}
    before = {"StringLike": {"a": ["1", "2"]}, "IpAddress": {"aws:SourceIp": parameter}}
    after = {"IpAddress": {"AWS:SourceIp": [parameter]}, "StringEquals": {"A": ["2", "1"]}}
    assert changed(before, after) == []


def test_the_condition_of_a_template_is_one_of_the_grant() -> None:
    always, sometimes = (
        roles(each)
        for each in (
            statement("s3:Get", "b"),
            {"Fn::If": ["Prod", statement("s3:Get", "b"), {"Ref": "AWS::NoValue"}]},
        )
    )
    [found] = access(sometimes, always)
    assert "passes now: without Prod" in found.sentence
