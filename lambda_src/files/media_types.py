"""Media types of files, by name."""

import functools
import json
import posixpath
from pathlib import Path

UNKNOWN = "application/octet-stream"


def media_type(name: str) -> str:
    """The media type of the last extension of `name`; `UNKNOWN` if there is none.

    It has no charset: the encoding of a file is not known, and a wrong charset is worse than none.
    A compressed file is sent as it is, so its type is that of the compression.
    """
    return _types().get(posixpath.splitext(name)[1][1:].lower(), UNKNOWN)


@functools.cache
def _types() -> dict[str, str]:
    """Return the table of npm's `mime-types`, which `make lock` writes.

    The table of Python's own `mimetypes` differs from one version to the next.
    """
    table: dict[str, str] = json.loads(Path(__file__).with_suffix(".json").read_bytes())
    return table
