"""A Lambda function with a disk."""

from aws_cdk import Acknowledgment, Duration, Size, Validations
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_efs as efs
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from drive_tools.environment import lambda_limits
from stacks.function.function_role import FunctionRole
from stacks.function.layer import RUNTIME
from stacks.function.operator_keys import NO_OPERATOR_TAGS, OperatorKeys
from stacks.shared import aws_limits
from stacks.shared.choices import Access, Architecture
from stacks.shared.log_group import EncryptedLogGroup


class MountedFunction(Construct):
    """A Python function that finds the file system at `mount_path` on its first invocation.

    It reads where its disk is from the environment variables `MOUNT_PATH` and `MOUNT_ACCESS`, and
    holds the rights for that access, those of `shared_rights` and `rights`, and no more. Its
    variables are `environment`, which each deployment writes, and `operator_keys`, which it leaves
    as they are. With `ipv6`, in subnets that have it, AWS's own SDKs call AWS over IPv6.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        code: lambda_.Code,
        handler: str,
        layers: list[lambda_.ILayerVersion],
        access_point: efs.IAccessPoint,
        mount_path: str,
        access: Access,
        vpc: ec2.IVpc,
        subnets: list[ec2.ISubnet],
        client_group: ec2.ISecurityGroup,
        environment: dict[str, str],
        operator_keys: OperatorKeys | None = None,
        key: kms.IKey,
        shared_rights: iam.IManagedPolicy,
        rights: list[iam.PolicyStatement] | None = None,
        architecture: Architecture,
        memory_mb: int,
        timeout_seconds: int,
        ephemeral_storage_mib: int,
        reserved_concurrency: int | None = None,
        log_retention_days: int,
        retain: bool,
        ipv6: bool = False,
    ) -> None:
        super().__init__(scope, id)
        operated = operator_keys.environment if operator_keys else {}
        for name in environment.keys() & operated:
            raise ValueError(
                f"environment variable {name!r} is an operator key of this function: a deployment"
                " gives it its first value only; set it with: python -m ops env"
            )
        mount = {"MOUNT_PATH": mount_path, "MOUNT_ACCESS": access}
        # https://docs.aws.amazon.com/sdkref/latest/guide/feature-endpoints.html
        dual_stack = {"AWS_USE_DUALSTACK_ENDPOINT": "true"} if ipv6 else {}
        variables = {**dual_stack, **environment, **operated, **mount}
        aws_limits.check_layer_count(len(layers))
        aws_limits.check_mount_path(mount_path)
        lambda_limits.check_environment(variables)
        aws_limits.check_function_size(
            memory_mb=memory_mb,
            timeout_seconds=timeout_seconds,
            ephemeral_storage_mib=ephemeral_storage_mib,
        )
        log_group = EncryptedLogGroup(
            self, "Logs", key=key, retention_days=log_retention_days, retain=retain
        )
        role = FunctionRole(
            self,
            "Rights",
            shared=shared_rights,
            access=access,
            access_point=access_point,
            log_group=log_group,
            further=rights or [],
        ).role
        # An image brings its Python, and names its handler itself.
        runtime = lambda_.Runtime.FROM_IMAGE if handler == lambda_.Handler.FROM_IMAGE else RUNTIME
        self.function = lambda_.Function(
            self,
            "Function",
            runtime=runtime,
            handler=handler,
            code=code,
            layers=layers or None,  # for an image no list at all
            architecture=lambda_.Architecture.custom(architecture),
            memory_size=memory_mb,
            timeout=Duration.seconds(timeout_seconds),
            ephemeral_storage_size=Size.mebibytes(ephemeral_storage_mib),
            reserved_concurrent_executions=reserved_concurrency,
            environment=variables,
            environment_encryption=key,
            role=role,
            vpc=vpc,
            vpc_subnets=ec2.SubnetSelection(subnets=subnets),
            security_groups=[client_group],
            ipv6_allowed_for_dual_stack=ipv6 or None,
            filesystem=lambda_.FileSystem(
                arn=access_point.access_point_arn, local_mount_path=mount_path
            ),
            log_group=log_group,
            tracing=lambda_.Tracing.ACTIVE,
        )
        resource = self.function.node.default_child
        assert isinstance(resource, lambda_.CfnFunction)
        for name, value in (operator_keys.tags if operator_keys else NO_OPERATOR_TAGS).items():
            resource.tags.set_tag(name, value)
        Validations.of(self.function).acknowledge(
            Acknowledgment(
                id="Serverless::Serverless-LambdaDLQ",
                reason="A request by URL is the caller's to repeat, a scheduled run is made good by"
                " the next one, and counted by Lambda's metric Errors.",
            )
        )
