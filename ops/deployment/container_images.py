"""Say whether the container images of a stage can be built here.

python -m ops images Dev    fail if there is an image and no engine to build it with
"""

import os
import subprocess

from drive_tools.errors import ToolError
from ops.options import StageOptions

_ANSWER_SECONDS = 20


def run(options: StageOptions) -> int:
    """Fail if there is an image to build and no engine to build it with."""
    if options.find().image_platforms():
        _check_engine(options.stage)
    return 0


def _check_engine(stage: str) -> None:
    # The CDK CLI calls this program to build.
    engine = os.environ.get("CDK_DOCKER") or "docker"
    try:
        result = subprocess.run(
            [engine, "info"],
            check=False,
            stdin=subprocess.DEVNULL,
            capture_output=True,
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
