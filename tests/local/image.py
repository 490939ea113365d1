"""An app for the local test: Dev as a container image."""

from dataclasses import replace

from aws_cdk import App

from stacks.stage import DriveStage
from tests.baseline import DEV

app = App()
DriveStage(app, replace(DEV, packaging="image"))
app.synth()
