"""The janitor counts what is on the drive."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from drive import directories, file_writes, quota
from drive.quota import Limits
from tests.unit.counter import used
from tests.unit.janitor import calls, clean, put


def test_a_file_that_is_replaced_before_it_is_looked_at_is_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path / "a", b"12345")

    class Stale:
        """An entry of a directory whose file was replaced since."""

        def __init__(self, entry: os.DirEntry[str]) -> None:
            self.name, self.is_dir = entry.name, entry.is_dir

        def stat(self, **_: object) -> os.stat_result:
            raise OSError(errno.ESTALE, "Stale file handle")

    real = os.scandir

    @contextmanager
    def scandir(path: int) -> Iterator[Iterator[Stale]]:
        with real(path) as found:
            yield map(Stale, found)

    monkeypatch.setattr(os, "scandir", scandir)
    found = directories.directories(tmp_path)
    [(name, status)] = next(found).non_directories()
    assert (name, status.st_size) == ("a", 5)


def test_the_quotas_count_becomes_what_is_there(tmp_path: Path) -> None:
    file_writes.write(tmp_path, "a", b"x" * 10, limits=Limits(drive_bytes=1000))
    put(tmp_path / "by others" / "b", b"x" * 200)
    assert used(tmp_path) == 10
    clean(tmp_path, limit=1000)
    assert used(tmp_path) == 210


def test_what_is_written_behind_the_janitor_is_in_the_count(tmp_path: Path) -> None:
    limits = Limits(drive_bytes=10_000)
    for name in ("a/1", "b/1"):
        file_writes.write(tmp_path, name, b"x" * 100, limits=limits)
    assert not clean(tmp_path, time_left=calls(4), limit=10_000).finished
    file_writes.write(tmp_path, "a/2", b"x" * 50, limits=limits)
    file_writes.delete(tmp_path, "a/1", limits=limits)
    assert clean(tmp_path, limit=10_000).finished
    assert used(tmp_path) == 150


def test_a_limit_that_comes_in_the_middle_of_a_pass_begins_a_new_one(tmp_path: Path) -> None:
    put(tmp_path / "a" / "1", b"123")
    put(tmp_path / "b" / "2", b"45")
    assert not clean(tmp_path, time_left=calls(4)).finished
    report = clean(tmp_path, limit=1000)
    assert (report.files, report.finished) == (2, True)
    assert used(tmp_path) == 5


def test_a_counter_that_others_began_anew_in_the_middle_of_a_pass_begins_a_new_one(
    tmp_path: Path,
) -> None:
    for name in ("a/1", "b/2"):
        put(tmp_path / name, b"123")
    assert not clean(tmp_path, time_left=calls(4), limit=1000).finished
    (tmp_path / quota.COUNTER).write_bytes(b"torn")
    quota.change(tmp_path, 1, limit=1000)
    put(tmp_path / "a" / "3", b"4567")
    report = clean(tmp_path, limit=1000)
    assert (report.files, report.finished) == (3, True)
    assert used(tmp_path) == 10


def test_a_limit_that_goes_takes_the_counter_with_it(tmp_path: Path) -> None:
    put(tmp_path / "a" / "1", b"123")
    put(tmp_path / "b" / "2", b"45")
    assert not clean(tmp_path, time_left=calls(4), limit=1000).finished
    assert (tmp_path / quota.COUNTER).exists()
    report = clean(tmp_path)
    assert (report.files, report.finished) == (2, True)
    assert (tmp_path / quota.COUNTER).read_bytes() == b""
