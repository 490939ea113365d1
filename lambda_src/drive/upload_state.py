"""What is known of uploads: their files on the drive, read and written.

An upload is two files in `DIRECTORY`: `<id>.part` with its bytes, and `<id>` with its state: a line
of JSON, then one record of fixed width for each offset that was acknowledged. The offset is
recorded after the bytes were flushed, and never read from the size of `<id>.part`: an NFS client
may send the end of a write before its beginning, so after a crash a size can count bytes that never
arrived. What stands after the recorded offset is written over by the next part.
"""

import errno
import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from drive import disk, locks, names
from drive.conditions import Conditions
from drive.errors import BusyError, DriveError, FullError, LockedError, MissingError

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


def read(root: Path, upload_id: str) -> Upload:
    """Return an upload as it stands, finished ones too. Raises `MissingError`."""
    with _opened(root, upload_id, os.O_RDONLY) as descriptor:
        upload = load(root, upload_id, descriptor)
        if os.fstat(descriptor).st_nlink == 0:  # or its missing part would look like a finished one
            raise missing(upload_id)
        return upload


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
                    yield read(root, entry.name)


@contextmanager
def held(root: Path, upload_id: str) -> Iterator[int]:
    """Hold the lock of an upload, which whoever changes it must; gives the descriptor of its state.

    Raises `LockedError` when a request has it, or `MissingError`.
    """
    with _opened(root, upload_id, os.O_RDWR) as descriptor:
        try:
            locks.take(descriptor, wait_seconds=0)
        except BusyError:
            raise LockedError(f"another request is writing the upload {upload_id!r}") from None
        if os.fstat(descriptor).st_nlink == 0:  # removed between the two steps
            raise missing(upload_id)
        yield descriptor


def load(root: Path, upload_id: str, descriptor: int) -> Upload:
    """Return an upload as its open state has it."""
    status = os.fstat(descriptor)
    header = os.pread(descriptor, _HEADER_BYTES, 0).partition(b"\n")[0]
    known = json.loads(header)
    length: int = known["length"]
    recorded = _last_record(descriptor, len(header) + 1, status.st_size)
    # The part leaves when it becomes the file; a crash may come before the last record is written.
    finished = not part_path(root, upload_id).exists()
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


def record(descriptor: int, offset: int) -> None:
    """Write down that the bytes before `offset` are on the server, and have that there, too."""
    header = os.pread(descriptor, _HEADER_BYTES, 0).index(b"\n") + 1
    index = (os.fstat(descriptor).st_size - header) // _RECORD_BYTES
    line = b"%020d\n" % offset
    if os.pwrite(descriptor, line, header + index * _RECORD_BYTES) != len(line):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))  # the last bytes of a full disk
    os.fsync(descriptor)


def write(root: Path, upload: Upload) -> None:
    """Make the state of a new upload, in one step. Its part must be there already."""
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
    disk.write_whole(state_path(root, upload.id), line)


def state_path(root: Path, upload_id: str) -> Path:
    """Where the state of an upload is. Raises `MissingError` for what is no id."""
    if not _ID.fullmatch(upload_id):
        raise missing(upload_id)
    return root / DIRECTORY / upload_id


def part_path(root: Path, upload_id: str) -> Path:
    """Where its bytes are until it is finished."""
    return root / DIRECTORY / f"{upload_id}{PART_SUFFIX}"


def missing(upload_id: str) -> MissingError:
    """Say that there is no such upload."""
    return MissingError(f"there is no upload {upload_id!r}")


@contextmanager
def _opened(root: Path, upload_id: str, flags: int) -> Iterator[int]:
    try:
        descriptor = os.open(state_path(root, upload_id), flags | os.O_CLOEXEC)
    except FileNotFoundError:
        raise missing(upload_id) from None
    try:
        yield descriptor
    except OSError as error:
        if error.errno == errno.ESTALE:  # removed by another instance
            raise missing(upload_id) from error
        raise
    finally:
        os.close(descriptor)


def _last_record(descriptor: int, start: int, end: int) -> int:
    """The offset that was recorded last; one that a crash cut off does not count."""
    for index in range((end - start) // _RECORD_BYTES - 1, -1, -1):
        record = os.pread(descriptor, _RECORD_BYTES, start + index * _RECORD_BYTES)
        if _RECORD.fullmatch(record):
            return int(record)
    return 0
