"""The tus project's own client for browsers and Node, as it is, against a deployed drive."""

import hashlib
import json
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.local.conftest import PROJECT, LocalCloud
from tests.patience import PATIENCE_SECONDS

MIB = 1024 * 1024
_NODE = Path(sys.executable).with_name("node")


def assert_it_uploads_and_goes_on(
    up: LocalCloud, folder: Path, environment: dict[str, str]
) -> None:
    """Upload 9 MiB in two runs, and see that what is not offered is refused by its name."""
    file = folder / "9 MiB"
    file.write_bytes(random.Random(7).randbytes(9 * MIB))

    def run(name: str, **options: object) -> dict[str, Any]:
        script = PROJECT / "tests/local/tus_js.mjs"
        command = [str(_NODE), str(script), up.url, str(file), name, json.dumps(options)]
        printed = subprocess.check_output(
            command, cwd=PROJECT, env=environment, text=True, timeout=PATIENCE_SECONDS
        )
        told: dict[str, Any] = json.loads(printed)
        return told

    begun = run("tus-js/9 MiB", stopAfter=4 * MIB)
    assert begun["stoppedAt"] == 4 * MIB
    assert begun["url"].startswith(f"{up.url}/uploads/")
    assert begun["requests"] == [["POST", 201], ["PATCH", 204]]
    ended = run("tus-js/9 MiB", overridePatchMethod=True)
    assert (ended["done"], ended["url"]) == (True, begun["url"])
    assert ended["requests"] == [["HEAD", 200], ["POST", 204], ["POST", 204]]
    [stored] = up.folder.glob("efs/*/*/tus-js/9 MiB")
    assert _digest(stored) == _digest(file)
    refused = run("tus-js/parts", parallelUploads=2)
    assert "urn:lambda-drive:tus-extension" in refused["error"]
    assert "Upload-Concat" in refused["error"]
    assert list(up.folder.glob("efs/*/*/tus-js/*")) == [stored]


def _digest(path: Path) -> bytes:
    return hashlib.sha256(path.read_bytes()).digest()
