"""The directories of a drive, one after the other, for code that reads the whole drive.

No symbolic link is followed, whenever one is made: a directory is opened from the root down,
segment by segment. It is not an error when somebody removes an entry meanwhile.
"""

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from drive import names

# The path from the root to a directory. Bytes that are not UTF-8 are surrogates (`os.fsdecode`).
Segments = tuple[str, ...]

_OPEN = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
_GONE = {errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.ESTALE}
_REFUSED = {errno.EACCES, errno.EPERM}


@dataclass
class Directory:
    """One directory; `skipped` counts entries that may not be read, or the directory itself."""

    segments: Segments
    descriptor: int | None
    skipped: int = 0
    below: list[str] = field(default_factory=list)

    def non_directories(self) -> Iterator[tuple[str, os.stat_result]]:
        """Yield name and status of each entry but directories, which are collected in `below`."""
        for entry in self._look():
            try:
                status = self._status(entry)
            except OSError as error:
                self.missed(error)
            else:
                yield entry.name, status

    def _status(self, entry: "os.DirEntry[str]") -> os.stat_result:
        try:
            return entry.stat(follow_symlinks=False)
        except OSError as error:
            if error.errno != errno.ESTALE:
                raise
            # It was replaced since the directory was opened. The server is asked again.
            os.close(os.open(".", _OPEN, dir_fd=self.descriptor))
            return os.stat(entry.name, dir_fd=self.descriptor, follow_symlinks=False)

    def look_below(self) -> None:
        """Collect directories in `below`, for less than `non_directories` costs."""
        for _ in self._look():
            pass

    def _look(self) -> Iterator[os.DirEntry[str]]:
        if self.descriptor is None:
            return
        try:
            with os.scandir(self.descriptor) as found:
                for entry in found:
                    if self._is_directory(entry):
                        self.below.append(entry.name)
                    else:
                        yield entry
        except OSError as error:
            self.missed(error)

    def _is_directory(self, entry: os.DirEntry[str]) -> bool:
        try:
            return entry.is_dir(follow_symlinks=False)
        except OSError:
            return False  # `stat` reports the reason

    def has(self, name: str) -> bool:
        """Whether anything in the directory has this name."""
        try:
            os.stat(name, dir_fd=self.descriptor, follow_symlinks=False)
        except FileNotFoundError:
            return False
        return True

    def missed(self, error: OSError) -> None:
        """Count an entry that is refused, ignore one that is gone, and raise any other error."""
        if error.errno in _REFUSED:
            self.skipped += 1
        elif error.errno not in _GONE:
            raise error


def directories(root: Path, *, after: Segments | None = None) -> Iterator[Directory]:
    """Yield the directories from the root down: each before those below it, these by name.

    Consume the `non_directories` of one before you ask for the next. With `after`, resume behind
    that directory, whether it still exists or not. The drive's own directories are left out. Only
    the names of directories beside the path to this one are held in memory.
    """
    way: list[str] = []
    levels: list[list[str]] = []
    while True:
        segments = tuple(way)
        with opened(root, segments) as directory:
            if after is None or segments > after:
                yield directory
                below = directory.below
            else:
                directory.look_below()
                # On this level, everything before the segment of `after` is done.
                done = after[len(segments)] if len(segments) < len(after) else ""
                below = [name for name in directory.below if name >= done]
        own = names.OWN_PREFIX
        levels.append(sorted((name for name in below if not name.startswith(own)), reverse=True))
        while levels and not levels[-1]:
            levels.pop()
            if way:
                way.pop()
        if not levels:
            return
        way.append(levels[-1].pop())


def is_users(name: str, status: os.stat_result) -> bool:
    """Whether this is a file of users: not a link or a pipe, and not the drive's or NFS's own."""
    return stat.S_ISREG(status.st_mode) and not names.is_own(name)


@contextmanager
def opened(root: Path, segments: Segments) -> Iterator[Directory]:
    """Open a directory. One that is gone is empty; one that may not be read is skipped.

    Raises `OSError` when the root itself cannot be opened.
    """
    directory = Directory(segments, None)
    descriptor = os.open(root, _OPEN)
    try:
        for segment in segments:
            try:
                below = os.open(segment, _OPEN | os.O_NOFOLLOW, dir_fd=descriptor)
            except OSError as error:
                directory.missed(error)
                break
            os.close(descriptor)
            descriptor = below
        else:
            directory.descriptor = descriptor
        yield directory
    finally:
        os.close(descriptor)
