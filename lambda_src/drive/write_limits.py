"""Limits of what may be written to a drive."""

from typing import NamedTuple


class Limits(NamedTuple):
    """How many bytes the drive and one file may have; None: as many as the disk takes."""

    drive_bytes: int | None = None
    file_bytes: int | None = None


NO_LIMITS = Limits()
