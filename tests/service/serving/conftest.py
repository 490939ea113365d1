"""A drive that a command serves on loopback, and who calls it there."""

import contextlib
import json
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

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
def base(drive_url: Served, signing: Signing) -> Iterator[str]:
    """The URL below which the drive is, signed."""
    assert drive_url
    with signing() as base:
        yield base


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
