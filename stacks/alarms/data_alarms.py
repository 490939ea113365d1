"""The alarms on a stage's file system, its backups and its way out, one line each.

docs/operations/alarms.md has the reason for each threshold.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from aws_cdk import aws_ec2 as ec2

from stacks.alarms.alarm import DAY, HOUR, MINUTE, OF_NAT, Alarm
from stacks.alarms.metric import Metric, of_service, stored_bytes, total
from stacks.alarms.sentences import SAYS
from stacks.shared import prices

# EFS takes 25,000 connections of a file system
# (https://docs.aws.amazon.com/efs/latest/ug/limits.html).
_MOST_CONNECTIONS = 20_000
# Beside the instances: janitor, usage, and whoever looks.
_FURTHER_CONNECTIONS = 20
# At 100 MiB/s, which a small file system bursts to, half an hour of it
# (https://docs.aws.amazon.com/efs/latest/ug/performance.html#bursting).
_BURST_CREDITS = 30 * MINUTE * 100 * 2**20
_GB = 10**9
# Of `monthly_ceiling`, for the files alone.
_SHARE_OF_CEILING = 0.5
# Above `max_drive_bytes`, since EFS counts each file in whole blocks, and directories.
_ABOVE_THE_DRIVE = 1.25


@dataclass(frozen=True, kw_only=True)
class WatchedDisk:
    """The file system of a stage, and what bounds its use.

    Backups go to `backup_vault`, by its name; the rule `failed_copies` counts what of it was not
    copied elsewhere, where it should be. What the topic could not deliver is in `undelivered`.
    """

    stage: str
    file_system: str
    bursting: bool
    instances: int
    monthly_ceiling: float
    max_drive_bytes: int | None
    price_factor: float
    backup_vault: str
    failed_copies: str | None
    undelivered: str


def data_alarms(disk: WatchedDisk, vpc: ec2.IVpc) -> Iterator[Alarm]:
    """Yield the alarms that make sense for the stage and its network."""
    yield from _of_disk(disk)
    yield from _of_backups(disk)
    # https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
    yield Alarm(
        name="Undelivered",
        says=SAYS["Undelivered"],
        metrics=(
            Metric(
                id="undelivered",
                namespace="AWS/SQS",
                name="ApproximateNumberOfMessagesVisible",
                dimensions={"QueueName": disk.undelivered},
                statistic="Maximum",
            ),
        ),
        threshold=1,
        partners=("StorageGrown",),
    )
    yield from _of_nat(disk, vpc)


def _of_disk(disk: WatchedDisk) -> Iterator[Alarm]:
    gigabyte = (prices.EFS_STANDARD_GB_MONTH + prices.BACKUP_GB_MONTH) * disk.price_factor
    most = _SHARE_OF_CEILING * disk.monthly_ceiling / gigabyte * _GB
    if disk.max_drive_bytes is not None:
        most = max(most, _ABOVE_THE_DRIVE * disk.max_drive_bytes)
    # EFS sends it every quarter of an hour, whether anybody calls or not.
    yield Alarm(
        name="StorageGrown",
        says=SAYS["StorageGrown"],
        metrics=(stored_bytes(disk.file_system),),
        seconds=6 * HOUR,
        threshold=round(most),
        partners=(),
    )
    yield Alarm(
        name="IoLimitNear",
        says=SAYS["IoLimitNear"],
        metrics=(_of_efs(disk, "limit", "PercentIOLimit", "Average"),),
        periods=3,
        threshold=90,
        partners=("StorageGrown",),
    )
    yield Alarm(
        name="ThroughputNear",
        says=SAYS["ThroughputNear"],
        metrics=(
            _of_efs(disk, "metered", "MeteredIOBytes", "Sum"),
            _of_efs(disk, "permitted", "PermittedThroughput", "Average"),  # bytes a second
        ),
        expression=(
            f"IF(FILL(permitted, 0) > 0, 100 * FILL(metered, 0) / {5 * MINUTE}"
            " / IF(FILL(permitted, 0) > 0, permitted, 1), 0)"
        ),
        periods=3,
        threshold=80,
        partners=("StorageGrown",),
    )
    yield Alarm(
        name="ConnectionsMany",
        says=SAYS["ConnectionsMany"],
        metrics=(_of_efs(disk, "connections", "ClientConnections", "Sum"),),
        seconds=MINUTE,  # for longer ones the sum counts each minute
        periods=15,
        comparison="GreaterThanThreshold",
        threshold=min(_MOST_CONNECTIONS, 2 * disk.instances + _FURTHER_CONNECTIONS),
        partners=("StorageGrown",),
    )
    if disk.bursting:
        yield Alarm(
            name="BurstCreditsLow",
            says=SAYS["BurstCreditsLow"],
            metrics=(_of_efs(disk, "credits", "BurstCreditBalance", "Minimum"),),
            comparison="LessThanThreshold",
            threshold=_BURST_CREDITS,
            partners=("StorageGrown",),
        )


def _of_backups(disk: WatchedDisk) -> Iterator[Alarm]:
    """https://docs.aws.amazon.com/aws-backup/latest/devguide/cloudwatch.html"""

    def metric(id: str, name: str) -> Metric:
        of_it = {"BackupVaultName": disk.backup_vault}
        return Metric(id=id, namespace="AWS/Backup", name=name, dimensions=of_it)

    failures = (
        metric("failed", "NumberOfBackupJobsFailed"),
        metric("aborted", "NumberOfBackupJobsAborted"),
        metric("expired", "NumberOfBackupJobsExpired"),
    )
    yield Alarm(
        name="BackupFailed",
        says=SAYS["BackupFailed"],
        metrics=failures,
        expression=total(failures),
        seconds=HOUR,
        threshold=1,
        partners=("BackupMissing",),
    )
    if disk.failed_copies:
        yield Alarm(
            name="CopyFailed",
            says=SAYS["CopyFailed"],
            metrics=(
                Metric(
                    id="failed",
                    namespace="AWS/Events",
                    name="MatchedEvents",
                    dimensions={"RuleName": disk.failed_copies},
                ),
            ),
            seconds=HOUR,
            threshold=1,
            partners=("BackupMissing",),
        )
    yield Alarm(
        name="BackupMissing",
        says=SAYS["BackupMissing"],
        metrics=(
            metric("completed", "NumberOfBackupJobsCompleted"),
            stored_bytes(disk.file_system),
        ),
        # A day on which the file system was not there yet needs no backup.
        expression="IF(FILL(stored, 0) > 0, FILL(completed, 0), 1)",
        seconds=DAY,
        periods=3,
        comparison="LessThanThreshold",
        threshold=1,
        partners=(),
    )


