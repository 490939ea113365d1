"""How bytes get onto the disk and stay there, and what it says when they cannot."""

import errno
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from drive import names
from drive.errors import (
    ConflictError,
    FullError,
    InvalidNameError,
    MissingError,
    ReadOnlyError,
)

# How often somebody else may spoil a step before it is given up.
RETRIES = 100

_NEW_FILE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC


def write_whole(path: Path, content: bytes) -> None:
    """Create or replace a file of the drive's own, in one step and down to the server."""
    temporary, _ = write_temporary(path.parent, content)
    try:
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    flush_directory(path.parent)


def write_temporary(directory: Path, content: bytes) -> tuple[Path, str]:
    """Write a new file of the drive's own in `directory`, down to the server; with its tag."""
    path = directory / f"{names.OWN_PREFIX}{secrets.token_hex(8)}"
    try:
        with open(create(path), "wb", buffering=0) as file:
            write_all(file.fileno(), content)
            stamp(file.fileno())
            os.fsync(file.fileno())
            return path, etag(os.fstat(file.fileno()))
    except BaseException:
        with suppress(OSError):
            path.unlink()
        raise


def write_all(descriptor: int, content: bytes) -> None:
    """Write all of `content` where the file stands."""
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


def create(path: Path) -> int:
    """Open a new file, in directories made as needed, and return its descriptor.

    A directory that somebody removes while it is still empty is made again; from here on it is
    not empty.
    """
    for _ in range(RETRIES):
        with suppress(FileNotFoundError):
            made = make_directories(path.parent)
            descriptor = os.open(path, _NEW_FILE, 0o666)
            for directory in made:
                flush_directory(directory.parent)
            return descriptor
    return os.open(path, _NEW_FILE, 0o666)


def make_directories(directory: Path) -> list[Path]:
    """Make what is missing of a path; returns what was, for its parents to be flushed."""
    missing = []
    while not directory.is_dir():
        missing.append(directory)
        directory = directory.parent
    missing.reverse()
    for new in missing:
        new.mkdir(exist_ok=True)
    return missing


def flush_directory(directory: Path) -> None:
    """Have the server keep what was renamed, made or removed in `directory`."""
    try:
        descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    except FileNotFoundError:  # somebody removed it, with what was to be flushed
        return
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def ask_again(directory: str) -> None:
    """Have the server asked what is in `directory`, which an NFS client does when it is opened.

    Otherwise it may remember for seconds that a name was missing, which another instance has made
    since. Raises `FileNotFoundError` when the directory itself is not there.
    """
    flags = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
    missing = []
    while True:
        try:
            os.close(os.open(directory, flags))
            break
        except FileNotFoundError:
            missing.append(directory)
            directory = os.path.dirname(directory)
    for below in reversed(missing):
        os.close(os.open(below, flags))


def stamp(descriptor: int) -> None:
    """Give an open file the time of now to the nanosecond, which its entity tag is made of.

    A kernel's own stamps are milliseconds apart, and inodes are used again: two versions of a
    file that are replaced quickly could be taken for one.
    """
    now = time.time_ns()
    os.utime(descriptor, ns=(now, now))


def etag(status: os.stat_result) -> str:
    """The strong entity tag of a file: another for each version, see `stamp`."""
    return f'"{status.st_ino:x}-{status.st_size:x}-{status.st_mtime_ns:x}"'


@contextmanager
def translated(name: str) -> Iterator[None]:
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
