"""A Lambda function with a disk."""

from pathlib import Path

from aws_cdk import Acknowledgment, Duration, Size, Validations
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_efs as efs
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from stacks import limits
from stacks.function_role import FunctionRole
from stacks.layer import RUNTIME
from stacks.log_group import EncryptedLogGroup


class MountedFunction(Construct):
    """A Python function that finds the file system at `mount_path` on its first invocation.

    It runs `handler.handler` of the folder `code`, reads where its disk is from the environment
    variables `MOUNT_PATH` and `MOUNT_ACCESS`, and holds the rights for that access and no more.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        code: Path,
        layers: list[lambda_.ILayerVersion],
        access_point: efs.IAccessPoint,
        mount_path: str,
        access: str,
        vpc: ec2.IVpc,
        client_group: ec2.ISecurityGroup,
        environment: dict[str, str],
        key: kms.IKey,
        architecture: str,
        memory_mb: int,
        timeout_seconds: int,
        ephemeral_storage_mib: int,
        log_retention_days: int,
        retain: bool,
    ) -> None:
        super().__init__(scope, id)
        variables = {**environment, "MOUNT_PATH": mount_path, "MOUNT_ACCESS": access}
        limits.check_layer_count(len(layers))
        limits.check_mount_path(mount_path)
        limits.check_environment(variables)
        limits.check_function_size(
            memory_mb=memory_mb,
            timeout_seconds=timeout_seconds,
            ephemeral_storage_mib=ephemeral_storage_mib,
        )
        subnets = vpc.select_subnets(subnet_type=ec2.SubnetType.PRIVATE_WITH_EGRESS).subnets
        log_group = EncryptedLogGroup(
            self, "Logs", key=key, retention_days=log_retention_days, retain=retain
        )
        role = FunctionRole(
            self,
            "Rights",
            access=access,
            access_point=access_point,
            subnets=subnets,
            group=client_group,
            key=key,
            log_group=log_group,
        ).role
        self.function = lambda_.Function(
            self,
            "Function",
            runtime=RUNTIME,
            handler="handler.handler",
            code=lambda_.Code.from_asset(str(code), exclude=["**/__pycache__"]),
            layers=layers,
            architecture=lambda_.Architecture.custom(architecture),
            memory_size=memory_mb,
            timeout=Duration.seconds(timeout_seconds),
            ephemeral_storage_size=Size.mebibytes(ephemeral_storage_mib),
            environment=variables,
            environment_encryption=key,
            role=role,
            vpc=vpc,
            vpc_subnets=ec2.SubnetSelection(subnets=subnets),
            security_groups=[client_group],
            filesystem=lambda_.FileSystem(
                arn=access_point.access_point_arn, local_mount_path=mount_path
            ),
            log_group=log_group,
            tracing=lambda_.Tracing.ACTIVE,
        )
        Validations.of(self.function).acknowledge(
            Acknowledgment(
                id="Serverless::Serverless-LambdaDLQ",
                reason="Called by its URL, synchronously: a failed request is the caller's to"
                " repeat, Lambda keeps no event of it.",
            )
        )
