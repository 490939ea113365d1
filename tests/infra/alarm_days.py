"""What each alarm hears and what not, as metrics of AWS: a bad day and a good one, at the edge.

It is written beside the table of the stacks, and not made of it: each threshold, period, statistic
and dimension stands here a second time.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from stacks.settings import Settings

MINUTE, HOUR, DAY = 60, 3600, 86_400
GIB = 2**30

# The value of each metric in one period; None: no data.
Day = Mapping[str, float | None]


@dataclass(frozen=True, kw_only=True)
class Days:
    """What an alarm looks at, and the days of it."""

    metrics: dict[str, tuple[str, str, str]]
    """By name: the namespace, what it is of, the statistic."""
    bad: tuple[Day, ...]
    good: tuple[Day, ...]
    seconds: int = 5 * MINUTE
    periods: int = 1
    """How many must be bad."""
    of: int | None = None
    """Of how many, if of more."""
    partners: tuple[str, ...]


def _lambda(of: str, *names: str, statistic: str = "Sum") -> dict[str, tuple[str, str, str]]:
    return dict.fromkeys(names, ("AWS/Lambda", of, statistic))


def _once(metrics: dict[str, tuple[str, str, str]], partners: tuple[str, ...]) -> Days:
    [name] = metrics
    return Days(
        metrics=metrics, bad=({name: 1},), good=({name: 0}, {name: None}), partners=partners
    )


def _share(
    metrics: dict[str, tuple[str, str, str]],
    failed: str,
    requests: str,
    partners: tuple[str, ...],
    *,
    of: int,
    percent: int,
) -> Days:
    """Of so many requests at least."""
    most = of * percent // 100
    excused: dict[str, float | None] = {"Throttles": None} if "Throttles" in metrics else {}
    bad: list[Day] = [
        excused | {failed: most, requests: 1},
        excused | {failed: 10 * most, requests: 10 * of},
    ]
    good: list[Day] = [
        excused | {failed: most - 1, requests: most - 1},
        excused | {failed: 10 * most - 1, requests: 10 * of},
        excused | {failed: None, requests: None},
    ]
    if excused:  # what the brake refuses
        good += [{failed: 10 * of, requests: 10 * of, "Throttles": 10 * of}]
        bad += [{failed: most + 5, requests: of, "Throttles": 5}]
    return Days(metrics=metrics, bad=(*bad,), good=(*good,), seconds=15 * MINUTE, partners=partners)


def _unfinished(name: str, stage: str, periods: int) -> Days:
    finished = f"{name}Finished"
    return Days(
        metrics={
            finished: (f"LambdaDrive/{stage}", name.lower(), "Sum"),
            "StorageBytes": ("AWS/EFS", "drive in all", "Average"),
        },
        bad=({finished: 0, "StorageBytes": 6144}, {finished: None, "StorageBytes": 6144}),
        # On the last two the file system was not there yet, or nobody knows.
        good=(
            {finished: 1, "StorageBytes": 6144},
            {finished: 4, "StorageBytes": 6144},
            {finished: None, "StorageBytes": None},
        ),
        seconds=DAY,
        periods=periods,
        partners=(),
    )


def days_of(settings: Settings) -> dict[str, Days]:
    """Return the days of each alarm that a stage has beside the brake's, by its name."""
    stage, own = settings.name, settings.function_folder is not None
    partners = ("UsageUnfinished", "StorageGrown")
    found = {
        "FilesErrors": _once(_lambda("files", "Errors"), partners),
        "FilesDropped": _once(_lambda("files", "AsyncEventsDropped"), partners),
        "FilesThrottled": Days(
            metrics=_lambda("files", "Invocations", "Throttles"),
            bad=({"Invocations": 95, "Throttles": 5}, {"Invocations": 1, "Throttles": 1}),
            good=(
                {"Invocations": 96, "Throttles": 4},
                {"Invocations": None, "Throttles": 1000},  # the brake is on
                {"Invocations": 0, "Throttles": 1000},
                {"Invocations": 10, "Throttles": None},
                {"Invocations": None, "Throttles": None},
            ),
            seconds=MINUTE,
            periods=5,
            of=7,
            partners=partners,
        ),
        "FilesServerErrors": _share(
            _lambda("files", "Url5xxCount", "UrlRequestCount"),
            *("Url5xxCount", "UrlRequestCount", partners),
            of=20,
            percent=10,
        ),
        "FilesClientErrors": _share(
            _lambda("files", "Url4xxCount", "UrlRequestCount", "Throttles"),
            *("Url4xxCount", "UrlRequestCount", partners),
            of=100,
            percent=50,
        ),
    }
    limit = min(settings.timeout_seconds, 30) if settings.domain else settings.timeout_seconds
    found["FilesSlow"] = Days(
        metrics=_lambda("files", "Duration", statistic="Maximum"),
        bad=({"Duration": 900 * limit},),
        good=({"Duration": 900 * limit - 1}, {"Duration": None}),
        partners=partners,
    )
    if settings.domain:
        api = dict.fromkeys(("4xx", "5xx", "Count"), ("AWS/ApiGateway", "api", "Sum"))
        throttles = _lambda("files", "Throttles")
        found["DomainServerErrors"] = _share(
            {"5xx": api["5xx"], "Count": api["Count"], **throttles},
            *("5xx", "Count", partners),
            of=20,
            percent=10,
        )
        found["DomainClientErrors"] = _share(
            {"4xx": api["4xx"], "Count": api["Count"]},
            *("4xx", "Count", partners),
            of=100,
            percent=50,
        )
    found["KeyUnusable"] = Days(
        metrics=_lambda("key_watch", "Errors"),
        bad=({"Errors": 1}, {"Errors": 12}),
        good=({"Errors": 0},),
        seconds=DAY,
        partners=(),
    )
    scheduled = [] if own else ["janitor", "usage"]
    tellers = ["files", *scheduled, "brake", "key_watch"]
    found["DeadLettersLost"] = Days(
        metrics={f"DeadLetterErrors of {name}": ("AWS/Lambda", name, "Sum") for name in tellers},
        bad=tuple({f"DeadLetterErrors of {name}": 1} for name in tellers),
        good=({}, dict.fromkeys((f"DeadLetterErrors of {name}" for name in tellers), 0)),
        partners=partners,
    )
    if not own:
        found |= {
            "JanitorDropped": _once(
                _lambda("janitor", "AsyncEventsDropped"), ("JanitorUnfinished",)
            ),
            "UsageDropped": _once(_lambda("usage", "AsyncEventsDropped"), ("UsageUnfinished",)),
            "JanitorUnfinished": _unfinished("Janitor", stage, 7),
            "UsageUnfinished": _unfinished("Usage", stage, 3),
        }
    if settings.max_drive_bytes is not None:
        full = settings.max_drive_bytes * 9 // 10
        found["DriveNearlyFull"] = Days(
            metrics={"DriveBytes": (f"LambdaDrive/{stage}", "usage", "Maximum")},
            bad=({"DriveBytes": full},),
            good=({"DriveBytes": full - 1}, {"DriveBytes": None}),
            seconds=DAY,
            partners=("UsageUnfinished",),
        )
    return found | _of_disk(settings) | _of_nat(settings)


