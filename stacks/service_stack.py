"""What may be rebuilt: the functions, their layer, their key, the URL and the schedules."""

from pathlib import Path

from aws_cdk import CfnOutput, Stack
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from stacks.custom_domain import CustomDomain
from stacks.data_stack import DataStack
from stacks.function_role import READ_ONLY, READ_WRITE, SharedRights
from stacks.function_url import FunctionUrl
from stacks.key import EncryptionKey
from stacks.layer import DriveLayer
from stacks.mounted_function import MountedFunction
from stacks.operator_keys import OperatorKeys
from stacks.schedule import Schedule
from stacks.settings import Domain, Settings

_LAMBDA_SRC = Path(__file__).resolve().parents[1] / "lambda_src"


class ServiceStack(Stack):
    """The files function behind its URL, and what looks after the drive from time to time."""

    def __init__(self, scope: Construct, id: str, *, settings: Settings, data: DataStack) -> None:
        super().__init__(
            scope, id, description=f"{settings.name} drive: the functions; may be rebuilt"
        )
        self._settings = settings
        self._data = data
        self._key = EncryptionKey(
            self,
            "ServiceKey",
            description=f"{settings.name} drive: environment variables and logs of the functions",
            retain=settings.retain,
        ).key
        self._layer = DriveLayer(self, "Layer", architecture=settings.architecture).version
        self._rights = SharedRights(
            self,
            "SharedRights",
            vpc=data.network.vpc,
            group=data.storage.client_group,
            key=self._key,
        ).policy

        uploads = {"UPLOAD_EXPIRY_HOURS": str(settings.upload_expiry_hours)}
        quota = _unless_none("MAX_DRIVE_BYTES", settings.max_drive_bytes)
        files = self._function(
            "Files",
            access=READ_WRITE,
            environment={
                **uploads,
                **quota,
                **_unless_none("MAX_FILE_BYTES", settings.max_file_bytes),
                **settings.environment,
            },
            operator_keys=data.files_operator_keys,
            memory_mb=settings.memory_mb,
            timeout_seconds=settings.timeout_seconds,
            ephemeral_storage_mib=settings.ephemeral_storage_mib,
        )
        url = FunctionUrl(self, "FilesUrl", function=files, cors_origins=settings.cors_origins)
        for principal_arn in settings.url_invokers:
            url.grant_invoke(principal_arn)
        CfnOutput(self, "FilesUrlOutput", value=url.url).override_logical_id("FilesUrl")
        if settings.domain:
            self._add_domain(files, settings.domain)

        janitor = self._function("Janitor", access=READ_WRITE, environment={**uploads, **quota})
        Schedule(self, "JanitorSchedule", function=janitor, period="1 day")

        usage = self._function("Usage", access=READ_ONLY)
        Schedule(self, "UsageSchedule", function=usage, period="1 hour")

    def _add_domain(self, files: lambda_.IFunction, domain: Domain) -> None:
        custom = CustomDomain(
            self,
            "FilesDomain",
            function=files,
            timeout_seconds=self._settings.timeout_seconds,
            name=domain.name,
            certificate_arn=domain.certificate_arn,
            hosted_zone_id=domain.hosted_zone_id,
            requests_per_second=domain.requests_per_second,
            cors_origins=self._settings.cors_origins,
            key=self._key,
            log_retention_days=self._settings.log_retention_days,
            retain=self._settings.retain,
        )
        CfnOutput(self, "FilesDomainUrl", value=custom.url)
        CfnOutput(self, "FilesDomainTarget", value=custom.target)
        CfnOutput(self, "FilesDomainInvokeArn", value=custom.invoke_arn)

    def _function(
        self,
        name: str,
        *,
        access: str,
        environment: dict[str, str] | None = None,
        operator_keys: OperatorKeys | None = None,
        memory_mb: int = 512,
        timeout_seconds: int = 900,
        ephemeral_storage_mib: int = 512,
    ) -> lambda_.Function:
        """Run `lambda_src/<name>/handler.py` on the drive.

        The code is rooted at `lambda_src`, so that its modules have the same names in Lambda and in
        the tests. The output `<name>FunctionName` says how to call it by hand.
        """
        settings, data, folder = self._settings, self._data, name.lower()
        function = MountedFunction(
            self,
            name,
            code=lambda_.Code.from_asset(
                str(_LAMBDA_SRC), exclude=["*", f"!{folder}", f"!{folder}/**", "**/__pycache__"]
            ),
            handler=f"{folder}.handler.handler",
            layers=[self._layer],
            access_point=data.storage.access_point,
            mount_path=settings.mount_path,
            access=access,
            vpc=data.network.vpc,
            client_group=data.storage.client_group,
            environment={
                **({} if operator_keys else {"LOG_LEVEL": settings.log_level}),
                "POWERTOOLS_METRICS_NAMESPACE": f"LambdaDrive/{settings.name}",
                "POWERTOOLS_SERVICE_NAME": folder,
                **(environment or {}),
            },
            operator_keys=operator_keys,
            key=self._key,
            shared_rights=self._rights,
            architecture=settings.architecture,
            memory_mb=memory_mb,
            timeout_seconds=timeout_seconds,
            ephemeral_storage_mib=ephemeral_storage_mib,
            log_retention_days=settings.log_retention_days,
            retain=settings.retain,
            ipv6=settings.egress == "ipv6",
        ).function
        CfnOutput(self, f"{name}FunctionName", value=function.function_name)
        return function


def _unless_none(name: str, number: int | None) -> dict[str, str]:
    return {} if number is None else {name: str(number)}
