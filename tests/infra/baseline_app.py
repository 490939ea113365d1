"""Both stages by the settings that tests vary, for the real CLI."""

from aws_cdk import App

from stacks.stage import DriveStage
from tests.baseline import DEV, PROD

app = App()
DriveStage(app, DEV)
DriveStage(app, PROD)
app.synth()
