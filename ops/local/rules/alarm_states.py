"""The state of a CloudWatch alarm by its data.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
"""

import operator
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

OK, ALARM, INSUFFICIENT_DATA = "OK", "ALARM", "INSUFFICIENT_DATA"

# How many further periods CloudWatch looks at, to find an older value where a newer one lacks. AWS
# does not say how many; on the page of missing data it is 5 of an alarm that needs 3.
FURTHER_PERIODS = 2

_BREACHES: dict[str, Callable[[float, float], bool]] = {
    "GreaterThanOrEqualToThreshold": operator.ge,
    "GreaterThanThreshold": operator.gt,
    "LessThanThreshold": operator.lt,
    "LessThanOrEqualToThreshold": operator.le,
}


@dataclass(frozen=True, kw_only=True)
class Condition:
    """What an alarm watches for: `datapoints` of the last `periods` values breach the threshold."""

    comparison: str
    threshold: float
    periods: int
    datapoints: int
    missing: str = "missing"

    def breaches(self, value: float) -> bool:
        """Say whether one value does."""
        return _BREACHES[self.comparison](value, self.threshold)


class Sample(NamedTuple):
    """A metric's value; or of so many values their sum and extremes."""

    number: float
    sum: float
    low: float
    high: float

    def beside(self, other: "Sample") -> "Sample":
        """Return what both are together."""
        return Sample(
            self.number + other.number,
            self.sum + other.sum,
            min(self.low, other.low),
            max(self.high, other.high),
        )


def state_of(condition: Condition, before: str, values: Sequence[float | None]) -> str:
    """Return the state by the values of the last periods, the newest last; None is no data.

    More values than `condition.periods` are looked at only in place of missing ones. What lacks
    then counts as the alarm says: as breaching or not, as the state before (`ignore`), or not at
    all.
    """
    known = [value for value in values if value is not None]
    counted = [condition.breaches(value) for value in known[-condition.periods :]]
    lacking = condition.periods - len(counted)
    needed = condition.datapoints
    match condition.missing:
        case "breaching":
            counted += [True] * lacking
        case "ignore" if known:
            counted += [before == ALARM] * lacking
        case "ignore":
            return before
        case "missing" if known:
            needed = min(needed, len(counted))
        case "missing":
            return INSUFFICIENT_DATA
    return ALARM if sum(counted) >= needed else OK


def statistic(name: str, samples: Iterable[Sample]) -> float | None:
    """Return a statistic of the samples of one period; None if there are none."""
    found = [sample for sample in samples if sample.number > 0]
    if not found:
        return None
    count, total = sum(each.number for each in found), sum(each.sum for each in found)
    match name:
        case "SampleCount":
            return count
        case "Sum":
            return total
        case "Average":
            return total / count
        case "Minimum":
            return min(each.low for each in found)
        case "Maximum":
            return max(each.high for each in found)
    raise ValueError(f"an alarm's statistic is not known here: {name!r}")
