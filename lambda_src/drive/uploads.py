"""Uploads in parts that any instance may go on with, and that are a file only when complete.

An upload is two files in `DIRECTORY`: `<id>.part` with its bytes, and `<id>` with its state: a line
of JSON, then one record of fixed width for each offset that was acknowledged. The offset is
recorded after the bytes were flushed, and never read from the size of `<id>.part`: an NFS client
may send the end of a write before its beginning, so after a crash a size can count bytes that never
arrived. What stands after the recorded offset is written over by the next part.

Whoever changes an upload holds the lock of its state file.
"""

import errno
import json
import os
import re
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from drive import disk, files, locks, names, quota
from drive.conditions import Conditions
from drive.errors import (
    BusyError,
    DriveError,
    FullError,
    GoneError,
    LockedError,
    MissingError,
    OffsetError,
    UploadTooLargeError,
)
from drive.files import Limits, Written

DIRECTORY = names.OWN_PREFIX + "uploads"
PART_SUFFIX = ".part"

_ID = re.compile(r"[0-9a-f]{32}")
_RECORD = re.compile(rb"[0-9]{20}\n")
_RECORD_BYTES = 21
_HEADER_BYTES = 64 * 1024


class Upload(NamedTuple):
    """An upload as it stands: bytes announced and acknowledged, times in seconds since 1970.

    `target` is the name of the file it becomes, `metadata` what its client wants to be told again.
    """

    id: str
    target: str
    metadata: str
    length: int
    offset: int
    created: float
    modified: float
    finished: bool
    conditions: Conditions


class Progress(NamedTuple):
    """What a part did: the upload after it, and the file when it was the last one."""

    upload: Upload
    written: Written | None


def create(
    root: Path,
    *,
    target: str,
    length: int,
    metadata: str = "",
    conditions: Conditions,
    limits: Limits,
) -> Progress:
    """Begin an upload of `length` bytes that becomes the file `target`; one of 0 bytes is done.

    Its bytes count as used from now on. Raises what `files.write` would, as far as it can be known.
    """
    names.resolve(root, target)
    if limits.file_bytes is not None and length > limits.file_bytes:
        raise UploadTooLargeError(
            f"{target!r} would have {length} bytes; a file may have {limits.file_bytes}",
            limit=limits.file_bytes,
        )
    files.check_write(root, target, conditions)
    quota.change(root, length, limit=limits.drive_bytes)
    now = time.time()
    upload = Upload(
        id=secrets.token_hex(16),
        target=target,
        metadata=metadata,
        length=length,
        offset=0,
        created=now,
        modified=now,
        finished=False,
        conditions=conditions,
    )
    part = _part(root, upload.id)
    try:
        with disk.translated(target):
            os.close(disk.create(part))
            _write_state(root, upload)
        if length == 0:
            return append(root, upload.id, 0, b"", expiry_seconds=float("inf"), limits=limits)
    except BaseException:
        _state(root, upload.id).unlink(missing_ok=True)
        part.unlink(missing_ok=True)
        quota.change(root, -length, limit=limits.drive_bytes)
        raise
    return Progress(upload, None)


def describe(root: Path, upload_id: str, *, expiry_seconds: float) -> Upload:
    """Return an upload, finished ones too. Raises `MissingError`, or `GoneError` when expired."""
    with _opened(root, upload_id, os.O_RDONLY) as descriptor:
        upload = _load(root, upload_id, descriptor)
        if os.fstat(descriptor).st_nlink == 0:  # or its missing part would look like a finished one
            raise _missing(upload_id)
        return _checked(upload, expiry_seconds)


def append(
    root: Path,
    upload_id: str,
    offset: int,
    content: bytes,
    *,
    expiry_seconds: float,
    limits: Limits,
) -> Progress:
    """Put `content` at `offset`, on the server when this returns; the last part makes the file.

    Raises `OffsetError` unless `offset` is where the upload stands, `LockedError` when another
    request writes it, `UploadTooLargeError` for more than was announced, and when the file cannot
    take its place what `files.write` would; the upload then stays as it was before the last part.
    """
    with _held(root, upload_id) as descriptor:
        upload = _checked(_load(root, upload_id, descriptor), expiry_seconds)
        if offset != upload.offset:
            raise OffsetError(
                f"the upload goes on at byte {upload.offset}, got Upload-Offset {offset}",
                offset=upload.offset,
            )
        end = offset + len(content)
        if end > upload.length:
            raise UploadTooLargeError(
                f"the upload was announced with {upload.length} bytes, these would make it {end}",
                limit=upload.length,
            )
        if upload.finished:
            return Progress(upload, None)
        part = _part(root, upload_id)
        written = None
        with disk.translated(upload.target):
            _write_part(part, offset, content)
            if end == upload.length:
                written = files.put_in_place(
                    root, part, upload.target, conditions=upload.conditions, limits=limits
                )
            _record(descriptor, end)
        known = upload._replace(offset=end, modified=time.time(), finished=written is not None)
        return Progress(known, written)


