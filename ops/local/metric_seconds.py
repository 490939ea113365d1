"""The points of a metric in CloudWatch, put together by the second.

MiniStack keeps all points of two weeks, and an alarm is evaluated again and again: here each point
is read once. A second is the finest that CloudWatch itself keeps
(https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDatum.html).
"""

import threading
from typing import Any

from ministack.core.responses import AccountRegionScopedDict
from ministack.services import cloudwatch

from ops.local.rules.alarm_states import Sample

Key = tuple[Any, ...]  # as MiniStack has it: namespace, name and dimensions
Point = dict[str, Any]

_read = AccountRegionScopedDict()
_reading = threading.Lock()  # alarms are evaluated by a clock, and when they are put


class _Seconds:
    """What was read of one metric: so many points, the last of them, and all by the second."""

    def __init__(self) -> None:
        self._count = 0
        self._last: Point | None = None
        self._samples: dict[int, Sample] = {}

    def of(self, points: list[Point]) -> dict[int, Sample]:
        """Read the points that are new; all again if others were taken away."""
        if self._count and (len(points) < self._count or points[self._count - 1] is not self._last):
            self._count, self._samples = 0, {}
        for point in points[self._count :]:
            self._count, self._last = self._count + 1, point
            found = Sample(*cloudwatch._point_stats(point))
            if found.number > 0:
                second = int(point["Timestamp"])
                before = self._samples.get(second)
                self._samples[second] = found.beside(before) if before else found
        return dict(self._samples)


def samples(key: Key) -> dict[int, Sample]:
    """Return what is known of a metric, by the second since 1970."""
    with _reading:
        found = _read.get(key)
        if found is None:
            found = _read[key] = _Seconds()
        known: dict[int, Sample] = found.of(cloudwatch._metrics.get(key) or [])
        return known
