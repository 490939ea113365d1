"""An upload from its creation to its end."""

import errno
import fcntl
import os
import threading
from pathlib import Path

import pytest

from drive import disk, file_writes, locks, upload_state, uploads
from drive.conditions import Conditions
from drive.errors import (
    BusyError,
    ConflictError,
    DriveError,
    FullError,
    GoneError,
    InvalidNameError,
    LockedError,
    MissingError,
    OffsetError,
    PreconditionFailedError,
    UploadTooLargeError,
)
from drive.quota import Limits
from drive.upload_state import Upload
from tests.unit.disks import Remembering
from tests.unit.uploads import DAY, NO_LIMITS, append, begin, content_of, describe, kept


def test_the_state_of_an_upload_is_open_for_as_long_as_it_goes_on(tmp_path: Path) -> None:
    """Open and removed, it would stay on an NFS server under another name."""
    for end in ("finished", "removed"):
        upload = begin(tmp_path, "a", 2)
        append(tmp_path, upload, 0, b"x")
        state = str(upload_state.state_path(tmp_path, upload.id))
        assert state in locks._kept
        if end == "finished":
            append(tmp_path, upload, 1, b"y")
        else:
            uploads.remove(tmp_path, upload.id)
        assert state not in locks._kept


def test_an_upload_that_was_missing_is_looked_for_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload = begin(tmp_path)
    folder = tmp_path / upload_state.DIRECTORY
    for step in (describe, lambda root, upload: append(root, upload, 0, b"x")):
        with monkeypatch.context() as patch:
            Remembering({folder, folder / upload.id}, patch)
            step(tmp_path, upload)


def test_one_request_writes_at_a_time(tmp_path: Path) -> None:
    upload = begin(tmp_path)
    with (tmp_path / upload_state.DIRECTORY / upload.id).open("rb+") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(LockedError, match="another request is writing the upload"):
            append(tmp_path, upload, 0, b"x")
        with pytest.raises(LockedError):
            uploads.remove(tmp_path, upload.id)
        assert describe(tmp_path, upload).offset == 0
    append(tmp_path, upload, 0, b"x")


