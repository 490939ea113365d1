"""Files under a root: read, write, move, delete, list.

A write is seen whole or not at all: it goes to a temporary file in the same directory, is flushed
to the server, and takes its place in one rename (atomic on NFS, RFC 7530 section 16.27). Whoever
changes a name holds its lock from the look at what is there to the rename, so a condition that
held is still true when the file takes its place. What the code relies on, and on what it does not,
is in docs/decisions/0008-concurrency.md.
"""

import errno
import heapq
import os
import secrets
import stat
from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import NamedTuple

from drive import disk, names, place, quota
from drive.conditions import Conditions
from drive.disk import translated
from drive.entry import Entry
from drive.errors import (
    BusyError,
    ConflictError,
    DriveError,
    FullError,
    InvalidNameError,
    PreconditionFailedError,
    TooLargeError,
)
from drive.locks import names_locked

_VERSIONS_IN_A_ROW = 10
_NO_CONDITIONS = Conditions()


class Page(NamedTuple):
    """A part of a directory, in order of names, and where the next one starts, if there is one."""

    entries: list[Entry]
    cursor: str | None


class Limits(NamedTuple):
    """How many bytes the drive and one file may have; None: as many as the disk takes."""

    drive_bytes: int | None = None
    file_bytes: int | None = None


class Written(NamedTuple):
    """What a write did: whether the name is new, and the entity tag of the file it names now."""

    created: bool
    etag: str


NO_LIMITS = Limits()


def describe(root: Path, name: str) -> Entry:
    """Describe the file `name`. Raises `MissingError`, or `ConflictError` for a directory."""
    return read(root, name, lambda entry: range(0))[0]


def read(root: Path, name: str, select: Callable[[Entry], range]) -> tuple[Entry, bytes]:
    """Return the file `name`, described, and those bytes that `select` chooses, of one version.

    `select` sees the version that is read, raises what refuses it, and is asked again when that
    version was removed by another instance before it could be read. Raises `BusyError` when that
    goes on and on, on a drive of which it may lock no name.
    """
    path = names.locate(root, name)
    directory, _, last = path.rpartition("/")

    def version() -> tuple[Entry, bytes]:
        descriptor = os.open(path, place.READ)
        try:
            entry = place.entry(last, os.fstat(descriptor))
            return entry, _read_range(descriptor, select(entry))
        finally:
            os.close(descriptor)

    with translated(name):
        disk.ask_again(directory)
        try:
            return disk.again(version, directory, times=_VERSIONS_IN_A_ROW)
        except BusyError:
            with ExitStack() as stack:
                with suppress(OSError):  # which a drive says that may only be read
                    stack.enter_context(names_locked(root, Path(path)))
                return disk.again(version, directory)  # with no more versions meanwhile


def whole(limit: int) -> Callable[[Entry], range]:
    """Choose all bytes of a file. Raises `TooLargeError` when it has more than `limit`."""

    def select(entry: Entry) -> range:
        if entry.size > limit:
            raise TooLargeError(
                f"the file has {entry.size} bytes, one answer carries {limit}; ask for a part of"
                f" it at a time, the first with the header Range: bytes=0-{limit - 1}",
                size=entry.size,
                limit=limit,
            )
        return range(entry.size)

    return select


def check_write(root: Path, name: str, conditions: Conditions) -> None:
    """Raise what a write to `name` would now, as far as it can be known without writing."""
    path = names.resolve(root, name)
    with translated(name):
        _check_early(path, conditions)


