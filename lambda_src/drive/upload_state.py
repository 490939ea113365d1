"""The state of uploads: their files on the drive.

An upload is two files in `DIRECTORY`: `<id>.part` with its bytes, and `<id>` with its state: a line
of JSON, then one record of fixed width for each offset that was acknowledged. The offset is
recorded after the bytes were flushed, and never read from the size of `<id>.part`: an NFS client
may send the end of a write before its beginning, so after a crash the size can count bytes that
never arrived. The next part overwrites everything after the recorded offset.
"""

import errno
import json
import os
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
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
    """An upload: its announced and acknowledged bytes, and its times in seconds since 1970.

    `target` is the name of the file that it becomes, `metadata` the header that its client gets
    back, `records` the number of records of its state, incomplete ones included.
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
    records: int = 0


def read(root: Path, upload_id: str) -> Upload:
    """Return an upload, finished or not. Raises `MissingError`."""
    with _opened(root, upload_id) as descriptor:
        upload = load(root, upload_id, descriptor)
        if upload.finished:  # or it is being removed: first its state and then its part
            disk.ask_again(str(root / DIRECTORY))
            if not state_path(root, upload_id).exists():
                raise missing(upload_id)
        return upload


def in_progress(root: Path) -> Iterator[Upload]:
    """Yield every upload that has a state, finished or not, without locking or writing anything.

    A file that only looks like a state, which somebody else put there, is left out.
    """
    try:
        disk.ask_again(str(root / DIRECTORY))
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
    """Hold the lock of an upload, as every change requires; yield the descriptor of its state.

    Raises `LockedError` when another request holds it, or `MissingError`.
    """
    with ExitStack() as stack:
        try:
            descriptor = _found(
                root,
                upload_id,
                lambda path: stack.enter_context(locks.locked(path, wait_seconds=0, make=False)),
            )
        except BusyError:
            raise LockedError(f"another request is writing the upload {upload_id!r}") from None
        if _status(upload_id, descriptor).st_nlink == 0:  # removed before it was locked
            stack.close()
            let_go(root, upload_id)
            raise missing(upload_id)
        yield descriptor


def let_go(root: Path, upload_id: str) -> None:
    """Close the state of an upload that nobody will hold again."""
    locks.drop(state_path(root, upload_id))


def load(root: Path, upload_id: str, descriptor: int) -> Upload:
    """Return an upload from its open state, and from the presence of its part on the server."""
    status = _status(upload_id, descriptor)
    with _missing_if_stale(upload_id):
        header = os.pread(descriptor, _HEADER_BYTES, 0).partition(b"\n")[0]
        recorded = _last_record(descriptor, len(header) + 1, status.st_size)
    known = json.loads(header)
    length: int = known["length"]
    # The part is renamed when it becomes the file; a crash may come before the last record is
    # written. A cached name of the part would lead a writer into the finished file.
    disk.ask_again(str(root / DIRECTORY))
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
        records=(status.st_size - len(header) - 1) // _RECORD_BYTES,
    )


def record(descriptor: int, upload: Upload, offset: int) -> None:
    """Record that the bytes before `offset` are on the server, and flush the record."""
    header = os.pread(descriptor, _HEADER_BYTES, 0).index(b"\n") + 1
    line = b"%020d\n" % offset
    if os.pwrite(descriptor, line, header + upload.records * _RECORD_BYTES) != len(line):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))  # the last bytes of a full disk
    os.fsync(descriptor)


def write(root: Path, upload: Upload) -> None:
    """Make the state of a new upload in one step. Its part must exist already."""
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
    """Return the path of the state of an upload. Raises `MissingError` if the id is not valid."""
    if not _ID.fullmatch(upload_id):
        raise missing(upload_id)
    return root / DIRECTORY / upload_id


def part_path(root: Path, upload_id: str) -> Path:
    """Return the path of the bytes of an upload until it is finished."""
    return root / DIRECTORY / f"{upload_id}{PART_SUFFIX}"


def missing(upload_id: str) -> MissingError:
    """Return the error that there is no such upload."""
    return MissingError(f"there is no upload {upload_id!r}")


@contextmanager
def _opened(root: Path, upload_id: str) -> Iterator[int]:
    descriptor = _found(root, upload_id, lambda path: os.open(path, os.O_RDONLY | os.O_CLOEXEC))
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _found(root: Path, upload_id: str, open_: Callable[[Path], int]) -> int:
    """Open the state of an upload, even if the client has cached that it is missing."""
    path = state_path(root, upload_id)
    with _missing_if_stale(upload_id):
        try:
            try:
                return open_(path)
            except FileNotFoundError:
                disk.ask_again(str(path.parent))
                return open_(path)
        except FileNotFoundError:
            raise missing(upload_id) from None


def _status(upload_id: str, descriptor: int) -> os.stat_result:
    with _missing_if_stale(upload_id):
        return os.fstat(descriptor)


@contextmanager
def _missing_if_stale(upload_id: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno == errno.ESTALE:  # another instance removed the state, which is never moved
            raise missing(upload_id) from error
        raise


def _last_record(descriptor: int, start: int, end: int) -> int:
    """Return the offset that was recorded last; a record that a crash cut off is ignored."""
    for index in range((end - start) // _RECORD_BYTES - 1, -1, -1):
        record = os.pread(descriptor, _RECORD_BYTES, start + index * _RECORD_BYTES)
        if _RECORD.fullmatch(record):
            return int(record)
    return 0
