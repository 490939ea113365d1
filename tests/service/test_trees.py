"""Trees of files, there and back: side by side, gone on with, compared, and made alike."""

import os
import signal
from pathlib import Path
from typing import Any

import pytest

from tests.patience import until
from tests.service.served import Answer, Event
from tests.service.shell import (
    Gate,
    Invoke,
    Person,
    Run,
    Serving,
    Together,
    finish,
    method,
    refusing,
)

NAMES = [f"{folder}{number}" for folder in ("", "b/", "b/c/") for number in range(4)]


class Seen:
    """What was asked of the drive."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    def __call__(self, event: Event, invoke: Invoke) -> Answer:
        self.events.append(event)
        return invoke(event)

    def take(self) -> dict[str, int]:
        """How often each kind of request was made since the last time."""
        counted = dict.fromkeys(("list", "GET", "PUT", "DELETE"), 0)
        for event in self.events:
            kind = method(event)
            if kind == "GET" and event["rawPath"].endswith("/"):
                kind = "list"
            counted[kind] = counted.get(kind, 0) + 1
        self.events.clear()
        return counted


def contents(folder: Path) -> dict[str, bytes]:
    """All files below a folder, but for the drive's own."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and "/.drive-" not in str(path)
    }


def port_of(url: str) -> int:
    """The port of a drive, whose URL is to be the same when it is served again."""
    return int(url.rpartition(":")[2])


def would(run: Run) -> list[dict[str, Any]]:
    """What a dry run would do."""
    return [each for each in run.json if "would" in each]


def tree(folder: Path) -> dict[str, bytes]:
    """Make a small tree, and return what is in it."""
    for name in NAMES:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(f"content of {name}".encode())
    return contents(folder)


# Side by side


def test_files_of_a_tree_go_side_by_side(person: Person, serving: Serving) -> None:
    made = tree(person.folder / "here")
    with serving(through=Together("PUT", 4), workers=4):
        assert person("put", "-r", "here", "there").code == 0
    assert contents(person.drive / "there") == made
    (person.drive / "flat").mkdir()
    for number in range(8):
        (person.drive / "flat" / str(number)).write_bytes(b"x")
    with serving(through=Together("GET", 4, after=1), workers=4):
        assert person("get", "-r", "flat").code == 0
    assert len(contents(person.folder / "flat")) == 8


def test_one_line_tells_of_the_whole_and_one_of_each_failure(
    person: Person, serving: Serving
) -> None:
    tree(person.folder / "here")

    def through(event: Event, invoke: Invoke) -> Answer:
        refused = event["rawPath"].endswith(("/b/1", "/b/c/2"))
        return refusing(403)() if refused else invoke(event)

    with serving(through=through):
        run = person("put", "-r", "here", "there")
        assert run.code == 5
        lines = run.err.splitlines()
        assert lines[0] == "put there ..."
        assert sorted(lines[1:3])[0].startswith("drive: cannot put there/b/1: 403 Forbidden")
        assert lines[3:] == ["put there: 10 files, 138 B", "drive: 2 failed, 10 done"]
        again = person("put", "-r", "here", "there")
        assert "put there: 0 files, 0 B; 10 unchanged" in again.err.splitlines()
        assert len(person("put", "-r", "here", "there", "--json").json) == 10


def test_a_drive_that_goes_away_ends_a_tree_with_one_line(person: Person, serving: Serving) -> None:
    tree(person.folder / "here")
    with serving(through=lambda *_: None, workers=0):
        run = person("put", "-r", "here", "there", "--patience", "0")
    assert run.code == 1
    assert run.err.count("check the network and the URL") == 1


# Going on


@pytest.mark.parametrize("kept", [True, False])
def test_an_interrupted_put_of_a_tree_sends_what_is_missing_only(
    person: Person, serving: Serving, monkeypatch: pytest.MonkeyPatch, kept: bool
) -> None:
    if not kept:  # nothing is remembered, so what is there is read and compared
        monkeypatch.setenv("XDG_STATE_HOME", person.write("no-directory", b""))
    made = tree(person.folder / "here")
    gate = Gate("PUT", 5)
    with serving(through=gate, workers=4) as url:
        process = person.process("put", "-r", "here", "there")
        gate.wait()
        until(lambda: len(contents(person.drive)) == 5)
        os.kill(process.pid, signal.SIGKILL)
        finish(process)
        gate.open()
    done, seen = len(contents(person.drive)), Seen()
    assert done < len(NAMES)
    with serving(through=seen, port=port_of(url)):
        assert person("put", "-r", "here", "there").code == 0
        assert seen.take()["PUT"] == len(NAMES) - done
        assert contents(person.drive / "there") == made
        assert person("put", "-r", "here", "there").code == 0
        compared = 0 if kept else len(NAMES)
        assert seen.take() == {"list": 3, "GET": compared, "PUT": 0, "DELETE": 0}


