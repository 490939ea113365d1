"""How bytes get onto the disk and stay there, and what it says when they cannot."""

import errno
import os
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar

from drive import names
from drive.errors import (
    BusyError,
    ConflictError,
    DriveError,
    FullError,
    InvalidNameError,
    MissingError,
    ReadOnlyError,
)

# How often somebody else may spoil a step before it is given up.
RETRIES = 100

# Without O_EXCL: names of new files are random, and over NFS it costs a call more.
_NEW_FILE = os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC
_DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
_GONE = {errno.ENOENT, errno.ESTALE}

Result = TypeVar("Result")


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
    not empty. The caller gives a name that nobody else has: a random one.
    """
    made: list[Path] = []
    for _ in range(RETRIES):
        try:
            descriptor = os.open(path, _NEW_FILE, 0o666)
        except OSError as error:
            if error.errno not in _GONE:
                raise
            made = make_directories(path.parent)
        else:
            for directory in made:
                flush_directory(directory.parent)
            return descriptor
    return os.open(path, _NEW_FILE, 0o666)


def make_directories(directory: Path) -> list[Path]:
    """Make what the server has not of a path; returns that, for its parents to be flushed."""
    for _ in range(RETRIES):
        missing = []
        try:
            with suppress(FileNotFoundError):
                ask_again(str(directory))
            found = directory
            while not found.is_dir():
                missing.append(found)
                found = found.parent
            missing.reverse()
            for new in missing:
                new.mkdir(exist_ok=True)
        except OSError as error:  # somebody removed one of them meanwhile
            if error.errno not in _GONE:
                raise
        else:
            return missing
    raise BusyError(f"the directory {directory.name!r} is removed again and again; try again")


def flush_directory(directory: Path) -> None:
    """Have the server keep what was renamed, made or removed in `directory`."""
    with suppress(FileNotFoundError):  # somebody removed it, with what was to be flushed
        descriptor = os.open(directory, _DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


@contextmanager
def asked(directory: str) -> Iterator[int]:
    """Have the server asked what is in `directory`; gives its descriptor, to flush it by.

    An NFS client knows for up to a minute which file a name is, and opens that one, whatever the
    server has under the name by now. To open a directory makes the client ask for its attributes
    (close-to-open, RFC 7530 section 10.3.1), and when these are other ones, for every name in it
    that is used from then on. Raises `FileNotFoundError` when the directory is not there.
    """
    descriptor = _asked(directory)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def ask_again(directory: str) -> None:
    """Have the server asked what is in `directory`, as `asked` does, for the next step."""
    os.close(_asked(directory))


def _asked(directory: str) -> int:
    missing = []
    while True:
        try:
            descriptor = os.open(directory, _DIRECTORY)
            break
        except FileNotFoundError:  # or its own name is remembered as one that is missing
            missing.append(directory)
            directory = os.path.dirname(directory)
    for below in reversed(missing):
        os.close(descriptor)
        descriptor = os.open(below, _DIRECTORY)
    return descriptor


def again(step: Callable[[], Result], directory: str, *, times: int = RETRIES) -> Result:
    """Take a step that only looks into `directory`, again when a file was replaced meanwhile.

    A file that another client replaced or removed is refused to this one with `ESTALE`, even one
    that it has open; the server is asked before the next try. Raises `BusyError` when it happens
    `times` times in a row.
    """
    for turn in range(times):
        try:
            if turn:
                ask_again(directory)
            return step()
        except OSError as error:
            if error.errno != errno.ESTALE:
                raise
    raise BusyError("it is replaced faster than it can be looked at; try again")


def probe(root: Path, *, writable: bool) -> None:
    """Prove that the disk answers: by a file written, read back and removed, if it is writable.

    Raises `OSError` with what the disk said, or `DriveError` when it gave back something else.
    """
    if not writable:
        with os.scandir(root) as found:
            next(found, None)
        return
    content = secrets.token_bytes(32)
    temporary, _ = write_temporary(root, content)
    try:
        if temporary.read_bytes() != content:
            raise DriveError(f"{root} gave back other bytes than were written")
    finally:
        temporary.unlink()


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
            case errno.EDQUOT:
                # EFS has no quotas of bytes, and says so of one client's open files and locks
                # (https://docs.aws.amazon.com/efs/latest/ug/troubleshooting-efs-fileop-errors.html).
                raise BusyError(
                    f"the file system has too many files open or locked for {name!r}; try again"
                ) from error
            case errno.ENOSPC | errno.EFBIG:
                raise FullError(f"no room for {name!r}: {error.strerror}") from error
        raise
