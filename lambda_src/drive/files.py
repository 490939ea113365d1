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
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from drive import disk, names, quota
from drive.conditions import Conditions
from drive.disk import translated
from drive.entry import Entry
from drive.errors import (
    ConflictError,
    DriveError,
    FullError,
    InvalidNameError,
    MissingError,
    PreconditionFailedError,
    TooLargeError,
)
from drive.locks import names_locked

# A pipe on the drive would hold a request that waits for its other end.
_READ = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC
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
    version was removed by another instance before it could be read.
    """
    path = names.locate(root, name)
    with translated(name):
        for _ in range(_VERSIONS_IN_A_ROW):
            try:
                descriptor = _open(path)
                try:
                    entry = _entry(os.path.basename(path), os.fstat(descriptor))
                    return entry, _read_range(descriptor, select(entry))
                finally:
                    os.close(descriptor)
            except OSError as error:
                if error.errno != errno.ESTALE:
                    raise
    raise ConflictError(f"{name!r} is replaced faster than it can be read")


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
        conditions.check_write(_current(path))


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
            conditions.check_write(_current(path))
        temporary, etag = disk.write_temporary(path.parent, content)
        try:
            created = _replace(
                root, temporary, path, conditions=conditions, limits=limits, more=len(content)
            )
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
        return Written(created, etag)


def put_in_place(
    root: Path, source: Path, name: str, *, conditions: Conditions, limits: Limits
) -> Written:
    """Let `source`, a flushed file elsewhere on the drive, be the file `name`, as `write` does.

    Its bytes must be in the quota's count already. When it fails, `source` is where it was.
    """
    with translated(name):
        for _ in range(disk.RETRIES):
            path = names.resolve(root, name)
            made = disk.make_directories(path.parent)
            etag = disk.etag(source.stat())
            with suppress(_DirectoryGoneError):
                created = _replace(root, source, path, conditions=conditions, limits=limits, more=0)
                for directory in made:
                    disk.flush_directory(directory.parent)
                return Written(created, etag)
    raise ConflictError(f"the directory of {name!r} is removed again and again")


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
    source = _in_its_directory(root, name)
    for _ in range(disk.RETRIES):
        path = names.resolve(root, destination)
        if path == source:
            raise ConflictError(f"{name!r} and {destination!r} are the same file")
        with translated(name):
            conditions.check_write(_file_itself(source))
        with translated(destination):
            made = disk.make_directories(path.parent)
        with suppress(_DirectoryGoneError), names_locked(root, source, path):
            with translated(name):
                moved = _file_itself(source)
            conditions.check_write(moved)
            with translated(destination):
                replaced = _current(path)
                if replaced and not overwrite:
                    raise PreconditionFailedError(f"{destination!r} is there already")
                _rename(source, path)
                if replaced:
                    quota.change(root, -replaced.size, limit=limits.drive_bytes)
                for directory in (source.parent, path.parent, *(new.parent for new in made)):
                    disk.flush_directory(directory)
            return Written(replaced is None, moved.etag or "")
    raise ConflictError(f"the directory of {destination!r} is removed again and again")


def delete(
    root: Path,
    name: str,
    *,
    conditions: Conditions = _NO_CONDITIONS,
    limits: Limits = NO_LIMITS,
) -> None:
    """Delete the file or the empty directory `name`; of a symbolic link, the link."""
    path = _in_its_directory(root, name)
    with translated(name), names_locked(root, path):
        status = _status(path)
        is_file = stat.S_ISREG(status.st_mode)
        entry = _file_itself(path) if is_file else _described(path.name, status)
        conditions.check_write(entry)
        if entry.kind == "directory":
            path.rmdir()
        else:
            path.unlink()
        if is_file:
            quota.change(root, -entry.size, limit=limits.drive_bytes)
        disk.flush_directory(path.parent)


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


class _DirectoryGoneError(Exception):
    """Somebody removed the directory, which was empty, before anything could be put into it."""


def _in_its_directory(root: Path, name: str) -> Path:
    """The path of `name` itself, be it a symbolic link, in its directory with links followed."""
    names.check(name)
    parent, _, last = name.rpartition("/")
    return (names.resolve(root, parent) if parent else Path(names.real(root))) / last


def _open(path: str) -> int:
    """Open a file to read it: over NFS the open asks the server, where a stat may be cached."""
    try:
        return os.open(path, _READ)
    except FileNotFoundError:
        disk.ask_again(os.path.dirname(path))
        return os.open(path, _READ)


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
    *,
    conditions: Conditions,
    limits: Limits,
    more: int,
) -> bool:
    """Rename `source` to `path` if the conditions hold; True if nothing was there.

    `more` bytes come to the drive by it, without those of the file that goes.
    """
    with names_locked(root, path):
        old = _current(path)
        conditions.check_write(old)
        change = more - (old.size if old else 0)
        if change > 0:
            quota.change(root, change, limit=limits.drive_bytes)
        try:
            _rename(source, path)
        except BaseException:
            if change > 0:
                quota.change(root, -change, limit=limits.drive_bytes)
            raise
        if change < 0:
            quota.change(root, change, limit=limits.drive_bytes)
    disk.flush_directory(path.parent)
    return old is None


def _rename(source: Path, path: Path) -> None:
    try:
        os.replace(source, path)
    except FileNotFoundError:
        if source.exists() and not path.parent.is_dir():
            raise _DirectoryGoneError from None
        raise


def _current(path: Path) -> Entry | None:
    """What a write to `path` would replace, as the server knows it."""
    try:
        descriptor = _open(str(path))
    except FileNotFoundError:
        return None
    try:
        return _entry(path.name, os.fstat(descriptor))
    finally:
        os.close(descriptor)


def _status(path: Path) -> os.stat_result:
    try:
        return path.lstat()
    except FileNotFoundError:
        disk.ask_again(str(path.parent))
        return path.lstat()


def _scan(path: Path) -> "os._ScandirIterator[str]":
    try:
        return os.scandir(path)
    except FileNotFoundError:
        disk.ask_again(str(path))
        return os.scandir(path)


def _file_itself(path: Path) -> Entry:
    """The file `path` as the server knows it; a symbolic link is none."""
    _entry(path.name, _status(path))
    entry = _current(path)
    if entry is None:
        raise MissingError(f"{path.name!r} does not exist")
    return entry


def _entry(name: str, status: os.stat_result) -> Entry:
    if stat.S_ISDIR(status.st_mode):
        raise ConflictError(f"{name!r} is a directory; list it by its name with a slash at the end")
    if not stat.S_ISREG(status.st_mode):
        raise ConflictError(f"{name!r} is not a file")
    return _described(name, status)


def _described(name: str, status: os.stat_result) -> Entry:
    if stat.S_ISDIR(status.st_mode):
        return Entry(name, "directory", 0, status.st_mtime, None)
    return Entry(name, "file", status.st_size, status.st_mtime, disk.etag(status))


def _directory_entry(root: Path, directory: str, path: Path, name: str) -> Entry | None:
    try:
        status = os.lstat(f"{path}/{name}")
        if stat.S_ISLNK(status.st_mode):  # of a link out of the root not even the size is told
            status = os.stat(names.resolve(root, f"{directory}/{name}".removeprefix("/")))
    except (OSError, InvalidNameError):  # removed since, or a link to nowhere
        return None
    return _described(name, status)
