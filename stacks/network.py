"""The VPC that functions and the file system share."""

from aws_cdk import CfnResource, Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from stacks import limits
from stacks.log_group import EncryptedLogGroup


class Network(Construct):
    """A VPC in which functions reach the world by NAT, and the world reaches nothing.

    Mount targets live in the isolated subnets, functions in the private ones; the public ones
    hold NAT gateways only. S3 and DynamoDB are reached without NAT, for free.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        cidr: str,
        zones: int,
        nat_gateways: int,
        key: kms.IKey,
        log_retention_days: int,
        retain: bool,
    ) -> None:
        super().__init__(scope, id)
        self.vpc = ec2.Vpc(
            self,
            "Vpc",
            ip_addresses=ec2.IpAddresses.cidr(cidr),
            max_azs=zones,
            # Room is kept for the zones that are not used yet: a new zone takes its subnets from
            # there, and those in use keep their addresses, and so their mount targets.
            reserved_azs=limits.REGION_ZONES - zones,
            nat_gateways=nat_gateways,
            subnet_configuration=[
                ec2.SubnetConfiguration(
                    name="Public",
                    subnet_type=ec2.SubnetType.PUBLIC,
                    map_public_ip_on_launch=False,
                ),
                ec2.SubnetConfiguration(
                    name="Private", subnet_type=ec2.SubnetType.PRIVATE_WITH_EGRESS
                ),
                ec2.SubnetConfiguration(
                    name="Isolated", subnet_type=ec2.SubnetType.PRIVATE_ISOLATED
                ),
            ],
            restrict_default_security_group=True,
            gateway_endpoints={
                "S3": ec2.GatewayVpcEndpointOptions(service=ec2.GatewayVpcEndpointAwsService.S3),
                "DynamoDb": ec2.GatewayVpcEndpointOptions(
                    service=ec2.GatewayVpcEndpointAwsService.DYNAMODB
                ),
            },
        )

        def log_group(id: str) -> EncryptedLogGroup:
            return EncryptedLogGroup(
                self, id, key=key, retention_days=log_retention_days, retain=retain
            )

        self._log_flows(log_group("FlowLogs"))
        self._narrow_default_group_provider(log_group("DefaultGroupProviderLogs"))

    def _log_flows(self, group: EncryptedLogGroup) -> None:
        # https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html
        account = Stack.of(self).account
        role = iam.Role(
            self,
            "FlowLogRole",
            assumed_by=iam.ServicePrincipal(
                "vpc-flow-logs.amazonaws.com",
                conditions={"StringEquals": {"aws:SourceAccount": account}},
            ),
        )
        self.vpc.add_flow_log(
            "FlowLog", destination=ec2.FlowLogDestination.to_cloud_watch_logs(group, role)
        )

    def _narrow_default_group_provider(self, group: EncryptedLogGroup) -> None:
        """Give the function with which CDK empties the default group a log group and no more.

        By itself it writes to a group that nobody encrypts or deletes, by an AWS-managed policy.
        """
        provider = Stack.of(self).node.find_child(
            "Custom::VpcRestrictDefaultSGCustomResourceProvider"
        )
        handler, role = provider.node.find_child("Handler"), provider.node.find_child("Role")
        assert isinstance(handler, CfnResource)
        assert isinstance(role, CfnResource)
        handler.add_property_override("LoggingConfig", {"LogGroup": group.log_group_name})
        role.add_property_deletion_override("ManagedPolicyArns")
        role.add_property_override(
            "Policies.1",
            {
                "PolicyName": "Logs",
                "PolicyDocument": {
                    "Version": "2012-10-17",
                    "Statement": [
                        {
                            "Effect": "Allow",
                            "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
                            "Resource": [group.log_group_arn],
                        }
                    ],
                },
            },
        )
