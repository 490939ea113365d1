"""What ships the stages of `app.py`. Settings are in `stacks/shipping/settings.py`."""

import sys

from aws_cdk import App

from stacks.shared.assets import synth
from stacks.shipping.github_stack import GitHubStack
from stacks.shipping.pipeline_stack import PipelineStack
from stacks.shipping.settings import GITHUB, PIPELINE

if PIPELINE is None and GITHUB is None:
    sys.exit(
        "nothing is set up to ship from: name a connection or a repository in"
        " stacks/shipping/settings.py"
    )
app = App()
if PIPELINE:
    PipelineStack(app, "LambdaDrivePipeline", settings=PIPELINE)
if GITHUB:
    for stage in GITHUB.stages:
        GitHubStack(app, f"{stage.name}-GitHub", settings=GITHUB, stage=stage)
synth(app)
