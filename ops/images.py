"""Container images: whether a stage has any, and whether this machine can build them.

python -m ops images Dev     exit code 0: nothing to build, or an engine to build it with
"""

import argparse
import json
import os
import subprocess
from pathlib import Path

from ops import assembly
from ops.errors import OpsError

_ANSWER_SECONDS = 20


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


def run(options: argparse.Namespace) -> int:
    """Fail if there is something to build and no engine to build it with."""
    if found(options.assembly, options.stage):
        _check_engine(options.stage)
    return 0


def found(folder: Path, stage: str) -> list[str]:
    """Return the hashes of the images that the stage's stacks have in a cloud assembly."""
    return sorted(
        {
            image
            for file in assembly.find(folder, stage).folder.glob("*.assets.json")
            for image in json.loads(file.read_text()).get("dockerImages", {})
        }
    )


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
    raise OpsError(
        f'{stage} has packaging = "image", and {reason} to build it: start a container engine, name'
        ' another in CDK_DOCKER (finch, podman), or set packaging = "zip"'
    )