def write(
    root: Path,
    name: str,
    content: bytes,
    *,
    conditions: Conditions = _NO_CONDITIONS,
    limits: Limits = NO_LIMITS,
) -> Written:
    """Create or replace the file `name`, with the directories above it.

    Until the last step the old file stays as it was; after it, the new one is on the server.
    Raises `PreconditionFailedError` when a condition does not hold, `FullError` over a limit.
    """
    if limits.file_bytes is not None and len(content) > limits.file_bytes:
        raise FullError(
            f"{name!r} would have {len(content)} bytes; a file may have {limits.file_bytes}",
            limit=limits.file_bytes,
        )
    path = names.resolve(root, name)
    with translated(name):
        if conditions != _NO_CONDITIONS:  # before anything is written, and again under the lock
            _check_early(path, conditions)
        temporary, etag = disk.write_temporary(path.parent, content)
        try:
            created = _replace(
                root,
                temporary,
                path,
                etag,
                conditions=conditions,
                limits=limits,
                more=len(content),
            )
        except place.DirectoryGoneError:  # others moved it away, with the temporary file
            raise BusyError(f"the directory of {name!r} is not there any more") from None
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
        return Written(created, etag)


def put_in_place(
    root: Path, source: Path, etag: str, name: str, *, conditions: Conditions, limits: Limits
) -> Written:
    """Let `source`, a flushed file elsewhere on the drive, be the file `name`, as `write` does.

    `etag` is the tag of `source`. Its bytes must be in the quota's count already. When it fails,
    `source` is where it was.
    """
    made: list[Path] = []
    with translated(name):
        for _ in range(disk.RETRIES):
            path = names.resolve(root, name)
            with suppress(place.DirectoryGoneError):
                created = _replace(
                    root, source, path, etag, conditions=conditions, limits=limits, more=0
                )
                for directory in made:
                    disk.flush_directory(directory.parent)
                return Written(created, etag)
            made = disk.make_directories(path.parent)
    raise BusyError(f"the directory of {name!r} is removed again and again; try again")


def move(
    root: Path,
    name: str,
    destination: str,
    *,
    conditions: Conditions = _NO_CONDITIONS,
    overwrite: bool = True,
    limits: Limits = NO_LIMITS,
) -> Written:
    """Let the file `name` be `destination` from now on, with the directories above it.

    Conditions are on the file `name`. Raises `PreconditionFailedError` when one does not hold, or
    when `destination` is there and `overwrite` is not set.
    """
    source = place.itself(root, name)
    made: list[Path] = []
    for _ in range(disk.RETRIES):
        path = names.resolve(root, destination)
        if path == source:
            with translated(name):
                disk.ask_again(str(path.parent))
                place.file_itself(path)
            raise ConflictError(f"{name!r} and {destination!r} are the same file")
        with (
            suppress(place.DirectoryGoneError),
            names_locked(root, source, path),
            ExitStack() as stack,
        ):
            with translated(name):
                here = stack.enter_context(disk.asked(str(source.parent)))
                moved = place.file_itself(source)
            conditions.check_write(moved)
            with translated(destination):
                there = here
                if path.parent != source.parent:
                    there = stack.enter_context(place.asked(path.parent))
                replaced = place.seen(path)
                if replaced and not overwrite:
                    raise PreconditionFailedError(f"{destination!r} is there already")
                less = -replaced.size if replaced else 0
                with quota.counted(root, less, limit=limits.drive_bytes):
                    place.rename(source, path, moved.etag)
                for directory in {here, there}:
                    os.fsync(directory)
                for new in made:
                    disk.flush_directory(new.parent)
            return Written(replaced is None, moved.etag or "")
        with translated(destination):  # what stood in the way of the move was its directory only
            made = disk.make_directories(path.parent)
    raise BusyError(f"the directory of {destination!r} is removed again and again; try again")


def delete(
    root: Path,
    name: str,
    *,
    conditions: Conditions = _NO_CONDITIONS,
    limits: Limits = NO_LIMITS,
) -> None:
    """Delete the file or the empty directory `name`; of a symbolic link, the link."""
    path = place.itself(root, name)
    parent = str(path.parent)
    with translated(name), names_locked(root, path), disk.asked(parent) as directory:
        status = disk.again(path.lstat, parent)
        is_file = stat.S_ISREG(status.st_mode)
        entry = place.described(path.name, status)
        if is_file and conditions != _NO_CONDITIONS:
            entry = place.file_itself(path)
        conditions.check_write(entry)
        less = -entry.size if is_file else 0
        # It was there a moment ago. When it is not, then the server did this already, but started
        # anew before it could say so, and was asked again.
        with quota.counted(root, less, limit=limits.drive_bytes), suppress(FileNotFoundError):
            if entry.kind == "directory":
                place.remove_directory(path)
            else:
                path.unlink()
        os.fsync(directory)


