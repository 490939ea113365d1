"""What the ways out of a VPC cost by use."""

from aws_cdk import aws_ec2 as ec2

from stacks.alarms.metered_use import Term, of_nat_gateway, of_nat_instance


def nat_terms(vpc: ec2.IVpc) -> list[Term]:
    """Return a term for each NAT gateway or NAT instance that is made in the VPC; none of others'.

    What leaves by IPv6 has no metric, and an endpoint's bytes are those of few small calls.
    """
    made = vpc.node.find_all()
    gateways = [each for each in made if isinstance(each, ec2.CfnNatGateway)]
    instances = [each for each in made if isinstance(each, ec2.CfnInstance)]
    return [
        *(of_nat_gateway(index, each.ref) for index, each in enumerate(gateways)),
        *(of_nat_instance(each.ref) for each in instances),
    ]
