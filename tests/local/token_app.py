"""An app for the local test: the Dev stage with a public URL that takes a token."""

from dataclasses import replace

from aws_cdk import App

from stacks.stage import DriveStage
from tests.baseline import DEV

app = App()
DriveStage(app, replace(DEV, url_auth="token", cors_origins=("https://app.example",)))
app.synth()
