"""Writes of files: create, replace, move, delete.

A write is visible as a whole or not at all: it goes to a temporary file in the same directory, is
flushed to the server, and takes its place in one rename (atomic on NFS, RFC 7530 section 16.27).
The writer holds the lock of the name from the check of the conditions to the rename, so a condition
still holds when the file takes its place. docs/decisions/0008-concurrency.md says on which
guarantees the code relies.
"""

import os
import stat
from contextlib import ExitStack, suppress
from functools import partial
from pathlib import Path
from typing import NamedTuple

from drive import attributes, directory_entry, disk, names, quota, trash, trash_emptying
from drive.conditions import Conditions
from drive.disk import translated
from drive.entry import Entry
from drive.errors import BusyError, ConflictError, DriveError, FullError, PreconditionFailedError
from drive.locks import names_locked
from drive.quota import NO_LIMITS, Limits

_NO_CONDITIONS = Conditions()


class Written(NamedTuple):
    """The result of a write: whether the name is new, and the entity tag of its file."""

    created: bool
    etag: str


def check_write(root: Path, name: str, conditions: Conditions) -> None:
    """Raise the error that a write to `name` would raise now, as far as it is known beforehand."""
    path = names.resolve(root, name)
    with translated(name):
        _check_early(path, conditions)


def write(
    root: Path,
    name: str,
    content: bytes,
    *,
    conditions: Conditions = _NO_CONDITIONS,
    limits: Limits = NO_LIMITS,
    keep: bool = False,
) -> Written:
    """Create or replace the file `name`, with the directories above it.

    The old file stays as it was until the last step; after it, the new file is on the server. With
    `keep`, the old file is in the trash then, unless the drive has no room for both.
    Raises `PreconditionFailedError` when a condition does not hold, `FullError` over a limit.
    """
    if limits.file_bytes is not None and len(content) > limits.file_bytes:
        raise FullError(
            f"{name!r} would have {len(content)} bytes; a file may have {limits.file_bytes}",
            limit=limits.file_bytes,
        )
    path = names.resolve(root, name)
    with translated(name):
        check = None
        if conditions != _NO_CONDITIONS:  # before anything is written; again under the lock
            _check_cheaply(path, conditions)
            check = partial(_check_early, path, conditions)
        temporary, etag = disk.write_temporary(path.parent, content, if_missing=check)
        try:
            created = _replace_with_room(
                root,
                temporary,
                path,
                etag,
                conditions=conditions,
                limits=limits,
                more=len(content),
                keep=keep,
            )
        except directory_entry.DirectoryGoneError:  # others moved it away, with the temporary file
            raise BusyError(f"the directory of {name!r} is not there any more") from None
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
        return Written(created, etag)


def put_in_place(
    root: Path,
    source: Path,
    etag: str,
    name: str,
    *,
    conditions: Conditions,
    overwrite: bool = True,
    limits: Limits,
    act: trash.Act | None,
) -> Written:
    """Rename `source`, a flushed file elsewhere on the drive, to `name`, as `write` does.

    `etag` is the entity tag of `source`. The quota must count its bytes already. With an `act`, a
    file that is replaced is kept in the trash. After an error, `source` is where it was. Raises
    `PreconditionFailedError` when `name` is there and `overwrite` is not set.
    """
    made: list[Path] = []
    with translated(name):
        for _ in range(disk.RETRIES):
            path = names.resolve(root, name)
            with suppress(directory_entry.DirectoryGoneError):
                created = _replace(
                    root,
                    source,
                    path,
                    etag,
                    conditions=conditions,
                    overwrite=overwrite,
                    limits=limits,
                    more=0,
                    act=act,
                )
                for directory in made:
                    disk.flush_directory(directory.parent)
                return Written(created, etag)
            made = disk.make_directories(path.parent)
    raise BusyError(f"the directory of {name!r} is removed again and again; try again")


def move(
    root: Path,
    name: str,
    destination: str,
    *,
    conditions: Conditions = _NO_CONDITIONS,
    overwrite: bool = True,
    limits: Limits = NO_LIMITS,
    keep: bool = False,
) -> Written:
    """Rename the file `name` to `destination`, and make the directories above it.

    With `keep`, a file that is replaced is in the trash then. Conditions are about the file `name`.
    Raises `PreconditionFailedError` when one does not hold,
    or when `destination` is there and `overwrite` is not set.
    """
    source = directory_entry.itself(root, name)
    made: list[Path] = []
    for _ in range(disk.RETRIES):
        path = names.resolve(root, destination)
        if path == source:
            with translated(name):
                disk.ask_again(str(path.parent))
                directory_entry.file_itself(path)
            raise ConflictError(f"{name!r} and {destination!r} are the same file")
        with (
            suppress(directory_entry.DirectoryGoneError),
            names_locked(root, source, path),
            ExitStack() as stack,
        ):
            with translated(name):
                here = stack.enter_context(disk.asked(str(source.parent)))
                moved = directory_entry.file_itself(source)
            conditions.check_write(moved)
            with translated(destination):
                there = here
                if path.parent != source.parent:
                    there = stack.enter_context(directory_entry.asked(path.parent))
                act: trash.Act | None = "move" if keep and overwrite else None
                with trash.linked(root, path, act) as kept:
                    replaced = directory_entry.known(path)
                    if replaced and not overwrite:
                        raise PreconditionFailedError(f"{destination!r} is there already")
                    _rename(
                        *(root, source, path, moved.etag),
                        old=replaced,
                        more=0,
                        limits=limits,
                        kept=kept,
                    )
                for directory in {here, there}:
                    os.fsync(directory)
                for new in made:
                    disk.flush_directory(new.parent)
            return Written(replaced is None, moved.etag or "")
        with translated(destination):  # only the directory was missing
            made = disk.make_directories(path.parent)
    raise BusyError(f"the directory of {destination!r} is removed again and again; try again")


