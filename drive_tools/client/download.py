"""The download of one file: checked, resumed, and in place whole or not at all."""

import fcntl
import hashlib
import json
import os
import stat
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from http import HTTPStatus
from pathlib import Path

from drive_tools.client.answers import DamagedError, HttpStatusError, Part
from drive_tools.client.crew import Crew
from drive_tools.client.drive_client import CHUNK_BYTES, DriveClient
from drive_tools.client.local_files import (
    chunks,
    flush_directory,
    hash_of,
    named,
    write_at,
)
from drive_tools.client.names import side_file
from drive_tools.client.progress import Moved, Transferred
from drive_tools.errors import ToolError
from drive_tools.private_files import write_private

# A download starts at most so many times, because the drive has another version.
_STARTS = 3

PART, MEMO = "part", "json"  # the side files of a download: its bytes, and of which version


@dataclass(frozen=True)
class FileDownload:
    """The download of a file into `target`, which is replaced in one step when all bytes are there.

    Until then they are in a side file, from which the next run resumes if the drive still has the
    same version. `expected` is the SHA-256 that the file must have, in hex. With `digest` it is
    computed in any case. Each answer is always verified by its own digest.
    """

    drive: DriveClient
    name: str
    target: Path
    crew: Crew
    digest: bool
    expected: str | None
    progress: Moved

    def get(self) -> Transferred:
        """Get the file."""
        part, memo = side_file(self.target, PART), side_file(self.target, MEMO)
        with _opened_alone(part, self.target) as file:
            try:
                got = self._fill(file, memo)
                _hold_to(self.expected, got.sha256, self.name)
                os.fsync(file)
                os.replace(part, self.target)
            except BaseException as error:
                resumable = os.fstat(file).st_size and memo.exists()  # one piece has no memo
                if isinstance(error, _OtherBytesError) or not resumable:
                    part.unlink(missing_ok=True)
                    memo.unlink(missing_ok=True)
                raise
            memo.unlink(missing_ok=True)
        flush_directory(self.target.parent)
        return got

    def _fill(self, file: int, memo: Path) -> Transferred:
        drive, name = self.drive, self.name
        resumed_at, etag = _resumable(file, memo, drive.url, name)
        for _ in range(_STARTS):
            wanted = self.digest or self.expected is not None
            whole = hash_of(chunks(file, resumed_at)) if wanted else None
            offset = resumed_at
            if offset:
                drive.patience.note(f"{name}: resuming at byte {offset}")
            try:
                for piece in pieces(drive, name, offset, etag, self.crew):
                    if etag is None:
                        etag = piece.etag
                        if len(piece.content) < piece.size:
                            known = {"url": drive.url, "name": name, "etag": etag}
                            write_private(memo, json.dumps(known | {"size": piece.size}).encode())
                    write_at(file, piece.content, offset)
                    if whole:
                        whole.update(piece.content)
                    offset += len(piece.content)
                    self.progress(offset, piece.size)
                sha256 = whole.hexdigest() if whole else None
                return Transferred(offset, sha256, etag, resumed_at)
            except HttpStatusError as refused:
                if refused.status != HTTPStatus.PRECONDITION_FAILED:
                    raise
            drive.patience.note(f"{name}: the drive has another version now; starting over")
            os.ftruncate(file, 0)  # before the memo says otherwise
            resumed_at, etag = 0, None
        raise ToolError(f"cannot get {name}: it changes on the drive faster than it can be read")


def stream(
    drive: DriveClient,
    name: str,
    write: Callable[[bytes], object],
    crew: Crew,
    *,
    expected: str | None,
    progress: Moved,
) -> Transferred:
    """Get a file piece by piece, all of one version, into an output that cannot be resumed."""
    digest = None if expected is None else hashlib.sha256()
    size, etag = 0, ""
    for piece in pieces(drive, name, 0, None, crew):
        write(piece.content)
        if digest:
            digest.update(piece.content)
        size += len(piece.content)
        etag = piece.etag
        progress(size, piece.size)
    sha256 = digest.hexdigest() if digest else None
    _hold_to(expected, sha256, name)
    return Transferred(size, sha256, etag, 0)


