"""An app for the local test: the guest book of examples/ in place of the file service."""

from dataclasses import replace

from aws_cdk import App

from stacks.settings import DEV
from stacks.stage import Drive

app = App()
Drive(app, replace(DEV, function_folder="examples/guest_book"))
app.synth()
