"""What the brake's alarms count: a bound of the bill, met by a flood and not by a working day.

The days are played minute by minute against the very expressions and thresholds of a stage.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from ops.local.rules import metric_math
from stacks.alarms import metered_use
from stacks.alarms.metered_use import Term
from stacks.shared import prices

MIB, GB = 2**20, 10**9
DAY = 24 * 60
LIMIT = 1.5  # what a stage with NAT leaves to these terms of the default, $2

TERMS: list[Term] = [
    metered_use.of_function("files", memory_mb=1024, x86_64=False, http_api=False),
    metered_use.of_logs("logs"),
    metered_use.of_answers("LambdaDrive/Dev", "files"),
    metered_use.of_file_system("fs"),
]


@dataclass
class Minute:
    """What happens in a minute, as AWS's metrics would have it."""

    requests: int = 0
    seconds: float = 0.0  # of all requests together
    logged: int = 0
    answered: int = 0
    read: int = 0
    reads: int = 0
    written: int = 0
    writes: int = 0
    calls: int = 0  # about files, not of data

    @property
    def metrics(self) -> dict[str, float]:
        """The metrics by their names in expressions; those without data are not there."""
        metered = (
            max(self.read, self.reads * 4096) / 3
            + max(self.written, self.writes * 4096)
            + self.calls * 4096 / 3
        )
        found = {
            "duration": self.seconds * 1000,
            "requests": self.requests,
            "logged": self.logged,
            "answered": self.answered,
            "metered": metered,
            "written": self.written,
            "reads": self.reads,
            "writes": self.writes,
        }
        return {name: value for name, value in found.items() if value}

    @property
    def bill(self) -> float:
        """What AWS bills for it, by its pages: each call of data as 32 KiB at least."""
        traced = min(self.requests, 60 + 0.05 * max(0, self.requests - 60))
        read = max(self.read, self.reads * 32_768)
        written = max(self.written, self.writes * 32_768)
        return (
            self.seconds * prices.LAMBDA_GB_SECOND
            + self.requests * prices.LAMBDA_MILLION / 10**6
            + traced * prices.TRACES_MILLION / 10**6
            + self.logged * prices.LOGS_GB / GB
            + self.answered * prices.TO_THE_INTERNET_GB / GB
            + (read + self.calls * 4096) * prices.EFS_ELASTIC_READ_GB / GB
            + written * prices.EFS_ELASTIC_WRITE_GB / GB
        )


