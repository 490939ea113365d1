"""AWS's services inside of a VPC."""

from aws_cdk import Aws
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from constructs import Construct

from stacks.shared.group_rule import GroupRule

HTTPS_PORT = 443

_IDS = {
    "kms": "Kms",
    "logs": "Logs",
    "monitoring": "Monitoring",
    "secretsmanager": "SecretsManager",
    "ssm": "Ssm",
}


class ServiceEndpoints(Construct):
    """Endpoints by which the groups that are admitted call `services`, and only in this account.

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
            if service not in _IDS:
                raise ValueError(f"services must be of {', '.join(_IDS)}, got {service!r}")
            endpoint = ec2.InterfaceVpcEndpoint(
                self,
                _IDS[service],
                vpc=vpc,
                service=ec2.InterfaceVpcEndpointAwsService(service),
                subnets=ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_WITH_EGRESS),
                security_groups=[self._group],
                open=False,
            )
            endpoint.add_to_policy(_this_account())

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


def _this_account() -> iam.PolicyStatement:
    """Refuse calls by principals of other accounts, and calls to resources of other accounts.

    https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html
    """
    account = {"aws:PrincipalAccount": Aws.ACCOUNT_ID, "aws:ResourceAccount": Aws.ACCOUNT_ID}
    return iam.PolicyStatement(
        principals=[iam.AnyPrincipal()],
        actions=["*"],
        resources=["*"],
        conditions={"StringEquals": account},
    )
