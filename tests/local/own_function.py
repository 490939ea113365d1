"""An app for the local test: the guest book of examples/ in place of the file service."""

from dataclasses import replace

from aws_cdk import App

from stacks.stage import DriveStage
from tests.baseline import DEV

app = App()
DriveStage(app, replace(DEV, function_folder="examples/guest_book"))
app.synth()
