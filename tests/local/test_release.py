"""Releases under load: nobody who asks while a new one is deployed is answered with a failure."""

import json
import re
import subprocess
import sys
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from drive_tools.client.http_client import SignedClient
from tests.local.conftest import PROJECT, LocalCloud
from tests.local.copies import copy
from tests.patience import PATIENCE_SECONDS, moment

CALLERS = 3
PAUSE_SECONDS = 0.02
# Synthesises Dev whenever a line names a folder and a release, and answers with a line: to load the
# CDK anew takes longer. It would take the code of a folder that it has read for what is there.
SYNTHESIS = """
import sys
from dataclasses import replace
from pathlib import Path
from aws_cdk import AssetStaging
from tests.baseline import DEV
from tests.infra import synthesis

for line in sys.stdin:
    folder, release = line.split()
    AssetStaging.clear_asset_hash_cache()
    synthesis.assembly(Path(folder), replace(DEV, environment={"RELEASE": release}))
    print("made", flush=True)
"""


class Tree:
    """A copy of this checkout in which somebody makes releases."""

    def __init__(self, folder: Path) -> None:
        self.folder = copy(folder / "tree")
        # So that the layer, which is the same, is not built again.
        (PROJECT / ".local" / "layers").mkdir(parents=True, exist_ok=True)
        (self.folder / ".local").mkdir()
        (self.folder / ".local" / "layers").symlink_to(PROJECT / ".local" / "layers")

    def __enter__(self) -> "Tree":
        """Start what synthesises."""
        self._synthesis = subprocess.Popen(
            [sys.executable, "-c", SYNTHESIS],
            cwd=self.folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        return self

    def __exit__(self, *_: object) -> None:
        """End it."""
        self._synthesis.communicate(timeout=PATIENCE_SECONDS)

    def synthesise(self, number: int) -> Path:
        """Synthesise Dev as it is now, with a variable of this value, and return its assembly."""
        assembly = self.folder.with_name(f"release-{number}")
        assert self._synthesis.stdin
        assert self._synthesis.stdout
        self._synthesis.stdin.write(f"{assembly} {number}\n")
        self._synthesis.stdin.flush()
        assert self._synthesis.stdout.readline() == "made\n"
        return assembly

    def release(self, number: int) -> Path:
        """Rename a module of `drive` which `files` imports, and change a variable as well.

        Returns its assembly.
        """
        name, after = "lambda_src/files/handler.py", '"status": "pass"'
        original = (PROJECT / name).read_text()
        assert original.count(after) == 1
        (self.folder / name).write_text(original.replace(after, f'{after}, "release": {number}'))
        sources = self.folder / "lambda_src"
        [module] = sources.glob("drive/conditions*.py")
        renamed = module.rename(module.with_name(f"conditions_{number}.py"))
        for path in sources.rglob("*.py"):
            imported = re.sub(r"\bdrive\.conditions\w*", f"drive.{renamed.stem}", path.read_text())
            path.write_text(imported)
        return self.synthesise(number)


def call(drive: SignedClient, caller: int, stop: threading.Event) -> Counter[tuple[str, int]]:
    """Write, read and look until told to stop; count the answers by method, path and status."""
    answers: Counter[tuple[str, int]] = Counter()
    while not stop.is_set():
        for method, path in (
            ("PUT", f"/files/{caller}"),
            ("GET", f"/files/{caller}"),
            ("GET", "/health"),
        ):
            answer = drive(method, path, b"load" if method == "PUT" else b"")
            answers[f"{method} {path}", answer.status_code] += 1
        moment(PAUSE_SECONDS)
    return answers


def test_two_releases_under_load_fail_no_request(ready: LocalCloud, tmp_path: Path) -> None:
    cloud = ready
    with Tree(tmp_path) as tree:
        cloud.deploy(tree.synthesise(0))
        releases = {number: tree.release(number) for number in (1, 2)}
    layers = cloud.client("lambda").list_layers()["Layers"]
    stop = threading.Event()
    with ThreadPoolExecutor(CALLERS) as pool:
        calls = [pool.submit(call, cloud.drive, caller, stop) for caller in range(CALLERS)]
        try:
            for number, assembly in releases.items():
                cloud.deploy(assembly)
                health = json.loads(cloud.drive("GET", "/health").text)
                assert health["release"] == number
        finally:
            stop.set()
        answers = sum((each.result() for each in calls), Counter())
    assert {status for _, status in answers} == {200, 201, 204}, answers
    assert cloud.client("lambda").list_layers()["Layers"] == layers
