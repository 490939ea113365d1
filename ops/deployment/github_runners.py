"""Print the runners of GitHub that build the container images of the stages, as JSON by stage.

python -m ops runners    {"Dev": "ubuntu-24.04-arm", "Prod": "ubuntu-24.04-arm"}
"""

import json

from drive_tools.cloud_assembly import StageAssembly, find_stage, stage_names
from ops.options import AssemblyOptions

# https://docs.github.com/en/actions/reference/runners/github-hosted-runners
_RUNNER = "ubuntu-24.04"
_ARM_RUNNER = "ubuntu-24.04-arm"


def run(options: AssemblyOptions) -> int:
    """Print the runner of each stage in the assembly."""
    names = stage_names(options.assembly)
    print(json.dumps({name: runner(find_stage(options.assembly, name)) for name in names}))
    return 0


def runner(stage: StageAssembly) -> str:
    """Return the runner on which the stage's images are built without emulation."""
    return _ARM_RUNNER if "linux/arm64" in stage.image_platforms().values() else _RUNNER
