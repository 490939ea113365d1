"""A drive that a command serves on loopback, and who calls it there."""

import contextlib
import json
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from drive_tools.client.crew import Crew
from drive_tools.client.drive_client import DriveClient
from drive_tools.client.http_client import SignedClient
from drive_tools.client.retries import Patience
from drive_tools.serving.forward import Forward
from drive_tools.serving.gate import Session
from drive_tools.serving.server import serving
from tests.patience import PATIENCE_SECONDS
from tests.service.served import Served
from tests.service.shell import Person, finish

# Runs `serve` or `ui` with options, and gives what it printed: its URL, without the last slash.
Signing = Callable[..., AbstractContextManager[str]]


@pytest.fixture
def signing(person: Person) -> Signing:
    @contextlib.contextmanager
    def signing(*words: str) -> Iterator[str]:
        process = person.process(*(words or ("serve",)), "--json")
        assert process.stdout
        try:
            line = process.stdout.readline()
            assert line, finish(process).err
            yield str(json.loads(line)["url"]).rstrip("/")
        finally:
            process.terminate()
            ended = finish(process)
        assert (ended.code, ended.out) == (0, "")
        assert "Traceback" not in ended.err

    return signing


@pytest.fixture
def notes() -> list[str]:
    """What the user of the server is told."""
    return []


@pytest.fixture
def served(drive_url: Served, notes: list[str]) -> Iterator[Session]:
    """The session of a server in this process, before a drive."""
    with serving_drive(drive_url, notes.append) as session:
        yield session


@pytest.fixture
def base(served: Session) -> str:
    """The URL below which the drive is, signed."""
    return served.base


@contextlib.contextmanager
def serving_drive(
    url: str, note: Callable[[str], None], seconds: float | None = None
) -> Iterator[Session]:
    """Serve the drive at a URL, as the commands do with a patience, until the block ends."""
    patience = Patience(seconds, note)
    drive = DriveClient(url, SignedClient(url), patience)
    with Crew(8) as crew, serving(Forward(drive, crew, note), note) as session:
        yield session
    patience.end()


def curl(*words: str | Path, sent: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    """Run curl, as a person has it; `sent` is its standard input."""
    command = ["curl", "--silent", "--show-error", "--disable", *map(str, words)]
    return subprocess.run(
        command, input=sent, capture_output=True, check=False, timeout=PATIENCE_SECONDS
    )


def curled(*words: str | Path, sent: bytes = b"") -> bytes:
    """Run curl, which must succeed, and return what it printed."""
    run = curl("--fail-with-body", *words, sent=sent)
    assert run.returncode == 0, (run.stdout, run.stderr)
    return run.stdout
