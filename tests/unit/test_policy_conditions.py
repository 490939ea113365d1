"""The conditions of policies, by the examples and tables of AWS's pages.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-logic-multiple-context-keys-or-values.html
"""

from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops.local.rules.conditions import UnsuitableConditionError, condition
from ops.local.rules.patterns import Keys, UnknownKeyError, like, plain, replaced

Values = str | Sequence[str]


def _tuple(values: Values) -> tuple[str, ...]:
    return (values,) if isinstance(values, str) else tuple(values)


def _holds(operator: str, asked: Values, given_values: Values | None, **other: Values) -> bool:
    """Say whether a condition on the key `a:Key` holds; None is a request without the key."""
    keys: dict[str, tuple[str, ...]] = {f"a:{name}": _tuple(value) for name, value in other.items()}
    if given_values is not None:
        keys["a:Key"] = _tuple(given_values)
    return condition(operator, "A:key", _tuple(asked)).holds(Keys(keys), variables=True)


@pytest.mark.parametrize(
    ("operator", "asked", "met", "unmet"),
    [
        ("StringEquals", "iamuser-admin", "iamuser-admin", "IAMuser-admin"),
        ("StringEquals", "a*", "a*", "ab"),  # no wildcards in it
        ("StringEqualsIgnoreCase", "HR", "hr", "hr2"),
        ("StringLike", ["", "home/", "home/${a:username}/"], "home/David/", "home/Eve/"),
        ("StringLike", ["", "home/", "home/${a:username}/"], "", "home"),
        ("StringLike", "t2.*", "t2.micro", "t1.micro"),
        ("StringLike", "t?.micro", "t2.micro", "t22.micro"),
        ("StringLike", "a*", "ab\nc", "Ab"),
        ("NumericEquals", "10", "10.0", "11"),
        ("NumericLessThan", "10", "9", "10"),
        ("NumericLessThanEquals", "10", "10", "11"),
        ("NumericGreaterThan", "10", "11", "10"),
        ("NumericGreaterThanEquals", "10", "10", "9.99"),
        ("NumericLessThan", "10", "9", "nine"),
        ("DateEquals", "2020-01-01T00:00:01Z", "2020-01-01T01:00:01+01:00", "2020-01-01"),
        ("DateEquals", "2020", "2020-01-01T00:00:00Z", "2020-01-02"),
        ("DateEquals", "1577836801", "2020-01-01T00:00:01Z", "1577836802"),
        ("DateLessThan", "2020-01-01T00:00:01Z", "2020-01-01T00:00:00Z", "2020-01-01T00:00:01Z"),
        ("DateLessThanEquals", "2020-07", "2020-07-01", "2020-07-02"),
        ("DateGreaterThan", "2020-01-01T00:00:01Z", "2020-01-02", "2020-01-01"),
        ("DateGreaterThanEquals", "2020-01-01", "2020-01-01", "2019-12-31T23:59:59Z"),
        ("Bool", "false", "false", "true"),
        ("Bool", "True", "true", "false"),
        ("BinaryEquals", "QmluYXJ5VmFsdWVJbkJhc2U2NA==", "QmluYXJ5VmFsdWVJbkJhc2U2NA==", "Qm"),
        ("IpAddress", "203.0.113.0/24", "203.0.113.255", "203.0.114.0"),
        ("IpAddress", "203.0.113.7", "203.0.113.7", "203.0.113.8"),
        (
            "IpAddress",
            ["203.0.113.0/24", "2001:DB8:1234:5678::/64"],
            "2001:db8:1234:5678::1",
            "::1",
        ),
        ("IpAddress", "0.0.0.0/0", "10.0.0.1", "cloudformation.amazonaws.com"),
        (
            "ArnLike",
            "arn:aws:someservice:*:111122223333:finance/*",
            "arn:aws:someservice:us-east-2:111122223333:finance/document.txt",
            "arn:aws:someservice:us-east-2:999999999999:store/abc:111122223333:finance/document.txt",
        ),
        (
            "ArnEquals",  # which behaves like ArnLike
            "arn:aws:sns:REGION:*:TOPIC-?D",
            "arn:aws:sns:REGION:123456789012:TOPIC-ID",
            "arn:aws:sns:region:123456789012:TOPIC-ID",
        ),
        ("ArnLike", "arn:aws:iam::*:user/${a:username}", "arn:aws:iam::1:user/David", "arn:x"),
    ],
)
def test_an_operator_and_its_opposite(operator: str, asked: Values, met: str, unmet: str) -> None:
    for value, expected in ((met, True), (unmet, False), (None, False)):
        assert _holds(operator, asked, value, username="David") is expected
        # "evaluate the condition element as true", where the key is not there
        assert _holds(f"{operator}IfExists", asked, value, username="David") is (
            expected or value is None
        )
    opposite = {
        "StringEquals": "StringNotEquals",
        "StringEqualsIgnoreCase": "StringNotEqualsIgnoreCase",
        "StringLike": "StringNotLike",
        "NumericEquals": "NumericNotEquals",
        "DateEquals": "DateNotEquals",
        "IpAddress": "NotIpAddress",
        "ArnLike": "ArnNotLike",
        "ArnEquals": "ArnNotEquals",
    }.get(operator)
    if opposite:
        # "If the policy condition requires that the key is not matched and the right key is not
        # present, the condition is true."
        for value, expected in ((met, False), (unmet, True), (None, True)):
            assert _holds(opposite, asked, value, username="David") is expected
            assert _holds(f"{opposite}IfExists", asked, value, username="David") is expected


