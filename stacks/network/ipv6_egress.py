"""A way to the world that needs no NAT."""

from aws_cdk import Fn
from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from stacks.shared import aws_limits


class Ipv6Egress(Construct):
    """Lets the private subnets of a VPC call the world over IPv6; the world calls nobody there.

    VPC and subnets stay what they are: they get their IPv6 addresses by resources of their own,
    and the isolated subnets, where the mount targets are, get none.
    """

    def __init__(self, scope: Construct, id: str, *, vpc: ec2.Vpc) -> None:
        super().__init__(scope, id)
        block = ec2.CfnVPCCidrBlock(
            self, "Block", vpc_id=vpc.vpc_id, amazon_provided_ipv6_cidr_block=True
        )
        gateway = ec2.CfnEgressOnlyInternetGateway(self, "Gateway", vpc_id=vpc.vpc_id)
        blocks = Fn.cidr(Fn.select(0, vpc.vpc_ipv6_cidr_blocks), aws_limits.REGION_ZONES, "64")
        for zone, subnet in enumerate(vpc.private_subnets):
            assert isinstance(subnet, ec2.PrivateSubnet)
            addresses = ec2.CfnSubnetCidrBlock(
                subnet,
                "Ipv6Block",
                subnet_id=subnet.subnet_id,
                ipv6_cidr_block=Fn.select(zone, blocks),
            )
            # The VPC's list of blocks is empty before.
            addresses.add_resource_dependency(block)
            subnet.add_route(
                "Ipv6Route",
                router_type=ec2.RouterType.EGRESS_ONLY_INTERNET_GATEWAY,
                router_id=gateway.ref,
                destination_ipv6_cidr_block="::/0",
            )
            subnet.node.find_child("Ipv6Route").node.add_dependency(addresses)
