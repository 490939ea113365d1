"""The media type of a file, by its name."""

import functools
import json
import posixpath
from pathlib import Path

UNKNOWN = "application/octet-stream"


def media_type(name: str) -> str:
    """The media type of the last extension of `name`; `UNKNOWN` if there is none.

    It has no charset: nobody knows how the bytes of a file are encoded, and a wrong charset is
    worse than none. What is packed is sent as it is, so its type is that of the packing.
    """
    return _types().get(posixpath.splitext(name)[1][1:].lower(), UNKNOWN)


@functools.cache
def _types() -> dict[str, str]:
    """The table of npm's `mime-types`, which `make lock` writes down.

    The table of Python's own `mimetypes` differs from one version to the next.
    """
    table: dict[str, str] = json.loads(Path(__file__).with_suffix(".json").read_bytes())
    return table
