"""Every stage of `environments.py`, as it is in AWS."""

import gc

# A synth ends within seconds: to look again and again through all that the CDK has imported costs
# more than it frees.
gc.disable()

from aws_cdk import App

from environments import STAGES
from stacks.costs.ceiling import check_ceilings
from stacks.invariants.check import check_invariants
from stacks.shared.assets import synth
from stacks.stage import DriveStage

app = App()
for settings in STAGES:
    DriveStage(app, settings)
assembly = synth(app)
check_invariants(assembly)
check_ceilings(assembly)
