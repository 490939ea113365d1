"""An app for the local test: synthesises, and fails half-way through its deployment."""

from aws_cdk import App
from aws_cdk import aws_ec2 as ec2

from stacks.stage import DriveStage
from tests.baseline import DEV

app = App()
drive = DriveStage(app, DEV)
ec2.CfnSecurityGroupIngress(
    drive.service,
    "Impossible",
    group_id="sg-0123456789abcdef0",
    ip_protocol="tcp",
    from_port=443,
    to_port=443,
    cidr_ip="10.0.0.0/8",
)
app.synth()
