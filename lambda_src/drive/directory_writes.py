"""The making of a directory by itself. It stays until somebody removes it, as empty as it is."""

import errno
import os
import stat
from contextlib import suppress
from pathlib import Path

from drive import directory_entry, disk, names
from drive.conditions import Conditions
from drive.disk import translated
from drive.entry import Entry
from drive.errors import BusyError, ConflictError
from drive.locks import names_locked

_NO_CONDITIONS = Conditions()
# Somebody else made it, without its lock, as every write makes the directories above its file; or
# somebody removed the directory above it.
_CHANGED = {errno.EEXIST, errno.ENOENT, errno.ESTALE}


def make(root: Path, name: str, *, conditions: Conditions = _NO_CONDITIONS) -> bool:
    """Make the directory `name` with those above it; return whether it is new.

    It is on the server then. When the server starts anew after it made the directory and before it
    could answer, the directory counts as one that was there.

    Raises `ConflictError` where something else has the name, and `PreconditionFailedError` when a
    condition does not hold: `If-None-Match: *` where the directory is there.
    """
    made: list[Path] = []
    with translated(name):
        for _ in range(disk.RETRIES):
            path = names.resolve(root, name)
            with suppress(directory_entry.DirectoryGoneError), names_locked(root, path):
                created = _make(path, conditions)
                if created is None:
                    continue
                for directory in made:
                    disk.flush_directory(directory.parent)
                return created
            conditions.check_write(None)  # before the directories above it are made
            made = disk.make_directories(path.parent)
    raise BusyError(f"the directory {name!r} is made and removed again and again; try again")


def _make(path: Path, conditions: Conditions) -> bool | None:
    """Make it; None when others changed something in between. The caller has the name's lock."""
    with directory_entry.asked(path.parent) as parent:
        there = _found(path)
        conditions.check_write(there)
        if there:
            return False
        try:
            path.mkdir()
        except OSError as error:
            if error.errno not in _CHANGED:
                raise
            return None
        os.fsync(parent)
        return True


def _found(path: Path) -> Entry | None:
    try:
        status = disk.again(path.lstat, str(path.parent))
    except FileNotFoundError:
        return None
    if not stat.S_ISDIR(status.st_mode):
        raise ConflictError(f"{path.name!r} is there, and is not a directory")
    return directory_entry.described(path.name, status)
