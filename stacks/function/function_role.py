"""The rights of functions with a disk."""

from aws_cdk import ArnFormat, Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_efs as efs
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from constructs import Construct

from stacks.function.dead_letters import DeadLetters
from stacks.shared.choices import Access, check_choice
from stacks.shared.permissions import Statement, allow, policy_document


class SharedRights(Construct):
    """A policy of what every function with a disk needs, whatever it does with the disk.

    Of it, network interfaces and `dead_letters` are for Lambda alone: to the code they are denied.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        subnets: list[ec2.ISubnet],
        subnet_account: str,
        group: ec2.ISecurityGroup,
        key: kms.IKey,
        dead_letters: DeadLetters,
    ) -> None:
        super().__init__(scope, id)
        stack = Stack.of(self)
        self.policy = iam.ManagedPolicy(
            self,
            "Policy",
            document=policy_document(
                *_network_statements(
                    stack, [(each.subnet_id, subnet_account) for each in subnets], group
                ),
                *_dead_letter_statements(stack, dead_letters),
                allow("kms:Decrypt", key.key_arn),
                allow(["xray:PutTelemetryRecords", "xray:PutTraceSegments"], "*"),
            ),
        )


class FunctionRole(Construct):
    """A role with the shared rights that may also mount one access point and write one log group.

    `further` is what else its function may do. It is whole: handed out as immutable, so that CDK
    adds nothing to it, and with its policies attached before any function that names it.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        shared: iam.IManagedPolicy,
        access: Access,
        access_point: efs.IAccessPoint,
        log_group: logs.ILogGroup,
        further: list[Statement],
    ) -> None:
        super().__init__(scope, id)
        policy = iam.ManagedPolicy(
            self,
            "Policy",
            document=policy_document(
                _mount_statement(access_point, access),
                allow(["logs:CreateLogStream", "logs:PutLogEvents"], log_group.log_group_arn),
                *further,
            ),
        )
        role = iam.Role(
            self,
            "Role",
            assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"),
            managed_policies=[shared, policy],
        )
        # By its ARN, which orders a function after it; of the role itself CDK would say so again.
        self.role = iam.Role.from_role_arn(self, "Whole", role.role_arn, mutable=False)


def _network_statements(
    stack: Stack, subnets: list[tuple[str, str]], group: ec2.ISecurityGroup
) -> list[Statement]:
    """Let Lambda make the functions' network interfaces, and keep their code from doing so.

    https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions
    """
    make = "ec2:CreateNetworkInterface"
    change = [
        "ec2:AssignPrivateIpAddresses",
        "ec2:DeleteNetworkInterface",
        "ec2:UnassignPrivateIpAddresses",
    ]
    describe = ["ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets"]
    return [
        allow(
            make,
            [_ec2_arn(stack, "subnet", subnet, account) for subnet, account in subnets]
            + [_ec2_arn(stack, "security-group", group.security_group_id)]
            + [_ec2_arn(stack, "network-interface", "*")],
        ),
        # The page above asks for all resources, not for all interfaces, or the function may be
        # refused its VPC.
        allow(change, _ec2_arn(stack, "*", "*")),
        allow(describe, "*"),
        _deny_the_code(stack, "NotTheCodeItself", [make, *change, *describe], "*"),
    ]


def _dead_letter_statements(stack: Stack, dead_letters: DeadLetters) -> list[Statement]:
    """Let Lambda tell of calls that failed, and keep the functions' code from writing to people."""
    rights = dead_letters.rights()
    return [
        *rights,
        _deny_the_code(
            stack,
            "NoMessagesOfTheCodeItself",
            [action for right in rights for action in right["Action"]],
            [right["Resource"] for right in rights],
        ),
    ]


def _deny_the_code(
    stack: Stack, sid: str, actions: list[str], resources: str | list[str]
) -> Statement:
    """Deny what only Lambda itself does by a function's role, in whose calls the key is not.

    https://docs.aws.amazon.com/lambda/latest/dg/permissions-source-function-arn.html
    """
    return {
        "Sid": sid,
        "Effect": "Deny",
        "Action": actions,
        "Resource": resources,
        # By name, since the functions wait for their roles.
        "Condition": {
            "ArnLike": {
                "lambda:SourceFunctionArn": stack.format_arn(
                    service="lambda",
                    resource="function",
                    resource_name=f"{stack.stack_name}-*",
                    arn_format=ArnFormat.COLON_RESOURCE_NAME,
                )
            }
        },
    }


def _ec2_arn(stack: Stack, resource: str, name: str, account: str | None = None) -> str:
    return stack.format_arn(service="ec2", account=account, resource=resource, resource_name=name)


def _mount_statement(access_point: efs.IAccessPoint, access: Access) -> Statement:
    """https://docs.aws.amazon.com/efs/latest/ug/iam-access-control-nfs-efs.html"""
    check_choice("access", access, Access)
    actions: dict[Access, list[str]] = {
        "read-only": ["elasticfilesystem:ClientMount"],
        "read-write": ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"],
    }
    return allow(
        actions[access],
        access_point.file_system.file_system_arn,
        ArnEquals={"elasticfilesystem:AccessPointArn": access_point.access_point_arn},
        Bool={"elasticfilesystem:AccessedViaMountTarget": "true"},
    )