def _of_disk(settings: Settings) -> dict[str, Days]:
    most = 0.5 * settings.monthly_ceiling / 0.35 * 10**9
    if settings.max_drive_bytes is not None:
        most = max(most, 1.25 * settings.max_drive_bytes)
    reserved = settings.reserved_concurrency
    instances = settings.account_concurrency if reserved is None else reserved
    connections = min(20_000, 20 + 2 * instances)

    def efs(statistic: str, *names: str) -> dict[str, tuple[str, str, str]]:
        return dict.fromkeys(names, ("AWS/EFS", "drive", statistic))

    backup = {
        f"NumberOfBackupJobs{name}": ("AWS/Backup", "vault", "Sum")
        for name in ("Failed", "Aborted", "Expired")
    }
    completed = "NumberOfBackupJobsCompleted"
    stored = {"StorageBytes": ("AWS/EFS", "drive in all", "Average")}
    found = {
        "StorageGrown": Days(
            metrics=stored,
            bad=({"StorageBytes": round(most)},),
            good=({"StorageBytes": round(most) - 1}, {"StorageBytes": 6144}),
            seconds=6 * HOUR,
            partners=(),
        ),
        "IoLimitNear": Days(
            metrics=efs("Average", "PercentIOLimit"),
            bad=({"PercentIOLimit": 90},),
            good=({"PercentIOLimit": 89.9}, {"PercentIOLimit": None}),
            periods=3,
            partners=("StorageGrown",),
        ),
        "ThroughputNear": Days(
            metrics=efs("Sum", "MeteredIOBytes") | efs("Average", "PermittedThroughput"),
            bad=({"MeteredIOBytes": 240 * GIB, "PermittedThroughput": GIB},),
            good=(
                {"MeteredIOBytes": 239.9 * GIB, "PermittedThroughput": GIB},
                {"MeteredIOBytes": None, "PermittedThroughput": GIB},
                {"MeteredIOBytes": 240 * GIB, "PermittedThroughput": None},
            ),
            periods=3,
            of=4,
            partners=("StorageGrown",),
        ),
        "ConnectionsMany": Days(
            metrics=efs("Sum", "ClientConnections"),
            bad=({"ClientConnections": connections + 1},),
            good=({"ClientConnections": connections}, {"ClientConnections": None}),
            seconds=MINUTE,
            periods=15,
            partners=("StorageGrown",),
        ),
        "BackupFailed": Days(
            metrics=backup,
            bad=tuple({name: 1} for name in backup),
            good=({}, dict.fromkeys(backup, 0)),
            seconds=HOUR,
            partners=("BackupMissing",),
        ),
        "BackupMissing": Days(
            metrics={completed: ("AWS/Backup", "vault", "Sum"), **stored},
            bad=(
                {completed: 0, "StorageBytes": 6144},
                {completed: None, "StorageBytes": 6144},
            ),
            good=(
                {completed: 1, "StorageBytes": 6144},
                {completed: None, "StorageBytes": None},
            ),
            seconds=DAY,
            periods=3,
            partners=(),
        ),
    }
    if settings.backup_copy_to:
        found["CopyFailed"] = Days(
            metrics={"MatchedEvents": ("AWS/Events", "failed copies", "Sum")},
            bad=({"MatchedEvents": 1},),
            good=({"MatchedEvents": None}, {"MatchedEvents": 0}),
            seconds=HOUR,
            partners=("BackupMissing",),
        )
    found["Undelivered"] = Days(
        metrics={"ApproximateNumberOfMessagesVisible": ("AWS/SQS", "undelivered", "Maximum")},
        bad=({"ApproximateNumberOfMessagesVisible": 1},),
        good=(
            {"ApproximateNumberOfMessagesVisible": 0},
            {"ApproximateNumberOfMessagesVisible": None},
        ),
        partners=("StorageGrown",),
    )
    if settings.throughput == "bursting":
        half_an_hour = 30 * 60 * 100 * 2**20
        found["BurstCreditsLow"] = Days(
            metrics=efs("Minimum", "BurstCreditBalance"),
            bad=({"BurstCreditBalance": half_an_hour - 1},),
            good=({"BurstCreditBalance": half_an_hour}, {"BurstCreditBalance": None}),
            partners=("StorageGrown",),
        )
    return found


