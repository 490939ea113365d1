"""A download that was interrupted resumes, and is of one version."""

import functools
import os
import signal
import threading
from pathlib import Path

import pytest

from drive_tools.client import names
from tests.patience import until
from tests.service.served import Answer, Event
from tests.service.shell import (
    LARGE,
    LARGE_SHA256,
    MANY_PARTS,
    MIB,
    Gate,
    Invoke,
    Person,
    Serving,
    Together,
    finish,
    killed,
    method,
    ranged,
)


def test_a_download_goes_on_after_a_kill(person: Person, serving: Serving) -> None:
    (person.drive / "a.bin").write_bytes(LARGE)
    gate = Gate("GET", 2)
    with serving(through=gate):
        killed(person, gate, signal.SIGKILL, "get", "a.bin", "--jobs", "1")
        assert {path.name[:7] for path in person.folder.iterdir()} == {".drive-"}
        gate.seen.clear()
        [result] = person("get", "a.bin", "--json").json
        assert gate.count("GET") == 1
    assert (result["resumed_at"], result["sha256"]) == (8 * MIB, LARGE_SHA256)
    assert (person.folder / "a.bin").read_bytes() == LARGE
    assert [path.name for path in person.folder.iterdir()] == ["a.bin"]


def test_a_download_over_several_connections_asks_for_what_is_missing_only(
    person: Person, serving: Serving
) -> None:
    (person.drive / "a.bin").write_bytes(MANY_PARTS)
    gate = Gate("GET", 2)
    with serving(through=gate, workers=4):
        process = person.process("get", "a.bin")
        gate.wait()
        part = names.side_file(person.folder / "a.bin", "part")
        until(lambda: part.stat().st_size)
        os.kill(process.pid, signal.SIGKILL)
        finish(process)
        gate.open()
        held = part.stat().st_size
        gate.seen.clear()
        [result] = person("get", "a.bin", "--json").json
    asked = sum(last - first + 1 for first, last in map(ranged, gate.gets))
    assert held == result["resumed_at"]
    assert asked >= len(MANY_PARTS) - held > asked - 4 * MIB
    assert (person.folder / "a.bin").read_bytes() == MANY_PARTS


def test_a_download_of_another_version_starts_over_and_says_so(
    person: Person, serving: Serving
) -> None:
    (person.drive / "a.bin").write_bytes(LARGE)
    gate = Gate("GET", 1)
    with serving(through=gate):
        killed(person, gate, signal.SIGKILL, "get", "a.bin", "--jobs", "1")
        person("put", person.write("new", LARGE[::-1]), "a.bin")
        run = person("get", "a.bin")
    assert run.code == 0
    assert "a.bin: the drive has another version now; starting over" in run.err
    assert (person.folder / "a.bin").read_bytes() == LARGE[::-1]


def test_a_file_replaced_while_it_is_read_never_comes_out_mixed(
    person: Person, serving: Serving
) -> None:
    (person.drive / "a.bin").write_bytes(LARGE)
    reads = 0

    def through(event: Event, invoke: Invoke) -> Answer:
        nonlocal reads
        if method(event) == "GET":
            reads += 1
            if reads == 2:
                (person.drive / "new").write_bytes(LARGE[::-1])
                (person.drive / "new").rename(person.drive / "a.bin")
        return invoke(event)

    with serving(through=through):
        assert person("get", "a.bin").code == 0
        assert (person.folder / "a.bin").read_bytes() == LARGE[::-1]
        reads = 0
        (person.drive / "a.bin").write_bytes(LARGE)
        run = person("get", "a.bin", "-")  # what was written cannot be taken back
    assert run.code == 4


def one_at_a_time(event: Event, invoke: Invoke, here: threading.Lock) -> Answer | None:
    """Break the connection of whoever comes while another one is here."""
    if not here.acquire(blocking=False):
        return None
    try:
        return invoke(event)
    finally:
        here.release()


def test_the_parts_of_a_large_file_come_over_several_connections(
    person: Person, serving: Serving
) -> None:
    (person.drive / "a.bin").write_bytes(MANY_PARTS)
    with serving(through=Together("GET", 3, after=1), workers=3):
        assert person("get", "a.bin").code == 0
    assert (person.folder / "a.bin").read_bytes() == MANY_PARTS
    out = person.folder / "out"
    with serving(through=Together("GET", 3, after=1), workers=3), out.open("wb") as output:
        assert finish(person.process("get", "a.bin", "-", stdout=output)).code == 0
    assert out.read_bytes() == MANY_PARTS
    alone = functools.partial(one_at_a_time, here=threading.Lock())
    with serving(through=alone):
        assert person("get", "a.bin", "--jobs", "1", "--patience", "0").code == 0


@pytest.mark.usefixtures("drive_url")
def test_what_is_not_ours_is_not_written_over(person: Person) -> None:
    (person.drive / "a").write_bytes(LARGE)
    theirs = dict.fromkeys(("a.part", "a.part.json", ".a.part", "a.json"), b"somebody's")
    for name, content in theirs.items():
        person.write(name, content)
    assert person("get", "a").code == 0
    found = {path.name: path.read_bytes() for path in person.folder.iterdir()}
    assert found == {**theirs, "a": LARGE}  # nothing is changed, nothing removed
    (person.drive / "a").write_bytes(b"new")
    target = Path(person.write("target", b"old"))
    (person.folder / "b").symlink_to(target)
    assert person("get", "a", "b").code == 0
    assert target.read_bytes() == b"new"  # of a link, what it leads to
    assert person("get", "a", "/dev/null").code == 0
    assert Path("/dev/null").is_char_device()


@pytest.mark.usefixtures("drive_url")
def test_a_side_file_that_is_a_link_leads_nowhere(person: Person) -> None:
    (person.drive / "a").write_bytes(b"new")
    theirs = Path(person.write("theirs", b"old"))
    part = names.side_file(person.folder / "a", "part")
    part.symlink_to(theirs)
    assert person("get", "a").code == 1
    part.unlink()
    part.hardlink_to(theirs)
    assert "no get made it; remove it" in person("get", "a").err
    assert theirs.read_bytes() == b"old"


def test_two_gets_of_one_file_do_not_mix(person: Person, serving: Serving) -> None:
    (person.drive / "a.bin").write_bytes(LARGE)
    gate = Gate("GET", 1)
    with serving(through=gate):
        first = person.process("get", "a.bin")
        gate.wait()
        second = person("get", "a.bin")
        assert second.code == 1
        assert "another get is writing" in second.err
        gate.open()
        assert finish(first).code == 0
    assert (person.folder / "a.bin").read_bytes() == LARGE
