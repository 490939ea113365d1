"""The source of a dry run: what the settings of its pipeline are."""

import json
import subprocess
from pathlib import Path

from drive_tools.errors import ToolError
from ops.local.cdk_cli import Target
from ops.project import PROJECT

# The walk takes its code from this repository; the connection is never used, and nobody is written
# to.
_PLACEHOLDER = """
PIPELINE = Pipeline(
    connection_arn="arn:aws:codeconnections:us-east-1:000000000000:connection/"
    "00000000-0000-0000-0000-000000000000",
    repository="local/walk",
    stages=tuple(
        Settings(**vars(stage) | {"subscribers": stage.subscribers or ("walk@example.com",)})
        for stage in STAGES
    ),
    subscribers=("walk@example.com",),
)
"""
_SETTINGS = Path("environments.py")


def pipeline_target(source: Path) -> Target:
    """Give the source a connection if it has none, and return the target of its pipeline."""
    said = _ask_settings(source)
    if said is None:
        with (source / _SETTINGS).open("a") as settings:
            settings.write(_PLACEHOLDER)
        print(f" ({_SETTINGS} names no connection: the walk uses one of its own)", end="")
        said = _ask_settings(source)
    assert said is not None
    return Target(*said) if said[0] else Target()


def _ask_settings(source: Path) -> list[str] | None:
    asked = (
        "import json; from environments import PIPELINE as p;"
        " print(json.dumps(p and [p.stages[0].account, p.stages[0].region]))"
    )
    result = subprocess.run(
        [str(PROJECT / ".venv/bin/python"), "-c", asked],
        check=False,
        cwd=source,
        env={"PYTHONPATH": str(source), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
    )
    if result.returncode:
        raise ToolError(f"{_SETTINGS}: {result.stderr.strip().splitlines()[-1]}")
    found: list[str] | None = json.loads(result.stdout)
    return found
