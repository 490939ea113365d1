"""Files between this machine and a drive: checked, resumed, and in place whole or not at all."""

import fcntl
import hashlib
import json
import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

from ops.drive.client import (
    CHUNK_BYTES,
    DamagedError,
    Drive,
    MissingError,
    Pace,
    Part,
    RefusedError,
    RequestError,
)
from ops.errors import OpsError
from ops.user import state_directory

PART_SUFFIX = ".part"
_MEMO_SUFFIX = ".part.json"
# How often a transfer begins anew because what it goes on with is gone.
_STARTS = 3
# Longer than any drive keeps an upload that nobody goes on with.
_STATE_DAYS = 31

Progress = Callable[[int, int], None]  # told the bytes that are done, by earlier runs too, and all


@dataclass(frozen=True)
class Sent:
    """A file that is on the drive; `resumed_at` is the byte at which this run went on."""

    size: int
    sha256: str
    etag: str | None
    resumed_at: int


@dataclass(frozen=True)
class Got:
    """A file that is here."""

    size: int
    sha256: str
    etag: str
    resumed_at: int


@dataclass(frozen=True)
class Pending:
    """What is known of an upload between two runs: a file that only its owner may read.

    `identity` says what is sent where; an upload of anything else is not gone on with.
    """

    file: Path
    identity: Mapping[str, object]

    def load(self) -> tuple[str, bool] | None:
        """The upload of the last run, and whether it is of the same bytes."""
        try:
            known = json.loads(self.file.read_text())
            upload = str(known.pop("upload"))
        except (OSError, ValueError, KeyError, AttributeError):
            return None
        return upload, known == self.identity

    def save(self, upload: str) -> None:
        """Remember the upload, and forget those that no drive knows any more."""
        self.file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        for other in self.file.parent.glob("*.json"):
            with suppress(OSError):
                if time.time() - other.stat().st_mtime > _STATE_DAYS * 86_400:
                    other.unlink()
        _write_whole(self.file, {**self.identity, "upload": upload})

    def forget(self) -> None:
        """The upload is done, or gone."""
        with suppress(OSError):
            self.file.unlink()


def pending(
    url: str, name: str, local: Path, status: os.stat_result, condition: Mapping[str, str]
) -> Pending:
    """What is to be remembered of an upload of `local`, which has `status` now."""
    absolute = str(local.resolve())
    key = hashlib.sha256("\0".join([url, name, absolute]).encode(errors="surrogateescape"))
    return Pending(
        state_directory("uploads") / f"{key.hexdigest()}.json",
        {
            "url": url,
            "target": name,
            "local": absolute,
            "size": status.st_size,
            "mtime_ns": status.st_mtime_ns,
            "condition": dict(condition),
        },
    )


def upload(
    drive: Drive,
    source: int,
    name: str,
    condition: Mapping[str, str],
    *,
    remembered: Pending | None,
    progress: Progress,
) -> Sent:
    """Send the open file `source`: in one request, or in parts when it is longer.

    `remembered` is where the parts of an earlier run are found; without it they are given up when
    this run fails. The file on the drive is replaced in one step, or stays as it was.
    """
    before = os.fstat(source)
    if before.st_size > CHUNK_BYTES:
        return _upload_in_parts(
            drive, source, before, name, condition, remembered=remembered, progress=progress
        )
    content = _read(source, CHUNK_BYTES + 1, 0)
    _hold_unchanged(source, before, name)
    written = drive.put(name, content, condition)
    progress(len(content), len(content))
    digest = hashlib.sha256(content).hexdigest()
    return Sent(len(content), digest, written.etag, 0)


def _upload_in_parts(
    drive: Drive,
    source: int,
    before: os.stat_result,
    name: str,
    condition: Mapping[str, str],
    *,
    remembered: Pending | None,
    progress: Progress,
) -> Sent:
    for _ in range(_STARTS):
        path, start = _begin(drive, name, before.st_size, condition, remembered)
        try:
            sent = _send_parts(drive, source, before, name, path, start=start, progress=progress)
        except MissingError:
            drive.note(f"{name}: the drive has forgotten the upload; starting anew")
        except BaseException as error:
            if remembered is None or isinstance(error, _ChangedError):
                drive.end_upload(name, path)
            if remembered and isinstance(error, _ChangedError):
                remembered.forget()
            raise
        else:
            if remembered:
                remembered.forget()
            return sent
        if remembered:
            remembered.forget()
    raise OpsError(f"cannot put {name}: the drive forgets the upload again and again")


