"""An app for the packaging test: Dev as images, written into the folder that is its argument."""

import sys
from dataclasses import replace

from aws_cdk import App

from stacks.stage import DriveStage
from tests.baseline import DEV

app = App(outdir=sys.argv[1])
DriveStage(app, replace(DEV, packaging="image"))
app.synth()
