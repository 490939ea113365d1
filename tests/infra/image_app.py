"""An app for the packaging test: Dev as images, written into the folder that is its argument."""

import sys
from dataclasses import replace

from aws_cdk import App

from stacks.settings import DEV
from stacks.stage import Drive

app = App(outdir=sys.argv[1])
Drive(app, replace(DEV, packaging="image"))
app.synth()
