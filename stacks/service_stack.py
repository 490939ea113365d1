"""What may be rebuilt: the functions, their layer, their key and the URL."""

from pathlib import Path

from aws_cdk import CfnOutput, Stack
from constructs import Construct

from stacks.data_stack import DataStack
from stacks.function_role import READ_WRITE
from stacks.function_url import FunctionUrl
from stacks.key import EncryptionKey
from stacks.layer import DriveLayer
from stacks.mounted_function import MountedFunction
from stacks.settings import Settings

_LAMBDA_SRC = Path(__file__).resolve().parents[1] / "lambda_src"


class ServiceStack(Stack):
    """The files function behind its URL."""

    def __init__(self, scope: Construct, id: str, *, settings: Settings, data: DataStack) -> None:
        super().__init__(
            scope, id, description=f"{settings.name} drive: the functions; may be rebuilt"
        )
        key = EncryptionKey(
            self,
            "ServiceKey",
            description=f"{settings.name} drive: environment variables and logs of the functions",
            retain=settings.retain,
        ).key
        layer = DriveLayer(self, "Layer", architecture=settings.architecture)
        files = MountedFunction(
            self,
            "Files",
            code=_LAMBDA_SRC / "files",
            layers=[layer.version],
            access_point=data.storage.access_point,
            mount_path=settings.mount_path,
            access=READ_WRITE,
            vpc=data.network.vpc,
            client_group=data.storage.client_group,
            environment={
                "LOG_LEVEL": settings.log_level,
                "MAINTENANCE_MODE": "0",
                "POWERTOOLS_SERVICE_NAME": "files",
                **settings.environment,
            },
            key=key,
            architecture=settings.architecture,
            memory_mb=settings.memory_mb,
            timeout_seconds=settings.timeout_seconds,
            ephemeral_storage_mib=settings.ephemeral_storage_mib,
            log_retention_days=settings.log_retention_days,
            retain=settings.retain,
        )
        url = FunctionUrl(self, "FilesUrl", function=files.function)
        for principal_arn in settings.url_invokers:
            url.grant_invoke(principal_arn)
        CfnOutput(self, "FilesUrlOutput", value=url.url).override_logical_id("FilesUrl")
        CfnOutput(self, "FilesFunctionName", value=files.function.function_name)
