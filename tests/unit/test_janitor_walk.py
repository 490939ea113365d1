"""The way of the janitor through a drive: to its end, and never out of it."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from drive import directories, file_writes, sweep
from drive.sweep import Report
from tests.unit.janitor import DAY, NOW, TEMPORARY, clean, forever, put


def test_no_link_is_followed(tmp_path: Path) -> None:
    root = tmp_path / "root"
    outside = put(tmp_path / "outside" / TEMPORARY, b"kept", age=9 * DAY)
    (root / "a").mkdir(parents=True)
    (root / "a" / "out").symlink_to(outside.parent)
    (root / "a" / "loop").symlink_to(root)
    (root / TEMPORARY).symlink_to(outside)
    os.utime(root / TEMPORARY, (0, 0), follow_symlinks=False)
    report = clean(root)
    assert (report.directories, report.files, report.removed_temporaries) == (2, 0, 0)
    assert outside.exists()


def test_a_directory_that_becomes_a_link_while_the_janitor_comes_is_not_entered(
    tmp_path: Path,
) -> None:
    root = tmp_path / "root"
    outside = put(tmp_path / "outside" / "deep" / TEMPORARY, b"kept", age=9 * DAY)
    put(root / "a" / "deep" / "file")
    seen = []
    for directory in directories.directories(root):
        seen.append(directory.segments)
        list(directory.non_directories())
        if directory.segments == ("a",):  # "deep" is known now, and to come
            (root / "a").rename(root / "b")
            (root / "a").symlink_to(outside.parent.parent)
    assert seen == [(), ("a",), ("a", "deep")]
    assert outside.exists()
    with directories.opened(root, ("a", "deep")) as directory:
        assert list(directory.non_directories()) == []


@pytest.mark.parametrize(
    ("seen", "gone", "left"),
    [
        ("1", "a/b/2", 2),  # a file that was listed
        ("1", "a/b", 2),  # the directory that is looked at
        ("0", "a/b", 2),  # one that comes next
        ("0", "a", 2),  # with the one above it
    ],
)
@pytest.mark.parametrize("file_instead", [False, True])
def test_what_vanishes_meanwhile_is_no_error(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    seen: str,
    gone: str,
    left: int,
    *,
    file_instead: bool,
) -> None:
    for name in ("a/0", "a/b/1", "a/b/2", "c/3"):
        put(tmp_path / name, b"12")
    if seen == "1":
        (tmp_path / "a" / "0").rename(tmp_path / "0")
    removed = False

    def is_users(name: str, status: os.stat_result) -> bool:
        nonlocal removed
        if not removed and name in {seen, {"1": "2"}.get(seen)}:  # which comes first is the disk's
            target = gone.replace("2", "1") if name == "2" else gone
            subprocess.run(["rm", "-rf", str(tmp_path / target)], check=True)
            if file_instead and target.endswith(("a", "b")):
                put(tmp_path / target)
            removed = True
        return directories.is_users(name, status)

    monkeypatch.setattr(sweep, "is_users", is_users)
    report = clean(tmp_path)
    assert removed
    assert (report.finished, report.skipped) == (True, 0)
    assert report.files >= left
    monkeypatch.undo()
    assert clean(tmp_path).finished


def test_a_directory_is_looked_through_and_not_loaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in "abc":
        put(tmp_path / name)
    steps: list[str] = []
    real = os.scandir

    @contextmanager
    def scandir(descriptor: int) -> Iterator[Iterator[os.DirEntry[str]]]:
        with real(descriptor) as found:
            yield (steps.append("found") or entry for entry in found)  # type: ignore[func-returns-value]

    monkeypatch.setattr(os, "scandir", scandir)
    for directory in directories.directories(tmp_path):
        for _ in directory.non_directories():
            assert steps[-1] == "found"
            steps.append("used")
    assert steps == ["found", "used"] * 3


@pytest.mark.slow
def test_the_deepest_drive_is_walked_to_its_end(tmp_path: Path) -> None:
    deep = 1000
    try:
        file_writes.write(tmp_path, "/".join(["d"] * deep), b"deep")
        bottom = os.open(tmp_path / "/".join(["d"] * (deep - 1)), os.O_RDONLY)
        for name in ("x" * 255, "y" * 255):  # longer than a path in one system call may be
            for _ in range(5):
                os.mkdir(name, dir_fd=bottom)
                below = os.open(name, os.O_RDONLY, dir_fd=bottom)
                os.close(bottom)
                bottom = below
        os.close(bottom)
        report = clean(tmp_path)
        assert (report.directories, report.files, report.bytes) == (deep + 10, 1, 4)
    finally:  # too deep for the recursion with which pytest cleans up
        subprocess.run(["rm", "-rf", str(tmp_path / "d")], check=True)


def test_a_missing_root_is_an_error_and_not_an_empty_drive(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        list(directories.directories(tmp_path / "missing"))


def test_a_disk_that_fails_fails_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path / "a" / "b")

    def fail(_: object) -> Iterator[Any]:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "scandir", fail)
    with pytest.raises(OSError, match="Input/output error"):
        list(next(directories.directories(tmp_path)).non_directories())


def test_a_second_janitor_leaves_the_drive_to_the_first(tmp_path: Path) -> None:
    orphan = put(tmp_path / TEMPORARY, age=2 * DAY)
    inner: list[Report | None] = []

    def time_left() -> float:
        inner.append(
            sweep.sweep(tmp_path, now=NOW, time_left=forever, expiry_seconds=DAY, limit=None)
        )
        assert orphan.exists()
        return 1.0

    report = clean(tmp_path, time_left=time_left)
    assert set(inner) == {None}
    assert report.removed_temporaries == 1
