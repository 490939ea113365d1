"""Print the runners of GitHub that build the container images of the stages, as JSON by stage.

python -m ops runners    {"Dev": "ubuntu-24.04-arm", "Prod": "ubuntu-24.04-arm"}
"""

import argparse
import json
from dataclasses import dataclass
from pathlib import Path

from drive_tools.cloud_assembly import StageAssembly, find_stage, stage_names
from drive_tools.command_line import typed
from ops.options import add_assembly

# https://docs.github.com/en/actions/reference/runners/github-hosted-runners
_RUNNER = "ubuntu-24.04"
_ARM_RUNNER = "ubuntu-24.04-arm"


@dataclass(frozen=True)
class RunnerOptions:
    """The cloud assembly that has the stages."""

    assembly: Path


def add_parser(tools: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `runners` to the tools."""
    parser = tools.add_parser(
        "runners",
        help="print the runners of GitHub that build the stages' container images",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.set_defaults(tool="runners", run=typed(run, RunnerOptions))
    add_assembly(parser)


def run(options: RunnerOptions) -> int:
    """Print the runner of each stage in the assembly."""
    names = stage_names(options.assembly)
    print(json.dumps({name: runner(find_stage(options.assembly, name)) for name in names}))
    return 0


def runner(stage: StageAssembly) -> str:
    """Return the runner on which the stage's images are built without emulation."""
    return _ARM_RUNNER if "linux/arm64" in stage.image_platforms().values() else _RUNNER
