"""Uploads in parts: the offset machine against a model, and what crashes and neighbours do."""

import errno
import fcntl
import os
import shutil
import tempfile
import threading
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from drive import disk, file_reads, file_writes, locks, upload_state, uploads, usage
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
from drive.uploads import Progress
from tests.unit.test_files import Remembering
from tests.unit.test_quota import used

NO_LIMITS = Limits()
UNCONDITIONAL = Conditions()
DAY = 86_400.0


def begin(
    root: Path, target: str = "a", length: int = 10, conditions: Conditions = UNCONDITIONAL
) -> Upload:
    return uploads.create(
        root, target=target, length=length, conditions=conditions, limits=NO_LIMITS
    ).upload


def append(root: Path, upload: Upload, offset: int, content: bytes) -> Progress:
    return uploads.append(root, upload.id, offset, content, expiry_seconds=DAY, limits=NO_LIMITS)


def describe(root: Path, upload: Upload) -> Upload:
    return uploads.describe(root, upload.id, expiry_seconds=DAY)


def content_of(root: Path, name: str) -> bytes:
    return file_reads.read(root, name, file_reads.whole(1_000_000))[1]


def kept(root: Path) -> list[str]:
    return sorted(os.listdir(root / upload_state.DIRECTORY))


class OffsetMachine(RuleBasedStateMachine):
    """One upload against a model of three values: its length, its bytes, whether it is there."""

    def __init__(self) -> None:
        super().__init__()
        self.root = Path(tempfile.mkdtemp())
        self.upload: Upload | None = None
        self.sent = b""
        self.there = False
        self.file: bytes | None = None

    def teardown(self) -> None:
        shutil.rmtree(self.root)

    @precondition(lambda self: self.upload is None)
    @rule(length=st.integers(0, 12))
    def create(self, length: int) -> None:
        progress = uploads.create(
            self.root,
            target="d/file",
            length=length,
            metadata="filename ZC9maWxl",
            conditions=Conditions(),
            limits=NO_LIMITS,
        )
        self.upload, self.sent, self.there = progress.upload, b"", True
        if length == 0:
            assert progress.written
            self.file = b""

    @precondition(lambda self: self.upload is not None)
    @rule(offset=st.integers(0, 14), content=st.binary(max_size=8))
    def append(self, offset: int, content: bytes) -> None:
        assert self.upload
        try:
            progress = append(self.root, self.upload, offset, content)
        except MissingError:
            assert not self.there
            return
        except OffsetError as error:
            told = error.members["offset"]
            refused = f"{offset} {told} {self.there}"
            if refused != f"{offset} {len(self.sent)} True" or offset == told:
                raise
            return
        except UploadTooLargeError:
            assert self.there
            assert offset == len(self.sent)
            assert offset + len(content) > self.upload.length
            return
        assert self.there
        assert offset == len(self.sent)
        finished_before = len(self.sent) == self.upload.length
        self.sent += content
        assert progress.upload.offset == len(self.sent)
        complete = len(self.sent) == self.upload.length
        assert (progress.written is not None) is (complete and not finished_before)
        if complete and not finished_before:
            self.file = self.sent

    @precondition(lambda self: self.upload is not None)
    @rule(content=st.binary(min_size=1, max_size=4))
    def append_where_it_stands(self, content: bytes) -> None:
        self.append(len(self.sent), content)

    @precondition(lambda self: self.upload is not None)
    @rule()
    def remove(self) -> None:
        assert self.upload
        if self.there:
            uploads.remove(self.root, self.upload.id)
        else:
            with pytest.raises(MissingError):
                uploads.remove(self.root, self.upload.id)
        self.there = False

    @precondition(lambda self: self.upload is not None and not self.there)
    @rule()
    def forget(self) -> None:
        self.upload = None

    @invariant()
    def what_is_told_is_what_is_kept(self) -> None:
        if self.file is None:
            assert not (self.root / "d" / "file").exists()
        else:
            assert content_of(self.root, "d/file") == self.file
        if self.upload and self.there:
            told = describe(self.root, self.upload)
            assert (told.offset, told.length) == (len(self.sent), self.upload.length)
            assert told.finished is (told.offset == told.length)
            assert told.metadata == "filename ZC9maWxl"
            assert [upload.id for upload in upload_state.in_progress(self.root)] == [self.upload.id]
        elif self.upload:
            with pytest.raises(MissingError):
                describe(self.root, self.upload)
            assert kept(self.root) == []


OffsetMachine.TestCase.settings = settings(max_examples=60, stateful_step_count=20)
TestOffsetMachine = OffsetMachine.TestCase


def test_another_instance_goes_on_where_the_first_stopped(tmp_path: Path) -> None:
    upload = begin(tmp_path, "deep/er/file", 6)
    append(tmp_path, upload, 0, b"abc")
    assert not (tmp_path / "deep").exists()
    assert uploads.describe(tmp_path, upload.id, expiry_seconds=DAY).offset == 3
    written = append(tmp_path, upload, 3, b"def").written
    assert written
    assert content_of(tmp_path, "deep/er/file") == b"abcdef"
    assert written.etag == file_reads.describe(tmp_path, "deep/er/file").etag


