"""The command `drive ui`, as a person runs it beside a browser."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from tests.local.conftest import PROJECT, LocalCloud
from tests.patience import PATIENCE_SECONDS


@contextmanager
def drive_ui(cloud: LocalCloud, url: str) -> Iterator[str]:
    """Run it for the drive at a URL, yield the link that it opens, and end it as Ctrl+C does."""
    command = [sys.executable, "-m", "ops", "drive", "ui", "--no-browser", "--json"]
    environment = cloud.environment | {"DRIVE_URL": url}
    with subprocess.Popen(
        command, cwd=PROJECT, env=environment, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout
            yield json.loads(process.stdout.readline())["url"]
        finally:
            process.send_signal(signal.SIGINT)
            assert process.wait(PATIENCE_SECONDS) == 0
