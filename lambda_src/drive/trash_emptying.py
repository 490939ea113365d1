"""Versions leave the trash: one by one, by their age, and when a write needs their room."""

import logging
from contextlib import suppress
from pathlib import Path

from drive import disk, quota, trash, trash_names
from drive.directories import opened
from drive.disk import translated
from drive.errors import FullError, MissingError
from drive.quota import NO_LIMITS, Limits

# What is freed beyond what a write needs, as a share of the limit: the next ones need not look.
_FURTHER = 100

_log = logging.getLogger(__name__)


def remove(root: Path, version_id: str, *, limits: Limits = NO_LIMITS) -> None:
    """Remove a version for good. Raises `MissingError`."""
    trash.find(root, version_id)
    try:
        with translated(version_id):
            freed = trash.freed(version_id, trash.path_of(root, version_id).lstat())
            with quota.counted(root, -freed, limit=limits.drive_bytes):
                trash.remove(root, version_id)
    except MissingError:
        raise trash.missing(version_id) from None


def take_room(root: Path, more: int, *, limit: int | None) -> None:
    """Count `more` bytes as `quota.change` does, and make room for them in the trash if need be."""
    for _ in range(disk.RETRIES):
        try:
            quota.change(root, more, limit=limit)
        except FullError as full:
            if not make_room(root, full, limit=limit):
                raise
        else:
            return
    quota.change(root, more, limit=limit)


def make_room(root: Path, full: FullError, *, limit: int | None) -> bool:
    """Remove the oldest versions, as many as the bytes need that were refused with `full`.

    Returns False, and removes nothing, when all of them together would not be enough.
    """
    missing = full.members.get("missing")
    if limit is None or not isinstance(missing, int):
        return False
    versions = ((name, size) for name, size in sizes(root).items() if trash_names.trashed(name))
    found = sorted(versions)  # the oldest first
    if sum(size for _, size in found) < missing:
        return False
    wanted = missing + limit // _FURTHER
    freed = removed = 0
    for name, size in found:
        if freed >= wanted:
            break
        with suppress(FileNotFoundError):  # somebody else was faster, or restored it
            trash.remove(root, name)
            freed += size
            removed += 1
    quota.change(root, -freed, limit=limit)
    _log.warning(
        "the drive has all of its %d bytes in use: %d versions with %d bytes left the trash before"
        " their time; raise max_drive_bytes to keep them",
        limit,
        removed,
        freed,
    )
    return True


def sizes(root: Path) -> dict[str, int]:
    """Return the bytes that the removal of each file of the trash gives back, by its name."""
    with opened(root, (trash.DIRECTORY,)) as directory:
        return {name: trash.freed(name, status) for name, status in directory.non_directories()}
