"""`ops env set` against the usual recipe of two AWS CLI calls and jq, on the local cloud.

`python -m tests.bench.env FOLDER` measures whole processes in turn, neither side waiting for the
update to be in force.
"""

import io
import os
import statistics
import subprocess
import sys
import time
import zipfile
from pathlib import Path
from typing import Any

from botocore.session import Session

from ops.isolation import without_aws
from ops.local.cdk_cli import Target, credentials
from ops.local.cloud import Cloud
from tests.recipe import AWS, JQ

PROJECT = Path(__file__).resolve().parents[2]
ROUNDS = 15
NAME = "bench"
TARGET = Target()

RECIPE = f"""
set -e
changed=$({AWS} lambda get-function-configuration --function-name bench --output json |
  {JQ} -c '{{Variables: (.Environment.Variables + {{KEY: env.VALUE}})}}')
{AWS} lambda update-function-configuration --function-name bench --environment "$changed"
"""


def create(environment: dict[str, str]) -> None:
    """Create the function that both sides change."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as zip_:
        zip_.writestr("handler.py", "def handler(event, context): pass\n")
    client: Any = Session().create_client(
        "lambda",
        endpoint_url=environment["AWS_ENDPOINT_URL"],
        region_name=TARGET.region,
        aws_access_key_id=environment["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=environment["AWS_SECRET_ACCESS_KEY"],
    )
    client.create_function(
        FunctionName=NAME,
        Runtime="python3.13",
        Handler="handler.handler",
        Role=f"arn:aws:iam::{TARGET.account}:role/bench",
        Code={"ZipFile": archive.getvalue()},
        Environment={"Variables": {f"VARIABLE_{number}": "value" for number in range(10)}},
    )


def seconds(command: list[str], environment: dict[str, str]) -> float:
    """Run the command and return its wall time in seconds."""
    begun = time.perf_counter()
    subprocess.run(
        command,
        check=True,
        cwd=PROJECT,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
    )
    return time.perf_counter() - begun


def measure(folder: Path) -> None:
    """Run both sides in turn, and print the medians and their ratio."""
    cloud = Cloud(folder / "cloud")
    try:
        running = cloud.start(port=0, account=TARGET.account)
        environment = {
            **without_aws(os.environ),
            **credentials(running, TARGET),
            "XDG_STATE_HOME": str(folder / "state"),
            "PYTHONPATH": str(PROJECT),
        }
        create(environment)
        ours = [sys.executable, "-m", "ops", "env", "set", NAME, "--no-wait"]
        times: tuple[list[float], list[float]] = ([], [])
        for turn in range(ROUNDS + 1):  # the first is for warmth
            sides = [*ours, f"KEY={turn}"], ["sh", "-c", RECIPE]
            for side, measured in zip(sides, times, strict=True):
                taken = seconds(side, environment | {"VALUE": f"theirs {turn}"})
                if turn:
                    measured.append(taken)
    finally:
        cloud.stop()
    for name, measured in zip(("ops env set", "aws, jq, aws"), times, strict=True):
        spread = f"{min(measured):.2f} to {max(measured):.2f}"
        print(f"env, {name:18} {statistics.median(measured):5.2f} s  ({spread})")
    ratios = [mine / theirs for mine, theirs in zip(*times, strict=True)]
    spread = f"{min(ratios):.2f} to {max(ratios):.2f}"
    print(f"env, ratio              {statistics.median(ratios):5.2f}    ({spread})")


if __name__ == "__main__":
    measure(Path(sys.argv[1]))
