"""An app for the local test: the Dev stage with other throughput, and a copy elsewhere."""

from dataclasses import replace

from aws_cdk import App

from stacks.stage import DriveStage
from tests.baseline import DEV

app = App()
DriveStage(app, replace(DEV, throughput=64, replication_region="eu-west-3"))
app.synth()
