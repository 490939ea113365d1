"""What the caps of a stage allow at most: requests, bytes, and what runs by a schedule.

What a request and a run take at most is AWS's own limit where AWS has one.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from drive_tools.cloud_assembly import Resource
from stacks.costs.lines import Line, Uncapped
from stacks.shared import aws_limits, prices

MONTH_SECONDS = prices.HOURS_A_MONTH * 3600
_DAY_SECONDS = 24 * 3600

# From the first minute of a flood until no new call is taken: metrics come with a delay of minutes,
# the alarm looks each minute, the brake takes seconds (docs/decisions/0037-brake.md).
BRAKE_SECONDS = 6 * 60

# Days of `daily_brake` in a month. The brake looks at any 24 hours, and first at five
# minutes, which may have a quarter of a day.
BRAKED_DAYS = MONTH_SECONDS / _DAY_SECONDS + 0.25

# Of one answered request, with the lines of Lambda itself (tests/unit/estimate/test_logs.py).
LOG_BYTES_A_REQUEST = 32_768
# An instance reads its limits once a minute, through NAT: a handshake, a question, an answer.
NAT_BYTES_A_MINUTE = 16_384

# All that the functions of the drive ever send (tests/unit/estimate/test_logs.py counts them).
CUSTOM_METRICS = 50

_GB = 10**9


@dataclass(frozen=True, kw_only=True)
class Stage:
    """What of a stage bounds its use, as its templates say."""

    resources: dict[str, dict[str, Resource]]
    """By stack and logical id."""
    daily_brake: float | None
    account_concurrency: int

    def of_type(self, kind: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
        """Yield stack, logical id and properties of each resource of a type."""
        for stack, resources in self.resources.items():
            for logical_id, resource in resources.items():
                if resource["Type"] == kind:
                    yield stack, logical_id, resource.get("Properties", {})

    @property
    def elastic(self) -> bool:
        """Whether EFS bills each byte that is read and written."""
        return any(
            properties.get("ThroughputMode") == "elastic"
            for _, _, properties in self.of_type("AWS::EFS::FileSystem")
        )


def lines(stage: Stage) -> Iterator[Line | Uncapped]:
    """Yield what use costs at most."""
    for stack, _, url in stage.of_type("AWS::Lambda::Url"):
        logical_id = _referred(url["TargetFunctionArn"])
        yield from _of_requests(stage, stack, logical_id)
    yield from _of_schedules(stage)
    yield from _of_storage(stage)
    yield Line(
        what="the drive's own metrics, if each is sent in every hour",
        sum=f"{CUSTOM_METRICS} x ${prices.METRIC_MONTH:.2f}",
        dollars=CUSTOM_METRICS * prices.METRIC_MONTH,
        resource="",
    )
    if any(True for _ in stage.of_type("AWS::EC2::FlowLog")):
        yield Uncapped(
            what=f"flow logs, ${prices.LOGS_GB:.2f} a GB",
            bound="a line of about 100 bytes for each connection and minute",
        )


def _of_requests(stage: Stage, stack: str, logical_id: str) -> Iterator[Line | Uncapped]:
    function = stage.resources[stack][logical_id]["Properties"]
    reserved = function.get("ReservedConcurrentExecutions")
    instances = stage.account_concurrency if reserved is None else reserved
    seconds = MONTH_SECONDS
    during = "all month"
    if stage.daily_brake is not None:
        seconds = BRAKE_SECONDS
        during = f"in the {BRAKE_SECONDS // 60} minutes until the brake acts"
        yield Line(
            what="use that the brake lets pass",
            sum=f"{BRAKED_DAYS:.2f} days x ${stage.daily_brake:.2f} (daily_brake)",
            dollars=BRAKED_DAYS * stage.daily_brake,
            resource=f"{stack} {logical_id}",
            setting="daily_brake",
            of_dollars=True,
        )
    requests = instances * aws_limits.REQUESTS_A_SECOND_AND_INSTANCE * seconds
    parts = [
        _time(function, instances * seconds),
        _requests(stage, requests, seconds),
        _bytes(stage, requests),
        (
            "bytes of logs",
            f"{requests:,} x {LOG_BYTES_A_REQUEST} bytes x ${prices.LOGS_GB:.2f} a GB",
            requests * LOG_BYTES_A_REQUEST / _GB * prices.LOGS_GB,
        ),
        _translated(stage, instances * seconds / 60),
    ]
    for what, sum_, dollars in parts:
        if dollars:
            yield Line(
                what=f"{what}, {during}",
                sum=sum_,
                dollars=dollars,
                resource=f"{stack} {logical_id}",
                setting="reserved_concurrency",
            )
    yield from _of_kept_logs(stage, instances)


def _of_kept_logs(stage: Stage, instances: int) -> Iterator[Line | Uncapped]:
    """Yield what logs cost after they were written, though AWS bills them compressed."""
    groups = stage.of_type("AWS::Logs::LogGroup")
    kept = [(group.get("RetentionInDays"), f"{stack} {name}") for stack, name, group in groups]
    for days, resource in kept:
        if days is None:
            yield Uncapped(
                what=f"logs of {resource} that are kept, ${prices.LOGS_GB_MONTH:.2f} a GB-month",
                bound="it has no RetentionInDays, so they are kept for ever",
            )
    ends = [(days, resource) for days, resource in kept if days is not None]
    if not ends:
        return
    days, resource = max(ends)
    requests = instances * aws_limits.REQUESTS_A_SECOND_AND_INSTANCE * _DAY_SECONDS
    gigabytes, written = requests * LOG_BYTES_A_REQUEST / _GB, "if each request writes the most"
    if stage.daily_brake is not None:
        gigabytes, written = stage.daily_brake / prices.LOGS_GB, "if all of daily_brake went there"
    yield Line(
        what=f"logs that are kept, {written}",
        sum=f"{days} days x {gigabytes:,.1f} GB x ${prices.LOGS_GB_MONTH:.2f}",
        dollars=days * gigabytes * prices.LOGS_GB_MONTH,
        resource=resource,
        setting="log_retention_days",
        of_dollars=stage.daily_brake is not None,
    )


def _time(function: dict[str, Any], instance_seconds: float) -> tuple[str, str, float]:
    price = prices.LAMBDA_GB_SECOND
    if function.get("Architectures") != ["arm64"]:
        price = prices.LAMBDA_X86_GB_SECOND
    memory = function["MemorySize"] / 1024
    disk = max(0, function.get("EphemeralStorage", {}).get("Size", 512) - 512) / 1024
    second = memory * price + disk * prices.LAMBDA_DISK_GB_SECOND
    return (
        "Lambda's time",
        f"{instance_seconds:,.0f} s x {memory:g} GB x ${price:g}"
        + (f" + {disk:g} GB of /tmp" if disk else ""),
        instance_seconds * second,
    )


def _requests(stage: Stage, requests: int, seconds: int) -> tuple[str, str, float]:
    million = prices.LAMBDA_MILLION
    if any(True for _ in stage.of_type("AWS::ApiGatewayV2::Api")):
        million += prices.HTTP_API_MILLION
    # One trace a second, and one of twenty of the others.
    traces = seconds + requests / 20
    return (
        "requests, and traces of some",
        f"{requests:,} x ${million:.2f} a million + {traces:,.0f} x"
        f" ${prices.TRACES_MILLION:.2f} a million",
        (requests * million + traces * prices.TRACES_MILLION) / 10**6,
    )


def _bytes(stage: Stage, requests: int) -> tuple[str, str, float]:
    """Return what bytes cost: those of an answer leave AWS, and EFS bills either way."""
    read, write = 0.0, 0.0
    if stage.elastic:
        read, write = prices.EFS_ELASTIC_READ_GB, prices.EFS_ELASTIC_WRITE_GB
    gigabyte = max(read + prices.TO_THE_INTERNET_GB, write)
    size = aws_limits.INVOCATION_PAYLOAD_BYTES
    return (
        "bytes read and sent" if read else "bytes sent",
        f"{requests:,} x {size / 10**6:.1f} MB x ${gigabyte:.2f} a GB",
        requests * size / _GB * gigabyte,
    )


def _translated(stage: Stage, instance_minutes: float) -> tuple[str, str, float]:
    gateways = any(True for _ in stage.of_type("AWS::EC2::NatGateway"))
    gigabyte = (prices.NAT_GATEWAY_GB if gateways else 0.0) + prices.TO_THE_INTERNET_GB
    return (
        "what the function itself calls, through NAT",
        f"{instance_minutes:,.0f} x {NAT_BYTES_A_MINUTE} bytes x ${gigabyte:.3f} a GB",
        instance_minutes * NAT_BYTES_A_MINUTE / _GB * gigabyte,
    )


def _of_schedules(stage: Stage) -> Iterator[Line]:
    for stack, _, rule in stage.of_type("AWS::Events::Rule"):
        if "ScheduleExpression" not in rule:
            continue
        runs = MONTH_SECONDS / _period_seconds(rule["ScheduleExpression"])
        for target in rule["Targets"]:
            logical_id = _referred(target["Arn"])
            function = stage.resources[stack][logical_id]["Properties"]
            seconds = function.get("Timeout", 3)
            _, _, time = _time(function, seconds)
            calls = seconds / prices.EFS_CALL_SECONDS if "FileSystemConfigs" in function else 0
            read = calls * prices.EFS_METADATA_BYTES / _GB * prices.EFS_ELASTIC_READ_GB
            if not stage.elastic:
                read = 0.0
            yield Line(
                what="runs by a schedule, each to its last second",
                sum=f"{runs:.0f} x (${time:.4f} of Lambda"
                + (f" + {calls:,.0f} calls to EFS, ${read:.4f})" if read else ")"),
                dollars=runs * (time + read),
                resource=f"{stack} {logical_id}",
                # That of the janitor is a day, whatever is set.
                setting="usage_hours" if "hour" in rule["ScheduleExpression"] else None,
            )


def _of_storage(stage: Stage) -> Iterator[Line | Uncapped]:
    for stack, logical_id, file_system in stage.of_type("AWS::EFS::FileSystem"):
        copies = 2 if "ReplicationConfiguration" in file_system else 1
        days, vaults = _backups(stage)
        backup = vaults * prices.BACKUP_GB_MONTH
        gigabyte = copies * prices.EFS_STANDARD_GB_MONTH + backup
        most = _most_bytes(stage)
        one = "one backup" + (", in two vaults" if vaults > 1 else "")
        if most is None:
            yield Uncapped(
                what=f"stored files with {one}, ${gigabyte:.2f} a GB-month",
                bound="max_drive_bytes is not set; what is written in a day is bounded by"
                " daily_brake",
            )
        else:
            yield Line(
                what=f"stored files with {one}, if the drive is full",
                sum=f"{most / _GB:,.1f} GB x ${gigabyte:.2f}",
                dollars=most / _GB * gigabyte,
                resource=f"{stack} {logical_id}",
                setting="max_drive_bytes",
            )
        yield Uncapped(
            what=f"further backups of what changes, ${backup:.2f} a GB-month"
            + (f", and ${prices.TO_ANOTHER_REGION_GB:.2f} a GB sent" if vaults > 1 else ""),
            bound=f"each day's changes, kept for {days} days (backup_days); a day has at most"
            " max_drive_bytes, where that is set",
        )


def _backups(stage: Stage) -> tuple[int, int]:
    """Return for how many days a backup is kept, and in how many vaults."""
    for _, _, plan in stage.of_type("AWS::Backup::BackupPlan"):
        [rule] = plan["BackupPlan"]["BackupPlanRule"]
        return rule["Lifecycle"]["DeleteAfterDays"], 1 + len(rule.get("CopyActions", []))
    return 0, 1


def _most_bytes(stage: Stage) -> int | None:
    for _, _, parameter in stage.of_type("AWS::SSM::Parameter"):
        value = parameter.get("Value")
        if isinstance(value, str) and "max_drive_bytes" in value:
            most: int | None = json.loads(value)["max_drive_bytes"]
            return most
    return None


def _period_seconds(expression: str) -> int:
    """Return the seconds of `rate(6 hours)`."""
    number, unit = expression.removeprefix("rate(").removesuffix(")").split()
    return int(number) * {"minute": 60, "hour": 3600, "day": _DAY_SECONDS}[unit.rstrip("s")]


def _referred(value: dict[str, Any]) -> str:
    """Return the logical id that `Fn::GetAtt` or `Ref` names."""
    name: str = value["Fn::GetAtt"][0] if "Fn::GetAtt" in value else value["Ref"]
    return name
