"""AWS's services inside of a VPC."""

from aws_cdk import Aws
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from constructs import Construct

from stacks.shared.group_rule import GroupRule

HTTPS_PORT = 443

# Of each service the id of its endpoint, and what the functions call there, on what.
_CALLED = {
    "secretsmanager": ("SecretsManager", "GetSecretValue", "secret:*"),
    "ssm": ("Ssm", "GetParameter", "parameter/*"),
}


class ServiceEndpoints(Construct):
    """Endpoints by which the groups that are admitted call `services`, and only in this account.

    Each lets through the one action that the functions call.

    They answer at the services' usual names, so that callers need not know.
    """

    def __init__(
        self, scope: Construct, id: str, *, vpc: ec2.IVpc, services: tuple[str, ...]
    ) -> None:
        super().__init__(scope, id)
        self._group = ec2.SecurityGroup(
            self,
            "Group",
            vpc=vpc,
            description="HTTPS from the functions of the drive to AWS, nothing else",
            allow_all_outbound=False,
        )
        for service in services:
            if service not in _CALLED:
                raise ValueError(f"services must be of {', '.join(_CALLED)}, got {service!r}")
            name, action, resource = _CALLED[service]
            endpoint = ec2.InterfaceVpcEndpoint(
                self,
                name,
                vpc=vpc,
                service=ec2.InterfaceVpcEndpointAwsService(service),
                subnets=ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_WITH_EGRESS),
                security_groups=[self._group],
                open=False,
            )
            endpoint.add_to_policy(_in_this_account(service, action, resource))

    def admit(self, group: ec2.ISecurityGroup) -> None:
        """Let whoever wears the group call the services."""
        GroupRule(
            self,
            "Https",
            source=group,
            target=self._group,
            port=HTTPS_PORT,
            description="HTTPS from the functions of the drive to AWS",
        )


def _in_this_account(service: str, action: str, resource: str) -> iam.PolicyStatement:
    """Allow one action to principals of this account, on resources of this account.

    https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html
    """
    account = {"aws:PrincipalAccount": Aws.ACCOUNT_ID, "aws:ResourceAccount": Aws.ACCOUNT_ID}
    return iam.PolicyStatement(
        principals=[iam.AnyPrincipal()],
        actions=[f"{service}:{action}"],
        resources=[
            f"arn:{Aws.PARTITION}:{service}:{Aws.REGION}:{Aws.ACCOUNT_ID}:{resource}",
        ],
        conditions={"StringEquals": account},
    )
