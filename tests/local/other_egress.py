"""An app for the local test: the Dev stage with the way to the world that is named."""

import sys
from dataclasses import replace

from aws_cdk import App

from stacks.stage import DriveStage
from tests.baseline import DEV

app = App()
DriveStage(app, replace(DEV, egress=sys.argv[1]))
app.synth()
