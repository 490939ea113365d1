"""Reads of a file: a description of it, and bytes of one version."""

import errno
import os
from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path

from drive import directory_entry, disk, names
from drive.disk import translated
from drive.entry import Entry
from drive.errors import BusyError, TooLargeError
from drive.locks import names_locked

_VERSIONS_IN_A_ROW = 10


def describe(root: Path, name: str) -> Entry:
    """Describe the file `name`. Raises `MissingError`, or `ConflictError` for a directory."""
    return read(root, name, lambda entry: range(0))[0]


def read(root: Path, name: str, select: Callable[[Entry], range]) -> tuple[Entry, bytes]:
    """Return the description of the file `name`, and the bytes that `select` chooses.

    Both are of one version. `select` gets that version and may raise an error. It is called again
    when another instance removed the version before it was read. Raises `BusyError` when that
    happens again and again on a drive where names cannot be locked.
    """
    path = names.locate(root, name)
    directory, _, last = path.rpartition("/")

    def version() -> tuple[Entry, bytes]:
        descriptor = os.open(path, directory_entry.READ)
        try:
            entry = directory_entry.entry(last, os.fstat(descriptor))
            return entry, _read_range(descriptor, select(entry))
        finally:
            os.close(descriptor)

    with translated(name):
        disk.ask_again(directory)
        try:
            return disk.again(version, directory, times=_VERSIONS_IN_A_ROW)
        except BusyError:
            with ExitStack() as stack:
                with suppress(OSError):  # of a read-only drive
                    stack.enter_context(names_locked(root, Path(path)))
                return disk.again(version, directory)  # under the lock no version is replaced


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


def _read_range(descriptor: int, wanted: range) -> bytes:
    content = os.pread(descriptor, len(wanted), wanted.start) if wanted else b""
    while len(content) < len(wanted):
        more = os.pread(descriptor, len(wanted) - len(content), wanted.start + len(content))
        if not more:  # another client of the file system truncated it
            raise OSError(errno.ESTALE, "the file was cut while it was read")
        content += more
    return content
