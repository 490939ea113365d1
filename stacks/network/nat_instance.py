"""A small machine that stands for a NAT gateway."""

import hashlib
from pathlib import Path

from aws_cdk import Aws, CfnCreationPolicy, CfnResourceSignal, Fn, Stack
from aws_cdk import aws_ec2 as ec2

HTTPS = 443

# How long CloudFormation waits for the machine to say that it translates.
SIGNAL_TIMEOUT = "PT10M"

_PROGRAM = Path(__file__).with_name("nat_translation.py")
_INSTALLED = "/usr/local/sbin/translate-addresses"
_SERVICE = "translate-addresses.service"
_UNIT = f"""\
[Unit]
Description=Address translation for the private subnets

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/usr/bin/python3 {_INSTALLED}
Restart=on-failure
RestartSec=5

[Install]
WantedBy=multi-user.target
"""


class NatInstance:
    """Translates addresses for a fifth of a gateway's price, and for as long as nothing breaks.

    `provider` is for the VPC that makes it. It runs the newest Amazon Linux of the day when it is
    deployed, with no key, no shell and no permission. It installs nothing, and its creation fails
    unless it said that it translates.
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
            # Without launch credits, which T4g never has, a boot takes minutes.
            # https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/burstable-performance-instances-standard-mode.html
            credit_specification=ec2.CpuCredits.UNLIMITED,
        )

    def admit(self, cidr: str, ports: tuple[int, ...]) -> None:
        """Let callers in the VPC through on these TCP ports, once the VPC has made the machine."""
        group = self.provider.security_group
        for port in ports:
            group.add_ingress_rule(
                ec2.Peer.ipv4(cidr), ec2.Port.tcp(port), f"TCP {port} from the VPC to the world"
            )
        # Its signal to CloudFormation goes by HTTPS.
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
            _translate(instance.instance)


def _translate(instance: ec2.CfnInstance) -> None:
    """Have the machine translate from each boot on, and say at the first one whether it does."""
    stack = Stack.of(instance)
    files = {_INSTALLED: _PROGRAM.read_text(), f"/etc/systemd/system/{_SERVICE}": _UNIT}
    # A machine runs this at its first boot only, so another program is another machine.
    version = hashlib.sha256("".join(files.values()).encode()).hexdigest()[:8]
    instance.override_logical_id(f"NatInstance{version}")
    # No permission is needed to signal for a resource that one is oneself.
    # https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/cfn-signal.html
    signal = (
        "/opt/aws/bin/cfn-signal --exit-code $failed"
        f" --stack {Aws.STACK_NAME} --resource {instance.logical_id} --region {Aws.REGION}"
    )
    start = (
        f"systemctl daemon-reload && systemctl enable --now {_SERVICE}; failed=$?;"
        f" for _ in $(seq 20); do {signal} && break; sleep 5; done"
    )
    # https://cloudinit.readthedocs.io/en/latest/reference/modules.html (JSON is YAML)
    config = {
        "write_files": [{"path": path, "content": text} for path, text in files.items()],
        "runcmd": [["sh", "-c", start]],
    }
    instance.user_data = Fn.base64(f"#cloud-config\n{stack.to_json_string(config)}")
    instance.cfn_options.creation_policy = CfnCreationPolicy(
        resource_signal=CfnResourceSignal(count=1, timeout=SIGNAL_TIMEOUT)
    )
