"""An app for the local test: the Dev stage in a VPC that is there already, by its id."""

import sys
from dataclasses import replace

from aws_cdk import App

from ops.local.cdk_cli import Target
from stacks.stage import DriveStage
from tests.baseline import DEV

target = Target()
app = App()
DriveStage(app, replace(DEV, account=target.account, region=target.region, vpc_id=sys.argv[1]))
app.synth()
