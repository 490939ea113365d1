"""The stack that may be rebuilt: functions, layer, key, URL and schedules."""

from collections.abc import Sequence
from pathlib import Path

from aws_cdk import CfnOutput, Stack
from aws_cdk import aws_efs as efs
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from stacks.alarms import metered_use
from stacks.alarms.alarm import OF_FUNCTIONS, Alarms
from stacks.alarms.brake import Brake, Braked
from stacks.alarms.dashboard import Dashboard, Shown, ShownService
from stacks.alarms.key_watch import KeyWatch
from stacks.alarms.metered_use import Term
from stacks.alarms.nat_terms import nat_terms
from stacks.alarms.service_alarms import Watched, service_alarms
from stacks.alarms.use_alarms import UseAlarms
from stacks.costs.estimate import METADATA, metadata
from stacks.data_stack import DataStack
from stacks.function.custom_domain import CustomDomain
from stacks.function.dead_letters import DeadLetters
from stacks.function.function_role import SharedRights
from stacks.function.function_url import FunctionUrl
from stacks.function.mounted_function import (
    FunctionSize,
    Mount,
    MountedFunction,
    Placement,
)
from stacks.function.operator_keys import OperatorKeys
from stacks.function.package import Packages
from stacks.function.readable import Readable
from stacks.function.schedule import Schedule
from stacks.function.token_secret import TokenSecret
from stacks.settings import Domain, Settings
from stacks.shared import prices
from stacks.shared.choices import Access
from stacks.shared.egress import WAYS_OUT
from stacks.shared.key import EncryptionKey
from stacks.shared.log_group import Logs
from stacks.storage import DRIVE_FOLDER


