"""Container images: whether a stage has any, and which machine can build them.

python -m ops images Dev            exit code 0: nothing to build, or an engine to build it with
python -m ops images Dev --runner   print the label of the runner of GitHub that builds them
"""

import argparse
import json
import os
import subprocess
from pathlib import Path

from drive_tools.errors import ToolError
from ops.deployment import assembly

_ANSWER_SECONDS = 20

# https://docs.github.com/en/actions/reference/runners/github-hosted-runners
_RUNNER = "ubuntu-24.04"
_ARM_RUNNER = "ubuntu-24.04-arm"


def add_parser(tools: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `images` to the tools."""
    parser = tools.add_parser(
        "images",
        help="say whether a stage's container images can be built here",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.set_defaults(tool="images", run=run)
    parser.add_argument("stage", help="the stage, as synthesised")
    parser.add_argument(
        "--assembly", type=Path, default=assembly.DEFAULT, help="where it is (cdk.out)"
    )
    parser.add_argument(
        "--runner", action="store_true", help="print the runner of GitHub that builds them"
    )


def run(options: argparse.Namespace) -> int:
    """Fail if there is something to build and no engine to build it with."""
    if options.runner:
        print(runner(options.assembly, options.stage))
    elif found(options.assembly, options.stage):
        _check_engine(options.stage)
    return 0


def found(folder: Path, stage: str) -> list[str]:
    """Return the hashes of the images that the stage's stacks have in a cloud assembly."""
    return sorted(_platforms(folder, stage))


def runner(folder: Path, stage: str) -> str:
    """Return the runner on which the stage's images are built without emulation."""
    return _ARM_RUNNER if "linux/arm64" in _platforms(folder, stage).values() else _RUNNER


def _platforms(folder: Path, stage: str) -> dict[str, str]:
    """Return the platform of each image of the stage, by the hash of the image."""
    return {
        image: asset["source"]["platform"]
        for file in assembly.find(folder, stage).folder.glob("*.assets.json")
        for image, asset in json.loads(file.read_text()).get("dockerImages", {}).items()
    }


def _check_engine(stage: str) -> None:
    # What the CDK CLI itself calls to build.
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
