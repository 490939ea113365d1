"""The alarms on a stage's functions and their URL, one line each.

docs/operations/alarms.md has the reason for each threshold.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from stacks.alarms.alarm import DAY, MINUTE, OF_FUNCTIONS, Alarm
from stacks.alarms.metric import Metric, of_function, of_service, stored_bytes, total
from stacks.alarms.sentences import SAYS

# What an HTTP API waits for a function
# (https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html).
_API_SECONDS = 30
_NEARLY = 0.9
_QUARTER = 15 * MINUTE


@dataclass(frozen=True, kw_only=True)
class Watched:
    """The functions of a stage, by their names in Lambda, and what bounds them.

    `scheduled` are those that a schedule calls, by their names here, such as `Usage`; they report
    in `namespace`. Brake and key watch are outside of the VPC, and tell the topic themselves what
    they could not do.
    """

    files: str
    timeout_seconds: int
    api_id: str | None
    scheduled: dict[str, str]
    brake: str
    key_watch: str
    namespace: str
    file_system: str
    max_drive_bytes: int | None


def service_alarms(stage: Watched) -> Iterator[Alarm]:
    """Yield the alarms that make sense for the stage."""
    invocations = of_function("invocations", "Invocations", stage.files)
    throttles = of_function("throttles", "Throttles", stage.files)
    yield _at_least_one("FilesErrors", of_function("errors", "Errors", stage.files))
    yield Alarm(
        name="FilesThrottled",
        says=SAYS["FilesThrottled"],
        metrics=(invocations, throttles),
        # A function that is stopped, as the brake does it, answers nothing.
        expression=(
            "IF(FILL(invocations, 0) > 0, 100 * FILL(throttles, 0)"
            " / IF(FILL(invocations, 0) > 0, FILL(invocations, 0) + FILL(throttles, 0), 1), 0)"
        ),
        seconds=MINUTE,
        periods=5,
        threshold=5,
        partners=OF_FUNCTIONS,
    )
    seconds = stage.timeout_seconds
    if stage.api_id:
        seconds = min(seconds, _API_SECONDS)
    yield Alarm(
        name="FilesSlow",
        says=SAYS["FilesSlow"],
        metrics=(of_function("duration", "Duration", stage.files, "Maximum"),),
        threshold=round(_NEARLY * seconds * 1000),  # milliseconds
        partners=OF_FUNCTIONS,
    )
    yield _at_least_one("FilesDropped", of_function("dropped", "AsyncEventsDropped", stage.files))
    requests = of_function("requests", "UrlRequestCount", stage.files)
    server_errors = of_function("failed", "Url5xxCount", stage.files)
    yield _share("FilesServerErrors", (server_errors, requests), of=20, percent=10)
    client_errors = of_function("failed", "Url4xxCount", stage.files)
    # A throttled request is answered 429.
    yield _share("FilesClientErrors", (client_errors, requests, throttles), of=100, percent=50)
    if stage.api_id:
        requests = _of_api("requests", "Count", stage.api_id)
        server_errors = _of_api("failed", "5xx", stage.api_id)
        # There a throttled function is an error of the server.
        yield _share("DomainServerErrors", (server_errors, requests, throttles), of=20, percent=10)
        client_errors = _of_api("failed", "4xx", stage.api_id)
        yield _share("DomainClientErrors", (client_errors, requests), of=100, percent=50)
    yield from _of_schedules(stage)


def _of_schedules(stage: Watched) -> Iterator[Alarm]:
    stored = stored_bytes(stage.file_system)
    for name, function in stage.scheduled.items():
        finished = of_service("finished", f"{name}Finished", stage.namespace, name.lower())
        dropped = of_function("dropped", "AsyncEventsDropped", function)
        yield _at_least_one(f"{name}Dropped", dropped, (f"{name}Unfinished",))
        yield Alarm(
            name=f"{name}Unfinished",
            says=SAYS[f"{name}Unfinished"],
            metrics=(finished, stored),
            # A day on which the file system was not there yet is none on which nothing was done.
            expression="IF(FILL(stored, 0) > 0, FILL(finished, 0), 1)",
            seconds=DAY,
            periods=7 if name == "Janitor" else 3,
            comparison="LessThanThreshold",
            threshold=1,
            partners=(),
        )
    yield Alarm(
        name="KeyUnusable",
        says=SAYS["KeyUnusable"],
        # Lambda sends 0 of a run in which it found nothing.
        metrics=(of_function("unusable", "Errors", stage.key_watch),),
        seconds=DAY,  # four runs
        threshold=1,
        partners=(),
    )
    tellers = [stage.files, *stage.scheduled.values(), stage.brake, stage.key_watch]
    lost = tuple(
        of_function(f"lost{number}", "DeadLetterErrors", function)
        for number, function in enumerate(tellers)
    )
    yield Alarm(
        name="DeadLettersLost",
        says=SAYS["DeadLettersLost"],
        metrics=lost,
        expression=total(lost),
        threshold=1,
        partners=OF_FUNCTIONS,
    )
    if stage.max_drive_bytes is not None:
        yield Alarm(
            name="DriveNearlyFull",
            says=SAYS["DriveNearlyFull"],
            metrics=(of_service("bytes", "DriveBytes", stage.namespace, "usage", "Maximum"),),
            seconds=DAY,
            threshold=round(_NEARLY * stage.max_drive_bytes),
            partners=("UsageUnfinished",),
        )


def _at_least_one(name: str, metric: Metric, partners: tuple[str, ...] = OF_FUNCTIONS) -> Alarm:
    return Alarm(name=name, says=SAYS[name], metrics=(metric,), threshold=1, partners=partners)


def _share(name: str, metrics: tuple[Metric, ...], *, of: int, percent: int) -> Alarm:
    """Return one on the share of failed requests, of `of` at least, in a quarter of an hour.

    What a third metric counts is no failure.
    """
    failed = "FILL(failed, 0)"
    if len(metrics) > 2:  # noqa: PLR2004 - what failed, the requests
        excused = f"FILL({metrics[2].id}, 0)"
        failed = f"IF({failed} > {excused}, {failed} - {excused}, 0)"
    requests = "FILL(requests, 0)"
    return Alarm(
        name=name,
        says=SAYS[name],
        metrics=metrics,
        expression=f"100 * {failed} / IF({requests} > {of}, {requests}, {of})",
        seconds=_QUARTER,
        threshold=percent,
        partners=OF_FUNCTIONS,
    )


def _of_api(id: str, name: str, api_id: str) -> Metric:
    """https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-metrics.html"""
    return Metric(id=id, namespace="AWS/ApiGateway", name=name, dimensions={"ApiId": api_id})
