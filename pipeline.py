"""The pipeline, and the roles of GitHub's workflows, that ship the stages of `environments.py`."""

import gc
import sys

# A synth ends within seconds: to look again and again through all that the CDK has imported costs
# more than it frees.
gc.disable()

from aws_cdk import App

from environments import GITHUB, PIPELINE
from stacks.costs.ceiling import check_ceilings
from stacks.invariants.check import check_invariants
from stacks.shared.assets import synth
from stacks.shipping.github_stack import GitHubStack
from stacks.shipping.pipeline_stack import PipelineStack

if PIPELINE is None and GITHUB is None:
    sys.exit("nothing is set up to ship from: name a connection or a repository in environments.py")
app = App()
if PIPELINE:
    PipelineStack(app, "LambdaDrivePipeline", settings=PIPELINE)
if GITHUB:
    for stage in GITHUB.stages:
        GitHubStack(app, f"{stage.name}-GitHub", settings=GITHUB, stage=stage)
assembly = synth(app)
check_invariants(assembly)
check_ceilings(assembly)
