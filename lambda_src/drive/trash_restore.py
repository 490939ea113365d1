"""A version of the trash takes its place among the files again."""

from pathlib import Path
from typing import NamedTuple

from drive import file_writes, trash
from drive.conditions import Conditions
from drive.errors import MissingError
from drive.file_writes import Written
from drive.quota import NO_LIMITS, Limits

_NO_CONDITIONS = Conditions()


class Restored(NamedTuple):
    """The result of a restore: the name of the file, and what its write came to."""

    name: str
    written: Written


def restore(
    root: Path,
    version_id: str,
    name: str | None = None,
    *,
    conditions: Conditions = _NO_CONDITIONS,
    overwrite: bool = False,
    limits: Limits = NO_LIMITS,
    keep: bool = False,
) -> Restored:
    """Rename a version to `name`, or to the path that it had, and make the directories above it.

    Conditions are about the file that is there. With `overwrite` and `keep`, it goes to the trash
    itself. Raises `PreconditionFailedError` when it is there and `overwrite` is not set, and
    `MissingError` when the version is in the trash no more.
    """
    version = trash.find(root, version_id)
    name = version.path if name is None else name
    source = trash.path_of(root, version_id)
    try:
        written = file_writes.put_in_place(
            root,
            source,
            version.etag,
            name,
            conditions=conditions,
            overwrite=overwrite,
            limits=limits,
            act="restore" if keep else None,
        )
    except MissingError:  # somebody restored or removed it meanwhile
        raise trash.missing(version_id) from None
    trash.forget(root, version_id)
    return Restored(name, written)