def put(number: int, size: int, *, seconds: float = 0.1) -> Minute:
    """So many requests that write files of a size."""
    return Minute(
        requests=number,
        seconds=number * seconds,
        logged=number * 1200,
        written=number * size,
        writes=number * -(-size // MIB),
        calls=number * 12,
    )


def get(number: int, size: int, *, seconds: float = 0.1) -> Minute:
    """So many requests that answer with files of a size."""
    return Minute(
        requests=number,
        seconds=number * seconds,
        logged=number * 1200,
        answered=number * size,
        read=number * size,
        reads=number * -(-size // MIB),
        calls=number * 8,
    )


def looked(files: int) -> Minute:
    """A minute of `usage`, which asks for the sizes of files and calls no URL."""
    return Minute(calls=files)


def dollars(minutes: list[Minute], *, seconds: int) -> float:
    """What the expression counts in a period of these minutes."""
    sums: defaultdict[str, float] = defaultdict(float)
    for minute in minutes:
        for name, value in minute.metrics.items():
            sums[name] += value
    ids: dict[str, float | None] = {
        metric.id: sums.get(metric.id) for term in TERMS for metric in term.metrics
    }
    found = metric_math.evaluate(metered_use.expression(TERMS, seconds=seconds, factor=1), ids)
    assert found is not None
    return found


def stopped(minutes: list[Minute]) -> int | None:
    """After how many minutes an alarm of a stage calls the brake, if one does."""
    day: list[float] = []
    for number, _ in enumerate(minutes, 1):
        day.append(dollars(minutes[max(0, number - 5) : number], seconds=300))
        whole = minutes[max(0, number - DAY) : number]
        if day[-1] > LIMIT / 4:
            return number
        # A day's sum looks at every minute, which takes long; only where it may matter.
        if number % 60 == 0 and dollars(whole, seconds=86_400) > LIMIT:
            return number
    return None


def quiet(number: int) -> list[Minute]:
    return [Minute()] * number


NORMAL: dict[str, Callable[[], list[Minute]]] = {
    "nothing at all": lambda: quiet(DAY),
    "an upload of 3 GB by one client, 50 MB/s": lambda: [put(715, 4_200_000)] + quiet(10),
    "an upload of 3 GB over an hour": lambda: [put(12, 4_200_000)] * 60 + quiet(60),
    "20 people at work": lambda: quiet(480) + [put(20, 200_000)] * 240 + [get(60, 200_000)] * 240,
    "a tree of 20,000 small files": lambda: [put(1000, 20_000)] * 20 + quiet(60),
    "a gigabyte read by each of three": lambda: [get(80, 4_200_000)] * 9 + quiet(60),
    "a health check each second": lambda: [get(60, 100, seconds=0.02)] * DAY,
    "usage over a million files": lambda: ([looked(100_000)] * 10 + quiet(350)) * 4,
}
FLOODS: dict[str, Minute] = {
    "ten instances write all they can": put(6_000, 4_200_000, seconds=0.1),
    "one instance writes all it can": put(600, 4_200_000, seconds=0.1),
    "ten instances read all they can": get(6_000, 4_200_000, seconds=0.1),
    "without a reservation, a thousand of nothing": get(60_000, 0, seconds=1.0),
}


@pytest.mark.parametrize("name", NORMAL)
def test_a_normal_day_goes_on(name: str) -> None:
    assert stopped(NORMAL[name]()) is None


@pytest.mark.parametrize("name", FLOODS)
def test_a_flood_stops_within_five_minutes(name: str) -> None:
    found = stopped(quiet(60) + [FLOODS[name]] * 10)
    assert found is not None
    assert found - 60 <= 5


def test_what_goes_on_slowly_stops_when_the_day_is_used_up() -> None:
    """A tenth of a flood, for which five minutes are too short."""
    slow = put(35, 4_200_000)
    found = stopped([slow] * DAY)
    assert found is not None
    cost = sum(minute.bill for minute in [slow] * found)
    assert LIMIT * 0.9 < cost < LIMIT * 1.2


BILLS: dict[str, Minute] = {
    **FLOODS,
    "small writes": put(1000, 100),
    "small reads": get(5000, 100),
    "pages of a database": Minute(requests=10, seconds=10, written=40_960_000, writes=10_000),
}


@pytest.mark.parametrize("name", BILLS)
def test_no_less_is_counted_than_billed_and_not_much_more(name: str) -> None:
    minute = BILLS[name]
    counted, bill = dollars([minute], seconds=60), minute.bill
    assert bill <= counted * 1.000001
    assert counted <= bill * 2.1


def test_a_gateway_costs_in_both_directions_and_to_the_internet() -> None:
    term = metered_use.of_nat_gateway(0, "nat-1")
    text = metered_use.expression([term], seconds=300, factor=1)
    found = metric_math.evaluate(text, {"sent0": 2.0 * GB, "received0": 1.0 * GB})
    assert found == pytest.approx(3 * prices.NAT_GATEWAY_GB + 2 * prices.TO_THE_INTERNET_GB)
    machine = metered_use.expression([metered_use.of_nat_instance("i-1")], seconds=300, factor=1)
    assert metric_math.evaluate(machine, {"sent": 1.0 * GB}) == prices.TO_THE_INTERNET_GB


def test_a_dearer_region_costs_more() -> None:
    text = metered_use.expression(TERMS, seconds=300, factor=1.3)
    plain = metered_use.expression(TERMS, seconds=300, factor=1)
    values = {metric.id: 1e9 for term in TERMS for metric in term.metrics}
    dear, usual = metric_math.evaluate(text, values), metric_math.evaluate(plain, values)
    assert dear is not None
    assert usual is not None
    assert dear == pytest.approx(1.3 * usual)


@pytest.mark.parametrize("gateways", range(7))
def test_no_alarm_has_more_metrics_than_cloudwatch_takes(gateways: int) -> None:
    terms = [metered_use.of_nat_gateway(index, "nat") for index in range(gateways)]
    groups = metered_use.alarms_for(terms)
    assert [term for group in groups for term in group] == terms
    assert len(groups) <= 2
    for group in groups:
        assert sum(len(term.metrics) for term in group) <= 10
