"""Durable writes to the disk, and the errors of the disk in the words of a caller."""

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

# A step is tried so many times while other writers interfere with it.
RETRIES = 100

# Without O_EXCL: names of new files are random, and over NFS it costs one more call.
_NEW_FILE = os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC
_DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
_GONE = {errno.ENOENT, errno.ESTALE}

Result = TypeVar("Result")


def write_whole(path: Path, content: bytes) -> None:
    """Create or replace a file of the drive's own in one step, and flush it to the server."""
    temporary, _ = write_temporary(path.parent, content)
    try:
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    flush_directory(path.parent)


def write_temporary(
    directory: Path, content: bytes, *, if_missing: Callable[[], None] | None = None
) -> tuple[Path, str]:
    """Write and flush a new file of the drive's own; return its path and its entity tag.

    Missing directories are made. `if_missing` is called before, and may raise an error instead.
    """
    path = directory / f"{names.OWN_PREFIX}{secrets.token_hex(8)}"
    try:
        with open(create(path, if_missing), "wb", buffering=0) as file:
            write_all(file.fileno(), content)
            stamp(file.fileno())
            os.fsync(file.fileno())
            return path, etag(os.fstat(file.fileno()))
    except BaseException:
        with suppress(OSError):
            path.unlink()
        raise


def write_all(descriptor: int, content: bytes) -> None:
    """Write all of `content` at the current offset of the file."""
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


def create(path: Path, if_missing: Callable[[], None] | None = None) -> int:
    """Open a new file, make its directories as needed, and return its descriptor.

    A directory that somebody removes while it is still empty is made again. The name must be
    random, so that no other writer uses it. `if_missing` is that of `write_temporary`.
    """
    made: list[Path] = []
    for _ in range(RETRIES):
        try:
            descriptor = os.open(path, _NEW_FILE, 0o666)
        except OSError as error:
            if error.errno not in _GONE:
                raise
            if if_missing:
                if_missing()
            made = make_directories(path.parent)
        else:
            for directory in made:
                flush_directory(directory.parent)
            return descriptor
    return os.open(path, _NEW_FILE, 0o666)


def make_directories(directory: Path) -> list[Path]:
    """Make the missing directories of a path. Return them, so that their parents can be flushed."""
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
    """Flush to the server what was renamed, made or removed in `directory`."""
    with suppress(FileNotFoundError):  # somebody removed it, with what was to be flushed
        descriptor = os.open(directory, _DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


@contextmanager
def asked(directory: str) -> Iterator[int]:
    """Have the client ask the server for `directory`; yield its descriptor, for a later flush.

    An NFS client caches for up to a minute which file a name is, and opens that file, even when the
    server has another one under the name. When a directory is opened, the client asks for its
    attributes (close-to-open, RFC 7530 section 10.3.1). If they have changed, it asks for each name
    in the directory that is used from then on. Raises `FileNotFoundError` when there is no such
    directory.
    """
    descriptor = _asked(directory)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def ask_again(directory: str) -> None:
    """Have the client ask the server for `directory`, as `asked` does."""
    os.close(_asked(directory))


def _asked(directory: str) -> int:
    missing = []
    while True:
        try:
            descriptor = os.open(directory, _DIRECTORY)
            break
        except FileNotFoundError:  # or the client has cached that the name is missing
            missing.append(directory)
            directory = os.path.dirname(directory)
    for below in reversed(missing):
        os.close(descriptor)
        descriptor = os.open(below, _DIRECTORY)
    return descriptor


def again(step: Callable[[], Result], directory: str, *, times: int = RETRIES) -> Result:
    """Call `step`, which only reads in `directory`; repeat it when a file was replaced meanwhile.

    The server answers `ESTALE` for a file that another client replaced or removed, even when this
    client has it open. The server is asked before the next try. Raises `BusyError` when that
    happens `times` times in a row.
    """
    for turn in range(times):
        try:
            if turn:
                ask_again(directory)
            return step()
        except OSError as error:
            if error.errno != errno.ESTALE:
                raise
    raise BusyError("it is replaced faster than it can be read; try again")


def probe(root: Path, *, writable: bool) -> None:
    """Prove that the disk answers. If it is writable, write a file, read it back and remove it.

    Raises `OSError` with the error of the disk, or `DriveError` when other bytes come back.
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


def used_bytes(root: Path) -> int | None:
    """Return how many bytes the file system that is mounted at `root` says are in use.

    None where nothing is mounted there: a folder of a disk says nothing of itself, as in the local
    cloud.
    """
    if not os.path.ismount(root):
        return None
    said = os.statvfs(root)
    return (said.f_blocks - said.f_bfree) * said.f_frsize


def stamp(descriptor: int) -> None:
    """Set the time of an open file to now, in nanoseconds; its entity tag is made of it.

    The kernel's own times are milliseconds apart, and inode numbers are used again. Without this,
    two versions that follow quickly could have the same entity tag.
    """
    now = time.time_ns()
    os.utime(descriptor, ns=(now, now))


def etag(status: os.stat_result) -> str:
    """Return the strong entity tag of a file, which differs for each version (see `stamp`)."""
    return f'"{status.st_ino:x}-{status.st_size:x}-{status.st_mtime_ns:x}"'


@contextmanager
def translated(name: str) -> Iterator[None]:
    """Raise an error of the file system about `name` as the error that the caller gets."""
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
