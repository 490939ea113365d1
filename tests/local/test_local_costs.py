"""What the local cloud does at less cost than MiniStack comes to the same."""

import subprocess

from tests.local.conftest import PROJECT
from tests.patience import PATIENCE_SECONDS


def test_protocols_counts_of_calls_code_and_metrics_are_as_before() -> None:
    ran = subprocess.run(
        [
            PROJECT / ".venv/local-cloud/bin/python",
            *("-m", "tests.local.stand_ins_in_process"),
        ],
        check=False,
        cwd=PROJECT,
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
    )
    assert ran.returncode == 0, ran.stderr