def listing(root: Path, name: str, *, limit: int, cursor: str | None = None) -> Page:
    """Return up to `limit` entries of the directory `name` ("" is the root) after `cursor`.

    The directory is read through, and no more than a page of it is held. Names that are no UTF-8,
    which others made on the disk, are left out: no request could name them.
    """
    path = names.resolve(root, name) if name else root
    with translated(name or "/"), _scan(path) as found:
        after = (entry.name for entry in found)
        if cursor is not None:
            after = (other for other in after if other > cursor)
        first = heapq.nsmallest(limit + 1, filter(names.is_a_users, after))
        described = (_directory_entry(root, name, path, other) for other in first[:limit])
        entries = [entry for entry in described if entry]
        return Page(entries, first[limit - 1] if len(first) > limit else None)


def probe(root: Path, *, writable: bool) -> None:
    """Prove that the disk answers: by a file written, read back and removed, if it is writable.

    Raises `OSError` with what the disk said, or `DriveError` when it gave back something else.
    """
    if not writable:
        with os.scandir(root) as found:
            next(found, None)
        return
    content = secrets.token_bytes(32)
    temporary, _ = disk.write_temporary(root, content)
    try:
        if temporary.read_bytes() != content:
            raise DriveError(f"{root} gave back other bytes than were written")
    finally:
        temporary.unlink()


def _read_range(descriptor: int, wanted: range) -> bytes:
    content = os.pread(descriptor, len(wanted), wanted.start) if wanted else b""
    while len(content) < len(wanted):
        more = os.pread(descriptor, len(wanted) - len(content), wanted.start + len(content))
        if not more:  # somebody with a mount of his own cut it
            raise OSError(errno.ESTALE, "the file was cut while it was read")
        content += more
    return content


def _replace(
    root: Path,
    source: Path,
    path: Path,
    etag: str,
    *,
    conditions: Conditions,
    limits: Limits,
    more: int,
) -> bool:
    """Rename `source`, whose tag is `etag`, to `path` if the conditions hold.

    `more` bytes come to the drive by it, without those of the file that goes. True if nothing was
    there. Raises `place.DirectoryGoneError` when there is no directory for it.
    """
    with ExitStack() as stack:
        with names_locked(root, path):
            directory = stack.enter_context(place.asked(path.parent))
            old = place.seen(path) if conditions == _NO_CONDITIONS else place.current(path)
            conditions.check_write(old)
            change = more - (old.size if old else 0)
            with quota.counted(root, change, limit=limits.drive_bytes):
                place.rename(source, path, etag)
        os.fsync(directory)
    return old is None


def _check_early(path: Path, conditions: Conditions) -> None:
    """Hold the conditions to what is there before any lock is taken, to be refused early."""
    try:
        disk.ask_again(str(path.parent))
    except FileNotFoundError:
        conditions.check_write(None)
    else:
        conditions.check_write(place.current(path))


def _scan(path: Path) -> "os._ScandirIterator[str]":
    try:
        return os.scandir(path)
    except FileNotFoundError:
        disk.ask_again(str(path))
        return os.scandir(path)


def _directory_entry(root: Path, directory: str, path: Path, name: str) -> Entry | None:
    try:
        try:
            status = os.lstat(f"{path}/{name}")
        except OSError as error:
            if error.errno != errno.ESTALE:
                raise
            status = disk.again((path / name).lstat, str(path))
        if stat.S_ISLNK(status.st_mode):  # of a link out of the root not even the size is told
            status = os.stat(names.resolve(root, f"{directory}/{name}".removeprefix("/")))
    except (OSError, InvalidNameError):  # removed since, or a link to nowhere
        return None
    return place.described(name, status)
