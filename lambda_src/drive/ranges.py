"""Ranges of a file (RFC 9110 section 14), without input or output."""

import re

from drive.errors import RangeError

_ONE_RANGE = re.compile(r"bytes=[ \t,]*([0-9]{0,1000})-([0-9]{0,1000})[ \t,]*", re.IGNORECASE)


def select(header: str, size: int) -> range | None:
    """Return which bytes of a file of `size` the `Range` header asks for.

    None means that the header is ignored: it is malformed, has another unit, or names several
    ranges, which a server need not serve (section 14.2). Raises `RangeError` when no byte
    of the file is in the range.
    """
    found = _ONE_RANGE.fullmatch(header.strip())
    if not found or found.groups() == ("", ""):
        return None
    first, last = found.groups()
    if not first:
        start = max(size - int(last), 0)
        if start < size:
            return range(start, size)
        if size == 0 and int(last) > 0:  # satisfiable, and nothing to put into Content-Range
            return None
    else:
        if last and int(last) < int(first):
            return None
        start = int(first)
        if start < size:
            return range(start, min(int(last) + 1, size) if last else size)
    raise RangeError(f"the file has {size} bytes; the range {header!r} has none of them", size=size)