def test_a_string_operator_matches_where_an_arn_operator_does_not() -> None:
    pattern = "arn:aws:someservice:*:111122223333:finance/*"
    value = "arn:aws:someservice:us-east-2:999999999999:store/abc:111122223333:finance/document.txt"
    assert _holds("StringLike", pattern, value)
    assert not _holds("ArnLike", pattern, value)


@pytest.mark.parametrize(
    ("asked", "value", "holds"),
    [("true", None, True), ("true", "x", False), ("false", "x", True), ("false", None, False)],
)
def test_null_asks_whether_the_key_is_there(asked: str, value: str | None, *, holds: bool) -> None:
    assert _holds("Null", asked, value) is holds


REQUESTED = ["PostDateTime", "Message", "Tags"]


@pytest.mark.parametrize(
    ("operator", "asked", "values", "holds"),
    [
        # dynamodb:Attributes
        ("ForAllValues:StringEquals", ["ID", "Message", "Tags"], ["Message", "Tags"], True),
        ("ForAllValues:StringEquals", ["ID", "Message", "Tags"], ["ID", "UserName"], False),
        ("ForAllValues:StringEquals", REQUESTED, ["PostDateTime", "UserName"], False),
        ("ForAllValues:StringEquals", REQUESTED, None, True),
        ("ForAllValues:StringEquals", REQUESTED, [""], True),
        ("ForAnyValue:StringEquals", ["ID", "PostDateTime"], ["PostDateTime", "Message"], True),
        ("ForAnyValue:StringEquals", ["ID", "PostDateTime"], ["UserName"], False),
        (
            "ForAnyValue:StringEquals",
            ["ID", "PostDateTime"],
            ["UserName", "Message", "PostDateTime"],
            True,
        ),
        ("ForAnyValue:StringEquals", REQUESTED, None, False),
        ("ForAnyValue:StringEquals", REQUESTED, [""], False),
        # aws:TagKeys (reference_policies_condition_examples-multi-valued-context-keys.html)
        ("ForAllValues:StringLike", "key*", ["key1", "key2"], True),
        ("ForAllValues:StringLike", "key*", ["key1", "other"], False),
        ("ForAnyValue:StringLike", ["environment", "webserver*"], ["webserver1", "x"], True),
        ("ForAnyValue:StringLike", ["environment", "webserver*"], ["x", "y"], False),
        # Negated ones: for all, none of them may be listed; for any, one that is not is enough.
        ("ForAllValues:StringNotEquals", ["a", "b"], ["c", "d"], True),
        ("ForAllValues:StringNotEquals", ["a", "b"], ["a", "d"], False),
        ("ForAllValues:StringNotEquals", ["a", "b"], None, True),
        ("ForAnyValue:StringNotEquals", ["a", "b"], ["a", "d"], True),
        ("ForAnyValue:StringNotEquals", ["a", "b"], ["a", "b"], False),
        ("ForAnyValue:StringNotEquals", ["a", "b"], None, False),
        ("ForAnyValue:StringEqualsIfExists", ["a"], None, True),
        ("ForAnyValue:StringEqualsIfExists", ["a"], ["b"], False),
        ("ForAnyValue:ArnLike", ["arn:aws:a:b:c:d*"], ["arn:aws:a:b:c:dd", "x"], True),
        # Several values without a set operator, of which AWS's pages only say not to do it.
        ("StringEquals", ["a"], ["b", "a"], True),
        ("StringNotEquals", ["a"], ["b", "a"], False),
        # A negated operator with several values of the policy asks for none of them.
        ("StringNotEquals", ["a", "b"], "a", False),
        ("StringNotEquals", ["a", "b"], "c", True),
        ("NotIpAddress", ["192.0.2.0/24", "203.0.113.0/24"], "203.0.113.5", False),
    ],
)
def test_sets_of_values(
    operator: str, asked: Values, values: Values | None, *, holds: bool
) -> None:
    assert _holds(operator, asked, values) is holds


