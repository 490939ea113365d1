"""What the disk refuses is translated; the probe tells whether it works."""

import errno
import os
from pathlib import Path

import pytest

from drive import disk, file_reads, file_writes
from drive.errors import BusyError, DriveError, FullError, MissingError, ReadOnlyError
from tests.unit.disks import READ_ONLY


def test_a_drive_that_takes_no_file_says_so() -> None:
    with pytest.raises((ReadOnlyError, MissingError)):
        file_writes.write(READ_ONLY, "new", b"")


@pytest.mark.parametrize(
    ("number", "heard"),
    [(errno.ENOSPC, FullError), (errno.EFBIG, FullError), (errno.EDQUOT, BusyError)],
)
def test_efs_has_a_quota_of_open_files_and_none_of_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, heard: type[DriveError]
) -> None:
    """EFS says `Disk quota exceeded` of open files and locks, which passes: 503, and not 507."""

    def refused(*_arguments: object) -> None:
        raise OSError(number, os.strerror(number))

    file_writes.write(tmp_path, "a", b"before")
    monkeypatch.setattr(disk, "write_all", refused)
    with pytest.raises(heard):
        file_writes.write(tmp_path, "a", b"after")
    assert file_reads.read(tmp_path, "a", file_reads.whole(9))[1] == b"before"


@pytest.mark.parametrize("number", [13, 1, 30])
def test_a_missing_right_is_translated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(ReadOnlyError, match="'a' cannot be changed"):
        file_writes.write(tmp_path, "a", b"")


def test_an_error_nobody_foresaw_is_not_dressed_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(OSError, match="Input/output error"):
        file_writes.write(tmp_path, "a", b"")


def test_the_probe_writes_where_it_may_and_leaves_nothing(tmp_path: Path) -> None:
    disk.probe(tmp_path, writable=True)
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(OSError, match="No such file"):
        disk.probe(tmp_path / "missing", writable=False)


def test_the_probe_fails_where_it_cannot_write() -> None:
    disk.probe(READ_ONLY, writable=False)
    with pytest.raises(OSError, match=r"/\.drive-"):
        disk.probe(READ_ONLY, writable=True)


def test_the_probe_notices_other_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "read_bytes", lambda _: b"other")
    with pytest.raises(DriveError, match="gave back other bytes"):
        disk.probe(tmp_path, writable=True)
