"""An upload that was interrupted resumes."""

import signal
from pathlib import Path

import pytest

from tests.service.served import Answer, Event
from tests.service.shell import (
    LARGE,
    LARGE_SHA256,
    MIB,
    Gate,
    Invoke,
    Person,
    Serving,
    finish,
    killed,
    method,
)


def test_an_upload_goes_on_after_a_kill(person: Person, serving: Serving) -> None:
    local = person.write("a.bin", LARGE)
    gate = Gate("PATCH", 2)
    with serving(through=gate):
        assert killed(person, gate, signal.SIGKILL, "put", local).code == -signal.SIGKILL
        [state] = (person.folder.parent / "state" / "lambda-drive" / "uploads").iterdir()
        assert state.stat().st_mode & 0o777 == 0o600
        assert not (person.drive / "a.bin").exists()
        gate.seen.clear()
        [result] = person("put", local, "--json").json
        assert (gate.count("POST"), gate.count("PATCH")) == (0, 1)
    assert (result["resumed_at"], result["sha256"]) == (8 * MIB, LARGE_SHA256)
    assert (person.drive / "a.bin").read_bytes() == LARGE
    assert not state.exists()


def test_an_upload_goes_on_after_ctrl_c_which_says_how(person: Person, serving: Serving) -> None:
    local = person.write("a.bin", LARGE)
    gate = Gate("PATCH", 1)
    with serving(through=gate):
        run = killed(person, gate, signal.SIGINT, "put", local)
        assert run.code == 130
        assert run.err.splitlines()[-1] == (
            "drive: interrupted; run the same command again, and it resumes where it stopped"
        )
        run = person("put", local)
    assert "resuming at byte 4194304 of 9437185" in run.err
    assert (person.drive / "a.bin").read_bytes() == LARGE


@pytest.mark.usefixtures("drive_url")
def test_where_nothing_can_be_remembered_a_file_is_put_all_the_same(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", person.write("no-directory", b""))
    run = person("put", person.write("a.bin", LARGE))
    assert run.code == 0
    assert "an interruption would lose what was sent" in run.err


def test_a_file_that_changed_between_is_sent_anew(person: Person, serving: Serving) -> None:
    local = person.write("a.bin", LARGE)
    gate = Gate("PATCH", 1)
    with serving(through=gate):
        killed(person, gate, signal.SIGKILL, "put", local)
        changed = LARGE[::-1]
        person.write("a.bin", changed)
        [result] = person("put", local, "--json").json
    assert result["resumed_at"] == 0
    assert (person.drive / "a.bin").read_bytes() == changed
    assert person.uploads == []  # the first one was given up


def test_an_upload_that_the_drive_forgot_is_begun_anew(person: Person, serving: Serving) -> None:
    local = person.write("a.bin", LARGE)
    gate = Gate("PATCH", 1)
    with serving(through=gate):
        killed(person, gate, signal.SIGKILL, "put", local)
        for file in (person.drive / ".drive-uploads").iterdir():
            file.unlink()
        run = person("put", local)
    assert run.code == 0
    assert "the drive has forgotten the upload; starting anew" in run.err
    assert (person.drive / "a.bin").read_bytes() == LARGE


def test_a_file_that_changes_while_it_is_sent_is_not_put(person: Person, serving: Serving) -> None:
    local = Path(person.write("a.bin", LARGE))

    def through(event: Event, invoke: Invoke) -> Answer:
        if method(event) == "PATCH":
            with local.open("ab") as file:
                file.write(b"more")
        return invoke(event)

    with serving(through=through):
        run = person("put", str(local))
    assert run.code == 1
    assert "the local file changes while it is read" in run.err
    assert not (person.drive / "a.bin").exists()
    assert person.uploads == []
    assert list((person.folder.parent / "state" / "lambda-drive" / "uploads").iterdir()) == []


def test_a_failed_upload_of_standard_input_leaves_nothing(person: Person, serving: Serving) -> None:
    gate = Gate("PATCH", 1)
    with serving(through=gate), open(person.write("in", LARGE)) as source:
        process = person.process("put", "-", "s.bin", stdin=source)
        gate.wait()
        process.send_signal(signal.SIGINT)
        gate.open()  # the part is lost, and what is left is to be given up
        run = finish(process)
    assert run.code == 130
    assert run.err.endswith("what was done before stays done\n")
    assert person.uploads == []


def test_what_an_interrupted_get_left_is_not_put(person: Person, serving: Serving) -> None:
    (person.drive / "a.bin").write_bytes(LARGE)
    (person.folder / "here").mkdir()
    gate = Gate("GET", 1)
    with serving(through=gate):
        killed(person, gate, signal.SIGKILL, "get", "a.bin", "here/", "--jobs", "1")
        assert len(list((person.folder / "here").iterdir())) == 2
        put = person("put", "-r", "here", "there")
    assert put.code == 0
    assert put.err.count("what an unfinished get needs") == 2
    assert not (person.drive / "there").exists()
