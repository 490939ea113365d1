"""Metric math and the states of alarms, as CloudWatch's pages have them."""

import pytest

from ops.local.rules import alarm_states, metric_math
from ops.local.rules.alarm_states import ALARM, INSUFFICIENT_DATA, OK, Condition, Sample

VALUES = {"m1": 6.0, "m2": 3.0, "none": None}
EXPRESSIONS: dict[str, float | None] = {
    "m1 + m2 * 2": 12,
    "(m1 + m2) * 2": 18,
    "m1 / m2 - -1": 3,
    "m1 / 0": None,
    "m1 + none": None,
    "FILL(none, 0) + m1": 6,
    "FILL(m1, 0)": 6,
    "FILL(none, 7) * 1000000": 7_000_000,
    "IF(m1 > m2, 1, 2)": 1,
    "IF(m1 < m2, 1, m2)": 3,
    "IF(none > 1, 1, 2)": None,
    "IF(m1 >= 6, IF(m2 == 3, 10, 20), 30)": 10,
    "m1 != m2": 1,
    "m1 <= m2": 0,
    "0.0000133334 * m1": 0.0000800004,
}


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_an_expression_has_this_value(expression: str) -> None:
    found = metric_math.evaluate(expression, VALUES)
    wanted = EXPRESSIONS[expression]
    assert found == (wanted if wanted is None else pytest.approx(wanted))


@pytest.mark.parametrize(
    "expression", ["RATE(m1)", "m3", "m1 ** 2", "m1; m2", "'a'", "m1 > m2 > 1", "FILL(m1)", ""]
)
def test_what_is_not_known_is_an_error_and_shown(expression: str) -> None:
    with pytest.raises(ValueError, match="metric math: "):
        metric_math.evaluate(expression, VALUES)


# "Datapoints": 0 is within the threshold, X breaches it, - is missing; for an alarm of 3 of 3
# (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html).
# The columns of the page: missing, ignore (the state before stays), breaching, notBreaching.
THREE_OF_THREE = {
    "0 - X - X": (OK, OK, OK, OK),
    "- - - - 0": (OK, OK, OK, OK),
    "- - - - -": (INSUFFICIENT_DATA, "same", ALARM, OK),
    "0 X X - X": (ALARM, ALARM, ALARM, ALARM),
    "- - X - -": (ALARM, "same", ALARM, OK),
}


@pytest.mark.parametrize("points", [*THREE_OF_THREE])
@pytest.mark.parametrize("before", [OK, ALARM])
def test_missing_data_counts_as_the_alarm_says(points: str, before: str) -> None:
    values = [{"0": 0.0, "X": 2.0, "-": None}[each] for each in points.split()]
    for missing, wanted in zip(
        ("missing", "ignore", "breaching", "notBreaching"), THREE_OF_THREE[points], strict=True
    ):
        condition = Condition(
            comparison="GreaterThanThreshold",
            threshold=1,
            periods=3,
            datapoints=3,
            missing=missing,
        )
        found = alarm_states.state_of(condition, before, values)
        assert found == (before if wanted == "same" else wanted), missing


@pytest.mark.parametrize(
    ("comparison", "states"),
    [
        ("GreaterThanThreshold", (OK, OK, ALARM)),
        ("GreaterThanOrEqualToThreshold", (OK, ALARM, ALARM)),
        ("LessThanThreshold", (ALARM, OK, OK)),
        ("LessThanOrEqualToThreshold", (ALARM, ALARM, OK)),
    ],
)
def test_a_value_is_compared_with_the_threshold(
    comparison: str, states: tuple[str, str, str]
) -> None:
    condition = Condition(comparison=comparison, threshold=1, periods=1, datapoints=1)
    found = tuple(alarm_states.state_of(condition, OK, [value]) for value in (0.5, 1.0, 1.5))
    assert found == states


def test_two_of_three_are_enough_where_two_are_asked_for() -> None:
    condition = Condition(comparison="GreaterThanThreshold", threshold=1, periods=3, datapoints=2)
    assert alarm_states.state_of(condition, OK, [2, 0, 2]) == ALARM
    assert alarm_states.state_of(condition, OK, [2, 0, 0]) == OK
    assert alarm_states.state_of(condition, OK, [2, 2, 0, 0, 2]) == OK  # the newest three


def test_a_statistic_is_that_of_all_values() -> None:
    one = Sample(number=1, sum=5, low=5, high=5)
    many = Sample(number=3, sum=9, low=1, high=6)
    found = {
        name: alarm_states.statistic(name, [one, many])
        for name in ("SampleCount", "Sum", "Average", "Minimum", "Maximum")
    }
    assert found == {
        "SampleCount": 4,
        "Sum": 14,
        "Average": 3.5,
        "Minimum": 1,
        "Maximum": 6,
    }
    assert alarm_states.statistic("Sum", []) is None
    assert one.beside(many) == many.beside(one) == Sample(number=4, sum=14, low=1, high=6)
    with pytest.raises(ValueError, match="'p99'"):
        alarm_states.statistic("p99", [one])
