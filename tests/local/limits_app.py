"""An app for the local test: the Dev stage whose limits are read every second."""

from dataclasses import replace

from aws_cdk import App

from stacks.stage import DriveStage
from tests.baseline import DEV

app = App()
eager = {"POWERTOOLS_PARAMETERS_MAX_AGE": "1"}
DriveStage(app, replace(DEV, max_file_bytes=10, environment=eager))
app.synth()
