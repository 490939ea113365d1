"""Say how far one drive goes: the limit that is met first, what moves it, when to have several.

python -m ops scaling                               1, 100 and 10,000 requests a second
python -m ops scaling 500 --writes 0.9 --written-bytes 2000000
python -m ops scaling 500 --reserved-concurrency 100 --daily-brake 500 --json

A small simulation by AWS's numbers (stacks/shared/scaling_limits.py), by the calls that requests
were seen to make to the disk, and by the brake's own sum of dollars. It asks nobody and needs no
stage. docs/scaling.md has what it says of the defaults.
"""

import argparse
import json
import math
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, fields
from typing import TypeVar

from drive_tools.command_line import argument, flag
from ops.scaling.limits import Drive, Limit, limits, shard_from
from ops.scaling.load import Mix
from stacks.costs.use import NAT_BYTES_A_MINUTE
from stacks.shared import aws_limits, prices, scaling_limits

Part = TypeVar("Part", Mix, Drive)

RATES = (1.0, 100.0, 10_000.0)
# In base64, as Lambda hands on a body.
_BODY_BYTES = aws_limits.INVOCATION_PAYLOAD_BYTES * 3 // 4


def _between(low: float, high: float, what: str) -> Callable[[str], float]:
    def parse(text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not low <= value <= high:
            raise argparse.ArgumentTypeError(
                f"{what} must be {low:,.10g}..{high:,.10g}, got {text!r}"
            )
        return value

    return parse


def _whole(low: int, high: int, what: str) -> Callable[[str], int]:
    number = _between(low, high, what)

    def parse(text: str) -> int:
        value = number(text)
        if value != int(value):
            raise argparse.ArgumentTypeError(f"{what} must be a whole number, got {text!r}")
        return int(value)

    return parse


def _throughput(text: str) -> str | int:
    if text in {"elastic", "bursting"}:
        return text
    return _whole(*aws_limits.PROVISIONED_THROUGHPUT_MIBPS, "throughput in MiB/s")(text)


_body = _whole(0, _BODY_BYTES, "the bytes of a request or an answer")


@dataclass(frozen=True, kw_only=True)
class ScalingOptions:
    """The rates, what requests are like, and the settings of the drive."""

    rates: list[float] = argument(
        nargs="*",
        metavar="REQUESTS",
        type=_between(0.001, 10**7, "requests a second"),
        help="requests a second (1, 100 and 10,000)",
    )
    writes: float = argument(
        "--writes", type=_between(0, 1, "the share"), default=Mix.writes, help="share of PUT (0.2)"
    )
    read_bytes: int = argument(
        "--read-bytes", type=_body, default=Mix.read_bytes, help="of a GET (200,000)"
    )
    written_bytes: int = argument(
        "--written-bytes", type=_body, default=Mix.written_bytes, help="of a PUT (200,000)"
    )
    handler_ms: float = argument(
        "--handler-ms",
        type=_between(0, 900_000, "milliseconds"),
        default=Mix.handler_ms,
        help="of the function without the disk (10)",
    )
    read_call_ms: float = argument(
        "--read-call-ms",
        type=_between(0, 10_000, "milliseconds"),
        default=Mix.read_call_ms,
        help="of a call to the disk that reads (1)",
    )
    write_call_ms: float = argument(
        "--write-call-ms",
        type=_between(0, 10_000, "milliseconds"),
        default=Mix.write_call_ms,
        help="of a call to the disk that writes (3)",
    )
    memory_mb: int = argument(
        "--memory-mb",
        type=_whole(*aws_limits.FUNCTION_MEMORY_MB, "memory_mb"),
        default=Mix.memory_mb,
        help="the setting (1024)",
    )
    reserved_concurrency: int = argument(
        "--reserved-concurrency",
        type=_whole(1, aws_limits.CONCURRENCY[1], "reserved_concurrency"),
        default=Drive.reserved_concurrency,
        help="the setting (10)",
    )
    account_concurrency: int = argument(
        "--account-concurrency",
        type=_whole(1, aws_limits.CONCURRENCY[1], "account_concurrency"),
        default=Drive.account_concurrency,
        help="the setting (1000)",
    )
    throughput: str | int = argument(
        "--throughput",
        type=_throughput,
        default=Drive.throughput,
        help="the setting: elastic, bursting or MiB/s (elastic)",
    )
    stored_gib: int = argument(
        "--stored-gib",
        type=_whole(0, 10**9, "GiB"),
        default=Drive.stored_gib,
        help="what is stored, for bursting (100)",
    )
    gateways: int = argument(
        "--gateways",
        type=_whole(0, aws_limits.REGION_ZONES, "gateways"),
        default=Drive.gateways,
        help="NAT gateways, by egress (1)",
    )
    daily_brake: float = argument(
        "--daily-brake",
        type=_between(0.1, 100_000, "daily_brake"),
        default=Drive.daily_brake,
        help="the setting, in dollars (2)",
    )
    monthly_ceiling: float = argument(
        "--monthly-ceiling",
        type=_between(0.1, 100_000, "monthly_ceiling"),
        default=Drive.monthly_ceiling,
        help="the setting, in dollars (400)",
    )
    json: bool = flag("--json", help="print what was found as JSON")


def _of(options: ScalingOptions, kind: type[Part]) -> Part:
    """Return what of the options is a `Mix`, or a `Drive`: the fields of the same names."""
    given = vars(options)
    return kind(**{each.name: given[each.name] for each in fields(kind) if each.name in given})


def run(options: ScalingOptions) -> int:
    """Print what the rates ask for, and which limits they meet."""
    mix, drive = _of(options, Mix), _of(options, Drive)
    rates = options.rates or [*RATES]
    if options.json:
        print(json.dumps(found(mix, drive, rates), indent=2))
    else:
        print("\n".join(_aligned(demands(mix, drive, rates))))
        print()
        print("\n".join(_aligned(met(mix, drive))))
        print()
        print("\n".join(sharding(mix, drive)))
    return 0


def found(mix: Mix, drive: Drive, rates: list[float]) -> dict[str, object]:
    """Return all that is known, for a script."""
    each = limits(mix, drive)
    return {
        "mix": asdict(mix),
        "drive": asdict(drive),
        "rates": [
            {
                "requests_a_second": rate,
                **_demand(mix, drive, rate),
                "above": [limit.name for limit in each if limit.met_at < rate],
            }
            for rate in rates
        ],
        "limits": [asdict(limit) | {"met_at": limit.met_at} for limit in each],
        "shard_from": shard_from(mix, drive).met_at,
        "shard_from_where_raised": shard_from(mix, drive, raised=True).met_at,
        "prices_read_on": prices.READ_ON,
    }


def _demand(mix: Mix, drive: Drive, rate: float) -> dict[str, float]:
    instances = rate * mix.seconds
    hour = mix.dollars_an_hour(rate, elastic=drive.throughput == "elastic")
    waits = max(0, math.ceil(instances / scaling_limits.NEW_INSTANCES) - 1)
    return {
        "instances": instances,
        "connections": max(1.0, instances),
        "calls_that_read": rate * mix.read_calls,
        "calls_that_write": rate * mix.write_calls,
        "read_bytes_a_second": rate * mix.disk_reads,
        "written_bytes_a_second": rate * mix.disk_writes,
        "nat_bits_a_second": instances * NAT_BYTES_A_MINUTE / 60 * 8 if drive.gateways else 0.0,
        "seconds_to_all_instances": waits * scaling_limits.NEW_INSTANCES_SECONDS,
        "dollars_an_hour": hour,
        "dollars_a_month": hour * prices.HOURS_A_MONTH,
    }


_ROWS = (
    ("instances at once", "instances", 1.0),
    ("connections of the file system", "connections", 1.0),
    ("calls to the disk that read, a second", "calls_that_read", 1.0),
    ("calls that write, a second", "calls_that_write", 1.0),
    ("MB read from the disk, a second", "read_bytes_a_second", 10.0**6),
    ("MB written to it, a second", "written_bytes_a_second", 10.0**6),
    ("kbit/s through NAT", "nat_bits_a_second", 10.0**3),
    ("seconds until so many instances may be made", "seconds_to_all_instances", 1.0),
    ("dollars an hour", "dollars_an_hour", 1.0),
    ("dollars a month, all day", "dollars_a_month", 1.0),
)


def demands(mix: Mix, drive: Drive, rates: list[float]) -> list[list[str]]:
    """Return the table of what rates ask for: a head, and a row for each thing."""
    asked = [_demand(mix, drive, rate) for rate in rates]
    rows = [[name, *(_short(each[key] / unit) for each in asked)] for name, key, unit in _ROWS]
    above = [
        ", ".join(limit.name for limit in limits(mix, drive) if limit.met_at < rate) or "nothing"
        for rate in rates
    ]
    head = ["requests a second", *(f"{rate:,.6g}" for rate in rates)]
    return [head, *rows, ["above the limits of", *above]]


def met(mix: Mix, drive: Drive) -> list[list[str]]:
    """Return the table of limits, in the order in which they are met."""
    rows = [
        [each.name, _with_unit(each), _short(each.met_at), each.moved_by]
        for each in limits(mix, drive)
    ]
    return [["limit", "is", "met at, requests a second", "moved by"], *rows]


def sharding(mix: Mix, drive: Drive) -> Iterator[str]:
    """Yield from where on several drives are needed."""
    first, last = shard_from(mix, drive), shard_from(mix, drive, raised=True)
    yield (
        f"One disk takes {_short(first.met_at)} requests a second ({first.name});"
        f" {_short(last.met_at)} ({last.name}) when AWS has raised what it raises, in a region"
        " with the most."
    )
    yield "Beyond that, have several drives, each a stage of its own, and divide files among them."


def _with_unit(limit: Limit) -> str:
    return f"${limit.limit:.2f}" if limit.unit == "$" else f"{_short(limit.limit)} {limit.unit}"


def _short(value: float) -> str:
    if value == math.inf:
        return "never"
    if value >= 100:  # noqa: PLR2004 - three digits
        return f"{float(f'{value:.3g}'):,.0f}"
    return f"{value:.3g}" if value >= 0.01 or value == 0 else f"{value:.2g}"  # noqa: PLR2004


def _aligned(rows: list[list[str]]) -> Iterator[str]:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        yield "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip()
