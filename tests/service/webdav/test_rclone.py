"""rclone, which nobody here wrote, copies, syncs and checks trees over `serve --webdav`."""

import os
import signal
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.patience import PATIENCE_SECONDS, until
from tests.programs import PROGRAMS
from tests.service.served import Answer, Event, Served
from tests.service.serving.conftest import Signing
from tests.service.shell import LARGE, Invoke, Person, Serving, method
from tests.service.webdav.test_reading import NAMES


def process(url: str, *words: str | Path) -> "subprocess.Popen[str]":
    """Start rclone; `dav:` in a word is the drive at `url`."""
    remote = f":webdav,url='{url}/':"
    told = [str(word).replace("dav:", remote) for word in words]
    command = [
        str(PROGRAMS / "rclone"),
        "--config",
        "/dev/null",
        "--low-level-retries",
        "50",
        *told,
    ]
    return subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def rclone(url: str, *words: str | Path) -> str:
    """Run rclone, which must succeed, and return what it printed."""
    run = process(url, *words)
    out, err = run.communicate(timeout=PATIENCE_SECONDS)
    assert run.returncode == 0, err
    return out + err


def tree(folder: Path) -> dict[str, bytes]:
    """The files of a tree, but for the drive's own."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and not path.name.startswith(".drive-")
    }


@contextmanager
def mounted(
    person: Person, serving: Serving, signing: Signing, **options: object
) -> Iterator[tuple[str, Served]]:
    """The URL for WebDAV of a drive, and the drive."""
    with serving(**options) as served, signing("serve", "--webdav") as url:
        assert person.drive.is_dir()
        yield url, served


def test_a_tree_goes_there_and_back_whatever_its_names(
    person: Person, serving: Serving, signing: Signing
) -> None:
    # rclone writes pictures for control characters in names (https://rclone.org/overview/#encoding).
    plain = [name for name in NAMES if name.isprintable()]
    for number, name in enumerate([*plain, "d e/%23/ü?", "large", "empty"]):
        person.write(f"tree/{name}", LARGE if name == "large" else b"x" * number)
    person.write("tree/empty", b"")
    (person.folder / "tree" / "bare").mkdir()
    here = person.folder / "tree"
    with mounted(person, serving, signing, workers=2) as (url, _):
        rclone(url, "copy", here, "dav:to", "--create-empty-src-dirs")
        assert "0 differences" in rclone(url, "check", "--download", here, "dav:to")
        rclone(url, "copy", "dav:to", person.folder / "back")
        rclone(url, "moveto", "dav:to/a?b#c&d=e+f;g:h@i!$,", "dav:to/moved?;#%20")
        rclone(url, "moveto", "dav:to/d e", "dav:to/f")
        rclone(url, "copyto", "dav:to/large", "dav:to/copy")
        rclone(url, "deletefile", "dav:to/100%")
    there = person.drive / "to"
    assert tree(person.folder / "back") == tree(here)
    expected = tree(here)
    expected["moved?;#%20"] = expected.pop("a?b#c&d=e+f;g:h@i!$,")
    expected["f/%23/ü?"] = expected.pop("d e/%23/ü?")
    expected["copy"] = LARGE
    del expected["100%"]
    assert tree(there) == expected
    assert (there / "bare").is_dir()


@pytest.mark.parametrize(
    ("files", "new"), [(300, 120), pytest.param(2000, 240, marks=pytest.mark.weekly)]
)
def test_many_files_are_whole_after_all_that_can_break(
    person: Person, serving: Serving, signing: Signing, files: int, new: int
) -> None:
    here = person.folder / "tree"
    for number in range(files):
        name, content = f"d {number % 20}/{number} ü#%.txt", os.urandom(number % 50)
        person.write(f"tree/{name}", content)
        if number >= new:  # to put 2,000 of them would take half a minute of a processor
            there = person.drive / "to" / name
            there.parent.mkdir(parents=True, exist_ok=True)
            there.write_bytes(content)
    broken, count = threading.Event(), 0

    def through(event: Event, invoke: Invoke) -> Answer | None:
        nonlocal count
        count += method(event) == "PUT"
        answer = invoke(event)
        # Now and then a write is made, and its answer is lost.
        return None if broken.is_set() and count % 40 == 0 else answer

    with serving(workers=2, through=through) as served:
        with signing("serve", "--webdav") as url:
            killed = process(url, "copy", here, "dav:to")
            until(lambda: count > new // 8)
            killed.send_signal(signal.SIGKILL)
            killed.communicate(timeout=PATIENCE_SECONDS)
            broken.set()
            again = process(url, "copy", here, "dav:to")
            until(lambda: count > new // 3)
            served.kill()  # all workers of the drive, in the middle
            until(lambda: count > new // 2)
        # The server of the mount has ended, under rclone's feet.
        again.terminate()
        again.communicate(timeout=PATIENCE_SECONDS)
        broken.clear()
        for number in range(5):
            next(iter(here.glob(f"*/{number} *"))).unlink()
            person.write(f"tree/new/{number}", b"new" * number)
        with signing("serve", "--webdav") as url:
            rclone(url, "sync", here, "dav:to")
            assert "0 differences" in rclone(url, "check", "--download", here, "dav:to")
    assert tree(person.drive / "to") == tree(here)
    assert person.uploads == []
