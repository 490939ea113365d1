"""An app for the local test: the Dev stage after somebody changed its level, and nothing else."""

from dataclasses import replace

from aws_cdk import App

from stacks.stage import Drive
from tests.baseline import DEV

app = App()
Drive(app, replace(DEV, log_level="WARNING"))
app.synth()
