"""Names of a drive in the paths of requests, and in the header Destination."""

from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote_to_bytes, urlsplit

from wsgidav.dav_error import DAVError

from drive_tools.client.names import OWN_PREFIX, check_name
from drive_tools.errors import UsageError

if TYPE_CHECKING:
    from wsgiref.types import WSGIEnvironment


def name_of(path: str) -> str:
    """Return the name at a decoded path; "" is the root. Raises `DAVError` with 400."""
    name = path.strip("/")
    try:
        if name:
            check_name(name)
    except UsageError as error:
        raise DAVError(HTTPStatus.BAD_REQUEST, str(error)) from None
    if any(segment.startswith(OWN_PREFIX) for segment in name.split("/")):
        raise DAVError(
            HTTPStatus.BAD_REQUEST, f"names with {OWN_PREFIX!r} are the drive's own, got {name!r}"
        )
    return name


def parent_of(name: str) -> str:
    """Return the name of the directory that `name` is in."""
    return name.rpartition("/")[0]


def decoded(path: bytes) -> str:
    """Return the text of a path. Raises `DAVError` with 400 where it is no UTF-8."""
    try:
        return path.decode()
    except UnicodeDecodeError:
        raise DAVError(
            HTTPStatus.BAD_REQUEST, f"a path is UTF-8, percent-encoded, got {path!r}"
        ) from None


def destination(environ: "WSGIEnvironment") -> str:
    """Return the name in the header Destination (RFC 4918 section 10.3).

    WsgiDAV decodes the whole URL before it looks for `?` and `;`, and so cuts names that have them.
    Raises `DAVError` with 400, or with 502 where it is of another server.
    """
    said = environ.get("HTTP_DESTINATION", "")
    try:
        url = urlsplit(said)
        host = url.netloc.lower()
    except ValueError:
        raise DAVError(HTTPStatus.BAD_REQUEST, f"Destination must be a URL, got {said!r}") from None
    if not url.path or url.query or url.fragment:
        raise DAVError(
            HTTPStatus.BAD_REQUEST,
            f"Destination must be a URL, with ? and # of a name as %3F and %23, got {said!r}",
        )
    base = f"{environ['SCRIPT_NAME']}/"
    path = decoded(unquote_to_bytes(url.path.encode("latin-1", "replace")))
    if (host and host != environ.get("HTTP_HOST", "").lower()) or not path.startswith(base):
        raise DAVError(
            HTTPStatus.BAD_GATEWAY,
            f"Destination must be at this server below {base}, got {said!r}",
        )
    return name_of(path.removeprefix(base))


def lock_url(name: str) -> str:
    """Return what WsgiDAV's locks call a name."""
    return quote(f"/{name}")
