"""A directory that somebody makes is there at once, alone under its name, and stays."""

import errno
import os
import threading
from pathlib import Path

import pytest

from drive import directory_listing, directory_writes, file_writes, locks, names, quota, sweep
from drive.conditions import Conditions
from drive.errors import (
    BusyError,
    ConflictError,
    InvalidNameError,
    PreconditionFailedError,
    ReadOnlyError,
)
from tests.unit.disks import Remembering
from tests.unit.test_names import BAD_NAMES
from tests.url import Url

NEW = Conditions(if_none_match="*")
DAYS = 100 * 24 * 60 * 60


def test_a_directory_is_new_once_and_those_above_it_are_made(tmp_path: Path) -> None:
    assert directory_writes.make(tmp_path, "a/b/c")
    assert not directory_writes.make(tmp_path, "a/b/c")
    assert not directory_writes.make(tmp_path, "a")
    assert [each.kind for each in directory_listing.page(tmp_path, "a/b", limit=9).entries] == [
        "directory"
    ]


def test_what_has_the_name_is_told_and_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"kept")
    for name in ("file", "file/below", "file/below/deeper"):
        with pytest.raises(ConflictError):
            directory_writes.make(tmp_path, name)
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ConflictError, match="is not a directory"):
        directory_writes.make(tmp_path, "pipe")
    assert (tmp_path / "file").read_bytes() == b"kept"


def test_a_condition_holds_before_anything_is_made(tmp_path: Path) -> None:
    assert directory_writes.make(tmp_path, "a", conditions=NEW)
    with pytest.raises(PreconditionFailedError):
        directory_writes.make(tmp_path, "a", conditions=NEW)
    for conditions in (Conditions(if_match="*"), Conditions(if_match='"1-2-3"')):
        with pytest.raises(PreconditionFailedError):
            directory_writes.make(tmp_path, "above/b", conditions=conditions)
    assert not (tmp_path / "above").exists()
    assert not directory_writes.make(tmp_path, "a", conditions=Conditions(if_match="*"))


@pytest.mark.parametrize("name", BAD_NAMES, ids=lambda name: repr(name[:20]))
def test_a_bad_name_makes_nothing(tmp_path: Path, name: str) -> None:
    with pytest.raises(InvalidNameError):
        directory_writes.make(tmp_path, name)
    assert list(tmp_path.iterdir()) == []


def test_links_are_followed_within_the_drive_alone(tmp_path: Path) -> None:
    root, outside = tmp_path / "drive", tmp_path / "outside"
    (root / "real").mkdir(parents=True)
    outside.mkdir()
    (root / "link").symlink_to("real")
    (root / "out").symlink_to(outside)
    (root / "none").symlink_to(outside / "none")
    assert directory_writes.make(root, "link/a")
    assert (root / "real/a").is_dir()
    assert not directory_writes.make(root, "link")
    for name in ("out", "out/a", "none", "none/a"):
        with pytest.raises(InvalidNameError):
            directory_writes.make(root, name)
    assert list(outside.iterdir()) == []


def test_a_disk_that_takes_nothing_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(path: Path, **_: bool) -> None:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS), str(path))

    (tmp_path / locks.DIRECTORY).mkdir()
    monkeypatch.setattr(Path, "mkdir", refused)
    for name in ("a", "a/b"):
        with pytest.raises(ReadOnlyError):
            directory_writes.make(tmp_path, name)


def test_it_is_on_the_server_with_those_above_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flushed: set[int] = set()
    real = os.fsync

    def remember(descriptor: int) -> None:
        flushed.add(os.fstat(descriptor).st_ino)
        real(descriptor)

    (tmp_path / locks.DIRECTORY).mkdir()
    monkeypatch.setattr(os, "fsync", remember)
    directory_writes.make(tmp_path, "a/b/c")
    above = (tmp_path, tmp_path / "a", tmp_path / "a/b")
    assert {each.stat().st_ino for each in above} <= flushed