def test_of_many_writers_of_one_part_one_succeeds(tmp_path: Path) -> None:
    upload = begin(tmp_path, "a", 1000)
    outcomes: list[str] = []

    def write(letter: int) -> None:
        try:
            append(tmp_path, upload, 0, bytes([letter]) * 1000)
            outcomes.append("kept")
        except (LockedError, OffsetError) as error:
            outcomes.append(type(error).__name__)

    threads = [threading.Thread(target=write, args=(letter,)) for letter in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes.count("kept") == 1
    assert len(set(content_of(tmp_path, "a"))) == 1


def test_conditions_hold_when_the_file_takes_its_place(tmp_path: Path) -> None:
    tag = file_writes.write(tmp_path, "a", b"old").etag
    replacing = begin(tmp_path, "a", 3, Conditions(if_match=tag))
    creating = begin(tmp_path, "b", 3, Conditions(if_none_match="*"))
    file_writes.write(tmp_path, "a", b"other")
    file_writes.write(tmp_path, "b", b"other")
    for upload in (replacing, creating):
        for _ in range(2):  # and it stays as it was, for its client to look and decide
            with pytest.raises(PreconditionFailedError):
                append(tmp_path, upload, 0, b"new")
            assert describe(tmp_path, upload).offset == 0
        assert content_of(tmp_path, upload.target) == b"other"
    file_writes.delete(tmp_path, "b")
    append(tmp_path, creating, 0, b"new")
    assert content_of(tmp_path, "b") == b"new"


def test_an_upload_that_can_never_be_is_refused_at_once(tmp_path: Path) -> None:
    file_writes.write(tmp_path, "a", b"")
    file_writes.write(tmp_path, "d/x", b"")
    refused: list[tuple[type[DriveError], str, Conditions, Limits]] = [
        (PreconditionFailedError, "a", Conditions(if_none_match="*"), NO_LIMITS),
        (PreconditionFailedError, "b", Conditions(if_match='"x"'), NO_LIMITS),
        (ConflictError, "d", Conditions(), NO_LIMITS),
        (InvalidNameError, "../x", Conditions(), NO_LIMITS),
        (InvalidNameError, ".drive-uploads/x", Conditions(), NO_LIMITS),
        (UploadTooLargeError, "b", Conditions(), Limits(file_bytes=9)),
        (FullError, "b", Conditions(), Limits(drive_bytes=9)),
    ]
    for error, target, conditions, limits in refused:
        with pytest.raises(error):
            uploads.create(tmp_path, target=target, length=10, conditions=conditions, limits=limits)
    assert not (tmp_path / upload_state.DIRECTORY).exists()


def test_a_drive_that_fills_up_at_the_creation_keeps_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits = Limits(drive_bytes=15)

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(disk, "write_whole", full)
        with pytest.raises(FullError, match="no room for 'a'"):
            uploads.create(tmp_path, target="a", length=10, conditions=Conditions(), limits=limits)
    assert kept(tmp_path) == []
    # and its bytes were given back
    uploads.create(tmp_path, target="a", length=10, conditions=Conditions(), limits=limits)
    with pytest.raises(FullError):
        uploads.create(tmp_path, target="b", length=10, conditions=Conditions(), limits=limits)


def test_an_upload_counts_from_its_creation_to_its_removal(tmp_path: Path) -> None:
    limits = Limits(drive_bytes=15)

    def create(target: str) -> Upload:
        return uploads.create(
            tmp_path, target=target, length=10, conditions=Conditions(), limits=limits
        ).upload

    first = create("a")
    with pytest.raises(FullError):
        file_writes.write(tmp_path, "b", b"123456", limits=limits)
    assert uploads.remove(tmp_path, first.id, limits=limits) == 0
    second = create("a")
    uploads.append(tmp_path, second.id, 0, b"0" * 10, expiry_seconds=DAY, limits=limits)
    uploads.remove(tmp_path, second.id, limits=limits)  # finished: the file keeps its bytes
    with pytest.raises(FullError):
        file_writes.write(tmp_path, "b", b"123456", limits=limits)
    file_writes.delete(tmp_path, "a", limits=limits)
    file_writes.write(tmp_path, "b", b"123456", limits=limits)


def test_an_upload_expires_after_its_last_part(tmp_path: Path) -> None:
    upload = begin(tmp_path)
    state = tmp_path / upload_state.DIRECTORY / upload.id
    age = state.stat().st_mtime - DAY
    os.utime(state, (age - 1, age - 1))
    for use in (describe, lambda root, upload: append(root, upload, 0, b"x")):
        with pytest.raises(GoneError, match="has expired"):
            use(tmp_path, upload)
    os.utime(state, (age + 60, age + 60))
    append(tmp_path, upload, 0, b"x")
    assert state.stat().st_mtime > age + 3600


@pytest.mark.parametrize("bad", ["", "x", "../../etc/passwd", "A" * 32, "0" * 31, "0" * 32])
def test_an_id_that_is_none_is_missing(tmp_path: Path, bad: str) -> None:
    with pytest.raises(MissingError, match="there is no upload"):
        uploads.describe(tmp_path, bad, expiry_seconds=DAY)
    with pytest.raises(MissingError):
        uploads.remove(tmp_path, bad)


def test_an_upload_that_another_instance_removed_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload = begin(tmp_path)

    def stale(*_: object) -> bytes:
        raise OSError(errno.ESTALE, "Stale file handle")

    with monkeypatch.context() as patch:
        patch.setattr(os, "pread", stale)
        with pytest.raises(MissingError):
            append(tmp_path, upload, 0, b"x")
        with pytest.raises(MissingError):
            describe(tmp_path, upload)


def test_a_directory_that_is_removed_meanwhile_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload = begin(tmp_path, "d/a", 1)
    real = disk.make_directories
    removals = [3]

    def make_and_remove(directory: Path) -> list[Path]:
        made = real(directory)
        if removals[0]:
            removals[0] -= 1
            directory.rmdir()
        return made

    monkeypatch.setattr(disk, "make_directories", make_and_remove)
    append(tmp_path, upload, 0, b"x")
    assert content_of(tmp_path, "d/a") == b"x"


def test_names_that_are_held_too_long_are_busy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file_writes.write(tmp_path, "a", b"")
    monkeypatch.setattr("drive.locks._WAIT_SECONDS", 0.01)
    [lock] = (tmp_path / ".drive-locks").iterdir()
    with lock.open("rb+") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(BusyError, match="another request is writing here"):
            file_writes.write(tmp_path, "a", b"new")
    assert content_of(tmp_path, "a") == b""


def test_an_upload_that_went_on_is_not_swept(tmp_path: Path) -> None:
    upload = begin(tmp_path)
    with pytest.raises(LockedError, match="is being written"):
        uploads.remove(tmp_path, upload.id, unmodified_since=upload.modified - 60)
    assert describe(tmp_path, upload).offset == 0
    uploads.remove(tmp_path, upload.id, unmodified_since=upload.modified + 60)


def test_what_looks_like_an_upload_and_is_none_is_left_out(tmp_path: Path) -> None:
    upload = begin(tmp_path)
    folder = tmp_path / upload_state.DIRECTORY
    for number, content in enumerate([b"", b"{}\n", b"[]\n", b"\xff\n", b'{"length": 1}\n']):
        (folder / f"{number:032x}").write_bytes(content)
    (folder / ("e" * 32)).mkdir()
    assert [known.id for known in upload_state.in_progress(tmp_path)] == [upload.id]


def test_an_upload_that_is_removed_meanwhile_is_not_taken_for_finished(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload = begin(tmp_path)
    real = upload_state.load

    def remove_and_load(root: Path, upload_id: str, descriptor: int) -> Upload:
        monkeypatch.setattr(upload_state, "load", real)
        uploads.remove(root, upload_id)
        return real(root, upload_id, descriptor)

    monkeypatch.setattr(upload_state, "load", remove_and_load)
    with pytest.raises(MissingError):
        describe(tmp_path, upload)