def _begin(
    drive: Drive, name: str, size: int, condition: Mapping[str, str], remembered: Pending | None
) -> tuple[str, int]:
    """The upload to go on with, and at which byte: the one of these bytes, or else a new one."""
    known = remembered.load() if remembered else None
    if known:
        path, same = known
        if same:
            with suppress(MissingError):
                return path, drive.offset(name, path)
            drive.note(f"{name}: the drive has forgotten the upload; starting anew")
        else:
            drive.end_upload(name, path)
            drive.note(f"{name}: the upload of another version was begun; starting anew")
    path = drive.begin_upload(name, size, condition)
    if remembered:
        try:
            remembered.save(path)
        except OSError as error:
            drive.note(
                f"{name}: an interruption would lose what was sent, for want of a file: {error}"
            )
    return path, 0


def _send_parts(
    drive: Drive,
    source: int,
    before: os.stat_result,
    name: str,
    path: str,
    *,
    start: int,
    progress: Progress,
) -> Sent:
    size = before.st_size
    digest = _hash_of(_chunks(source, start))
    hashed = offset = start
    etag = None
    if start:
        drive.note(f"{name}: going on at byte {start} of {size}")
    progress(start, size)
    pace = Pace(drive)
    while offset < size:
        content = _read(source, CHUNK_BYTES, offset)
        _hold_unchanged(source, before, name)
        digest.update(content[hashed - offset :])
        hashed = max(hashed, offset + len(content))
        try:
            following, etag = drive.append(name, path, offset, content)
        except RequestError as error:
            if isinstance(error, RefusedError) and error.kind == "offset-conflict":
                error.passing = True  # a part was taken whose answer was lost
            pace.wait(error)
            following = drive.offset(name, path)
        if following > offset:
            pace = Pace(drive)
        if not start <= following <= hashed:
            raise OpsError(
                f"cannot put {name}: the drive says it has {following} bytes of {hashed}"
            )
        offset = following
        progress(offset, size)
    if etag is None:  # complete, by an answer that was lost
        etag = drive.describe(name).etag
    return Sent(size, digest.hexdigest(), etag, start)


class _ChangedError(OpsError):
    """The local file is not what it was when its transfer began."""


def _hold_unchanged(source: int, before: os.stat_result, name: str) -> None:
    now = os.fstat(source)
    if (now.st_size, now.st_mtime_ns) != (before.st_size, before.st_mtime_ns):
        raise _ChangedError(
            f"cannot put {name}: the local file changes while it is read; the drive is as it was,"
            " run the command again when the file is complete"
        )


def download(
    drive: Drive, name: str, target: Path, *, expected: str | None, progress: Progress
) -> Got:
    """Get a file into `target`, which is replaced in one step when all bytes are there.

    Until then they are in `<target>.part`, from which the next run goes on if the drive still has
    the same version. `expected` is the SHA-256 that the file must have, in hex.
    """
    part = target.with_name(target.name + PART_SUFFIX)
    memo = target.with_name(target.name + _MEMO_SUFFIX)
    with _opened_alone(part) as file:
        try:
            got = _fill(drive, name, file, part, memo, progress=progress)
            _hold_to(expected, got.sha256, name)
            os.fsync(file)
            os.replace(part, target)
        except BaseException as error:
            if isinstance(error, _OtherBytesError) or os.fstat(file).st_size == 0:
                part.unlink(missing_ok=True)
                memo.unlink(missing_ok=True)
            raise
        memo.unlink(missing_ok=True)
    _flush_directory(target.parent)
    return got


def _fill(drive: Drive, name: str, file: int, part: Path, memo: Path, *, progress: Progress) -> Got:
    resumed_at, etag = _resumable(file, part, memo, drive.url, name)
    for _ in range(_STARTS):
        digest = _hash_of(_chunks(file, resumed_at))
        offset = resumed_at
        if offset:
            drive.note(f"{name}: going on at byte {offset}")
        try:
            for piece in pieces(drive, name, offset, etag):
                if etag is None:
                    etag = piece.etag
                    known = {"url": drive.url, "name": name, "etag": etag, "size": piece.size}
                    _write_whole(memo, known)
                _write(file, piece.content, offset)
                digest.update(piece.content)
                offset += len(piece.content)
                progress(offset, piece.size)
            return Got(offset, digest.hexdigest(), etag or "", resumed_at)
        except RefusedError as refused:
            if refused.status != HTTPStatus.PRECONDITION_FAILED:
                raise
        drive.note(f"{name}: the drive has another version now; starting over")
        os.ftruncate(file, 0)  # before the memo says otherwise
        resumed_at, etag = 0, None
    raise OpsError(f"cannot get {name}: it changes on the drive faster than it can be read")


