"""The one page of CloudWatch that shows a stage."""

from collections.abc import Sequence
from dataclasses import dataclass

from aws_cdk import Aws, CfnOutput, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from stacks.alarms.dashboard_widgets import (
    DAY,
    FIVE_MINUTES,
    GRAY,
    ORANGE,
    RED,
    Json,
    Widgets,
    at,
    hidden,
    line,
    math,
    placed,
    text,
)
from stacks.alarms.metered_use import Term, expression
from stacks.alarms.metric import Metric, of_function, of_service
from stacks.shared import prices


@dataclass(frozen=True, kw_only=True)
class Shown:
    """What a dashboard shows of a stage, and the limits that it draws as lines."""

    function: str
    """The name of the function behind the URL."""
    reserved_concurrency: int | None
    terms: Sequence[Term]
    """What its use costs, without that of NAT."""
    factor: float
    """By how much prices are multiplied in the region."""
    nat: Sequence[Term]
    """What NAT costs; its metrics are found by the stage's tag, for `Data` alone knows the ids."""
    daily_brake: float
    monthly_ceiling: float


@dataclass(frozen=True, kw_only=True)
class ShownService:
    """What else it shows of the file service, by the metrics that its functions write."""

    namespace: str
    usage_hours: int
    max_drive_bytes: int | None


