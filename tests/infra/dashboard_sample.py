"""A day of a drive, made up: what the metrics of a dashboard would say of it.

A small team works on weekdays; at two o'clock something fails for twenty minutes. Whole numbers
alone, so that the picture is the same on each machine.
"""

from collections.abc import Callable

FIVE_MINUTES, DAY = 300, 24 * 60 * 60
_POINTS = DAY // FIVE_MINUTES

# Requests an hour, by the hour.
_REQUESTS = (
    *(40, 30, 24, 24, 24, 30, 60, 240, 900, 1500, 1700, 1600),
    *(900, 1300, 1800, 1650, 1400, 1000, 500, 300, 220, 160, 100, 60),
)
_BROKEN = range(14 * 12, 14 * 12 + 4)  # points of the twenty minutes
_STORED = (41_200_000_000, 41_300_000_000, 42_900_000_000, 43_400_000_000)
_TRASH = (3_100_000_000, 3_100_000_000, 3_900_000_000, 3_600_000_000)
_OPEN = (2, 1, 5, 3)


def _jitter(point: int, salt: int) -> int:
    """Return 80..120, the same for the same point."""
    mixed = (point * 2_654_435_761 + salt * 40_503) % 2**32
    mixed = (mixed ^ (mixed >> 15)) * 2_246_822_519 % 2**32
    return 80 + (mixed ^ (mixed >> 13)) % 41


def _requests(point: int) -> int:
    hour, part = divmod(point, 12)
    following = _REQUESTS[(hour + 1) % 24]
    each_hour = _REQUESTS[hour] * (12 - part) + following * part
    return each_hour * _jitter(point, 1) // (12 * 12 * 100)


def _slow(point: int) -> int:
    return 6 if point in _BROKEN else 1


_Value = Callable[[int], float | None]
_OF_POINT: dict[tuple[str, str], _Value] = {
    ("Invocations", "Sum"): _requests,
    ("Duration", "Sum"): lambda p: _requests(p) * 95 * _slow(p),
    ("Duration", "p50"): lambda p: 42 * _jitter(p, 2) // 100,
    ("Duration", "p90"): lambda p: 190 * _jitter(p, 3) // 100 * (2 if p in _BROKEN else 1),
    ("Duration", "p99"): lambda p: 480 * _jitter(p, 4) // 100 * _slow(p),
    ("Url5xxCount", "Sum"): lambda p: _requests(p) // 6 if p in _BROKEN else 0,
    ("Url4xxCount", "Sum"): lambda p: _requests(p) * _jitter(p, 5) // 3500,
    ("Throttles", "Sum"): lambda p: 9 if p in _BROKEN else 0,
    ("ConcurrentExecutions", "Maximum"): lambda p: (
        10 if p in _BROKEN else 1 + _requests(p) * _jitter(p, 6) // 4200
    ),
    ("BytesIn", "Sum"): lambda p: _requests(p) * _jitter(p, 7) * 900,
    ("BytesOut", "Sum"): lambda p: _requests(p) * _jitter(p, 8) * 1600,
    ("UploadsCreated", "Sum"): lambda p: _requests(p) * _jitter(p, 9) // 1500,
    ("UploadsFinished", "Sum"): lambda p: _requests(p) * _jitter(p, 10) // 1700,
    ("UploadsTerminated", "Sum"): lambda p: 1 if p % 61 == 0 else 0,
    ("IncomingBytes", "Sum"): lambda p: _requests(p) * 1200,
    ("MeteredIOBytes", "Sum"): lambda p: _requests(p) * 180_000,
    ("DataWriteIOBytes", "Sum"): lambda p: _requests(p) * 90_000,
    ("DataReadIOBytes", "SampleCount"): _requests,
    ("DataWriteIOBytes", "SampleCount"): _requests,
    ("BytesInFromSource", "Sum"): lambda p: 90_000 * _jitter(p, 11),
    ("BytesInFromDestination", "Sum"): lambda p: 260_000 * _jitter(p, 12),
}
_OF_QUARTER: dict[str, tuple[int, ...]] = {
    "DriveBytes": _STORED,
    "TrashBytes": _TRASH,
    "UploadsInProgress": _OPEN,
}


def values(metric: str, statistic: str, period: int) -> list[float | None]:
    """Return a metric's values over the day, one for each period of so many seconds.

    Raises `KeyError` for a metric or a statistic that has no sample.
    """
    if metric in _OF_QUARTER and statistic == "Maximum":
        return [float(each) for each in _OF_QUARTER[metric]]
    value = _OF_POINT[metric, statistic]
    points = [value(point) for point in range(_POINTS)]
    size = period // FIVE_MINUTES
    parts = [points[start : start + size] for start in range(0, _POINTS, size)]
    whole = sum if statistic in {"Sum", "SampleCount"} else max
    return [float(whole(each for each in part if each is not None)) for part in parts]
