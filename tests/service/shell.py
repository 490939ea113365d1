"""Somebody at a shell with a folder and a drive, and what stands between the two."""

import hashlib
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from ops.__main__ import main
from tests.patience import PATIENCE_SECONDS
from tests.service.served import PROJECT, Answer, Event, Served

MIB = 1024 * 1024
LARGE = os.urandom(9 * MIB + 1)
MANY_PARTS = os.urandom(16 * MIB - 1)  # four, of which the last is shorter
LARGE_SHA256 = hashlib.sha256(LARGE).hexdigest()
Invoke = Callable[[Event], Answer]
Serving = Callable[..., AbstractContextManager[Served]]  # serve, of the drive of a person


@dataclass(frozen=True)
class Run:
    """What one command came to."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.splitlines()]


class Person:
    """Somebody with a folder and a drive, at a shell."""

    def __init__(self, folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
        self.folder, self.drive = folder / "here", folder / "drive"
        self.folder.mkdir()
        self.drive.mkdir()
        self._capfd = capfd

    def __call__(self, *words: str) -> Run:
        """Run a command of the client in this process, which is quick."""
        return self.run("drive", *words)

    def run(self, *words: str) -> Run:
        """Run a tool in this process."""
        self._capfd.readouterr()
        try:
            code = main(list(words))
        except SystemExit as end:
            code = int(end.code or 0)
        out, err = self._capfd.readouterr()
        assert "Traceback" not in err
        return Run(code, out, err)

    def process(self, *words: str, **options: Any) -> "subprocess.Popen[str]":  # noqa: ANN401
        """Run a command in a process of its own, which can be killed."""
        command = [sys.executable, "-m", "ops", "drive", *words]
        environment = {**os.environ, "PYTHONPATH": str(PROJECT)}
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        return subprocess.Popen(
            command, env=environment, text=True, start_new_session=True, **{**pipes, **options}
        )

    def write(self, name: str, content: bytes) -> str:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return str(path)

    @property
    def uploads(self) -> list[str]:
        folder = self.drive / ".drive-uploads"
        return [path.name for path in folder.glob("*.part")] if folder.exists() else []


def finish(process: "subprocess.Popen[str]") -> Run:
    out, err = process.communicate(timeout=PATIENCE_SECONDS)
    return Run(process.returncode, out or "", err or "")


def refusing(status: int, document: object = None, **headers: str) -> Callable[..., Answer]:
    """Something before the drive that answers for it."""
    body = json.dumps({"Message": "no"} if document is None else document)
    return lambda *_: {"statusCode": status, "headers": headers, "body": body}


def method(event: Event) -> str:
    return str(event["requestContext"]["http"]["method"])


def ranged(event: Event) -> tuple[int, int]:
    """The first and the last byte that are asked for."""
    first, last = event["headers"]["range"].removeprefix("bytes=").split("-")
    return int(first), int(last)


class Gate:
    """Lets so many requests of a method pass, and holds the next one until it is opened."""

    def __init__(self, held: str, passing: int) -> None:
        self._held, self._left = held, passing
        self.reached, self._opened = threading.Event(), threading.Event()
        self.seen: list[Event] = []

    def __call__(self, event: Event, invoke: Invoke) -> Answer | None:
        self.seen.append(event)
        if method(event) == self._held and not self._opened.is_set():
            self._left -= 1
            if self._left < 0:
                self.reached.set()
                self._opened.wait(PATIENCE_SECONDS)
                return None
        return invoke(event)

    def wait(self) -> None:
        assert self.reached.wait(PATIENCE_SECONDS)

    def open(self) -> None:
        self._opened.set()

    @property
    def gets(self) -> list[Event]:
        return [event for event in self.seen if method(event) == "GET"]

    def count(self, wanted: str) -> int:
        return sum(method(event) == wanted for event in self.seen)


class Together:
    """Holds requests of a method until so many of them are here at once, each time."""

    def __init__(self, method: str, parties: int, *, after: int = 0) -> None:
        self._method, self._left = method, after
        self._barrier = threading.Barrier(parties, timeout=PATIENCE_SECONDS)

    def __call__(self, event: Event, invoke: Invoke) -> Answer:
        if method(event) == self._method:
            self._left -= 1
            if self._left < 0:
                self._barrier.wait()
        return invoke(event)


def killed(person: Person, gate: Gate, sent: signal.Signals, *words: str) -> Run:
    """Run a command until the gate holds it, and end it there."""
    process = person.process(*words)
    gate.wait()
    os.kill(process.pid, sent)
    run = finish(process)
    gate.open()
    return run
