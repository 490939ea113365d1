"""An app for the local test: the Dev stage after somebody changed its settings."""

from dataclasses import replace

from aws_cdk import App

from stacks.stage import DriveStage
from tests.baseline import DEV

app = App()
changed = replace(
    DEV,
    environment={"COLOUR": "blue"},
    cors_origins=("https://app.example",),
    log_level="ERROR",
    egress_ports=(443, 8443),
    egress="nat-per-zone",
)
DriveStage(app, changed)
app.synth()