def delete(
    root: Path,
    name: str,
    *,
    conditions: Conditions = _NO_CONDITIONS,
    limits: Limits = NO_LIMITS,
    keep: bool = False,
) -> None:
    """Delete the file or the empty directory `name`, or the symbolic link itself.

    With `keep`, a file is in the trash then.
    """
    path = directory_entry.itself(root, name)
    parent = str(path.parent)
    with translated(name), names_locked(root, path), disk.asked(parent) as directory:
        status = disk.again(lambda: attributes.known(path), parent)
        is_file = stat.S_ISREG(status.st_mode)
        entry = directory_entry.described(path.name, status)
        if is_file and conditions != _NO_CONDITIONS:
            entry = directory_entry.file_itself(path)
        conditions.check_write(entry)
        less = -entry.size if is_file and not keep else 0
        # It existed a moment ago. When it is missing now, the server restarted after it had removed
        # it and before it could answer, and the client asked again.
        with quota.counted(root, less, limit=limits.drive_bytes), suppress(FileNotFoundError):
            if entry.kind == "directory":
                directory_entry.remove_directory(path)
            elif is_file and keep:
                trash.move(root, path, "delete", entry.etag)
            else:
                path.unlink()
        os.fsync(directory)


def _replace_with_room(
    root: Path,
    source: Path,
    path: Path,
    etag: str,
    *,
    conditions: Conditions,
    limits: Limits,
    more: int,
    keep: bool,
) -> bool:
    """Do what `_replace` does; where the drive is full, the trash gives up its oldest versions.

    If that is not enough, the file that is replaced gives up its room as well, as without a trash.
    """
    act: trash.Act | None = "put" if keep else None
    for _ in range(disk.RETRIES):
        try:
            return _replace(
                root, source, path, etag, conditions=conditions, limits=limits, more=more, act=act
            )
        except FullError as full:
            if trash_emptying.make_room(root, full, limit=limits.drive_bytes):
                continue
            if act is None:
                raise
            act = None
    raise BusyError("others use up what is freed, again and again; try again")


def _replace(
    root: Path,
    source: Path,
    path: Path,
    etag: str,
    *,
    conditions: Conditions,
    overwrite: bool = True,
    limits: Limits,
    more: int,
    act: trash.Act | None,
) -> bool:
    """Rename `source`, whose entity tag is `etag`, to `path` if the conditions hold.

    It adds `more` bytes to the drive, less those of a replaced file. Return whether the name is
    new. Raises `directory_entry.DirectoryGoneError` when there is no directory for it.
    """
    with ExitStack() as stack:
        with names_locked(root, path):
            directory = stack.enter_context(directory_entry.asked(path.parent))
            with trash.linked(root, path, act if overwrite else None) as kept:
                if conditions == _NO_CONDITIONS:
                    old = directory_entry.known(path)
                elif kept:
                    old = directory_entry.seen(path)
                else:
                    old = directory_entry.current(path)
                conditions.check_write(old)
                if old and not overwrite:
                    raise PreconditionFailedError(
                        f"{path.name!r} is there already, with {old.etag}"
                    )
                _rename(root, source, path, etag, old=old, more=more, limits=limits, kept=kept)
        os.fsync(directory)
    return old is None


def _rename(
    root: Path,
    source: Path,
    path: Path,
    etag: str | None,
    *,
    old: Entry | None,
    more: int,
    limits: Limits,
    kept: str | None,
) -> None:
    """Rename `source` to `path`, where `old` is, which is in the trash if it is `kept`."""
    # It is `old` itself when another request has restored the version that this one restores.
    replaced = old if old and old.etag != etag else None
    change = more - (replaced.size if replaced and not kept else 0)
    with quota.counted(root, change, limit=limits.drive_bytes):
        directory_entry.rename(source, path, etag)
    if kept and old and not replaced:
        trash.forget(root, kept)


def _check_cheaply(path: Path, conditions: Conditions) -> None:
    """Do what `_check_early` does, but ask nobody when the conditions hold by what is known.

    That may be old: then the file is written for nothing, and refused under the lock. Whoever makes
    directories for the file asks first, since they would stay.
    """
    try:
        conditions.check_write(directory_entry.known(path))
    except (DriveError, OSError):  # what is refused must be refused by what is there now
        _check_early(path, conditions)


def _check_early(path: Path, conditions: Conditions) -> None:
    """Check the conditions before any lock is taken, so that a request is refused early."""
    try:
        disk.ask_again(str(path.parent))
    except FileNotFoundError:
        conditions.check_write(None)
    else:
        conditions.check_write(directory_entry.current(path))
