"""What the rules are asked about is what is deployed: the stores, and what the APIs describe."""

import subprocess

from tests.local.conftest import PROJECT
from tests.patience import PATIENCE_SECONDS


def test_the_rules_and_the_apis_see_each_change_of_a_network() -> None:
    ran = subprocess.run(
        [PROJECT / ".venv/local-cloud/bin/python", "-m", "tests.local.network_in_process"],
        check=False,
        cwd=PROJECT,
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
    )
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout == "31 changes\n"