def test_one_of_many_makes_it(tmp_path: Path) -> None:
    made: list[bool] = []
    threads = [
        threading.Thread(target=lambda: made.append(directory_writes.make(tmp_path, "a/b")))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(made) == [*[False] * 7, True]


def test_a_write_that_makes_it_meanwhile_is_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A write makes the directories above its file without their locks."""
    real = Path.mkdir

    def overtaken(path: Path, **named: bool) -> None:
        monkeypatch.setattr(Path, "mkdir", real)
        file_writes.write(tmp_path, "a/file", b"")
        real(path, **named)

    (tmp_path / locks.DIRECTORY).mkdir()
    monkeypatch.setattr(Path, "mkdir", overtaken)
    assert not directory_writes.make(tmp_path, "a")
    assert (tmp_path / "a/file").exists()


@pytest.mark.parametrize("error", [errno.ENOENT, errno.ESTALE])
def test_the_directory_above_may_go_at_any_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: int
) -> None:
    real = Path.mkdir

    def removed(path: Path, **_: bool) -> None:
        monkeypatch.setattr(Path, "mkdir", real)
        path.parent.rmdir()
        raise OSError(error, os.strerror(error), str(path))

    directory_writes.make(tmp_path, "above")
    monkeypatch.setattr(Path, "mkdir", removed)
    assert directory_writes.make(tmp_path, "above/a")
    assert (tmp_path / "above/a").is_dir()


def test_what_is_removed_again_and_again_is_busy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(path: Path, **_: bool) -> None:
        raise FileNotFoundError(errno.ENOENT, "gone", str(path))

    directory_writes.make(tmp_path, "above")
    monkeypatch.setattr(Path, "mkdir", gone)
    with pytest.raises(BusyError):
        directory_writes.make(tmp_path, "above/a")


def test_a_client_that_remembers_no_such_directory_asks_the_server(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    directory_writes.make(tmp_path, "a/b")
    Remembering({tmp_path / "a/b", tmp_path / "a"}, monkeypatch)
    assert not directory_writes.make(tmp_path, "a/b")
    Remembering({tmp_path / "a/b"}, monkeypatch)
    with pytest.raises(PreconditionFailedError):
        directory_writes.make(tmp_path, "a/b", conditions=NEW)


def test_it_waits_for_whoever_removes_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A removal holds the lock of the name."""
    monkeypatch.setattr(locks, "_WAIT_SECONDS", 0)
    with locks.names_locked(tmp_path, names.resolve(tmp_path, "a")), pytest.raises(BusyError):
        directory_writes.make(tmp_path, "a")
    assert not (tmp_path / "a").exists()


def test_the_janitor_leaves_an_empty_directory(tmp_path: Path) -> None:
    """However old it is: nobody but its maker knows what it is for."""
    directory_writes.make(tmp_path, "a/b")
    os.utime(tmp_path / "a/b", (0, 0))
    report = sweep.sweep(
        tmp_path,
        now=DAYS,
        time_left=lambda: 60,
        expiry_seconds=0,
        trash_seconds=0,
        limit=1000,
    )
    assert report
    assert report.finished
    assert (tmp_path / "a/b").is_dir()
    assert quota.used(tmp_path) == 0


def test_a_file_that_goes_leaves_the_directory(tmp_path: Path) -> None:
    directory_writes.make(tmp_path, "a")
    file_writes.write(tmp_path, "a/file", b"x")
    file_writes.move(tmp_path, "a/file", "b/file")
    assert (tmp_path / "a").is_dir()
    file_writes.delete(tmp_path, "a")
    assert not (tmp_path / "a").exists()


def test_a_request_makes_a_directory(url: Url, tmp_path: Path) -> None:
    assert url("PUT", "/files/gr%C3%BC%C3%9Fe/leer/").status == 201
    assert url("PUT", "/files/gr%C3%BC%C3%9Fe/leer/", b"").status == 204
    assert (tmp_path / "grüße/leer").is_dir()
    [entry] = url("GET", "/files/gr%C3%BC%C3%9Fe/").json["entries"]
    assert (entry["name"], entry["kind"], entry["etag"]) == ("leer", "directory", None)
    refused = url("PUT", "/files/gr%C3%BC%C3%9Fe/", If_None_Match="*")
    assert (refused.status, refused.problem) == (412, "precondition-failed")
    url("PUT", "/files/file", b"x")
    assert url("PUT", "/files/file/").problem == "conflict"
    assert url("PUT", "/files/a//").problem == "invalid-name"
    assert url("PUT", "/files/").problem == "method-not-allowed"
    assert url("DELETE", "/files/gr%C3%BC%C3%9Fe/leer").status == 204


def test_a_file_that_is_sent_to_a_directory_is_refused(url: Url, tmp_path: Path) -> None:
    answer = url("PUT", "/files/a/", b"content")
    assert (answer.status, answer.problem) == (400, "invalid-request")
    assert "ends without a slash; got 7 bytes for 'a'" in answer.json["detail"]
    assert not (tmp_path / "a").exists()


def test_nothing_is_made_in_maintenance(
    url: Url, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAINTENANCE_MODE", "1")
    assert url("PUT", "/files/a/").problem == "maintenance"
    assert not (tmp_path / "a").exists()


def test_a_directory_needs_no_limits(url: Url, monkeypatch: pytest.MonkeyPatch) -> None:
    """It has no bytes, so it is made where the parameter cannot be read."""

    def unknown() -> None:
        raise AssertionError("asked for limits")

    monkeypatch.setattr(url.module.mount, "limits", unknown)
    assert url("PUT", "/files/a/").status == 201