def pieces(
    drive: DriveClient,
    name: str,
    offset: int,
    etag: str | None,
    crew: Crew,
    *,
    end: int | None = None,
) -> Iterator[Part]:
    """Yield the bytes of a file from `offset` on, in order, all of one version (`etag`, if given).

    They go up to the byte before `end`, or to the end of the file.

    Idle threads of `crew` read ahead, so a large file comes over several connections. At most
    `crew.lendable` pieces are in memory. Raises `HttpStatusError` with 412 when the drive no longer
    has that version.
    """
    if offset and end is None and drive.describe(name, f"get {name}", etag=etag).size == offset:
        return
    first = CHUNK_BYTES if end is None else min(CHUNK_BYTES, end - offset)
    yield from following(drive, name, drive.read(name, offset, etag, first), crew, end)


def following(
    drive: DriveClient, name: str, piece: Part, crew: Crew, end: int | None = None
) -> Iterator[Part]:
    """Yield `piece`, and then the bytes behind it up to `end` or the end of the file, as `pieces`.

    They come in pieces of the length of the first one.
    """
    step = len(piece.content)  # a drive may answer with less than was asked for
    last = piece.size if end is None else min(end, piece.size)
    starts = deque(range(piece.start + step, last, step) if step else ())
    read = partial(_read_all, drive, name, piece, last)
    ahead: deque[tuple[int, Future[Part]]] = deque()
    try:
        while True:
            while starts and len(ahead) < crew.lendable:
                future = crew.lend(partial(read, starts[0]))
                if future is None:
                    break
                ahead.append((starts.popleft(), future))
            yield piece
            if ahead:
                start, future = ahead.popleft()
                piece = read(start) if future.cancel() else future.result()
            elif starts:
                piece = read(starts.popleft())
            else:
                return
    finally:
        for _, future in ahead:
            future.cancel()


def _read_all(drive: DriveClient, name: str, first: Part, last: int, start: int) -> Part:
    """Read as many bytes as the first piece has from `start` on, or those left before `last`."""
    wanted = min(len(first.content), last - start)
    piece = drive.read(name, start, first.etag, wanted)
    content = piece.content
    while len(content) < wanted:
        left = wanted - len(content)
        content += drive.read(name, start + len(content), first.etag, left).content
    return replace(piece, content=content)


@contextmanager
def _opened_alone(part: Path, target: Path) -> Iterator[int]:
    """Open the side file for one `get` alone. A symbolic link is not followed."""
    flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    try:
        file = os.open(part, flags, 0o666)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(target)) from None
    try:
        status = os.fstat(file)
        if not stat.S_ISREG(status.st_mode) or status.st_nlink > 1:
            raise ToolError(f"{part} is in the way, and no get made it; remove it")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            alone = os.path.samestat(os.fstat(file), part.lstat())
        except (BlockingIOError, FileNotFoundError):
            alone = False
        if not alone:
            raise ToolError(f"another get is writing {target}; wait for it")
        with named(target):
            yield file
    finally:
        os.close(file)


def _resumable(file: int, memo: Path, url: str, name: str) -> tuple[int, str | None]:
    """Return the byte and the version at which the last run stopped. Empty any other file."""
    held = os.fstat(file).st_size
    if not held:
        return 0, None
    try:
        known = json.loads(memo.read_text())
        same = (known["url"], known["name"]) == (url, name)
        etag, size = str(known["etag"]), int(known["size"])
    except (OSError, ValueError, KeyError, TypeError):
        same, etag, size = False, "", 0
    if same and held <= size:
        return held, etag
    os.ftruncate(file, 0)
    return 0, None


class _OtherBytesError(DamagedError):
    """The whole file has another SHA-256 than the expected one."""


def _hold_to(expected: str | None, found: str | None, name: str) -> None:
    if expected is not None and found != expected:
        raise _OtherBytesError(f"cannot get {name}: its SHA-256 is {found}, not {expected}")