class Dashboard(Construct):
    """Numbers of a day in one row, and below them graphs: traffic, errors, latency, size, dollars.

    It has a name of its own, by which a person finds it: all dashboards of an account are in one
    list, whatever the region.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        stage: str,
        shown: Shown,
        service: ShownService | None,
    ) -> None:
        super().__init__(scope, id)
        body = dashboard_body(stage, Aws.REGION, shown, service)
        dashboard = cloudwatch.CfnDashboard(
            self,
            "Dashboard",
            dashboard_name=f"lambda-drive-{stage}-{Aws.REGION}",
            dashboard_body=Stack.of(self).to_json_string(body),
        )
        CfnOutput(self, "Name", value=dashboard.ref).override_logical_id("Dashboard")


def dashboard_body(stage: str, region: str, shown: Shown, service: ShownService | None) -> Json:
    """Return the body of the dashboard of a stage."""
    widgets = Widgets(region)
    rows = [
        [_text(stage)],
        _numbers(widgets, shown, service),
        [_traffic(widgets, shown, service), _errors(widgets, shown)],
        [_latency(widgets, shown), _instances(widgets, shown)],
        *([[_size(widgets, service), _uploads(widgets, service)]] if service else []),
        [_cost(widgets, shown), *_nat(widgets, stage, shown)],
    ]
    return {"start": "-PT24H", "periodOverride": "inherit", "widgets": placed(rows)}


def _text(stage: str) -> Json:
    return text(
        f"**Drive {stage}**, the last 24 hours. What each graph means, and what to do:"
        " `docs/operations/dashboard.md`. [Alarms](#alarmsV2:), [logs](#logsV2:log-groups)."
    )


def _of(shown: Shown, name: str, statistic: str = "Sum") -> Metric:
    return of_function(f"{name[0].lower()}{name[1:]}", name, shown.function, statistic)


def _written(service: ShownService, name: str, by: str, statistic: str = "Sum") -> Metric:
    """Return a metric that a function of the drive writes itself."""
    return of_service(f"{name[0].lower()}{name[1:]}", name, service.namespace, by, statistic)


def _numbers(widgets: Widgets, shown: Shown, service: ShownService | None) -> list[Json]:
    requests, failed = _of(shown, "Invocations"), _of(shown, "Url5xxCount")
    share = math("share", "100 * FILL(url5xxCount, 0) / invocations", "%", color=RED)
    found = [
        widgets.number("Requests", line(requests, "in 24 hours")),
        widgets.number("Failed (5xx)", share, hidden(failed), hidden(requests)),
        widgets.number("Latency, p99", line(_of(shown, "Duration", "p99"), "ms")),
    ]
    if service:
        every = service.usage_hours * 60 * 60
        stored = _written(service, "DriveBytes", "usage", "Maximum")
        uploads = _written(service, "UploadsInProgress", "usage", "Maximum")
        found += [
            widgets.newest("Stored", line(stored, "bytes"), period=every),
            widgets.newest("Uploads open", line(uploads, "at the last count"), period=every),
        ]
    dollars = _dollars(shown, DAY, times=1, label=f"$ of {shown.daily_brake:.2f}, daily_brake")
    return [*found, widgets.gauge("Use in 24 hours", *dollars, most=shown.daily_brake)]


def _traffic(widgets: Widgets, shown: Shown, service: ShownService | None) -> Json:
    lines = [line(_of(shown, "Invocations"), "requests")]
    if service:
        for name, label in (("BytesIn", "bytes in (right)"), ("BytesOut", "bytes out (right)")):
            lines.append(line(_written(service, name, "files"), label, yAxis="right"))
    return widgets.graph("Traffic", *lines)


def _errors(widgets: Widgets, shown: Shown) -> Json:
    return widgets.graph(
        "Errors",
        line(_of(shown, "Url5xxCount"), "5xx: failed", color=RED),
        line(_of(shown, "Url4xxCount"), "4xx: refused", color=ORANGE),
        line(_of(shown, "Throttles"), "throttled", color=GRAY),
    )


def _latency(widgets: Widgets, shown: Shown) -> Json:
    lines = [line(_of(shown, "Duration", each), f"{each}, ms") for each in ("p50", "p90", "p99")]
    return widgets.graph("Latency", *lines)


def _instances(widgets: Widgets, shown: Shown) -> Json:
    at_once = line(_of(shown, "ConcurrentExecutions", "Maximum"), "at most")
    limit = at(shown.reserved_concurrency, "reserved_concurrency")
    return widgets.graph("Instances at once", at_once, limits=[limit])


def _size(widgets: Widgets, service: ShownService) -> Json:
    return widgets.graph(
        "Size",
        line(_written(service, "DriveBytes", "usage", "Maximum"), "all bytes"),
        line(_written(service, "TrashBytes", "usage", "Maximum"), "of them in the trash"),
        limits=[at(service.max_drive_bytes, "max_drive_bytes")],
        period=service.usage_hours * 60 * 60,
    )


def _uploads(widgets: Widgets, service: ShownService) -> Json:
    return widgets.graph(
        "Uploads",
        line(_written(service, "UploadsCreated", "files"), "begun"),
        line(_written(service, "UploadsFinished", "files"), "finished"),
        line(_written(service, "UploadsTerminated", "files"), "given up"),
    )


def _cost(widgets: Widgets, shown: Shown) -> Json:
    brake, ceiling = shown.daily_brake / 24, shown.monthly_ceiling / prices.HOURS_A_MONTH
    return widgets.graph(
        "Dollars an hour",
        *_dollars(shown, FIVE_MINUTES, times=12, label="use"),
        limits=[
            at(round(brake, 4), "daily_brake / 24", ORANGE),
            at(round(ceiling, 4), f"monthly_ceiling / {prices.HOURS_A_MONTH}", RED),
        ],
    )


def _nat(widgets: Widgets, stage: str, shown: Shown) -> list[Json]:
    metrics = [metric for term in shown.nat for metric in term.metrics]
    return [widgets.tagged("NAT, bytes", stage, metrics)] if metrics else []


def _dollars(shown: Shown, seconds: int, *, times: int, label: str) -> list[Json]:
    """Return the brake's expression over periods of so many seconds, multiplied."""
    counted = expression(shown.terms, seconds=seconds, factor=shown.factor)
    metrics = [metric for term in shown.terms for metric in term.metrics]
    return [
        math("dollars", counted if times == 1 else f"({counted}) * {times}", label),
        *map(hidden, metrics),
    ]
