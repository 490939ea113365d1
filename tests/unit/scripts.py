"""Python of its own for a test: a process in the folder of the functions."""

import subprocess
import sys
import textwrap
from pathlib import Path

from tests.patience import PATIENCE_SECONDS

LAMBDA_SRC = Path(__file__).resolve().parents[2] / "lambda_src"


def command(script: str) -> list[str]:
    """The command that runs a script."""
    return [sys.executable, "-c", textwrap.dedent(script)]


def python(script: str) -> subprocess.CompletedProcess[str]:
    """Run a script to its end."""
    return subprocess.run(
        command(script),
        check=False,
        cwd=LAMBDA_SRC,
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
    )
