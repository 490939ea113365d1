"""The picture of a stage's dashboard, from its definition and a day of made-up data.

`make reference` draws docs/operations/dashboard.svg, of Prod by the settings of the tests;
`tests/infra/test_dashboard.py` compares.
"""

import json
import re
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path

from ops.local.rules import metric_math
from tests.baseline import DEV, PROD
from tests.infra import dashboard_sample, synthesis, templates
from tests.infra.templates import Json, StageTemplates

PICTURE = Path(__file__).resolve().parents[2] / "docs" / "operations" / "dashboard.svg"

_COLUMN, _ROW, _GAP = 40, 34, 6
_PALETTE = ("#1f77b4", "#ff7f0e", "#2ca02c", "#9467bd", "#8c564b")
_STYLE = """
svg { font: 11px system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif }
.page { fill: #f2f3f3 } .box { fill: #ffffff; stroke: #d5dbdb } text { fill: #16191f }
.title { font-weight: 600; font-size: 13px } .big { font-size: 23px } .dim { fill: #545b64 }
.grid { stroke: #eaeded } .line { fill: none; stroke-width: 1.5 } .limit { stroke-dasharray: 5 3 }
.rest { stroke: #d5dbdb }
@media (prefers-color-scheme: dark) {
  .page { fill: #16191f } .box { fill: #21252c; stroke: #414750 } text { fill: #eaeded }
  .dim { fill: #a2abb5 } .grid { stroke: #353b44 } .rest { stroke: #414750 }
}
"""

Series = list[float | None]


def definition(drive: StageTemplates) -> Json:
    """Return the body of the dashboard of a stage; raises `ValueError` if it is no JSON."""
    _, dashboard = drive.service.only("AWS::CloudWatch::Dashboard")
    return json.loads(drive.text(dashboard["DashboardBody"]))


def picture(body: Json) -> str:
    """Return the dashboard as SVG, which follows the reader's light or dark colours."""
    width = 24 * _COLUMN + _GAP
    height = max(each["y"] + each["height"] for each in body["widgets"]) * _ROW + _GAP
    drawn = [part for each in body["widgets"] for part in _widget(each)]
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img"'
            ' aria-label="The dashboard of a stage, with a day of made-up data">',
            f"<style>{_STYLE}</style>",
            f'<rect class="page" width="{width}" height="{height}"/>',
            *drawn,
            "</svg>\n",
        ]
    )


def _widget(widget: Json) -> Iterator[str]:
    left, top = widget["x"] * _COLUMN + _GAP, widget["y"] * _ROW + _GAP
    width, height = widget["width"] * _COLUMN - _GAP, widget["height"] * _ROW - _GAP
    properties = widget["properties"]
    yield f'<g transform="translate({left} {top})">'
    yield f'<rect class="box" width="{width}" height="{height}" rx="4"/>'
    if widget["type"] == "text":
        yield from _words(properties["markdown"])
    else:
        yield f'<text class="title" x="12" y="22">{escape(properties["title"])}</text>'
        view = properties.get("view") or properties["widgetOptions"]["view"]
        draw = {"timeSeries": _graph, "singleValue": _number, "gauge": _gauge}[view]
        yield from draw(properties, width, height)
    yield "</g>"


def _words(markdown: str) -> Iterator[str]:
    shown = re.sub(r"\[([^]]+)]\([^)]+\)", r"\1", markdown).replace("`", "")
    bold, _, rest = shown.removeprefix("**").partition("**")
    yield (f'<text x="12" y="36"><tspan class="title">{escape(bold)}</tspan>{escape(rest)}</text>')


def evaluated(properties: Json) -> list[tuple[str, str, str, Series]]:
    """Return label, colour, axis and values of each line that a widget shows, metric math done."""
    period = properties["period"]
    named: dict[str, Series] = {}
    shown: list[tuple[Json, Series | None]] = []
    for each in properties["metrics"]:
        if isinstance(each, dict):  # of an explorer
            series = dashboard_sample.values(each["metricName"], each["stat"], period)
            shown.append(({"label": each["metricName"]}, series))
            continue
        rendering = each[-1]
        if "expression" in rendering:
            shown.append((rendering, None))
            continue
        series = dashboard_sample.values(each[1], rendering["stat"], period)
        if "id" in rendering:
            named[rendering["id"]] = series
        if rendering.get("visible", True):
            shown.append((rendering, series))
    return [
        (
            rendering["label"],
            rendering.get("color", _PALETTE[number % len(_PALETTE)]),
            rendering.get("yAxis", "left"),
            _computed(rendering["expression"], named) if series is None else series,
        )
        for number, (rendering, series) in enumerate(shown)
    ]


def _computed(expression: str, named: dict[str, Series]) -> Series:
    points = len(next(iter(named.values())))
    return [
        metric_math.evaluate(expression, {name: series[point] for name, series in named.items()})
        for point in range(points)
    ]


