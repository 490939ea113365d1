"""A read of 64 MiB by WebDAV (`serve --webdav` and curl) against the client's own `get`.

`python -m tests.bench.webdav FOLDER` measures whole processes, in turn; the drive is the files
function behind a port, in four processes. From the client's time that of a file of one byte is
taken away: so long it takes to start, and the server of the mount has started before.
"""

import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

from tests.bench.client_environment import client_environment
from tests.service.served import serve

MIB = 1024 * 1024
SIZE = 64 * MIB
TURNS = 7
LEAST = 0.7


def measure(folder: Path) -> None:
    """Read the file both ways in turn, and print medians and their ratio."""
    drive = folder / "drive"
    drive.mkdir()
    (drive / "large").write_bytes(os.urandom(SIZE))
    (drive / "small").write_bytes(b"x")
    client = [sys.executable, "-m", "ops", "drive"]
    with serve(drive, workers=4) as url:
        environment = client_environment(url)

        def seconds(*command: str) -> float:
            begun = time.perf_counter()
            subprocess.run(command, check=True, cwd=folder, env=environment, capture_output=True)
            return time.perf_counter() - begun

        command = [*client, "serve", "--webdav", "--json"]
        with subprocess.Popen(
            command, cwd=folder, env=environment, stdout=subprocess.PIPE, text=True
        ) as mount:
            try:
                assert mount.stdout is not None
                base = json.loads(mount.stdout.readline())["url"]
                by_client, by_webdav = [], []
                for turn in range(TURNS + 1):  # the first is for warmth
                    started = seconds(*client, "get", "small", "--quiet")
                    own = seconds(*client, "get", "large", "--quiet") - started
                    other = seconds("curl", "--disable", "--fail", "-o", "copy", f"{base}large")
                    assert (folder / "copy").stat().st_size == SIZE
                    if turn:
                        by_client.append(own)
                        by_webdav.append(other)
            finally:
                mount.terminate()
    ratio = statistics.median(own / other for own, other in zip(by_client, by_webdav, strict=True))
    for name, times in (("client", by_client), ("WebDAV", by_webdav)):
        median = statistics.median(times)
        print(f"webdav, 64 MiB by {name} {median:6.2f} s  {64 / median:6.0f} MiB/s")
    print(f"webdav, speed ratio      {ratio:6.2f}  ({LEAST} or more)")


if __name__ == "__main__":
    measure(Path(sys.argv[1]))
