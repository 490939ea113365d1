"""What ships the stages of `app.py`. Settings are in `stacks/shipping.py`."""

import sys

from aws_cdk import App

from stacks.pipeline_stack import PipelineStack
from stacks.shipping import PIPELINE

if PIPELINE is None:
    sys.exit("no pipeline is set up: name its connection and its repository in stacks/shipping.py")
app = App()
PipelineStack(app, "LambdaDrivePipeline", settings=PIPELINE)
app.synth()
