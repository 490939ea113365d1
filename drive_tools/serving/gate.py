"""Who may call the server on loopback: one session, by the secret that its address begins with.

Any program of this machine can connect to loopback, and any page in a browser can send requests
there. Each check here keeps somebody out, and a request must pass all of them.
"""

import hmac
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from urllib.parse import quote, unquote_to_bytes

_HOSTS = ("127.0.0.1", "localhost")
# What a browser says of a request of the page itself, and of an address that a person entered
# (https://www.w3.org/TR/fetch-metadata/#sec-fetch-site-header). Other programs say nothing.
_OWN_SITE = frozenset({"same-origin", "none"})
_HTTP_PORT = 80
_SECRET_BYTES = 32


@dataclass(frozen=True)
class Refused:
    """A request that goes no further, with the status and the words of its answer."""

    status: int
    reason: str


@dataclass(frozen=True)
class Admitted:
    """A request of the session.

    `path` is what stands behind the secret: nothing, or a slash and segments, percent-encoded in
    one way only (all but the unreserved characters of RFC 3986 section 2.3). `query` is as it was
    sent.
    """

    path: str
    query: str


@dataclass(frozen=True)
class Link:
    """A request that has the token of the one-time link."""


@dataclass(frozen=True)
class Session:
    """The port of a server, the secret of its address, and the token of its one-time link."""

    port: int
    secret: str = field(default_factory=lambda: secrets.token_urlsafe(_SECRET_BYTES), repr=False)
    once: str = field(default_factory=lambda: secrets.token_urlsafe(_SECRET_BYTES), repr=False)

    @property
    def base(self) -> str:
        """The URL of the drive behind the server, without a slash at its end."""
        return f"http://{_HOSTS[0]}:{self.port}/{self.secret}"

    @property
    def link(self) -> str:
        """The URL that leads a browser to the drive, once."""
        return f"http://{_HOSTS[0]}:{self.port}/{self.once}"


def judge(
    session: Session, method: str, target: str, headers: Mapping[str, str]
) -> Admitted | Link | Refused:
    """Say whether a request may pass: its method, its target as sent, its headers by small names.

    `target` has one character for each byte (ISO 8859-1), as WSGI has it (PEP 3333).
    """
    host = headers.get("host", "").lower()
    path, _, query = target.partition("?")
    first, slash, rest = path.removeprefix("/").partition("/")
    segments = [
        unquote_to_bytes(segment.encode("latin-1", "replace")) for segment in rest.split("/")
    ]
    refused = (
        _wrong_host(session, host)
        or _wrong_origin(host, headers.get("origin"))
        or _wrong_site(headers.get("sec-fetch-site"))
    )
    # Both are compared, so that the time of an answer tells nothing.
    known, once = _same(first, session.secret), _same(first, session.once)
    if not refused and once and (method, path) == ("GET", f"/{session.once}"):
        return Link()
    refused = (
        refused or _wrong_secret(path, known=known) or _wrong_path(segments) or _wrong_query(query)
    )
    return refused or Admitted(
        slash + "/".join(quote(segment, safe="") for segment in segments), query
    )


def _same(given: str, secret: str) -> bool:
    """Compare in a time that does not depend on where they differ."""
    return hmac.compare_digest(given.encode("latin-1", "replace"), secret.encode())


def _wrong_host(session: Session, host: str) -> Refused | None:
    """Refuse a name that somebody made lead here (DNS rebinding): its page is of another origin."""
    names = {f"{name}:{session.port}" for name in _HOSTS}
    if session.port == _HTTP_PORT:
        names.update(_HOSTS)
    if host in names:
        return None
    return Refused(
        HTTPStatus.FORBIDDEN,
        f"this server is called by {_HOSTS[0]}:{session.port} or {_HOSTS[1]}:{session.port} only,"
        f" got the Host {host!r}",
    )


def _wrong_origin(host: str, origin: str | None) -> Refused | None:
    """Refuse a page of another origin, and one without an origin (`null`)."""
    if origin is None or origin == f"http://{host}":
        return None
    return Refused(
        HTTPStatus.FORBIDDEN,
        f"pages of other origins may not call this server, got the Origin {origin!r}",
    )


def _wrong_site(site: str | None) -> Refused | None:
    """Refuse what another page made a browser load, such as a link, a picture or a frame."""
    if site is None or site in _OWN_SITE:
        return None
    return Refused(
        HTTPStatus.FORBIDDEN,
        "another page may not lead to this server: copy the link into the address bar of the"
        f" browser (Sec-Fetch-Site is {site!r})",
    )


def _wrong_secret(path: str, *, known: bool) -> Refused | None:
    """Refuse whoever was not given the address: other users, other programs, guessing pages."""
    if known and path.startswith("/"):
        return None
    return Refused(
        HTTPStatus.NOT_FOUND,
        "nothing is here without the whole address that was printed when the server began",
    )


def _wrong_path(segments: list[bytes]) -> Refused | None:
    """Refuse a path that leads out of the drive's own, or that two readers read in two ways."""
    if not any(segment in {b".", b".."} for segment in segments) and b"" not in segments[:-1]:
        return None
    shown = quote(b"/" + b"/".join(segments), safe="/")
    return Refused(
        HTTPStatus.BAD_REQUEST,
        f"a path has no empty segment, and none that is . or .., got {shown!r}",
    )


def _wrong_query(query: str) -> Refused | None:
    """Refuse what a query cannot have, before it becomes part of another request."""
    if re.fullmatch("[!-~]*", query):
        return None
    return Refused(HTTPStatus.BAD_REQUEST, f"a query is ASCII, percent-encoded, got {query!r}")
