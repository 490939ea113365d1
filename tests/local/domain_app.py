"""An app for the local test: the Dev stage behind a domain, in the zone that the test made."""

import os
from dataclasses import replace

from aws_cdk import App

from stacks.settings import Domain
from stacks.stage import DriveStage
from tests.baseline import DEV

app = App()
domain = Domain(
    "drive.example.com",
    "arn:aws:acm:us-east-1:000000000000:certificate/0a1b2c3d",
    os.environ["ZONE"],
)
DriveStage(
    app, replace(DEV, domain=domain, timeout_seconds=30, cors_origins=("https://app.example",))
)
app.synth()