def _of_nat(settings: Settings) -> dict[str, Days]:
    partners = ("JanitorUnfinished", "StorageGrown")
    if settings.vpc_id or settings.egress in {"ipv6", "isolated"}:
        return {}
    if settings.egress == "nat-instance":
        return {
            "NatInstanceFailed": Days(
                metrics={"StatusCheckFailed": ("AWS/EC2", "instance", "Maximum")},
                bad=({"StatusCheckFailed": 1},),
                good=({"StatusCheckFailed": 0},),
                partners=(),
            )
        }
    gateways = range(settings.zone_count if settings.egress == "nat-per-zone" else 1)

    def metrics(name: str) -> dict[str, tuple[str, str, str]]:
        of = [f"gateway {number}" for number in gateways]
        return {f"{name} of {each}": ("AWS/NATGateway", each, "Sum") for each in of}

    ports, dropped = metrics("ErrorPortAllocation"), metrics("PacketsDropCount")
    sent = metrics("PacketsOutToDestination")
    found = {
        "NatPortsExhausted": Days(
            metrics=ports,
            bad=tuple({name: 1} for name in ports),
            good=({}, dict.fromkeys(ports, 0)),
            partners=partners,
        ),
        "NatPacketsDropped": Days(
            metrics=dropped,
            bad=tuple({name: 1} for name in dropped),
            good=({}, dict.fromkeys(dropped, 0)),
            periods=3,
            of=4,
            partners=partners,
        ),
    }
    # That of a function of one's own never goes off: it counts what the file service writes.
    found["NatSilent"] = Days(
        metrics={"BytesIn": (f"LambdaDrive/{settings.name}", "files service", "Sum"), **sent},
        bad=({"BytesIn": 1}, {"BytesIn": 1, **dict.fromkeys(sent, 0)}),
        good=({"BytesIn": None}, *({"BytesIn": 10**9, name: 1} for name in sent)),
        periods=3,
        of=4,
        partners=partners,
    )
    return found
