"""An app for the local test: the Dev stage after somebody changed its level, and nothing else."""

from dataclasses import replace

from aws_cdk import App

from stacks.stage import DriveStage
from tests.baseline import DEV

app = App()
DriveStage(app, replace(DEV, log_level="WARNING"))
app.synth()
