"""The stack that must survive: network, storage, and the settings of operators."""

from aws_cdk import CfnOutput, Fn, Stack
from constructs import Construct

from stacks.alarms.alarm import OF_NAT, Alarms
from stacks.alarms.brake import BrakeMark, brake_arn
from stacks.alarms.data_alarms import WatchedDisk, data_alarms
from stacks.alarms.metered_use import NAT_SHARE
from stacks.alarms.nat_terms import nat_terms
from stacks.alarms.stage_budget import StageBudget
from stacks.alarms.topic import alarm_topic
from stacks.alarms.use_alarms import UseAlarms
from stacks.backups import Backups
from stacks.function.limits_parameter import LimitsParameter
from stacks.function.operator_keys import OperatorKeys
from stacks.network.existing_network import ExistingNetwork
from stacks.network.network import Network
from stacks.settings import Settings
from stacks.shared import aws_limits, prices
from stacks.shared.egress import WAYS_OUT
from stacks.shared.key import EncryptionKey
from stacks.shared.log_group import Logs
from stacks.shared.stage_tag import StageGroup
from stacks.storage import Storage


class DataStack(Stack):
    """The VPC, the file system, its key, the groups between which NFS flows, operator keys.

    Also the topic of the alarms, with a key of its own, whose subscribers confirmed it once.
    """

    def __init__(self, scope: Construct, id: str, *, settings: Settings) -> None:
        self._zones = _zones(settings.zones)
        super().__init__(
            scope,
            id,
            description=f"{settings.name} drive: the network and the files; must survive",
            termination_protection=settings.retain,
        )
        key = EncryptionKey(
            self,
            "DataKey",
            description=f"{settings.name} drive: files and flow logs",
            retain=settings.retain,
        ).key
        self.network = (
            ExistingNetwork(
                self,
                "Network",
                vpc_id=settings.vpc_id,
                egress_ports=settings.egress_ports,
            )
            if settings.vpc_id
            else Network(
                self,
                "Network",
                cidr=settings.vpc_cidr,
                zones=len(self._zones),
                way_out=WAYS_OUT[settings.egress],
                egress_ports=settings.egress_ports,
                services=called_services(settings),
                logs=Logs(
                    key=key,
                    retention_days=settings.log_retention_days,
                    retain=settings.retain,
                ),
            )
        )
        self.data_key = key
        self.storage = Storage(
            self,
            "Storage",
            vpc=self.network.vpc,
            subnets=self.network.mount_subnets,
            key=key,
            throughput=settings.throughput,
            replication_region=settings.replication_region,
            retain=settings.retain,
        )
        self.network.let_out(self.storage.client_group)
        self.backups = Backups(
            self,
            "Backups",
            stage=settings.name,
            file_system=self.storage.file_system,
            key=key,
            days=settings.backup_days,
            lock=settings.backup_lock,
            copy_to=settings.backup_copy_to,
            retain=settings.retain,
        )
        StageGroup(self, "StageGroup", stage=settings.name)
        # Whichever function is there: `Data` is deployed before the one that goes has gone, and
        # what an operator set is there again when the file service comes back.
        self.files_operator_keys = OperatorKeys(
            self,
            "FilesOperatorKeys",
            prefix=f"/lambda-drive/{settings.name}/files",
            defaults={"LOG_LEVEL": settings.log_level, "MAINTENANCE_MODE": "0"},
        )
        self.limits = LimitsParameter(
            self,
            "Limits",
            name=f"/lambda-drive/{settings.name}/limits",
            limits={
                "max_drive_bytes": settings.max_drive_bytes,
                "max_file_bytes": settings.max_file_bytes,
                "upload_expiry_hours": settings.upload_expiry_hours,
            },
        )
        self.alarm_topic = alarm_topic(
            self,
            "AlarmTopic",
            stage=settings.name,
            subscribers=settings.subscribers,
            retain=settings.retain,
        )
        if settings.region not in aws_limits.REGIONS_WITHOUT_BUDGETS:
            StageBudget(
                self,
                "Budget",
                stage=settings.name,
                dollars=settings.monthly_ceiling,
                topic_arn=self.alarm_topic.arn,
            )
        Alarms(
            self,
            "Alarms",
            topic_arn=self.alarm_topic.arn,
            alarms=data_alarms(self._watched(settings), self.network.vpc),
        )
        self.brake_mark = BrakeMark(self, "BrakeMark", stage=settings.name)
        self.brake_dollars = self._brake_nat(settings)
        # Whether `Service` reads it or not: none may go while it is in use.
        self.export_value(self.storage.file_system.file_system_id)
        CfnOutput(self, "FileSystemId", value=self.storage.file_system.file_system_id)

    def _watched(self, settings: Settings) -> WatchedDisk:
        reserved = settings.reserved_concurrency
        return WatchedDisk(
            stage=settings.name,
            file_system=self.storage.file_system.file_system_id,
            bursting=settings.throughput == "bursting",
            instances=settings.account_concurrency if reserved is None else reserved,
            monthly_ceiling=settings.monthly_ceiling,
            max_drive_bytes=settings.max_drive_bytes,
            price_factor=prices.region_factor(settings.region),
            backup_vault=self.backups.vault_name,
            failed_copies=self.backups.failed_copies,
            undelivered=self.alarm_topic.undelivered.name,
        )

    def _brake_nat(self, settings: Settings) -> float:
        """Make the alarms on what NAT costs, and return the dollars that are left to others.

        They are here, for an export of a gateway to `Service` would keep it from going.
        """
        terms = nat_terms(self.network.vpc)
        if not terms:
            return settings.daily_brake
        dollars = settings.daily_brake * NAT_SHARE
        UseAlarms(
            self,
            "NatUse",
            terms=terms,
            dollars=dollars,
            factor=prices.region_factor(settings.region),
            actions=[brake_arn(self, settings.name), self.alarm_topic.arn],
            partners=OF_NAT,
        )
        return settings.daily_brake - dollars

    @property
    def availability_zones(self) -> list[str]:
        """Those that are set: without a look-up at synth, which a pinned stack would make."""
        return self._zones


def _zones(zones: int | tuple[str, ...]) -> list[str]:
    """Those that are named, or as many of the account's, in its order, at deploy time."""
    if isinstance(zones, tuple):
        return list(zones)
    return [Fn.select(index, Fn.get_azs()) for index in range(zones)]


def called_services(settings: Settings) -> tuple[str, ...]:
    """What the functions themselves call, and reach by endpoints where there is no other way.

    Not among them: what Lambda does for a function outside of the VPC (its log, its traces, the
    key of its variables), metrics (they are in the log), and keys by which a service decrypts an
    answer.
    """
    if settings.function_folder:  # which is given nothing to read there
        return ()
    return ("ssm", "secretsmanager") if settings.url_auth == "token" else ("ssm",)
