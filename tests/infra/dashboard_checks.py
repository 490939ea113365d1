"""What must be true of the body of any dashboard: its form, and that AWS or the drive sends it all.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
"""

import re
from collections.abc import Iterator

from tests.infra.functions import LAMBDA_SRC
from tests.infra.templates import Json

_COLUMNS, _LINES = 24, 500
_OF_EACH = {"type", "x", "y", "width", "height", "properties"}
# Of a widget of metrics, of a line, of a horizontal line and of a widget by tags: as that page has
# them, those that are used.
_OF_METRICS = {
    *("title", "region", "metrics", "view", "period", "annotations", "setPeriodToTimeRange"),
    "yAxis",
}
_OF_A_LINE = {"id", "stat", "label", "color", "yAxis", "visible", "expression"}
_OF_TAGS = {"title", "region", "period", "metrics", "labels", "widgetOptions"}
_OF_OPTIONS = {"legend", "view", "stacked", "rowsPerPage", "widgetsPerRow"}
_VIEWS = {"timeSeries", "singleValue", "gauge"}

_FUNCTION, _FILES = "FunctionName", "FileSystemId"
_SUMS, _PERCENTILES = {"Sum"}, {"Sum", "p50", "p90", "p99"}
# What AWS sends, by which dimension, and which of its statistics mean something.
# https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html,
# https://docs.aws.amazon.com/lambda/latest/dg/urls-monitoring.html,
# https://docs.aws.amazon.com/efs/latest/ug/efs-metrics.html and
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CloudWatch-Logs-Monitoring-CloudWatch-Metrics.html
_SENT: dict[tuple[str, str], tuple[str, set[str]]] = {
    ("AWS/Lambda", "Invocations"): (_FUNCTION, _SUMS),
    ("AWS/Lambda", "Throttles"): (_FUNCTION, _SUMS),
    ("AWS/Lambda", "Duration"): (_FUNCTION, _PERCENTILES),
    ("AWS/Lambda", "ConcurrentExecutions"): (_FUNCTION, {"Maximum"}),
    ("AWS/Lambda", "Url4xxCount"): (_FUNCTION, _SUMS),
    ("AWS/Lambda", "Url5xxCount"): (_FUNCTION, _SUMS),
    ("AWS/EFS", "MeteredIOBytes"): (_FILES, _SUMS),
    ("AWS/EFS", "DataReadIOBytes"): (_FILES, {"Sum", "SampleCount"}),
    ("AWS/EFS", "DataWriteIOBytes"): (_FILES, {"Sum", "SampleCount"}),
    ("AWS/Logs", "IncomingBytes"): ("LogGroupName", _SUMS),
}


def check(body: Json) -> None:
    """Fail unless CloudWatch reads the body, and each widget has a place of its own."""
    assert set(body) == {"start", "periodOverride", "widgets"}
    assert re.fullmatch(r"-PT?\d+[HDWM]", body["start"])
    assert body["periodOverride"] in {"auto", "inherit"}
    assert 0 < len(body["widgets"]) <= _LINES
    taken: set[tuple[int, int]] = set()
    for widget in body["widgets"]:
        assert set(widget) == _OF_EACH
        assert widget["width"] >= 1
        assert 0 <= widget["x"] <= _COLUMNS - widget["width"]
        assert 1 <= widget["height"] <= 1000
        place = {
            (widget["x"] + right, widget["y"] + down)
            for right in range(widget["width"])
            for down in range(widget["height"])
        }
        assert not place & taken, f"{widget['properties'].get('title')} lies on another"
        taken |= place
        {"text": _check_text, "metric": _check_metric, "explorer": _check_tags}[widget["type"]](
            widget["properties"]
        )
    assert {column for column, _ in taken} == {*range(_COLUMNS)}


def _check_text(properties: Json) -> None:
    assert set(properties) == {"markdown"}
    assert properties["markdown"].strip()


def _check_metric(properties: Json) -> None:
    assert set(properties) <= _OF_METRICS
    assert {"title", "region", "metrics", "view", "period"} <= set(properties)
    assert properties["view"] in _VIEWS
    assert properties["period"] % 60 == 0
    assert 60 <= properties["period"] <= 86_400
    if properties["view"] == "gauge":
        assert set(properties["yAxis"]["left"]) == {"min", "max"}
    ids = [line[-1]["id"] for line in properties["metrics"] if "id" in line[-1]]
    assert len({*ids}) == len(ids)
    for line in properties["metrics"]:
        rendering = line[-1]
        assert set(rendering) <= _OF_A_LINE
        assert rendering["label"]
        if "expression" in rendering:
            assert len(line) == 1
            assert len(rendering["expression"]) <= 2048
            read = {*re.findall(r"\b[a-z]\w*\b", rendering["expression"])}
            assert read == {*ids} - {rendering["id"]}
        else:
            assert len(line) == 5  # one dimension
            assert "id" in rendering or rendering.get("visible", True)
        assert re.fullmatch(r"[a-z]\w*", rendering.get("id", "a"))
    for each in properties.get("annotations", {}).get("horizontal", []):
        assert set(each) == {"value", "label", "color"}
        assert each["value"] > 0


def _check_tags(properties: Json) -> None:
    assert set(properties) == _OF_TAGS
    assert properties["metrics"]
    assert set(properties["widgetOptions"]) == _OF_OPTIONS


def lines(widget: Json) -> list[Json]:
    """Return the lines of a widget of metrics."""
    found: list[Json] = widget["properties"]["metrics"]
    return found


def titled(body: Json, title: str) -> Json:
    """Return the widget of a title."""
    [found] = [each for each in body["widgets"] if each["properties"].get("title") == title]
    return found


def metrics(body: Json) -> Iterator[tuple[str, str, dict[str, str], str]]:
    """Yield namespace, name, dimensions and statistic of each metric that widgets name."""
    for widget in body["widgets"]:
        if widget["type"] == "metric":
            for line in lines(widget):
                if "expression" not in line[-1]:
                    namespace, name, dimension, value, rendering = line
                    yield namespace, name, {dimension: value}, rendering["stat"]


def check_sent(
    stage: str, namespace: str, name: str, dimensions: dict[str, str], statistic: str
) -> None:
    """Fail unless AWS sends a metric by that dimension, or a function of the drive writes it."""
    if namespace != f"LambdaDrive/{stage}":
        dimension, statistics = _SENT[namespace, name]
        assert {*dimensions} == {dimension}
        assert statistic in statistics, f"{name} has no {statistic}"
        return
    assert {*dimensions} == {"service"}
    sources = (LAMBDA_SRC / dimensions["service"]).glob("*.py")
    written = re.compile(rf'add_metric\(\s*"{name}"')
    assert any(written.search(source.read_text()) for source in sources), f"nobody writes {name}"
    assert statistic in {"Sum", "Maximum"}
