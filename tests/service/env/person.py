"""Somebody who runs `python -m ops env`, as a person does, and the variables of their function."""

import functools
import io
import json
import os
import re
import stat
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from botocore.loaders import create_loader

from ops.__main__ import main
from tests.fake_lambda import NAME, FakeLambda

PROJECT = Path(__file__).resolve().parents[3]
CANARY = "canary xyzzy 'quoted\" ü"
OLD = {"LOG_LEVEL": "INFO", "MAINTENANCE_MODE": "0", "SECRET": CANARY, "URL": "https://x.example"}
TAGGED = {
    "lambda-drive:operator-keys": "LOG_LEVEL MAINTENANCE_MODE",
    "lambda-drive:operator-parameters": "/Dev/operator",
}
KEPT = {"/Dev/operator/LOG_LEVEL": "INFO", "/Dev/operator/MAINTENANCE_MODE": "0"}
LOADER = functools.cache(create_loader)


@dataclass(frozen=True)
class Run:
    """What one command came to."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        [line] = self.out.splitlines()
        found: dict[str, Any] = json.loads(line)
        return found


class Person:
    """Somebody at a shell, with credentials; whom no command ever shows a secret unasked."""

    def __init__(
        self, folder: Path, capfd: pytest.CaptureFixture[str], patch: pytest.MonkeyPatch
    ) -> None:
        self.folder, self.state = folder, folder / "state" / "lambda-drive" / "env"
        self._capfd, self._patch = capfd, patch

    def __call__(self, verb: str, *words: str, stdin: str | bytes = "") -> Run:
        content = stdin.encode() if isinstance(stdin, str) else stdin
        self._patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))
        self._capfd.readouterr()
        try:
            code = main(["env", verb, NAME, *words])
        except SystemExit as end:
            code = int(end.code or 0)
        out, err = self._capfd.readouterr()
        assert "Traceback" not in err
        assert "defect" not in err
        if "--show" not in words:
            self.sees_no_secret(out + err)
        return Run(code, out, err)

    def sees_no_secret(self, text: str) -> None:
        listing = "".join(str(path) for path in self.folder.rglob("*"))
        assert not re.search("canary|xyzzy", text + listing)
        for file in self.state.rglob("*"):
            assert stat.S_IMODE(file.stat().st_mode) == (0o700 if file.is_dir() else 0o600)

    @property
    def entries(self) -> list[Path]:
        return sorted(self.state.glob("*/*.json"))

    def process(self, *words: str, **options: Any) -> "subprocess.Popen[str]":  # noqa: ANN401
        environment = {**os.environ, "PYTHONPATH": str(PROJECT)}
        pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        command = [sys.executable, "-m", "ops", "env", *words]
        return subprocess.Popen(command, env=environment, text=True, **{**pipes, **options})


def room_left(cloud: FakeLambda) -> int:
    return 4096 - len("".join([*cloud.variables, *cloud.variables.values()]).encode())


VERBS: dict[str, list[str]] = {
    "get": [],
    "export": ["x.env"],
    "diff": ["--template", "cdk.out"],
    "set": ["MAINTENANCE_MODE=1"],
    "unset": ["SECRET", "--force", "--yes"],
    "import": ["a.env"],
    "undo": [],
}