def test_an_interrupted_get_of_a_tree_gets_what_is_missing_only(
    person: Person, serving: Serving
) -> None:
    made = tree(person.drive / "there")
    known = person.folder.parent / "state" / "lambda-drive" / "digests"
    gate = Gate("GET", 1 + 5)
    with serving(through=gate) as url:
        process = person.process("get", "-r", "there", "--jobs", "1")
        gate.wait()
        done = len(contents(person.folder))
        assert done >= 3  # of the five requests up to two more were listings
        os.kill(process.pid, signal.SIGKILL)
        finish(process)
        gate.open()
    assert sum(path.read_text().count("\n") for path in known.iterdir()) == done
    seen = Seen()
    with serving(through=seen, port=port_of(url)):
        assert person("get", "-r", "there").code == 0
        assert seen.take() == {"list": 3, "GET": len(NAMES) - done, "PUT": 0, "DELETE": 0}
        assert contents(person.folder / "there") == made
        assert person("get", "-r", "there").code == 0
        assert seen.take() == {"list": 3, "GET": 0, "PUT": 0, "DELETE": 0}


def test_what_changed_is_sent_and_got_though_it_is_as_large(
    person: Person, serving: Serving
) -> None:
    tree(person.folder / "here")
    seen = Seen()
    with serving(through=seen):
        assert person("put", "-r", "here").code == 0
        person.write("here/b/1", b"CONTENT of b/1")
        seen.take()
        assert person("put", "-r", "here").code == 0
        assert seen.take()["PUT"] == 1
        (person.drive / "here" / "b" / "2").write_bytes(b"CONTENT of b/2")
        assert person("get", "-r", "here").code == 0
        assert seen.take()["GET"] == 1
    assert (person.folder / "here" / "b" / "2").read_bytes() == b"CONTENT of b/2"
    assert contents(person.folder / "here") == contents(person.drive / "here")


@pytest.mark.usefixtures("drive_url")
def test_no_clobber_takes_what_is_the_same_for_done(person: Person) -> None:
    tree(person.folder / "here")
    assert person("put", "-r", "--no-clobber", "here", "there").code == 0
    assert person("put", "-r", "--no-clobber", "here", "there").code == 0
    person.write("here/1", b"CONTENT of 1")
    run = person("put", "-r", "--no-clobber", "here", "there")
    assert (run.code, run.err.count("412 Precondition Failed")) == (4, 1)
    assert (person.drive / "there" / "1").read_bytes() == b"content of 1"


# Alike


@pytest.mark.usefixtures("drive_url")
def test_sync_makes_one_like_the_other_and_removes_when_asked_only(person: Person) -> None:
    here, there = person.folder / "here", person.drive / "there"
    made = tree(here)
    there.mkdir()
    (there / "more").mkdir()
    (there / "more" / "file").write_bytes(b"theirs")
    assert person("sync", "here", "there").code == 0
    assert contents(there) == {**made, "more/file": b"theirs"}
    dry = person("sync", "here", "there", "--delete", "--dry-run", "--json")
    assert would(dry) == [{"would": "remove", "name": "there/more"}]
    assert person("sync", "here", "there", "--delete").code == 0
    assert contents(there) == made
    assert not (there / "more").exists()
    (there / "new").write_bytes(b"new")
    (there / "0").unlink()
    assert person("sync", "--back", "here", "there").code == 0
    assert contents(here) == {**made, "new": b"new"}
    dry = person("sync", "--back", "here", "there", "--delete", "--dry-run", "--json")
    assert would(dry) == [{"would": "remove", "name": "here/0"}]
    assert contents(here) == {**made, "new": b"new"}
    assert person("sync", "--back", "here", "there", "--delete").code == 0
    assert contents(here) == contents(there)


