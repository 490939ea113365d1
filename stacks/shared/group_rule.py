"""The two sides of a rule between security groups."""

from aws_cdk import aws_ec2 as ec2
from constructs import Construct


class GroupRule(Construct):
    """Lets whoever wears `source` call whoever wears `target` on one TCP port.

    `add_ingress_rule` makes the same, under logical ids with the path of the other group. That path
    is another when a pipeline ships the stage, and EC2 refuses a rule that is there already.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        source: ec2.ISecurityGroup,
        target: ec2.ISecurityGroup,
        port: int,
        description: str,
    ) -> None:
        super().__init__(scope, id)
        ec2.CfnSecurityGroupIngress(
            self,
            "In",
            group_id=target.security_group_id,
            source_security_group_id=source.security_group_id,
            ip_protocol="tcp",
            from_port=port,
            to_port=port,
            description=description,
        )
        ec2.CfnSecurityGroupEgress(
            self,
            "Out",
            group_id=source.security_group_id,
            destination_security_group_id=target.security_group_id,
            ip_protocol="tcp",
            from_port=port,
            to_port=port,
            description=description,
        )