def _of_nat(disk: WatchedDisk, vpc: ec2.IVpc) -> Iterator[Alarm]:
    """Of what is made in the VPC; others' have alarms of theirs.

    https://docs.aws.amazon.com/vpc/latest/userguide/metrics-dimensions-nat-gateway.html
    """
    made = vpc.node.find_all()
    gateways = [each.ref for each in made if isinstance(each, ec2.CfnNatGateway)]
    if gateways:
        ports = _of_gateways(gateways, "ErrorPortAllocation")
        yield Alarm(
            name="NatPortsExhausted",
            says=SAYS["NatPortsExhausted"],
            metrics=ports,
            expression=total(ports),
            threshold=1,
            partners=OF_NAT,
        )
        dropped = _of_gateways(gateways, "PacketsDropCount")
        yield Alarm(
            name="NatPacketsDropped",
            says=SAYS["NatPacketsDropped"],
            metrics=dropped,
            expression=total(dropped),
            periods=3,
            threshold=1,
            partners=OF_NAT,
        )
        # A write needs the limits, which an instance reads anew each minute.
        sent = _of_gateways(gateways, "PacketsOutToDestination")
        written = of_service("written", "BytesIn", f"LambdaDrive/{disk.stage}", "files")
        yield Alarm(
            name="NatSilent",
            says=SAYS["NatSilent"],
            metrics=(written, *sent),
            expression=f"IF(FILL(written, 0) > 0, {total(sent)}, 1)",
            periods=3,
            comparison="LessThanThreshold",
            threshold=1,
            partners=OF_NAT,
        )
    for instance in made:
        if isinstance(instance, ec2.CfnInstance):
            yield Alarm(
                name="NatInstanceFailed",
                says=SAYS["NatInstanceFailed"],
                metrics=(
                    Metric(
                        id="failed",
                        namespace="AWS/EC2",
                        name="StatusCheckFailed",
                        dimensions={"InstanceId": instance.ref},
                        statistic="Maximum",
                    ),
                ),
                threshold=1,
                partners=(),
            )


def _of_gateways(gateways: list[str], name: str) -> tuple[Metric, ...]:
    return tuple(
        Metric(
            id=f"gateway{number}",
            namespace="AWS/NATGateway",
            name=name,
            dimensions={"NatGatewayId": gateway},
        )
        for number, gateway in enumerate(gateways)
    )


def _of_efs(disk: WatchedDisk, id: str, name: str, statistic: str) -> Metric:
    """https://docs.aws.amazon.com/efs/latest/ug/efs-metrics.html"""
    of_it = {"FileSystemId": disk.file_system}
    return Metric(id=id, namespace="AWS/EFS", name=name, dimensions=of_it, statistic=statistic)
