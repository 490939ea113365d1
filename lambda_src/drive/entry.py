"""The description of a file or directory."""

from typing import NamedTuple


class Entry(NamedTuple):
    """A file or directory: its last segment, its size in bytes, its time in seconds since 1970.

    `etag` is the strong entity tag of this version of a file; None of a directory.
    """

    name: str
    kind: str
    size: int
    modified: float
    etag: str | None
