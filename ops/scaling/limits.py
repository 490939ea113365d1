"""The limits of one drive: how much each request a second takes of each, and what moves it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from ops.scaling.load import Mix
from stacks.alarms.metered_use import NAT_SHARE
from stacks.costs.use import NAT_BYTES_A_MINUTE
from stacks.shared import aws_limits, prices, scaling_limits
from stacks.shared.scaling_limits import FileSystemLimits

# Whose a limit is: a number in environments.py; one that AWS raises on request; one that stays.
Kind = Literal["setting", "quota", "fixed"]

_RAISED: Kind = "fixed"

_LAMBDA = "https://docs.aws.amazon.com/lambda/latest/dg"
_EFS = "https://docs.aws.amazon.com/efs/latest/ug"
_VPC = "https://docs.aws.amazon.com/vpc/latest/userguide"


@dataclass(frozen=True, kw_only=True)
class Drive:
    """The settings that bound a drive, by their names in environments.py."""

    reserved_concurrency: int | None = 10
    account_concurrency: int = aws_limits.ACCOUNT_CONCURRENCY
    throughput: str | int = "elastic"
    daily_brake: float = 2.0
    monthly_ceiling: float = 400
    gateways: int = 1
    """NAT gateways: 1 with `nat`, one for each zone with `nat-per-zone`, 0 without."""
    stored_gib: int = 100
    """What is stored, by which `bursting` has its throughput."""


@dataclass(frozen=True, kw_only=True)
class Limit:
    """One limit, and what a request a second takes of it."""

    name: str
    unit: str
    limit: float
    for_each: float
    kind: Kind
    moved_by: str
    source: str
    """AWS's page; empty for what is the settings' own."""

    @property
    def met_at(self) -> float:
        """At how many requests a second it is met."""
        return self.limit / self.for_each if self.for_each else float("inf")


def limits(mix: Mix, drive: Drive) -> list[Limit]:
    """Return the limits in the order in which they are met."""
    found = [
        *_of_dollars(mix, drive),
        *_of_lambda(mix, drive),
        *of_the_disk(mix, drive),
        *_of_nat(mix, drive),
    ]
    return sorted(found, key=lambda each: each.met_at)


def shard_from(mix: Mix, drive: Drive, *, raised: bool = False) -> Limit:
    """Return the limit of the disk that is met first; beyond it only more drives help.

    With `raised` that of `elastic` where AWS has the most, after it raised what it raises.
    """
    most = scaling_limits.ELASTIC_AT_MOST if raised else None
    return min(of_the_disk(mix, drive, most), key=lambda each: each.met_at)


def _of_dollars(mix: Mix, drive: Drive) -> Iterator[Limit]:
    # Above a request a second traces cost less for each.
    each = mix.dollars_an_hour(1, elastic=drive.throughput == "elastic")
    share = 1 - NAT_SHARE if drive.gateways else 1
    yield Limit(
        name="dollars of a day",
        unit="$",
        limit=drive.daily_brake * share,
        for_each=each * 24,
        kind="setting",
        moved_by="daily_brake",
        source="",
    )
    yield Limit(
        name="dollars of a month",
        unit="$",
        limit=drive.monthly_ceiling,
        for_each=each * prices.HOURS_A_MONTH,
        kind="setting",
        moved_by="monthly_ceiling, and daily_brake with it",
        source="",
    )


def _of_lambda(mix: Mix, drive: Drive) -> Iterator[Limit]:
    reserved = drive.reserved_concurrency
    own = drive.account_concurrency if reserved is None else reserved
    mover = "account_concurrency" if reserved is None else "reserved_concurrency"
    kind: Kind = "quota" if reserved is None else "setting"
    yield Limit(
        name="instances at once",
        unit="instances",
        limit=own,
        for_each=mix.seconds,
        kind=kind,
        moved_by=mover,
        source=f"{_LAMBDA}/lambda-concurrency.html",
    )
    yield Limit(
        name="requests of the URL",
        unit="a second",
        limit=own * aws_limits.REQUESTS_A_SECOND_AND_INSTANCE,
        for_each=1,
        kind=kind,
        moved_by=mover,
        source=f"{_LAMBDA}/urls-configuration.html#urls-throttling",
    )
    most = drive.account_concurrency - aws_limits.UNRESERVED_CONCURRENCY
    yield Limit(
        name="requests of the URL, by all instances of the account",
        unit="a second",
        limit=max(0, most) * aws_limits.REQUESTS_A_SECOND_AND_INSTANCE,
        for_each=1,
        kind="quota",
        moved_by="account_concurrency, after Service Quotas agreed",
        source=f"{_LAMBDA}/gettingstarted-limits.html",
    )


def of_the_disk(mix: Mix, drive: Drive, raised: FileSystemLimits | None = None) -> Iterator[Limit]:
    """Yield the limits of the file system: those of its `throughput`, or others that are given."""
    allowed, kind = (raised, _RAISED) if raised else _file_system(drive)
    page = f"{_EFS}/performance.html"
    yield Limit(
        name="connections of the file system",
        unit="connections",
        limit=scaling_limits.FILE_SYSTEM_CONNECTIONS,
        for_each=mix.seconds,
        kind="fixed",
        moved_by="another drive",
        source=f"{_EFS}/limits.html",
    )
    for name, limit, each in (
        ("calls that read", allowed.reads, mix.read_calls),
        ("calls that write", allowed.writes, mix.write_calls),
    ):
        yield Limit(
            name=name,
            unit="a second",
            limit=limit,
            for_each=each,
            kind=kind,
            moved_by=_of_calls(drive),
            source=page,
        )
    # "If your file system is using 33% of its read throughput limit, the file system can
    # simultaneously achieve up to 67% of its write throughput limit."
    yield Limit(
        name="bytes read and written, of what both may be together",
        unit="%",
        limit=100,
        for_each=100
        * (mix.disk_reads / allowed.read_bytes + mix.disk_writes / allowed.written_bytes),
        kind=kind,
        moved_by=_of_bytes(drive),
        source=f"{page}#throughput-modes",
    )


def _file_system(drive: Drive) -> tuple[FileSystemLimits, Kind]:
    """Return what the file system does by its `throughput`, and whether AWS raises it."""
    if drive.throughput == "elastic":
        return scaling_limits.ELASTIC, "quota"
    table = scaling_limits.BURSTING
    if drive.throughput == "bursting":
        written = max(
            scaling_limits.BURSTING_LEAST_BYTES,
            drive.stored_gib * scaling_limits.BURSTING_BYTES_A_GIB,
        )
    else:
        table, written = scaling_limits.PROVISIONED, int(drive.throughput) * 2**20
    return (
        FileSystemLimits(
            reads=table.reads,
            writes=table.writes,
            read_bytes=min(table.read_bytes, scaling_limits.READS_FOR_ONE_WRITE * written),
            written_bytes=min(table.written_bytes, written),
        ),
        "setting",
    )


def _of_calls(drive: Drive) -> str:
    if drive.throughput == "elastic":
        return "AWS, up to ten times; then another drive"
    return 'throughput="elastic"'


def _of_bytes(drive: Drive) -> str:
    if drive.throughput == "elastic":
        return "AWS, case by case; then another drive"
    return 'throughput: a larger number, or "elastic"'


def _of_nat(mix: Mix, drive: Drive) -> Iterator[Limit]:
    if not drive.gateways:
        return
    page = f"{_VPC}/nat-gateway-basics.html"
    # Files do not go through NAT: an instance reads its limits by it once a minute.
    bits = mix.seconds * NAT_BYTES_A_MINUTE / 60 * 8
    giga = 10**9
    yield Limit(
        name="bandwidth of the NAT gateways, before they scale",
        unit="Gbit/s",
        limit=drive.gateways * scaling_limits.NAT_BITS / giga,
        for_each=bits / giga,
        kind="setting",
        moved_by='egress="nat-per-zone"; each scales to 100 Gbit/s by itself',
        source=page,
    )
    yield Limit(
        name="connections of the NAT gateways to one destination",
        unit="connections",
        limit=drive.gateways * scaling_limits.NAT_CONNECTIONS,
        for_each=mix.seconds,
        kind="setting",
        moved_by='egress="nat-per-zone"',
        source=page,
    )