def test_a_dry_run_changes_nothing(person: Person, serving: Serving) -> None:
    here, there = person.folder / "here", person.drive / "there"
    made = tree(here)
    for name, content in {"0": b"CONTENT of 0", "1": b"content of 1", "x/y": b"z"}.items():
        (there / name).parent.mkdir(parents=True, exist_ok=True)
        (there / name).write_bytes(content)
    old = contents(there)
    seen = Seen()
    with serving(through=seen):
        up = person("sync", "here", "there", "--dry-run", "--delete", "--json").json
        down = person("sync", "--back", "here", "there", "--dry-run", "--delete", "--json").json
    assert not seen.take().keys() - {"list", "GET", "PUT", "DELETE"}
    assert {each["name"] for each in up if each.get("would") == "put"} == {
        f"there/{name}" for name in made if name != "1"
    }
    assert {each["name"] for each in up if each.get("would") == "remove"} == {"there/x"}
    assert {each["name"] for each in down if each.get("would") == "get"} == {
        "there/0",
        "there/x/y",
    }
    assert contents(here) == made
    assert contents(there) == old


@pytest.mark.usefixtures("drive_url")
def test_a_file_where_a_directory_is_goes_with_delete_only(person: Person) -> None:
    person.write("here/a/b", b"file in a directory")
    person.write("here/c", b"file")
    (person.drive / "there" / "c").mkdir(parents=True)
    (person.drive / "there" / "c" / "d").write_bytes(b"d")
    (person.drive / "there" / "a").write_bytes(b"a")
    old = contents(person.drive)
    for words in (("here", "there"), ("--back", "here", "there")):
        run = person("sync", *words)
        assert (run.code, len(run.err.splitlines())) == (4, 4), run.err
    assert contents(person.drive) == old
    assert contents(person.folder / "here") == {"a/b": b"file in a directory", "c": b"file"}
    assert person("sync", "--delete", "here", "there").code == 0
    assert contents(person.drive / "there") == contents(person.folder / "here")
    person.write("other/a", b"a")
    person.write("other/c/d", b"d")
    assert person("sync", "--delete", "--back", "other", "there").code == 0
    assert contents(person.drive / "there") == contents(person.folder / "other")


def test_what_somebody_changes_meanwhile_is_not_removed(person: Person, serving: Serving) -> None:
    tree(person.folder / "here")
    theirs = person.drive / "there" / "theirs"
    theirs.parent.mkdir()
    theirs.write_bytes(b"old")

    def through(event: Event, invoke: Invoke) -> Answer:
        if method(event) == "DELETE":
            theirs.write_bytes(b"newer")
        return invoke(event)

    with serving(through=through):
        assert person("sync", "--delete", "here", "there").code == 4
    assert theirs.read_bytes() == b"newer"


@pytest.mark.usefixtures("drive_url")
def test_nothing_is_removed_for_want_of_a_source(person: Person) -> None:
    """Nor what is no file, nor what an unfinished get needs."""
    made = tree(person.folder / "here")
    tree(person.drive / "there")
    assert person("sync", "--delete", "nowhere", "there").code == 1
    assert person("sync", "--delete", "--back", "here", "nowhere").code == 3
    assert contents(person.drive / "there") == contents(person.folder / "here") == made
    person.write("outside", b"theirs")
    (person.folder / "here" / "more").mkdir()
    (person.folder / "here" / "more" / "link").symlink_to(person.folder / "outside")
    person.write("here/.drive-0123.part", b"half")
    run = person("sync", "--delete", "--back", "here", "there")
    assert (run.code, run.err.count("left out here/more/link")) == (0, 1)
    assert (person.folder / "here" / "more" / "link").is_symlink()
    assert (person.folder / "here" / ".drive-0123.part").exists()
    (person.drive / "there" / "more").mkdir()
    (person.drive / "there" / "more" / "link").write_bytes(b"on the drive")
    run = person("sync", "--delete", "here", "there")
    assert (run.code, run.err.count("left out here/more/link")) == (0, 1)
    assert (person.drive / "there" / "more" / "link").exists()


def test_ctrl_c_ends_a_tree_at_once_and_says_how_it_goes_on(
    person: Person, serving: Serving
) -> None:
    tree(person.folder / "here")
    gate = Gate("PUT", 2)
    with serving(through=gate):
        process = person.process("put", "-r", "here", "there")
        gate.wait()
        process.send_signal(signal.SIGINT)
        run = finish(process)  # though requests are held that no answer comes to
        gate.open()
    assert run.code == 130
    assert run.err.splitlines()[-1] == (
        "drive: interrupted; run the same command again, and it resumes where it stopped"
    )
