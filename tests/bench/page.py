"""Uploads of 500 small files from the page (`drive ui`, a browser) against `drive put -r`.

`python -m tests.bench.page FOLDER` runs both in turn; the drive is the files function behind a
port, in four processes. The page's time is from the choice of the folder to the sentence that all
is done; the command's is that of the whole process, without its start: that of a `put` of one file
is taken away.
"""

import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

from playwright.sync_api import Page

from tests.bench.client_environment import client_environment
from tests.browser.chromium import started
from tests.page.visit import choose_folder, shown, uploaded
from tests.service.served import serve

FILES, FILE_BYTES = 500, 4096
TURNS = 5
MOST = 1.3


def measure(folder: Path) -> None:
    """Upload the files both ways in turn, and print medians and their ratio."""
    drive = folder / "drive"
    drive.mkdir()
    one = folder / "one"
    one.write_bytes(b"x")
    trees = [_tree(folder / f"tree-{turn}") for turn in range(2 * TURNS + 2)]
    client = [sys.executable, "-m", "ops", "drive"]
    with serve(drive, workers=4) as url, started() as browser:
        environment = client_environment(url)

        def put(*words: str) -> float:
            begun = time.perf_counter()
            command = [*client, "put", *words, "--quiet"]
            subprocess.run(command, check=True, cwd=folder, env=environment, capture_output=True)
            return time.perf_counter() - begun

        command = [*client, "ui", "--no-browser", "--json"]
        with subprocess.Popen(
            command, cwd=folder, env=environment, stdout=subprocess.PIPE, text=True
        ) as signer:
            try:
                assert signer.stdout is not None
                page = browser.new_page(locale="en-US")
                page.goto(json.loads(signer.stdout.readline())["url"])
                shown(page)
                by_client, by_page = [], []
                for turn in range(TURNS + 1):  # the first is for warmth
                    start = put(str(one), f"one-{turn}")
                    own = put("-r", str(trees[2 * turn]), f"by-client-{turn}") - start
                    other = _upload(page, trees[2 * turn + 1])
                    if turn:
                        by_client.append(own)
                        by_page.append(other)
            finally:
                signer.terminate()
    ratio = statistics.median(a / b for a, b in zip(by_page, by_client, strict=True))
    for name, times in (("client", by_client), ("page", by_page)):
        print(f"page, {FILES} files by {name:6} {statistics.median(times):6.2f} s")
    print(f"page, time ratio           {ratio:6.2f}  (at most {MOST})")


def _tree(folder: Path) -> Path:
    folder.mkdir()
    for number in range(FILES):
        (folder / f"{number:03}.bin").write_bytes(os.urandom(FILE_BYTES))
    return folder


def _upload(page: Page, folder: Path) -> float:
    """Choose a folder in the page, and return how long its upload took."""
    page.reload()
    shown(page)
    begun = time.perf_counter()
    choose_folder(page, folder)
    uploaded(page, FILES)
    return time.perf_counter() - begun


if __name__ == "__main__":
    measure(Path(sys.argv[1]))
