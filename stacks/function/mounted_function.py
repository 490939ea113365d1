"""A Lambda function with a disk."""

from collections.abc import Sequence
from dataclasses import dataclass

from aws_cdk import Duration, Size
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_efs as efs
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from drive_tools.environment import lambda_limits
from stacks.function.dead_letters import DeadLetters
from stacks.function.function_role import FunctionRole
from stacks.function.layer import RUNTIME
from stacks.function.operator_keys import NO_OPERATOR_TAGS, OperatorKeys
from stacks.function.package import Package
from stacks.function.readable import Readable
from stacks.shared import aws_limits
from stacks.shared.choices import Access
from stacks.shared.log_group import EncryptedLogGroup, Logs


@dataclass(frozen=True, kw_only=True)
class FunctionSize:
    """How much a function may take, and how often at once it runs."""

    memory_mb: int = 512
    timeout_seconds: int = 900
    ephemeral_storage_mib: int = 512
    reserved_concurrency: int | None = None


@dataclass(frozen=True, kw_only=True)
class Mount:
    """The access point by which a function has its disk, where, and what it may do there."""

    access_point: efs.IAccessPoint
    path: str
    access: Access


@dataclass(frozen=True, kw_only=True)
class Placement:
    """Where the network interfaces of a function are. With `ipv6`, AWS's SDKs call AWS over it."""

    vpc: ec2.IVpc
    subnets: list[ec2.ISubnet]
    group: ec2.ISecurityGroup
    ipv6: bool


class MountedFunction(Construct):
    """A Python function that finds the file system at its mount path on its first invocation.

    It reads where its disk is from the environment variables `MOUNT_PATH` and `MOUNT_ACCESS`, and
    holds the rights for that access, those of `shared_rights` and of what it `reads`, and no more.
    Its variables are `environment` and the names of what it reads, which each deployment writes,
    and `operator_keys`, which it leaves as they are. An asynchronous call that failed in all its
    tries goes to `dead_letters`, for which `shared_rights` have the right.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        package: Package,
        size: FunctionSize,
        mount: Mount,
        placement: Placement,
        environment: dict[str, str],
        operator_keys: OperatorKeys | None = None,
        reads: Sequence[Readable] = (),
        dead_letters: DeadLetters,
        shared_rights: iam.IManagedPolicy,
        logs: Logs,
    ) -> None:
        super().__init__(scope, id)
        operated = operator_keys.environment if operator_keys else {}
        for name in environment.keys() & operated:
            raise ValueError(
                f"environment variable {name!r} is an operator key of this function: a deployment"
                " gives it its first value only; set it with: python -m ops env"
            )
        # https://docs.aws.amazon.com/sdkref/latest/guide/feature-endpoints.html
        dual_stack = {"AWS_USE_DUALSTACK_ENDPOINT": "true"} if placement.ipv6 else {}
        variables = {
            **dual_stack,
            **environment,
            **{each.variable: each.name for each in reads},
            **operated,
            "MOUNT_PATH": mount.path,
            "MOUNT_ACCESS": mount.access,
        }
        aws_limits.check_layer_count(len(package.layers))
        aws_limits.check_mount_path(mount.path)
        lambda_limits.check_environment(variables)
        aws_limits.check_function_size(
            memory_mb=size.memory_mb,
            timeout_seconds=size.timeout_seconds,
            ephemeral_storage_mib=size.ephemeral_storage_mib,
        )
        log_group = EncryptedLogGroup(self, "Logs", logs=logs)
        role = FunctionRole(
            self,
            "Rights",
            shared=shared_rights,
            access=mount.access,
            access_point=mount.access_point,
            log_group=log_group,
            further=[each.right for each in reads],
        ).role
        # An image brings its Python, and names its handler itself.
        in_image = package.handler == lambda_.Handler.FROM_IMAGE
        self.function = lambda_.Function(
            self,
            "Function",
            runtime=lambda_.Runtime.FROM_IMAGE if in_image else RUNTIME,
            handler=package.handler,
            code=package.code,
            layers=package.layers or None,  # for an image no list at all
            architecture=lambda_.Architecture.custom(package.architecture),
            memory_size=size.memory_mb,
            timeout=Duration.seconds(size.timeout_seconds),
            ephemeral_storage_size=Size.mebibytes(size.ephemeral_storage_mib),
            reserved_concurrent_executions=size.reserved_concurrency,
            environment=variables,
            environment_encryption=logs.key,
            role=role,
            vpc=placement.vpc,
            vpc_subnets=ec2.SubnetSelection(subnets=placement.subnets),
            security_groups=[placement.group],
            ipv6_allowed_for_dual_stack=placement.ipv6 or None,
            filesystem=lambda_.FileSystem(
                arn=mount.access_point.access_point_arn, local_mount_path=mount.path
            ),
            log_group=log_group,
            tracing=lambda_.Tracing.ACTIVE,
        )
        resource = self.function.node.default_child
        assert isinstance(resource, lambda_.CfnFunction)
        for name, value in (operator_keys.tags if operator_keys else NO_OPERATOR_TAGS).items():
            resource.tags.set_tag(name, value)
        resource.dead_letter_config = lambda_.CfnFunction.DeadLetterConfigProperty(
            target_arn=dead_letters.topic_arn
        )