class ServiceStack(Stack):
    """The files function behind its URL, and what looks after the drive from time to time."""

    def __init__(self, scope: Construct, id: str, *, settings: Settings, data: DataStack) -> None:
        super().__init__(
            scope, id, description=f"{settings.name} drive: the functions; may be rebuilt"
        )
        self._settings = settings
        self._data = data
        self.template_options.metadata = {
            METADATA: metadata(
                monthly_ceiling=settings.monthly_ceiling,
                daily_brake=settings.daily_brake,
                account_concurrency=settings.account_concurrency,
            )
        }
        self._key = EncryptionKey(
            self,
            "ServiceKey",
            description=f"{settings.name} drive: environment variables and logs of the functions",
            retain=settings.retain,
        ).key
        self._logs = Logs(
            key=self._key, retention_days=settings.log_retention_days, retain=settings.retain
        )
        self._dead_letters = DeadLetters(
            topic_arn=data.alarm_topic.arn, key_arn=data.alarm_topic.key.key_arn
        )
        self._rights = SharedRights(
            self,
            "SharedRights",
            subnets=data.network.function_subnets,
            subnet_account=data.network.subnet_account,
            group=data.storage.client_group,
            key=self._key,
            dead_letters=self._dead_letters,
        ).policy

        self._packages = Packages(
            self, packaging=settings.packaging, architecture=settings.architecture
        )

        own = settings.function_folder
        limits_parameter = data.limits.readable_in(self)
        # A function of your own has its variables from the settings alone, and no limits.
        reads = [limits_parameter] if own is None else []
        kept = {"TRASH_DAYS": str(settings.trash_days)} if own is None else {}
        token = None
        if settings.url_auth == "token":
            token = TokenSecret(
                self,
                "FilesToken",
                description=f"{settings.name} drive: the token of its public URL",
                key=self._key,
            )
            reads.append(token.readable)
            CfnOutput(self, "FilesTokenSecret", value=token.arn)
            public = "The URL is public: whoever has the token in FilesTokenSecret may call it"
            CfnOutput(self, "FilesUrlIsPublic", value=public)
        files = self._function(
            "Files",
            own=own,
            access="read-write",
            environment=settings.environment | kept,
            reads=reads,
            operator_keys=data.files_operator_keys if own is None else None,
            size=FunctionSize(
                memory_mb=settings.memory_mb,
                timeout_seconds=settings.timeout_seconds,
                ephemeral_storage_mib=settings.ephemeral_storage_mib,
                reserved_concurrency=settings.reserved_concurrency,
            ),
        )
        url = FunctionUrl(
            self,
            "FilesUrl",
            function=files,
            cors_origins=settings.cors_origins,
            public=token is not None,
        )
        for principal_arn in settings.url_invokers:
            url.grant_invoke(principal_arn)
        CfnOutput(self, "FilesUrlOutput", value=url.url).override_logical_id("FilesUrl")
        api_id = self._add_domain(files, settings.domain) if settings.domain else None
        terms = self._use(files, service=Path(own).name if own else "files")
        brake = self._add_brake(files, terms)
        key_watch = KeyWatch(
            self,
            "KeyWatch",
            keys=[data.data_key, self._key],
            topic_key=data.alarm_topic.key,
            dead_letters=self._dead_letters,
            undelivered=data.alarm_topic.undelivered,
            logs=self._logs,
        )
        self._add_dashboard(files, terms)

        scheduled = {}
        # Also without the janitor: whoever restores by hand needs it, as no mount goes without one.
        whole = data.storage.whole_access_point(self, "WholeAccessPoint")
        if own is None:  # nobody knows what another function keeps on the drive
            janitor = self._function(
                "Janitor",
                access="read-write",
                access_point=whole,
                environment=kept | {"DRIVE_FOLDER": DRIVE_FOLDER},
                reads=[limits_parameter],
            )
            undelivered = data.alarm_topic.undelivered
            Schedule(
                self,
                "JanitorSchedule",
                function=janitor,
                period="1 day",
                undelivered=undelivered,
            )

            usage = self._function("Usage", access="read-only")
            hours = settings.usage_hours
            period = f"{hours} hour{'s' if hours > 1 else ''}"
            Schedule(self, "UsageSchedule", function=usage, period=period, undelivered=undelivered)
            scheduled = {"Janitor": janitor.function_name, "Usage": usage.function_name}
        Alarms(
            self,
            "Alarms",
            topic_arn=data.alarm_topic.arn,
            alarms=service_alarms(
                Watched(
                    files=files.function_name,
                    timeout_seconds=settings.timeout_seconds,
                    api_id=api_id,
                    scheduled=scheduled,
                    brake=brake.function.function_name,
                    key_watch=key_watch.function.function_name,
                    namespace=self._metrics_namespace,
                    file_system=data.storage.file_system.file_system_id,
                    max_drive_bytes=settings.max_drive_bytes,
                )
            ),
        )

    def _use(self, files: lambda_.Function, *, service: str) -> list[Term]:
        """Return what the use of the stage costs, but for NAT."""
        settings = self._settings
        terms = [
            metered_use.of_function(
                files.function_name,
                memory_mb=settings.memory_mb,
                x86_64=settings.architecture == "x86_64",
                http_api=settings.domain is not None,
            ),
            metered_use.of_logs(files.log_group.log_group_name),
            metered_use.of_answers(self._metrics_namespace, service),
        ]
        if settings.throughput == "elastic":
            file_system = self._data.storage.file_system.file_system_id
            terms.append(metered_use.of_file_system(file_system))
        return terms

    def _add_brake(self, files: lambda_.Function, terms: list[Term]) -> Brake:
        settings, data = self._settings, self._data
        brake = Brake(
            self,
            "Brake",
            stage=settings.name,
            braked=Braked(function=files, reserved_concurrency=settings.reserved_concurrency),
            mark=data.brake_mark.name,
            dead_letters=self._dead_letters,
            undelivered=data.alarm_topic.undelivered,
            logs=self._logs,
        )
        UseAlarms(
            self,
            "Use",
            terms=terms,
            dollars=data.brake_dollars,
            factor=prices.region_factor(settings.region),
            actions=[brake.arn, data.alarm_topic.arn],
            partners=OF_FUNCTIONS,
        )
        return brake

    def _add_dashboard(self, files: lambda_.Function, terms: list[Term]) -> None:
        settings = self._settings
        Dashboard(
            self,
            "Dashboard",
            stage=settings.name,
            shown=Shown(
                function=files.function_name,
                reserved_concurrency=settings.reserved_concurrency,
                terms=terms,
                factor=prices.region_factor(settings.region),
                nat=nat_terms(self._data.network.vpc),
                daily_brake=settings.daily_brake,
                monthly_ceiling=settings.monthly_ceiling,
            ),
            service=ShownService(
                namespace=self._metrics_namespace,
                usage_hours=settings.usage_hours,
                max_drive_bytes=settings.max_drive_bytes,
            )
            if settings.function_folder is None
            else None,
        )

    @property
    def _metrics_namespace(self) -> str:
        return f"LambdaDrive/{self._settings.name}"

    def _add_domain(self, files: lambda_.IFunction, domain: Domain) -> str:
        """Put the domain in front of the function, and return the id of its API."""
        custom = CustomDomain(
            self,
            "FilesDomain",
            function=files,
            timeout_seconds=self._settings.timeout_seconds,
            public=self._settings.url_auth == "token",
            name=domain.name,
            certificate_arn=domain.certificate_arn,
            hosted_zone_id=domain.hosted_zone_id,
            requests_per_second=domain.requests_per_second,
            cors_origins=self._settings.cors_origins,
            logs=self._logs,
        )
        CfnOutput(self, "FilesDomainUrl", value=custom.url)
        CfnOutput(self, "FilesDomainTarget", value=custom.target)
        CfnOutput(self, "FilesDomainInvokeArn", value=custom.invoke_arn)
        return custom.api_id

    def _function(
        self,
        name: str,
        *,
        own: str | None = None,
        access: Access,
        access_point: efs.IAccessPoint | None = None,
        environment: dict[str, str] | None = None,
        operator_keys: OperatorKeys | None = None,
        reads: Sequence[Readable] = (),
        size: FunctionSize | None = None,
    ) -> lambda_.Function:
        """Run `lambda_src/<name>/handler.py` on the drive, or what is in the folder `own`.

        On the drive, or on what another `access_point` has. Without a `size` it is small and runs
        once at a time, in an instance that is kept for it where the settings keep any.

        The output `<name>FunctionName` says how to call it by hand.
        """
        settings, data, folder = self._settings, self._data, name.lower()
        # None beside 0, which stops files: a new account can reserve 0, and no instance.
        reserved = 1 if settings.reserved_concurrency else None
        variables = {
            "LOG_LEVEL": settings.log_level,
            "POWERTOOLS_METRICS_NAMESPACE": self._metrics_namespace,
            "POWERTOOLS_SERVICE_NAME": Path(own).name if own else folder,
        }
        if operator_keys:
            del variables["LOG_LEVEL"]  # which is one of them
        function = MountedFunction(
            self,
            name,
            package=self._packages.of_folder(own, settings.function_handler)
            if own
            else self._packages.of_service(folder),
            size=size or FunctionSize(reserved_concurrency=reserved),
            mount=Mount(
                access_point=access_point or data.storage.access_point,
                path=settings.mount_path,
                access=access,
            ),
            placement=Placement(
                vpc=data.network.vpc,
                subnets=data.network.function_subnets,
                group=data.storage.client_group,
                ipv6=WAYS_OUT[settings.egress].ipv6,
            ),
            environment=variables | (environment or {}),
            operator_keys=operator_keys,
            reads=reads,
            dead_letters=self._dead_letters,
            shared_rights=self._rights,
            logs=self._logs,
        ).function
        CfnOutput(self, f"{name}FunctionName", value=function.function_name)
        return function
