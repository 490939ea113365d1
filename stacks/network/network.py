"""The VPC that functions and the file system share."""

from aws_cdk import CfnResource, Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from constructs import Construct

from stacks.network.ipv6_egress import Ipv6Egress
from stacks.network.nat_instance import NatInstance
from stacks.network.service_endpoints import ServiceEndpoints
from stacks.shared import aws_limits
from stacks.shared.egress import WayOut
from stacks.shared.log_group import EncryptedLogGroup, Logs
from stacks.shared.permissions import allow, policy_document

_NOBODY = ec2.Peer.ipv4("255.255.255.255/32")


class Network(Construct):
    """A VPC in which functions reach the world by NAT, and the world reaches nothing.

    Mount targets live in the isolated subnets, functions in the private ones; the public ones
    hold NAT gateways only. S3 and DynamoDB are reached without NAT, for free.

    That is so by default. The `way_out` may have something else in place of the gateways, or
    nothing: then `services` have endpoints in the VPC. With each way the VPC, the private and the
    isolated subnets are the same, and the public ones, if there are any, keep their addresses.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        cidr: str,
        zones: int,
        way_out: WayOut,
        egress_ports: tuple[int, ...],
        services: tuple[str, ...],
        logs: Logs,
    ) -> None:
        super().__init__(scope, id)
        self._way_out, self._egress_ports = way_out, egress_ports
        instance = NatInstance() if way_out.nat == "instance" else None
        regional = ec2.NatProvider.regional_gateway() if way_out.nat == "regional" else None
        self.vpc = ec2.Vpc(
            self,
            "Vpc",
            ip_addresses=ec2.IpAddresses.cidr(cidr),
            max_azs=zones,
            # Room is kept for the zones that are not used yet: a new zone takes its subnets from
            # there, and those in use keep their addresses, and so their mount targets.
            reserved_azs=aws_limits.REGION_ZONES - zones,
            nat_gateways=way_out.nat_count(zones),
            nat_gateway_provider=instance.provider if instance else regional,
            create_internet_gateway=way_out.nat is not None,
            subnet_configuration=[
                ec2.SubnetConfiguration(
                    name="Public",
                    subnet_type=ec2.SubnetType.PUBLIC,
                    map_public_ip_on_launch=False,
                    # The addresses stay set aside, so that the other subnets keep theirs.
                    reserved=not way_out.public_subnets,
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
            }
            if way_out.leads_out
            else {},
        )
        self.mount_subnets = ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_ISOLATED)
        self.function_subnets = self.vpc.private_subnets
        self.subnet_account = Stack.of(self).account
        self._endpoints = None
        if instance:
            instance.admit(cidr, egress_ports)
        elif regional:
            # CDK has it wait for the internet gateway, but not for that one's attachment.
            gateway = self.vpc.node.find_child("RegionalNatGateway")
            gateway.node.add_dependency(self.vpc.node.find_child("VPCGW"))
        elif way_out.ipv6:
            Ipv6Egress(self, "Ipv6", vpc=self.vpc)
        elif not way_out.leads_out and services:
            self._endpoints = ServiceEndpoints(self, "Services", vpc=self.vpc, services=services)
        self._log_flows(EncryptedLogGroup(self, "FlowLogs", logs=logs))
        self._narrow_default_group_provider(
            EncryptedLogGroup(self, "DefaultGroupProviderLogs", logs=logs)
        )

    def let_out(self, group: ec2.ISecurityGroup) -> None:
        """Let whoever wears the group call as far as there is a way."""
        peer, way, ports = ec2.Peer.any_ipv4(), "through NAT", self._egress_ports
        if self._way_out.ipv6:
            peer, way = ec2.Peer.any_ipv6(), "over IPv6"
        elif not self._way_out.leads_out:
            ports = ()
            if self._endpoints:
                self._endpoints.admit(group)
        for port in ports:
            group.add_egress_rule(peer, ec2.Port.tcp(port), f"TCP {port} to the world, {way}")
        if not ports:
            # A group that comes to have no such rule of its own would be opened again.
            group.add_egress_rule(_NOBODY, ec2.Port.tcp(443), "Nobody in the world")

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
        policy = iam.ManagedPolicy(
            self,
            "FlowLogPolicy",
            document=policy_document(
                allow(
                    ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
                    group.log_group_arn,
                ),
            ),
            roles=[role],
        )
        whole = iam.Role.from_role_arn(self, "WholeFlowLogRole", role.role_arn, mutable=False)
        flow_log = self.vpc.add_flow_log(
            "FlowLog", destination=ec2.FlowLogDestination.to_cloud_watch_logs(group, whole)
        )
        # EC2 assumes the role when the flow log is made, and refuses one that IAM has not spread
        # yet (https://github.com/hashicorp/terraform-provider-aws/issues/29323). The role's policy
        # is made in between, so the first records have their right as well.
        flow_log.node.add_dependency(policy)

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
        handler.remove_resource_dependency(role)  # `Role` names it already
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
