"""What a person sees of a transfer."""

import contextlib
import os
import pty
import select
import time

import pytest

from drive_tools.client import progress
from tests.patience import PATIENCE_SECONDS
from tests.service.shell import LARGE, Person, Run, finish


@pytest.mark.usefixtures("drive_url")
def test_a_reader_that_goes_away_is_no_traceback(person: Person) -> None:
    (person.drive / "a.bin").write_bytes(LARGE)
    for words in (("get", "a.bin", "-"), ("ls", "--json")):
        reader, writer = os.pipe()
        os.close(reader)
        process = person.process(*words, stdout=writer)
        os.close(writer)
        run = finish(process)
        assert run.code == 141
        assert "Traceback" not in run.err
        assert "Error" not in run.err


@pytest.mark.usefixtures("drive_url")
def test_a_terminal_gets_a_bar_and_a_file_gets_lines(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    local = person.write("a.bin", LARGE)
    plain = person("put", local)
    assert "\x1b" not in plain.err
    assert plain.err.startswith("put a.bin ...\nput a.bin: 9.4 MB in ")
    assert person("put", local, "--quiet") == Run(0, "", "")
    assert person("put", local, "--json").err == ""
    ours, theirs = pty.openpty()
    monkeypatch.setenv("TERM", "xterm")
    process = person.process("put", local, stderr=theirs)
    os.close(theirs)
    seen = b""
    with contextlib.suppress(OSError):  # Linux says EIO at the end
        while select.select([ours], [], [], PATIENCE_SECONDS)[0] and (piece := os.read(ours, 4096)):
            seen += piece
    os.close(ours)
    assert finish(process).code == 0
    assert b"\x1b[" in seen
    assert "━".encode() in seen
    assert b"9.4 MB" in seen


def test_a_long_transfer_says_every_few_seconds_how_far_it_is(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 0.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    with progress.Lines().transfer(lambda: "put a") as moved:
        for number in range(11):
            now = float(number)
            moved(4_000_000 * (5 + number), 100_000_000)
    assert capsys.readouterr().err.splitlines() == [
        "put a ...",
        "put a: 40.0 MB of 100.0 MB, 4.0 MB/s",
        "put a: 60.0 MB of 100.0 MB, 4.0 MB/s",
    ]
