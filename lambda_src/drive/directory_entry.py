"""An entry of a directory, as the server has it, and the steps that change it.

A caller that changes a name holds its lock, and calls `asked` for its directory first.
"""

import errno
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from drive import attributes, disk, names
from drive.entry import Entry
from drive.errors import ConflictError, MissingError

# Without it a request would wait for the other end of a pipe.
READ = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC


class DirectoryGoneError(Exception):
    """Somebody removed the directory, which was empty, before the entry was made."""


def itself(root: Path, name: str) -> Path:
    """Return the path of `name`: links in its directory are followed, and `name` itself is not."""
    names.check(name)
    parent, _, last = name.rpartition("/")
    return (names.resolve(root, parent) if parent else Path(names.real(root))) / last


@contextmanager
def asked(directory: Path) -> Iterator[int]:
    """Call `disk.asked`. Raises `DirectoryGoneError` when the directory does not exist."""
    with ExitStack() as stack:
        try:
            descriptor = stack.enter_context(disk.asked(str(directory)))
        except FileNotFoundError:
            raise DirectoryGoneError from None
        yield descriptor


def rename(source: Path, path: Path, etag: str | None) -> None:
    """Rename `source`, the file with the entity tag `etag`, to `path`.

    A server that restarts may have done it already when the client asks again, and then finds no
    `source`. Raises `DirectoryGoneError` when the directory of `path` is not there.
    """
    try:
        os.replace(source, path)
    except OSError as error:
        if error.errno not in {errno.ENOENT, errno.ESTALE}:
            raise
        with suppress(FileNotFoundError):
            disk.ask_again(str(path.parent))
            found = current(path)
            if found and found.etag == etag:
                return
        with suppress(FileNotFoundError):
            disk.ask_again(str(source.parent))
        if source.exists():
            raise DirectoryGoneError from None
        raise


def remove_directory(path: Path) -> None:
    """Remove an empty directory. Raises `ConflictError` if files that are not listed are in it."""
    try:
        path.rmdir()
    except OSError as error:
        if error.errno not in {errno.ENOTEMPTY, errno.EEXIST}:
            raise
        left = os.listdir(path)
        if not left or not all(map(names.is_own, left)):
            raise
        raise ConflictError(
            f"{path.name!r} is a directory with what a removed file or an interrupted write left,"
            " which the janitor removes after a day"
        ) from None


def current(path: Path) -> Entry | None:
    """Return the version against which a condition is checked; call `asked` just before.

    The server is asked for the attributes of the file as well: another client of the file system
    may have written into it.
    """
    return _looked_at(path, lambda: entry(path.name, attributes.asked(path, follow=True)))


def seen(path: Path) -> Entry | None:
    """Return the entry at `path` as `lstat` has it; a condition needs that to be of now."""
    return _looked_at(path, lambda: entry(path.name, path.lstat()))


def known(path: Path) -> Entry | None:
    """Return the entry at `path` without asking for its attributes; no condition may depend on it.

    The drive itself never writes into a file that has a name, so the size is right as well.
    """
    return _looked_at(path, lambda: entry(path.name, attributes.known(path)))


def file_itself(path: Path) -> Entry:
    """Return the file `path` as `current` does. A symbolic link is not a file."""
    found = _looked_at(path, lambda: entry(path.name, attributes.asked(path, follow=False)))
    if found is None:
        raise MissingError(f"{path.name!r} does not exist")
    return found


def _looked_at(path: Path, look: Callable[[], Entry]) -> Entry | None:
    try:
        return disk.again(look, str(path.parent))
    except FileNotFoundError:
        return None


def entry(name: str, status: os.stat_result) -> Entry:
    """Describe a file. Raises `ConflictError` for anything else."""
    if stat.S_ISDIR(status.st_mode):
        raise ConflictError(f"{name!r} is a directory; list it by its name with a slash at the end")
    if not stat.S_ISREG(status.st_mode):
        raise ConflictError(f"{name!r} is not a file")
    return described(name, status)


def described(name: str, status: os.stat_result) -> Entry:
    """Describe a file or a directory."""
    if stat.S_ISDIR(status.st_mode):
        return Entry(name, "directory", 0, status.st_mtime, None)
    return Entry(name, "file", status.st_size, status.st_mtime, disk.etag(status))
