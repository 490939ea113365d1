"""The widgets of a dashboard, in the JSON that CloudWatch reads.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from stacks.alarms.metric import Metric
from stacks.shared.stage_tag import STAGE_TAG

Json = Any  # of that page

COLUMNS = 24
FIVE_MINUTES, DAY = 300, 24 * 60 * 60
RED, ORANGE, GRAY = "#d13212", "#ff7f0e", "#7f7f7f"
_HEIGHTS = {"text": 2, "singleValue": 3, "gauge": 3, "timeSeries": 6, "explorer": 6}

# The types by which a widget finds resources that have a tag, by the namespace of their metrics.
_TAGGED_TYPES = {"AWS/NATGateway": "AWS::EC2::NatGateway", "AWS/EC2": "AWS::EC2::Instance"}


def line(metric: Metric, label: str, **rendering: str | bool) -> Json:
    """Return a line of a graph, or what a number is read from."""
    dimensions = [each for item in metric.dimensions.items() for each in item]
    shown = {"stat": metric.statistic, "label": label, **rendering}
    return [metric.namespace, metric.name, *dimensions, shown]


def hidden(metric: Metric) -> Json:
    """Return a metric that an expression reads by its id."""
    return line(metric, metric.name, id=metric.id, visible=False)


def math(id: str, expression: str, label: str, **rendering: str) -> Json:
    """Return a line by metric math."""
    return [{"id": id, "expression": expression, "label": label, **rendering}]


def at(value: float | None, label: str, color: str = GRAY) -> Json:
    """Return a horizontal line at a limit; None where there is none."""
    return None if value is None else {"value": value, "label": label, "color": color}


def text(markdown: str) -> Json:
    """Return a widget of words."""
    return {"type": "text", "properties": {"markdown": markdown}}


@dataclass(frozen=True)
class Widgets:
    """What shows metrics of one region."""

    region: str

    def graph(
        self,
        title: str,
        *lines: Json,
        limits: Sequence[Json] = (),
        period: int = FIVE_MINUTES,
    ) -> Json:
        """Return a graph over time, with a horizontal line at each limit that there is."""
        drawn = [each for each in limits if each is not None]
        annotations = {"annotations": {"horizontal": drawn}} if drawn else {}
        return self._metric(title, lines, view="timeSeries", period=period, **annotations)

    def number(self, title: str, *metrics: Json) -> Json:
        """Return one number for all of the time that is shown."""
        return self._metric(
            title, metrics, view="singleValue", period=DAY, setPeriodToTimeRange=True
        )

    def newest(self, title: str, metric: Json, *, period: int) -> Json:
        """Return the newest value of a metric."""
        return self._metric(title, [metric], view="singleValue", period=period)

    def gauge(self, title: str, *metrics: Json, most: float) -> Json:
        """Return one number for all of the time that is shown, on a scale that ends at `most`."""
        return self._metric(
            title,
            metrics,
            view="gauge",
            period=DAY,
            setPeriodToTimeRange=True,
            yAxis={"left": {"min": 0, "max": most}},
        )

    def tagged(self, title: str, stage: str, metrics: Sequence[Metric]) -> Json:
        """Return a graph of metrics of whatever has the stage's tag, summed in five minutes."""
        named = dict.fromkeys((each.namespace, each.name) for each in metrics)
        options = {"legend": {"position": "bottom"}, "view": "timeSeries", "stacked": False}
        return {
            "type": "explorer",
            "properties": {
                "title": title,
                "region": self.region,
                "period": FIVE_MINUTES,
                "metrics": [
                    {"metricName": name, "resourceType": _TAGGED_TYPES[namespace], "stat": "Sum"}
                    for namespace, name in named
                ],
                "labels": [{"key": STAGE_TAG, "value": stage}],
                "widgetOptions": {**options, "rowsPerPage": 1, "widgetsPerRow": 1},
            },
        }

    def _metric(self, title: str, metrics: Sequence[Json], **properties: Json) -> Json:
        shown = {"title": title, "region": self.region, "metrics": [*metrics]}
        return {"type": "metric", "properties": {**shown, **properties}}


def placed(rows: Sequence[Sequence[Json]]) -> list[Json]:
    """Return all widgets with their places: those of a row share its columns."""
    found = []
    top = 0
    for row in rows:
        width = COLUMNS // len(row)
        height = max(_height(each) for each in row)
        for number, each in enumerate(row):
            place = {"x": number * width, "y": top, "width": width, "height": height}
            found.append({"type": each["type"], **place, "properties": each["properties"]})
        top += height
    return found


def _height(widget: Json) -> int:
    return _HEIGHTS.get(widget["type"]) or _HEIGHTS[widget["properties"]["view"]]
