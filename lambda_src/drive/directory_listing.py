"""The listing of a directory, a page at a time."""

import errno
import heapq
import os
import stat
from pathlib import Path
from typing import NamedTuple

from drive import directory_entry, disk, names
from drive.disk import translated
from drive.entry import Entry
from drive.errors import InvalidNameError


class Page(NamedTuple):
    """A part of a directory in the order of names, and the cursor of the next page, if any."""

    entries: list[Entry]
    cursor: str | None


def page(root: Path, name: str, *, limit: int, cursor: str | None = None) -> Page:
    """Return up to `limit` entries of the directory `name` ("" is the root) after `cursor`.

    The whole directory is read, and no more than a page of it is held in memory. Names that are not
    UTF-8, which other clients made on the disk, are left out: no request can name them.
    """
    path = names.resolve(root, name) if name else root
    with translated(name or "/"), _scan(path) as found:
        after = (entry.name for entry in found)
        if cursor is not None:
            after = (other for other in after if other > cursor)
        first = heapq.nsmallest(limit + 1, filter(names.is_a_users, after))
        described = (_entry(root, name, path, other) for other in first[:limit])
        entries = [entry for entry in described if entry]
        return Page(entries, first[limit - 1] if len(first) > limit else None)


def _scan(path: Path) -> "os._ScandirIterator[str]":
    try:
        return os.scandir(path)
    except FileNotFoundError:
        disk.ask_again(str(path))
        return os.scandir(path)


def _entry(root: Path, directory: str, path: Path, name: str) -> Entry | None:
    try:
        try:
            status = os.lstat(f"{path}/{name}")
        except OSError as error:
            if error.errno != errno.ESTALE:
                raise
            status = disk.again((path / name).lstat, str(path))
        if stat.S_ISLNK(status.st_mode):  # not even the size of a file outside the root is shown
            status = os.stat(names.resolve(root, f"{directory}/{name}".removeprefix("/")))
    except (OSError, InvalidNameError):  # removed meanwhile, or a broken link
        return None
    return directory_entry.described(name, status)
