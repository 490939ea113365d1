"""What the rules are asked about is what is deployed, and decides what is answered."""

import subprocess

import pytest

from tests.local.conftest import PROJECT
from tests.patience import PATIENCE_SECONDS


@pytest.mark.parametrize(
    ("module", "printed"),
    [("network_in_process", "33 changes\n"), ("ways_out_in_process", "12 calls\n")],
)
def test_on_the_interpreter_of_the_local_cloud(module: str, printed: str) -> None:
    """Each module says what it holds."""
    ran = subprocess.run(
        [PROJECT / ".venv/local-cloud/bin/python", "-m", f"tests.local.{module}"],
        check=False,
        cwd=PROJECT,
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
    )
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout == printed
