"""The bytes of an upload: what counts is what was acknowledged."""

import errno
import os
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from drive import file_reads, upload_state, uploads, usage
from drive.conditions import Conditions
from drive.errors import FullError, MissingError, OffsetError, UploadTooLargeError
from drive.quota import Limits
from drive.upload_state import Upload
from tests.unit.counter import used
from tests.unit.disks import Remembering
from tests.unit.uploads import (
    DAY,
    NO_LIMITS,
    UNCONDITIONAL,
    append,
    begin,
    content_of,
    describe,
    kept,
)


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
