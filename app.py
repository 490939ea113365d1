"""Everything that exists in AWS, by environment. Settings are in `stacks/settings.py`."""

from aws_cdk import App

from stacks.settings import DEV, PROD
from stacks.shared.assets import synth
from stacks.stage import DriveStage

app = App()
DriveStage(app, DEV)
DriveStage(app, PROD)
synth(app)
