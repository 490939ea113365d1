"""A VPC that somebody else made, and looks after."""

import itertools

from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from stacks.shared import aws_limits


class ExistingNetwork(Construct):
    """The VPC with the given id, as it was when it was looked up; nothing of it is changed.

    Functions live in its private subnets, which must have a way to the world; in as many as Lambda
    takes, of each zone in turn. Mount targets live in its isolated ones where those are in every
    zone of the functions, or else beside them. Subnets that another account shares are its own, in
    their ARNs too.
    """

    def __init__(
        self, scope: Construct, id: str, *, vpc_id: str, egress_ports: tuple[int, ...]
    ) -> None:
        super().__init__(scope, id)
        self._egress_ports = egress_ports
        self.vpc = ec2.Vpc.from_lookup(self, "Vpc", vpc_id=vpc_id)
        kinds = {
            "public": self.vpc.public_subnets,
            "private": self.vpc.private_subnets,
            "isolated": self.vpc.isolated_subnets,
        }
        zones = {
            kind: {subnet.availability_zone for subnet in subnets}
            for kind, subnets in kinds.items()
        }
        if len(zones["private"]) < 2:  # noqa: PLR2004 - that one zone may fail
            found = ", ".join(f"{kind} in {len(of)}" for kind, of in zones.items())
            raise ValueError(
                "vpc_id must be of a VPC with private subnets (routed to NAT) in two zones or more,"
                f" got {vpc_id}, whose subnets are {found} zones; cdk.context.json keeps what was"
                " looked up, and `cdk context --reset` forgets it"
            )
        isolated = zones["private"] <= zones["isolated"]
        private = ec2.SubnetType.PRIVATE_WITH_EGRESS
        self.function_subnets = _of_each_zone(self.vpc.private_subnets, aws_limits.FUNCTION_SUBNETS)
        self.subnet_account = self.vpc.env.account
        self.mount_subnets = ec2.SubnetSelection(
            subnet_type=ec2.SubnetType.PRIVATE_ISOLATED if isolated else private,
            availability_zones=sorted(zones["private"]),
            one_per_az=True,
        )

    def let_out(self, group: ec2.ISecurityGroup) -> None:
        """Let whoever wears the group call the world."""
        for port in self._egress_ports:
            group.add_egress_rule(
                ec2.Peer.any_ipv4(), ec2.Port.tcp(port), f"TCP {port} to the world"
            )


def _of_each_zone(subnets: list[ec2.ISubnet], most: int) -> list[ec2.ISubnet]:
    """Return the subnets, or as many of them as are taken, one of each zone after the other."""
    if len(subnets) <= most:
        return subnets
    zones: dict[str, list[ec2.ISubnet]] = {}
    for subnet in subnets:
        zones.setdefault(subnet.availability_zone, []).append(subnet)
    rounds = itertools.zip_longest(*(zones[zone] for zone in sorted(zones)))
    return [subnet for each in rounds for subnet in each if subnet][:most]
