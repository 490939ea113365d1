"""A small machine that stands for a NAT gateway."""

from aws_cdk import Acknowledgment, Validations
from aws_cdk import aws_ec2 as ec2

HTTPS = 443

_ACKNOWLEDGED = {
    "EC28": "It is looked after by its status checks, which come each minute without detailed"
    " monitoring; what that adds would cost as much as the machine.",
    "EC29": "It keeps nothing, and a deployment replaces it by a newer image; protection from"
    " termination would have that deployment fail.",
}


class NatInstance:
    """Translates addresses for a fifth of a gateway's price, and for as long as nothing breaks.

    `provider` is for the VPC that makes it. It runs the newest Amazon Linux of the day when it is
    deployed, with no key, no shell and no permission.
    """

    def __init__(self) -> None:
        self.provider = ec2.NatProvider.instance_v2(
            instance_type=ec2.InstanceType("t4g.nano"),
            machine_image=ec2.MachineImage.latest_amazon_linux2023(
                cpu_type=ec2.AmazonLinuxCpuType.ARM_64
            ),
            # Public subnets here give no public address by themselves.
            associate_public_ip_address=True,
            default_allowed_traffic=ec2.NatTrafficDirection.NONE,
            credit_specification=ec2.CpuCredits.STANDARD,
        )

    def admit(self, cidr: str, ports: tuple[int, ...]) -> None:
        """Let callers in the VPC through on these TCP ports, once the VPC has made the machine."""
        group = self.provider.security_group
        for port in ports:
            group.add_ingress_rule(
                ec2.Peer.ipv4(cidr), ec2.Port.tcp(port), f"TCP {port} from the VPC to the world"
            )
        # Its own packages come by HTTPS.
        for port in sorted({HTTPS, *ports}):
            group.add_egress_rule(
                ec2.Peer.any_ipv4(), ec2.Port.tcp(port), f"TCP {port} to the world"
            )
        for instance in self.provider.gateway_instances:
            instance.instance.metadata_options = ec2.CfnInstance.MetadataOptionsProperty(
                http_tokens="required", http_put_response_hop_limit=1
            )
            instance.instance.block_device_mappings = [
                ec2.CfnInstance.BlockDeviceMappingProperty(
                    device_name="/dev/xvda",
                    ebs=ec2.CfnInstance.EbsProperty(encrypted=True, volume_type="gp3"),
                )
            ]
            Validations.of(instance).acknowledge(
                *(
                    Acknowledgment(id=f"AwsSolutions::AwsSolutions-{rule}", reason=reason)
                    for rule, reason in _ACKNOWLEDGED.items()
                )
            )
