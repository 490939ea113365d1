"""Both stages by the settings that tests vary, for the real CLI."""

from aws_cdk import App

from stacks.stage import Drive
from tests.baseline import DEV, PROD

app = App()
Drive(app, DEV)
Drive(app, PROD)
app.synth()
