"""An app for the local test: the Dev stage after somebody changed its settings."""

from dataclasses import replace

from aws_cdk import App

from stacks.settings import DEV
from stacks.stage import Drive

app = App()
changed = replace(
    DEV,
    environment={"COLOUR": "blue"},
    cors_origins=("https://app.example",),
    log_level="ERROR",
    egress_ports=(443, 8443),
    egress="nat-per-zone",
)
Drive(app, changed)
app.synth()