@pytest.mark.parametrize(
    ("operator", "values"),
    [
        ("StringEqual", ["a"]),
        ("StringNotEqualsIfExist", ["a"]),
        ("NullIfExists", ["true"]),
        ("ForAllValues:Null", ["true"]),
        ("ForSomeValues:StringEquals", ["a"]),
        ("BoolNotEquals", ["true"]),
        ("IpNotAddress", ["10.0.0.0/8"]),
        ("NumericNotLessThan", ["1"]),
        ("Bool", ["yes"]),
        ("Null", ["maybe"]),
        ("IpAddress", ["10.0.0.0/33"]),
        ("NumericEquals", ["one"]),
        ("DateLessThan", ["soon"]),
        ("DateLessThan", ["9" * 30]),
    ],
)
def test_an_operator_or_a_value_that_iam_does_not_have_is_refused(
    operator: str, values: list[str]
) -> None:
    with pytest.raises(
        UnsuitableConditionError, match=r"IAM has no condition operator|cannot have"
    ):
        condition(operator, "a:Key", tuple(values))


def test_what_cannot_be_known_is_not_answered() -> None:
    unknown = Keys({"a:Here": ("x",)}, frozenset({"a:Key", "a:Tag/"}))
    for key in ("A:key", "a:tag/name"):
        asked = condition("StringNotEqualsIfExists", key, ("x",))
        with pytest.raises(UnknownKeyError, match="is not known"):
            asked.holds(unknown, variables=True)
    variable = condition("StringEquals", "a:Here", ("${a:Key}", "x"))
    assert variable.holds(unknown, variables=True)  # one value is enough
    other = condition("StringEquals", "a:Here", ("${a:Key}", "y"))
    with pytest.raises(UnknownKeyError, match="is not known"):
        other.holds(unknown, variables=True)


KEYS: Mapping[str, tuple[str, ...]] = {"a:One": ("1*",), "a:Two": ("1", "2"), "a:None": ()}


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("x", "x"),
        ("${a:one}-${A:ONE}", "1*-1*"),
        ("${a:Two}", None),  # "you can't use multivalued context keys as policy variables"
        ("${a:None}", None),
        ("${a:None, 'it''s, so'}", "it''s, so"),
        ("${a:One, 'other'}", "1*"),
        ("${}", None),
        ("$${a:One}", "$1*"),
        ("${*}${?}${$}", "*?$"),
    ],
)
def test_variables_are_replaced_once(text: str, result: str | None) -> None:
    found = replaced(text, Keys(KEYS))
    assert (None if found is None else str(found)) == result


@given(st.text(), st.text())
def test_a_text_is_like_itself_and_a_star_takes_all(text: str, more: str) -> None:
    literal = replaced(
        text.replace("$", "${$}").replace("*", "${*}").replace("?", "${?}"), Keys({})
    )
    if "{" not in text:  # which the replacement would have to leave alone
        assert literal is not None
        assert like(text, literal)
        assert like(text + more, literal) is (more == "")
    assert like(text + more, plain("*"))


@given(st.sets(st.sampled_from("abcd")), st.sets(st.sampled_from("abcd"), min_size=1))
def test_the_set_operators_are_those_of_sets(values: set[str], asked: set[str]) -> None:
    """The same by Python's sets: subset, overlap, and neither."""
    given_values = tuple(values) if values else None
    listed = tuple(asked)
    assert _holds("ForAllValues:StringEquals", listed, given_values) is (values <= asked)
    assert _holds("ForAnyValue:StringEquals", listed, given_values) is bool(values & asked)
    assert _holds("ForAllValues:StringNotEquals", listed, given_values) is (not values & asked)
    assert _holds("ForAnyValue:StringNotEquals", listed, given_values) is bool(values - asked)
