"""A Lambda function with a disk."""

from pathlib import Path

from aws_cdk import ArnFormat, Duration, Size, Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_efs as efs
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from stacks import limits
from stacks.layer import RUNTIME
from stacks.log_group import EncryptedLogGroup

READ_ONLY = "read-only"
READ_WRITE = "read-write"


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
        self.role = iam.Role(
            self,
            "Role",
            assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"),
            managed_policies=[
                iam.ManagedPolicy(
                    self,
                    "Policy",
                    statements=[
                        *_network_statements(self, subnets, client_group),
                        _mount_statement(access_point, access),
                        _allow(["kms:Decrypt"], [key.key_arn]),
                        _allow(
                            ["logs:CreateLogStream", "logs:PutLogEvents"],
                            [log_group.log_group_arn],
                        ),
                        # X-Ray has no resource level for these
                        # (https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsx-ray.html).
                        _allow(["xray:PutTelemetryRecords", "xray:PutTraceSegments"], ["*"]),
                    ],
                )
            ],
        )
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
            # The policy above is whole, and in place before the function is: CDK adds nothing.
            role=self.role.without_policy_updates(),
            vpc=vpc,
            vpc_subnets=ec2.SubnetSelection(subnets=subnets),
            security_groups=[client_group],
            filesystem=lambda_.FileSystem(
                arn=access_point.access_point_arn, local_mount_path=mount_path
            ),
            log_group=log_group,
            tracing=lambda_.Tracing.ACTIVE,
        )


def _network_statements(
    scope: Construct, subnets: list[ec2.ISubnet], group: ec2.ISecurityGroup
) -> list[iam.PolicyStatement]:
    """Let Lambda make the function's network interfaces, and keep its code from doing so.

    https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions
    """
    stack = Stack.of(scope)

    def ec2_arn(resource: str, name: str) -> str:
        return stack.format_arn(service="ec2", resource=resource, resource_name=name)

    make = "ec2:CreateNetworkInterface"
    change = [
        "ec2:AssignPrivateIpAddresses",
        "ec2:DeleteNetworkInterface",
        "ec2:UnassignPrivateIpAddresses",
    ]
    describe = ["ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets"]
    return [
        _allow(
            [make],
            [ec2_arn("subnet", subnet.subnet_id) for subnet in subnets]
            + [ec2_arn("security-group", group.security_group_id)]
            + [ec2_arn("network-interface", "*")],
        ),
        # The page above asks for all resources, not for all interfaces, or the function may be
        # refused its VPC.
        _allow(change, [ec2_arn("*", "*")]),
        _allow(describe, ["*"]),
        iam.PolicyStatement(
            sid="NotTheCodeItself",
            effect=iam.Effect.DENY,
            actions=[make, *change, *describe],
            resources=["*"],
            # By name, since the function waits for its role.
            conditions={
                "ArnLike": {
                    "lambda:SourceFunctionArn": stack.format_arn(
                        service="lambda",
                        resource="function",
                        resource_name=f"{stack.stack_name}-*",
                        arn_format=ArnFormat.COLON_RESOURCE_NAME,
                    )
                }
            },
        ),
    ]


def _mount_statement(access_point: efs.IAccessPoint, access: str) -> iam.PolicyStatement:
    """https://docs.aws.amazon.com/efs/latest/ug/iam-access-control-nfs-efs.html"""
    actions = {
        READ_ONLY: ["elasticfilesystem:ClientMount"],
        READ_WRITE: ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"],
    }
    if access not in actions:
        raise ValueError(f"access must be one of {', '.join(actions)}, got {access!r}")
    return _allow(
        actions[access],
        [access_point.file_system.file_system_arn],
        {
            "ArnEquals": {"elasticfilesystem:AccessPointArn": access_point.access_point_arn},
            "Bool": {"elasticfilesystem:AccessedViaMountTarget": "true"},
        },
    )


def _allow(
    actions: list[str], resources: list[str], conditions: dict[str, dict[str, str]] | None = None
) -> iam.PolicyStatement:
    return iam.PolicyStatement(actions=actions, resources=resources, conditions=conditions)
