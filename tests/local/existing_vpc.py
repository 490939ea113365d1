"""An app for the local test: the data of Dev in a VPC that is there already, by its id.

The service has its network from there, and looks nothing up.
"""

import sys
from dataclasses import replace

from aws_cdk import App, Environment, Stage

from ops.local.cdk_cli import Target
from stacks.data_stack import DataStack
from tests.baseline import DEV

target = Target()
app = App()
settings = replace(DEV, account=target.account, region=target.region, vpc_id=sys.argv[1])
stage = Stage(app, DEV.name, env=Environment(account=target.account, region=target.region))
DataStack(stage, "Data", settings=settings)
app.synth()