def _number(properties: Json, _width: int, _height: int) -> Iterator[str]:
    [(label, _, _, series)] = evaluated(properties)
    yield f'<text class="big" x="12" y="58">{_short(series[-1])}</text>'
    yield f'<text class="dim" x="12" y="80">{escape(label)}</text>'


def _gauge(properties: Json, width: int, height: int) -> Iterator[str]:
    [(label, color, _, series)] = evaluated(properties)
    most = properties["yAxis"]["left"]["max"]
    long = (width - 24) * min(1.0, (series[-1] or 0) / most)
    yield f'<text class="big" x="12" y="54">{_short(series[-1])}</text>'
    for name, to, drawn in (("rest", width - 24, ""), ("", long, f' stroke="{color}"')):
        yield f'<path class="{name}" d="M12 64h{to:.1f}" stroke-width="6"{drawn}/>'
    yield f'<text class="dim" x="12" y="{height - 12}">{escape(label)}</text>'


@dataclass(frozen=True)
class _Plot:
    """The place of a graph in its widget, with the end of each of its axes."""

    x: int
    y: int
    width: int
    height: int
    tops: dict[str, float]

    def at(self, value: float, axis: str) -> float:
        """Return how far down a value is."""
        return self.y + self.height * (1 - value / self.tops[axis])

    def grid(self) -> Iterator[str]:
        for quarter in range(5):
            down = self.y + self.height * (4 - quarter) / 4
            yield f'<path class="grid" d="M{self.x} {down:.1f}h{self.width}"/>'
            for axis, top in self.tops.items():
                left = axis == "left"
                right = self.x - 6 if left else self.x + self.width + 6
                anchor = ' text-anchor="end"' if left else ""
                yield (
                    f'<text class="dim" x="{right}" y="{down + 4:.1f}"{anchor}>'
                    f"{_short(top * quarter / 4)}</text>"
                )
            hour = self.x + self.width * quarter / 4
            yield (
                f'<text class="dim" x="{hour:.1f}" y="{self.y + self.height + 16}"'
                f' text-anchor="middle">{quarter * 6:02}:00</text>'
            )

    def path(self, series: Series, axis: str) -> str:
        """Return the line of a series, with gaps where it has no data."""
        step = self.width / len(series)
        points, pen = [], "M"
        for number, value in enumerate(series):
            if value is None:
                pen = "M"
                continue
            right = self.x + (number + 0.5) * step
            points.append(f"{pen}{right:.1f} {self.at(value, axis):.1f}")
            pen = "L"
        return "".join(points)


def _graph(properties: Json, width: int, height: int) -> Iterator[str]:
    lines = evaluated(properties)
    limits = properties.get("annotations", {}).get("horizontal", [])
    axes = ("left", "right") if any(axis == "right" for _, _, axis, _ in lines) else ("left",)
    drawn = {axis: [each["value"] for each in limits if axis == "left"] for axis in axes}
    for _, _, axis, series in lines:
        drawn[axis] += [value for value in series if value is not None]
    tops = {axis: _top(values) for axis, values in drawn.items()}
    plot = _Plot(46, 34, width - (92 if len(axes) > 1 else 74), height - 84, tops)
    yield from plot.grid()
    for _, color, axis, series in lines:
        yield f'<path class="line" stroke="{color}" d="{plot.path(series, axis)}"/>'
    legend = [(label, color, "") for label, color, _, _ in lines]
    for each in limits:
        down = plot.at(each["value"], "left")
        yield (
            f'<path class="line limit" stroke="{each["color"]}"'
            f' d="M{plot.x} {down:.1f}h{plot.width}"/>'
        )
        legend.append((f"{each['label']}: {_short(each['value'])}", each["color"], " limit"))
    right = 12.0
    for label, color, kind in legend:
        yield f'<path class="line{kind}" stroke="{color}" d="M{right:.0f} {height - 16}h14"/>'
        yield f'<text x="{right + 19:.0f}" y="{height - 12}">{escape(label)}</text>'
        right += 32 + 6.0 * len(label)


def _top(values: list[float]) -> float:
    """Return the end of an axis: the next of 1, 2, 4, 5, 8 and 10 times a power of ten."""
    most, power = max(values, default=0) or 1, 1.0
    while power * 10 <= most:
        power *= 10
    while power > most:
        power /= 10
    return next(power * each for each in (1, 2, 4, 5, 8, 10) if power * each >= most)


def _short(value: float | None) -> str:
    if value is None:
        return "no data"
    for size, letter in ((10**9, "G"), (10**6, "M"), (10**3, "k")):
        if abs(value) >= size:
            return f"{value / size:.3g}{letter}"
    return f"{value:.3g}" if value >= 1 or value == 0 else f"{value:.2g}"


def main() -> int:
    """Draw the picture, and say whether it changed."""
    with tempfile.TemporaryDirectory() as folder:
        assembly = synthesis.assembly(Path(folder) / "cdk.out", DEV, PROD)
        fresh = picture(definition(templates.load(assembly, "Prod")))
    if not PICTURE.exists() or PICTURE.read_text() != fresh:
        PICTURE.write_text(fresh)
        print(f"{PICTURE.name}: changed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