def remove(
    root: Path,
    upload_id: str,
    *,
    limits: Limits = files.NO_LIMITS,
    unmodified_since: float = float("inf"),
) -> int:
    """Forget an upload; the file that a finished one made stays. Returns the bytes that it held.

    Raises `MissingError`, or `LockedError` when a request writes it, or wrote it after
    `unmodified_since`.
    """
    with _held(root, upload_id) as descriptor:
        upload = _load(root, upload_id, descriptor)
        if upload.modified > unmodified_since:
            raise LockedError(f"the upload {upload_id!r} went on")
        # In this order: a state without its part would be taken for a finished upload.
        part = _part(root, upload_id)
        try:
            held = part.stat().st_size
        except FileNotFoundError:
            held = 0
        _state(root, upload_id).unlink()
        part.unlink(missing_ok=True)
        if not upload.finished:
            quota.change(root, -upload.length, limit=limits.drive_bytes)
        return held


def in_progress(root: Path) -> Iterator[Upload]:
    """Every upload that has a state, finished ones too, without locking or writing anything.

    What looks like a state and is none, which others put there, is left out.
    """
    try:
        found = os.scandir(root / DIRECTORY)
    except FileNotFoundError:
        return
    with found:
        for entry in found:
            if _ID.fullmatch(entry.name):
                with suppress(DriveError, OSError, ValueError, KeyError, TypeError):
                    yield describe(root, entry.name, expiry_seconds=float("inf"))


def _state(root: Path, upload_id: str) -> Path:
    if not _ID.fullmatch(upload_id):
        raise _missing(upload_id)
    return root / DIRECTORY / upload_id


def _part(root: Path, upload_id: str) -> Path:
    return root / DIRECTORY / f"{upload_id}{PART_SUFFIX}"


def _missing(upload_id: str) -> MissingError:
    return MissingError(f"there is no upload {upload_id!r}")


def _checked(upload: Upload, expiry_seconds: float) -> Upload:
    if time.time() - upload.modified > expiry_seconds:
        raise GoneError(f"the upload {upload.id!r} has expired; begin it again")
    return upload


@contextmanager
def _held(root: Path, upload_id: str) -> Iterator[int]:
    """Open the state of an upload and lock it. Raises `LockedError`, or `MissingError`."""
    with _opened(root, upload_id, os.O_RDWR) as descriptor:
        try:
            locks.take(descriptor, wait_seconds=0)
        except BusyError:
            raise LockedError(f"another request is writing the upload {upload_id!r}") from None
        if os.fstat(descriptor).st_nlink == 0:  # removed between the two steps
            raise _missing(upload_id)
        yield descriptor


@contextmanager
def _opened(root: Path, upload_id: str, flags: int) -> Iterator[int]:
    try:
        descriptor = os.open(_state(root, upload_id), flags | os.O_CLOEXEC)
    except FileNotFoundError:
        raise _missing(upload_id) from None
    try:
        yield descriptor
    except OSError as error:
        if error.errno == errno.ESTALE:  # removed by another instance
            raise _missing(upload_id) from error
        raise
    finally:
        os.close(descriptor)


def _load(root: Path, upload_id: str, descriptor: int) -> Upload:
    status = os.fstat(descriptor)
    header = os.pread(descriptor, _HEADER_BYTES, 0).partition(b"\n")[0]
    known = json.loads(header)
    length: int = known["length"]
    recorded = _last_record(descriptor, len(header) + 1, status.st_size)
    # The part leaves when it becomes the file; a crash may come before the last record is written.
    finished = not _part(root, upload_id).exists()
    return Upload(
        id=upload_id,
        target=known["target"],
        metadata=known["metadata"],
        length=length,
        offset=length if finished else recorded,
        created=known["created"],
        modified=status.st_mtime,
        finished=finished,
        conditions=Conditions(**known["conditions"]),
    )


def _last_record(descriptor: int, start: int, end: int) -> int:
    """The offset that was recorded last; one that a crash cut off does not count."""
    for index in range((end - start) // _RECORD_BYTES - 1, -1, -1):
        record = os.pread(descriptor, _RECORD_BYTES, start + index * _RECORD_BYTES)
        if _RECORD.fullmatch(record):
            return int(record)
    return 0


def _record(descriptor: int, offset: int) -> None:
    header = os.pread(descriptor, _HEADER_BYTES, 0).index(b"\n") + 1
    index = (os.fstat(descriptor).st_size - header) // _RECORD_BYTES
    record = b"%020d\n" % offset
    if os.pwrite(descriptor, record, header + index * _RECORD_BYTES) != len(record):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))  # the last bytes of a full disk
    os.fsync(descriptor)


def _write_part(part: Path, offset: int, content: bytes) -> None:
    with open(os.open(part, os.O_WRONLY | os.O_CLOEXEC), "wb", buffering=0) as file:
        file.seek(offset)
        disk.write_all(file.fileno(), content)
        disk.stamp(file.fileno())
        os.fsync(file.fileno())


def _write_state(root: Path, upload: Upload) -> None:
    header = {
        "length": upload.length,
        "created": upload.created,
        "target": upload.target,
        "metadata": upload.metadata,
        "conditions": upload.conditions._asdict(),
    }
    line = json.dumps(header).encode() + b"\n"
    if len(line) > _HEADER_BYTES:
        raise FullError(f"an upload's metadata has at most {_HEADER_BYTES} bytes, got {len(line)}")
    disk.write_whole(_state(root, upload.id), line)
