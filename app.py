"""Every stage of `environments.py`, as it is in AWS."""

from aws_cdk import App

from environments import STAGES
from stacks.shared.assets import synth
from stacks.stage import DriveStage

app = App()
for settings in STAGES:
    DriveStage(app, settings)
synth(app)
