"""Uploads in parts: any instance may resume one, and it becomes a file only when it is complete.

`upload_state` has their files on the drive. Every change of an upload holds its lock.
"""

import os
import secrets
import time
from pathlib import Path
from typing import NamedTuple

from drive import disk, file_writes, names, quota, trash_emptying, upload_state
from drive.conditions import Conditions
from drive.errors import (
    GoneError,
    LockedError,
    OffsetError,
    UploadTooLargeError,
)
from drive.file_writes import Written
from drive.quota import NO_LIMITS, Limits
from drive.upload_state import Upload


class Progress(NamedTuple):
    """The result of a part: the upload after it, and the file if it was the last part."""

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
    keep: bool = False,
) -> Progress:
    """Begin an upload of `length` bytes that becomes the file `target`; one of 0 bytes is done.

    Its bytes count as used from now on. Raises what `file_writes.write` would raise, as far as that
    can be known. With `keep`, a file that an upload of 0 bytes replaces is in the trash.
    """
    names.resolve(root, target)
    if limits.file_bytes is not None and length > limits.file_bytes:
        raise UploadTooLargeError(
            f"{target!r} would have {length} bytes; a file may have {limits.file_bytes}",
            limit=limits.file_bytes,
        )
    file_writes.check_write(root, target, conditions)
    trash_emptying.take_room(root, length, limit=limits.drive_bytes)
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
    part = upload_state.part_path(root, upload.id)
    try:
        with disk.translated(target):
            os.close(disk.create(part))
            upload_state.write(root, upload)
        if length == 0:
            return append(
                root, upload.id, 0, b"", expiry_seconds=float("inf"), limits=limits, keep=keep
            )
    except BaseException:
        upload_state.state_path(root, upload.id).unlink(missing_ok=True)
        part.unlink(missing_ok=True)
        quota.change(root, -length, limit=limits.drive_bytes)
        raise
    return Progress(upload, None)


def describe(root: Path, upload_id: str, *, expiry_seconds: float) -> Upload:
    """Return an upload, finished ones too. Raises `MissingError`, or `GoneError` when expired."""
    return _checked(upload_state.read(root, upload_id), expiry_seconds)


def append(
    root: Path,
    upload_id: str,
    offset: int,
    content: bytes,
    *,
    expiry_seconds: float,
    limits: Limits,
    keep: bool = False,
) -> Progress:
    """Put `content` at `offset`, on the server when this returns; the last part makes the file.

    With `keep`, a file that it replaces is in the trash then.

    Raises `OffsetError` unless `offset` is the offset of the upload, `LockedError` when another
    request writes it, and `UploadTooLargeError` for more bytes than were announced. When the file
    cannot take its place, it raises what `file_writes.write` would raise, and the upload stays as
    it was before the last part.
    """
    with upload_state.held(root, upload_id) as descriptor:
        upload = _checked(upload_state.load(root, upload_id, descriptor), expiry_seconds)
        if offset != upload.offset:
            raise OffsetError(
                f"the upload resumes at byte {upload.offset}, got Upload-Offset {offset}",
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
        part = upload_state.part_path(root, upload_id)
        written = None
        with disk.translated(upload.target):
            etag = _write_part(part, offset, content, last=end == upload.length)
            if etag is not None:
                written = file_writes.put_in_place(
                    root,
                    part,
                    etag,
                    upload.target,
                    conditions=upload.conditions,
                    limits=limits,
                    act="upload" if keep else None,
                )
            upload_state.record(descriptor, upload, end)
    if written:
        upload_state.let_go(root, upload_id)
    known = upload._replace(offset=end, modified=time.time(), finished=written is not None)
    return Progress(known, written)


def remove(
    root: Path,
    upload_id: str,
    *,
    limits: Limits = NO_LIMITS,
    unmodified_since: float = float("inf"),
) -> int:
    """Remove an upload; the file that a finished upload made stays.

    Returns the number of acknowledged bytes that it held: 0 for a finished upload.

    Raises `MissingError`, or `LockedError` when a request writes it, or wrote it after
    `unmodified_since`.
    """
    with upload_state.held(root, upload_id) as descriptor:
        upload = upload_state.load(root, upload_id, descriptor)
        if upload.modified > unmodified_since:
            raise LockedError(f"the upload {upload_id!r} is being written")
        # In this order: a state without its part would be taken for a finished upload.
        part = upload_state.part_path(root, upload_id)
        less = 0 if upload.finished else -upload.length
        with quota.counted(root, less, limit=limits.drive_bytes):
            upload_state.state_path(root, upload_id).unlink(missing_ok=True)
            part.unlink(missing_ok=True)
    upload_state.let_go(root, upload_id)
    return 0 if upload.finished else upload.offset


def _checked(upload: Upload, expiry_seconds: float) -> Upload:
    if time.time() - upload.modified > expiry_seconds:
        raise GoneError(f"the upload {upload.id!r} has expired; begin it again")
    return upload


def _write_part(part: Path, offset: int, content: bytes, *, last: bool) -> str | None:
    """Write and flush `content`; return the entity tag of the file if it is the last part."""
    with open(os.open(part, os.O_WRONLY | os.O_CLOEXEC), "wb", buffering=0) as file:
        file.seek(offset)
        disk.write_all(file.fileno(), content)
        if last:
            disk.stamp(file.fileno())
        os.fsync(file.fileno())
        return disk.etag(os.fstat(file.fileno())) if last else None