def test_bytes_that_were_not_acknowledged_do_not_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload = begin(tmp_path, "a", 6)
    append(tmp_path, upload, 0, b"ab")
    real_fsync = os.fsync

    def fail(descriptor: int) -> None:
        raise OSError(errno.EIO, "the server is gone")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="the server is gone"):
        append(tmp_path, upload, 2, b"XXXX")
    monkeypatch.setattr(os, "fsync", real_fsync)
    part = tmp_path / upload_state.DIRECTORY / f"{upload.id}.part"
    assert part.stat().st_size == 6  # they are on this disk, and may be on no other
    assert describe(tmp_path, upload).offset == 2
    append(tmp_path, upload, 2, b"cdef")
    assert content_of(tmp_path, "a") == b"abcdef"


def test_an_offset_is_recorded_after_its_bytes_are_on_the_server(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload = begin(tmp_path, "a", 6)
    steps: list[str] = []
    real = os.fsync, os.pwrite, os.replace

    def fsync(descriptor: int) -> None:
        steps.append("flush")
        real[0](descriptor)

    def pwrite(descriptor: int, content: bytes, offset: int) -> int:
        steps.append("record")
        return real[1](descriptor, content, offset)

    def replace(source: Path, target: Path) -> None:
        steps.append("rename")
        real[2](source, target)

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(os, "pwrite", pwrite)
    monkeypatch.setattr(os, "replace", replace)
    append(tmp_path, upload, 0, b"abc")
    assert steps == ["flush", "record", "flush"]
    steps.clear()
    append(tmp_path, upload, 3, b"def")
    assert steps == ["flush", "rename", "flush", "record", "flush"]


def test_a_record_that_a_crash_cut_off_is_none(tmp_path: Path) -> None:
    upload = begin(tmp_path, "a", 6)
    append(tmp_path, upload, 0, b"abc")
    state = tmp_path / upload_state.DIRECTORY / upload.id
    for torn in (b"0000000000", b"\0" * 21):
        with state.open("ab") as file:
            file.write(torn)
        assert describe(tmp_path, upload).offset == 3
    append(tmp_path, upload, 3, b"d")
    assert describe(tmp_path, upload).offset == 4
    append(tmp_path, upload, 4, b"ef")
    assert content_of(tmp_path, "a") == b"abcdef"


def test_a_record_that_did_not_fit_is_not_acknowledged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload = begin(tmp_path, "a", 6)
    real = os.pwrite

    def cut(descriptor: int, content: bytes, offset: int) -> int:
        return real(descriptor, content[:7], offset)

    with monkeypatch.context() as patch:
        patch.setattr(os, "pwrite", cut)
        with pytest.raises(FullError):
            append(tmp_path, upload, 0, b"abc")
    assert describe(tmp_path, upload).offset == 0
    append(tmp_path, upload, 0, b"abcdef")
    assert content_of(tmp_path, "a") == b"abcdef"


def test_an_answer_that_was_lost_is_told_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload = begin(tmp_path, "a", 3)

    def crash(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(upload_state, "record", crash)
        with pytest.raises(KeyboardInterrupt):
            append(tmp_path, upload, 0, b"abc")  # after the rename, before the record
    told = describe(tmp_path, upload)
    assert (told.offset, told.finished) == (3, True)
    with pytest.raises(OffsetError, match="resumes at byte 3"):
        append(tmp_path, upload, 0, b"abc")
    assert append(tmp_path, upload, 3, b"").written is None
    assert content_of(tmp_path, "a") == b"abc"


@pytest.mark.parametrize("step", ["describe", "nothing more", "again", "remove"])
def test_a_part_that_is_remembered_is_not_taken_for_one_that_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """An NFS client knows which file the part was, until the directory of uploads is opened."""
    limits = Limits(drive_bytes=100)
    upload = uploads.create(
        tmp_path, target="a", length=3, conditions=UNCONDITIONAL, limits=limits
    ).upload
    with monkeypatch.context() as patch:
        patch.setattr(upload_state, "record", lambda *_: None)  # a crash before it
        append(tmp_path, upload, 0, b"abc")
    tag = file_reads.describe(tmp_path, "a").etag
    part = upload_state.part_path(tmp_path, upload.id)
    Remembering(set(), monkeypatch, {part: tmp_path / "a"})
    match step:
        case "describe":
            assert describe(tmp_path, upload).finished
        case "nothing more":
            assert append(tmp_path, upload, 3, b"").written is None
        case "again":
            with pytest.raises(OffsetError, match="resumes at byte 3"):
                append(tmp_path, upload, 0, b"XYZ")
        case "remove":
            uploads.remove(tmp_path, upload.id, limits=limits)
            found = usage.measure(tmp_path, time_left=lambda: 60)
            assert used(tmp_path) == found.bytes + found.announced_bytes
    monkeypatch.undo()
    assert file_reads.describe(tmp_path, "a").etag == tag
    assert content_of(tmp_path, "a") == b"abc"


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
