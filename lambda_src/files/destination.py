"""The headers of WebDAV that say where a file goes (RFC 4918 section 10)."""

import re

from drive.errors import InvalidRequestError
from files import web

# A scheme has any case (RFC 3986 section 3.1).
_DESTINATION = re.compile("(?:(?i:https)://([^/?#]+))?/files/([^?#]+)", re.DOTALL)
# Lambda joins the values of a header that comes twice.
_REPEATED = re.compile(", *(?:https?://[^/]*)?/files/", re.IGNORECASE)


def overwrite(*, unsaid: bool) -> bool:
    """Return whether `Overwrite` lets a file be replaced; `unsaid` is for a request without it."""
    said = web.header("overwrite")
    if said is None:
        return unsaid
    if said.upper() not in {"T", "F"}:  # any case: RFC 4918 section 10.6
        raise InvalidRequestError(f"Overwrite must be T or F, got {said!r}")
    return said.upper() == "T"


def required() -> str:
    """Return the name in `Destination`. Raises `InvalidRequestError` when there is none."""
    name = given()
    if name is None:
        raise InvalidRequestError(
            "a POST moves the file to its header Destination, such as /files/new/name; got none"
        )
    return name


def given() -> str | None:
    """Return the name in `Destination`: a URL of this service, or a path (RFC 4918 10.3)."""
    destination = web.header("destination")
    if not destination:
        return None
    found = _DESTINATION.fullmatch(destination)
    here = web.domain().lower()
    if _REPEATED.search(destination):
        raise InvalidRequestError(
            "Destination must be one URL or path, with a , before /files/ in a name as %2C, got"
            f" {destination!r}"
        )
    if not found or (found[1] and found[1].lower() not in {here, f"{here}:", f"{here}:443"}):
        raise InvalidRequestError(
            f"Destination must be such as /files/new/name or {web.address('/files/new/name')}, with"
            f" ? and # of a name as %3F and %23, got {destination!r}"
        )
    return web.name_in(found[2], "")
