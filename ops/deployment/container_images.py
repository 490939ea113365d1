"""The container images of a stage, and a machine that can build them.

python -m ops images Dev            exit code 0: nothing to build, or an engine to build it with
python -m ops images Dev --runner   print the label of the runner of GitHub that builds them
"""

import argparse
import os
import subprocess
from dataclasses import dataclass

from drive_tools.cloud_assembly import StageAssembly
from drive_tools.errors import ToolError
from ops.options import StageOptions, add_stage_tool

_ANSWER_SECONDS = 20

# https://docs.github.com/en/actions/reference/runners/github-hosted-runners
_RUNNER = "ubuntu-24.04"
_ARM_RUNNER = "ubuntu-24.04-arm"


@dataclass(frozen=True)
class ImageOptions(StageOptions):
    """The stage, and whether its runner is to be printed."""

    runner: bool


def add_parser(tools: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `images` to the tools."""
    parser = add_stage_tool(
        tools,
        "images",
        run,
        ImageOptions,
        summary="say whether a stage's container images can be built here",
        description=__doc__,
    )
    parser.add_argument(
        "--runner", action="store_true", help="print the runner of GitHub that builds them"
    )


def run(options: ImageOptions) -> int:
    """Fail if there is an image to build and no engine to build it with."""
    stage = options.find()
    if options.runner:
        print(runner(stage))
    elif stage.image_platforms():
        _check_engine(options.stage)
    return 0


def runner(stage: StageAssembly) -> str:
    """Return the runner on which the stage's images are built without emulation."""
    return _ARM_RUNNER if "linux/arm64" in stage.image_platforms().values() else _RUNNER


def _check_engine(stage: str) -> None:
    # The CDK CLI calls this program to build.
    engine = os.environ.get("CDK_DOCKER") or "docker"
    try:
        result = subprocess.run(
            [engine, "info"],
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=_ANSWER_SECONDS,
        )
    except FileNotFoundError:
        reason = f"there is no {engine}"
    except (OSError, subprocess.TimeoutExpired):
        reason = f"{engine} does not answer"
    else:
        if result.returncode == 0:
            return
        reason = f"{engine} has no engine running"
    raise ToolError(
        f'{stage} has packaging = "image", and {reason} to build it: start a container engine, name'
        ' another in CDK_DOCKER (finch, podman), or set packaging = "zip"'
    )