def stream(
    drive: Drive,
    name: str,
    write: Callable[[bytes], object],
    *,
    expected: str | None,
    progress: Progress,
) -> Got:
    """Get a file piece by piece, all of one version, into something that cannot be gone on with."""
    digest = hashlib.sha256()
    size, etag = 0, ""
    for piece in pieces(drive, name, 0, None):
        write(piece.content)
        digest.update(piece.content)
        size += len(piece.content)
        etag = piece.etag
        progress(size, piece.size)
    _hold_to(expected, digest.hexdigest(), name)
    return Got(size, digest.hexdigest(), etag, 0)


def pieces(drive: Drive, name: str, offset: int, etag: str | None) -> Iterator[Part]:
    """The bytes of a file from `offset` on, of the version `etag`, or of one version at all.

    Raises `RefusedError` with 412 when that version is there no longer.
    """
    if offset and drive.describe(name, f"get {name}", etag=etag).size == offset:
        return
    while True:
        piece = drive.read(name, offset, etag)
        yield piece
        etag = piece.etag
        offset += len(piece.content)
        if offset >= piece.size:
            return


@contextmanager
def _opened_alone(part: Path) -> Iterator[int]:
    """Open what is to become a file, and keep a second `get` of it out. Follows no link."""
    flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
    file = os.open(part, flags, 0o666)
    try:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            alone = os.path.samestat(os.fstat(file), part.lstat())
        except (BlockingIOError, FileNotFoundError):
            alone = False
        if not alone:
            raise OpsError(f"another get is writing {part}; wait for it")
        yield file
    finally:
        os.close(file)


def _resumable(file: int, part: Path, memo: Path, url: str, name: str) -> tuple[int, str | None]:
    """At which byte, and of which version, the last run stopped; what cannot be used is emptied."""
    held = os.fstat(file).st_size
    if not held:
        return 0, None
    try:
        known = json.loads(memo.read_text())
        same = (known["url"], known["name"]) == (url, name)
        etag, size = str(known["etag"]), int(known["size"])
    except FileNotFoundError:
        raise OpsError(
            f"{part} is in the way, and not what an interrupted get left; move it elsewhere"
        ) from None
    except (ValueError, KeyError, TypeError):
        same, etag, size = False, "", 0
    if same and held <= size:
        return held, etag
    os.ftruncate(file, 0)
    return 0, None


class _OtherBytesError(DamagedError):
    """The whole file is not the one that is wanted."""


def _hold_to(expected: str | None, found: str, name: str) -> None:
    if expected is not None and found != expected:
        raise _OtherBytesError(f"cannot get {name}: its SHA-256 is {found}, not {expected}")


def _read(file: int, size: int, offset: int) -> bytes:
    """Up to `size` bytes at `offset`, fewer only at the end of the file."""
    parts = []
    while size:
        part = os.pread(file, size, offset)
        if not part:
            break
        parts.append(part)
        size -= len(part)
        offset += len(part)
    return b"".join(parts)


def _write(file: int, content: bytes, offset: int) -> None:
    view = memoryview(content)
    while view:
        written = os.pwrite(file, view, offset)
        view = view[written:]
        offset += written


def _chunks(file: int, end: int) -> Iterator[bytes]:
    """The bytes of a file up to `end`."""
    for offset in range(0, end, CHUNK_BYTES):
        yield _read(file, min(CHUNK_BYTES, end - offset), offset)


def _hash_of(chunks: Iterator[bytes]) -> "hashlib._Hash":
    digest = hashlib.sha256()
    for chunk in chunks:
        digest.update(chunk)
    return digest


def _write_whole(file: Path, content: Mapping[str, object]) -> None:
    """Write a small file that only its owner may read, in one step."""
    temporary = file.with_name(f"{file.name}.{os.getpid()}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with open(descriptor, "w") as text:
        json.dump(content, text)
    os.replace(temporary, file)


def _flush_directory(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
