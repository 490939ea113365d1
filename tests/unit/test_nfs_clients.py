"""What an NFS client remembers, repeats or lost, and what a drive makes of it."""

import errno
import os
from pathlib import Path
from typing import Any

import pytest

from drive import directory_listing, file_reads, file_writes, locks, uploads
from drive.conditions import Conditions
from drive.errors import BusyError, MissingError, PreconditionFailedError
from drive.quota import Limits
from tests.unit.disks import Remembering, Stale
from tests.unit.files import COUNTED, run_operation


@pytest.mark.parametrize("operation", ["read", "describe", "delete", "list", "move"])
@pytest.mark.parametrize("remembered", [["a/b/c"], ["a"], ["a", "a/b", "a/b/c"]])
def test_that_a_name_was_missing_is_not_believed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, operation: str, remembered: list[str]
) -> None:
    file_writes.write(tmp_path, "a/b/c", b"elsewhere")
    client = Remembering({tmp_path / name for name in remembered}, monkeypatch)
    match operation:
        case "list":
            assert [
                entry.name for entry in directory_listing.page(tmp_path, "a/b", limit=9).entries
            ] == ["c"]
        case "move":
            assert file_writes.move(tmp_path, "a/b/c", "new").created
        case _:
            run_operation(operation, tmp_path, "a/b/c")
    assert client.missing <= {tmp_path / "a/b/c"}


@pytest.mark.parametrize("operation", ["read", "describe", "delete", "move", "write", "upload"])
def test_that_a_name_was_another_file_is_not_believed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, operation: str
) -> None:
    old = file_writes.write(tmp_path, "a/name", b"old").etag
    file_writes.move(tmp_path, "a/name", "a/moved")
    file_writes.write(tmp_path, "a/name", b"newer")
    begun = uploads.create(
        tmp_path, target="a/name", length=1, conditions=Conditions(), limits=Limits()
    ).upload
    Remembering(set(), monkeypatch, {tmp_path / "a/name": tmp_path / "a/moved"})
    expected = Conditions(if_match=old)
    match operation:
        case "read":
            assert file_reads.read(tmp_path, "a/name", file_reads.whole(9))[1] == b"newer"
        case "describe":
            assert file_reads.describe(tmp_path, "a/name").etag != old
        case "delete":
            with pytest.raises(PreconditionFailedError):
                file_writes.delete(tmp_path, "a/name", conditions=expected)
        case "move":
            with pytest.raises(PreconditionFailedError):
                file_writes.move(tmp_path, "a/name", "b", conditions=expected)
        case "write":
            with pytest.raises(PreconditionFailedError):
                file_writes.write(tmp_path, "a/name", b"", conditions=expected)
        case "upload":
            with pytest.raises(PreconditionFailedError):
                file_writes.check_write(tmp_path, "a/name", expected)
            assert uploads.append(
                tmp_path, begun.id, 0, b"x", expiry_seconds=60, limits=Limits()
            ).written
    monkeypatch.undo()
    there = file_reads.read(tmp_path, "a/name", file_reads.whole(9))[1]
    assert there == (b"x" if operation == "upload" else b"newer")


@pytest.mark.parametrize("operation", ["read", "describe", "delete", "write", "list", "move"])
@pytest.mark.parametrize("times", [1, 15])
def test_a_file_that_is_replaced_while_it_is_looked_at_is_looked_at_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, operation: str, times: int
) -> None:
    tag = file_writes.write(tmp_path, "d/name", b"there").etag
    stale = Stale(times, "name", monkeypatch)
    match operation:
        case "list":
            assert [
                entry.etag for entry in directory_listing.page(tmp_path, "d", limit=9).entries
            ] == [tag]
        case "move":
            file_writes.move(tmp_path, "d/name", "b", conditions=Conditions(if_match=tag))
        case "write":
            file_writes.write(tmp_path, "d/name", b"", conditions=Conditions(if_match=tag))
        case "delete":
            file_writes.delete(tmp_path, "d/name", conditions=Conditions(if_match=tag))
        case _:
            run_operation(operation, tmp_path, "d/name")
    assert stale.times == 0


def test_a_reader_who_may_lock_nothing_looks_again_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file_writes.write(tmp_path, "d/name", b"there")

    def read_only(*_: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(file_reads, "names_locked", read_only)
    stale = Stale(15, "name", monkeypatch)
    assert file_reads.read(tmp_path, "d/name", file_reads.whole(9))[1] == b"there"
    assert stale.times == 0


def test_what_is_always_replaced_is_busy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file_writes.write(tmp_path, "d/name", b"there")
    Stale(10**9, "name", monkeypatch)
    for operation in ("read", "describe", "delete", "list"):
        with pytest.raises(BusyError, match="replaced faster than it can be read"):
            run_operation(operation, tmp_path, "d/name" if operation != "list" else "d")


@pytest.mark.parametrize("call", ["replace", "unlink", "rmdir"])
def test_what_a_server_did_before_it_forgot_that_it_did_is_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    file_writes.write(tmp_path, "file", b"there", limits=COUNTED)
    (tmp_path / "directory").mkdir()
    real = getattr(os, call)

    def done_and_asked_again(*arguments: Any, **named: Any) -> None:  # noqa: ANN401
        real(*arguments, **named)
        raise FileNotFoundError(errno.ENOENT, "there is no such file any more")

    monkeypatch.setattr(os, call, done_and_asked_again)
    match call:
        case "replace":
            written = file_writes.write(tmp_path, "file", b"newer", limits=COUNTED)
            assert file_reads.describe(tmp_path, "file").etag == written.etag
            assert file_writes.move(tmp_path, "file", "moved", limits=COUNTED).created
        case "unlink":
            file_writes.delete(tmp_path, "file", limits=COUNTED)
        case "rmdir":
            file_writes.delete(tmp_path, "directory", limits=COUNTED)
    monkeypatch.undo()
    left = {path.name for path in tmp_path.iterdir() if not path.name.startswith(".drive-")}
    assert (
        left
        == {
            "replace": {"moved", "directory"},
            "unlink": {"directory"},
            "rmdir": {"file"},
        }[call]
    )


def test_who_was_away_for_longer_than_a_lease_is_told_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What takes so long is not done again: whether it was done, the caller has to look."""
    monkeypatch.setattr(locks, "_SURE_SECONDS", 0.0)
    file_writes.write(tmp_path, "a", b"1")  # it kept its lock all the time

    def lost(*_: object) -> int:
        raise OSError(errno.EIO, "the lock is lost")

    monkeypatch.setattr(os, "pwrite", lost)
    with pytest.raises(BusyError, match="was away for too long"):
        file_writes.write(tmp_path, "a", b"2")
    assert file_reads.read(tmp_path, "a", file_reads.whole(9))[1] == b"2"


def test_the_deepest_name_that_is_missing_is_just_missing(tmp_path: Path) -> None:
    with pytest.raises(MissingError):
        file_reads.read(tmp_path, "/".join(["d"] * 1000), file_reads.whole(1))
