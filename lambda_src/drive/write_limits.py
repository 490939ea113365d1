"""Limits of what may be written to a drive."""

from typing import NamedTuple


class Limits(NamedTuple):
    """The most bytes that the drive and one file may have; None: no limit but that of the disk."""

    drive_bytes: int | None = None
    file_bytes: int | None = None


NO_LIMITS = Limits()
