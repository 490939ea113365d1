"""Files under a root: read, write, delete, list.

A write is seen whole or not at all: it goes to a temporary file in the same directory, is flushed
to the server, and takes its place in one rename (atomic on NFS, RFC 7530 section 16.27).
"""

import errno
import heapq
import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from drive import names
from drive.errors import (
    ConflictError,
    DriveError,
    FullError,
    InvalidNameError,
    MissingError,
    ReadOnlyError,
    TooLargeError,
)

_NEW_FILE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
_REMOVALS_IN_A_ROW = 100


@dataclass(frozen=True)
class Entry:
    """A file or directory: its last segment, its size in bytes, its time in seconds since 1970."""

    name: str
    kind: str
    size: int
    modified: float


@dataclass(frozen=True)
class Page:
    """A part of a directory, in order of names, and where the next one starts, if there is one."""

    entries: list[Entry]
    cursor: str | None


def describe(root: Path, name: str) -> Entry:
    """Describe the file `name`. Raises `MissingError`, or `ConflictError` for a directory."""
    path = names.resolve(root, name)
    with _translated(name):
        return _file_entry(path.name, path.stat())


def read(root: Path, name: str, *, limit: int) -> tuple[Entry, bytes]:
    """Return the file `name`, described and whole, both of the same version.

    Raises `TooLargeError` when it has more than `limit` bytes.
    """
    path = names.resolve(root, name)
    with _translated(name), open(path, "rb", opener=_open_without_waiting) as file:
        entry = _file_entry(path.name, os.fstat(file.fileno()))
        if entry.size > limit:
            raise TooLargeError(f"{name!r} has {entry.size} bytes; one answer carries {limit}")
        return entry, file.read(limit)


def write(root: Path, name: str, content: bytes) -> bool:
    """Create or replace the file `name`, with the directories above it; True if it was not there.

    Until the last step the old file stays as it was; after it, the new one is on the server.
    """
    path = names.resolve(root, name)
    with _translated(name):
        created = not path.exists()
        temporary = _write_temporary(path.parent, content)
        try:
            os.replace(temporary, path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
        _flush_directory(path.parent)
        return created


def delete(root: Path, name: str) -> None:
    """Delete the file or the empty directory `name`; of a symbolic link, the link."""
    parent, _, last = name.rpartition("/")
    names.check(name)
    directory = names.resolve(root, parent) if parent else Path(os.path.realpath(root))
    path = directory / last
    with _translated(name):
        if stat.S_ISDIR(path.lstat().st_mode):
            path.rmdir()
        else:
            path.unlink()
        _flush_directory(directory)


def listing(root: Path, name: str, *, limit: int, cursor: str | None = None) -> Page:
    """Return up to `limit` entries of the directory `name` ("" is the root) after `cursor`."""
    path = names.resolve(root, name) if name else root
    with _translated(name or "/"), os.scandir(path) as found:
        after = (
            entry
            for entry in found
            if not entry.name.startswith(names.OWN_PREFIX)
            and (cursor is None or entry.name > cursor)
        )
        first = heapq.nsmallest(limit + 1, after, key=lambda entry: entry.name)
        described = (_directory_entry(root, name, entry) for entry in first[:limit])
        entries = [entry for entry in described if entry]
        return Page(entries, first[limit - 1].name if len(first) > limit else None)


def probe(root: Path, *, writable: bool) -> None:
    """Prove that the disk answers: by a file written, read back and removed, if it is writable.

    Raises `OSError` with what the disk said, or `DriveError` when it gave back something else.
    """
    if not writable:
        with os.scandir(root) as found:
            next(found, None)
        return
    content = secrets.token_bytes(32)
    temporary = _write_temporary(root, content)
    try:
        if temporary.read_bytes() != content:
            raise DriveError(f"{root} gave back other bytes than were written")
    finally:
        temporary.unlink()


def _open_without_waiting(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NONBLOCK)  # a pipe on the drive would hold the request


def _write_temporary(directory: Path, content: bytes) -> Path:
    """Write `content` to a new file of the drive's own in `directory`, down to the server."""
    path = directory / f"{names.OWN_PREFIX}{secrets.token_hex(8)}"
    try:
        with open(_create(path), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        with suppress(OSError):
            path.unlink()
        raise
    return path


def _create(path: Path) -> int:
    """Open a new file, in directories made as needed, and return its descriptor.

    A directory that somebody removes while it is still empty is made again; from here on it is
    not empty.
    """
    for _ in range(_REMOVALS_IN_A_ROW):
        with suppress(FileNotFoundError):
            made = _make_directories(path.parent)
            descriptor = os.open(path, _NEW_FILE, 0o666)
            for directory in made:
                _flush_directory(directory.parent)
            return descriptor
    return os.open(path, _NEW_FILE, 0o666)


def _make_directories(directory: Path) -> list[Path]:
    missing = []
    while not directory.is_dir():
        missing.append(directory)
        directory = directory.parent
    missing.reverse()
    for new in missing:
        new.mkdir(exist_ok=True)
    return missing


def _flush_directory(directory: Path) -> None:
    try:
        descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    except FileNotFoundError:  # somebody removed it, with what was to be flushed
        return
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _file_entry(name: str, status: os.stat_result) -> Entry:
    if stat.S_ISDIR(status.st_mode):
        raise ConflictError(f"{name!r} is a directory")
    if not stat.S_ISREG(status.st_mode):
        raise ConflictError(f"{name!r} is not a file")
    return Entry(name, "file", status.st_size, status.st_mtime)


def _directory_entry(root: Path, directory: str, entry: os.DirEntry[str]) -> Entry | None:
    try:
        if entry.is_symlink():  # of a link out of the root not even the size is told
            names.resolve(root, f"{directory}/{entry.name}".removeprefix("/"))
        status = entry.stat()
    except (OSError, InvalidNameError):  # removed since, or a link to nowhere
        return None
    kind = "directory" if stat.S_ISDIR(status.st_mode) else "file"
    return Entry(entry.name, kind, status.st_size if kind == "file" else 0, status.st_mtime)


@contextmanager
def _translated(name: str) -> Iterator[None]:
    """Turn what the file system says about `name` into what the caller may hear."""
    try:
        yield
    except OSError as error:
        match error.errno:
            case errno.ENOENT:
                raise MissingError(f"{name!r} does not exist") from error
            case errno.EISDIR:
                raise ConflictError(f"{name!r} is a directory") from error
            case errno.ENOTDIR | errno.EEXIST:
                raise ConflictError(f"in {name!r} a file stands for a directory") from error
            case errno.ENOTEMPTY:
                raise ConflictError(f"{name!r} is a directory with something in it") from error
            case errno.ENAMETOOLONG | errno.EINVAL | errno.ELOOP | errno.EILSEQ:
                raise InvalidNameError(f"{name!r}: {error.strerror}") from error
            case errno.EACCES | errno.EPERM | errno.EROFS:
                raise ReadOnlyError(f"{name!r} cannot be changed: {error.strerror}") from error
            case errno.ENOSPC | errno.EDQUOT | errno.EFBIG:
                raise FullError(f"no room for {name!r}: {error.strerror}") from error
        raise
