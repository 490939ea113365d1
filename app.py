"""Everything that exists in AWS, by environment. Settings are in `stacks/settings.py`."""

from aws_cdk import App

from stacks.assets import synth
from stacks.settings import DEV, PROD
from stacks.stage import Drive

app = App()
Drive(app, DEV)
Drive(app, PROD)
synth(app)
