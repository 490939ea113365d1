"""The gate as WSGI: it stands before every application on loopback."""

import threading
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import unquote_to_bytes

from drive_tools.serving.gate import Admitted, Link, Refused, Session, judge

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

    from _typeshed import OptExcInfo

# The body of a refused request that is read to its end, so that its sender reads the answer.
_READ_BYTES = 1024 * 1024
# What every answer of this server has: no other origin may load it, and no address goes elsewhere.
PRIVATE = (
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Referrer-Policy", "no-referrer"),
    ("X-Content-Type-Options", "nosniff"),
)
_VOID = """\
This link worked once, and was used.

If you see the drive in another tab, go on there. Else end the command in its terminal (Ctrl+C), and
run it again: it prints a new link.

If it was not you who used it, end the command now.
"""


class Guard:
    """Lets the requests of one session through to an application, and answers all others.

    The application gets the secret as `SCRIPT_NAME`, the decoded path behind it as `PATH_INFO`,
    and the path as it is sent on, percent-encoded, as `drive.path`.
    """

    def __init__(
        self, session: Session, application: "WSGIApplication", note: Callable[[str], None]
    ) -> None:
        """Guard `application`; `note` hears when the one-time link is used again."""
        self._session, self._application, self._note = session, application, note
        self._unused = threading.Lock()  # taken by the first use of the link, for good

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        headers = {
            name: environ[f"HTTP_{name.upper().replace('-', '_')}"]
            for name in ("host", "origin", "sec-fetch-site")
            if f"HTTP_{name.upper().replace('-', '_')}" in environ
        }
        method, target = environ["REQUEST_METHOD"], environ["REQUEST_URI"]
        match judge(self._session, method, target, headers):
            case Refused(status, reason):
                return _said(environ, start_response, status, f"{reason}\n")
            case Link():
                return self._redeemed(environ, start_response)
            case Admitted("", query) if method in {"GET", "HEAD"}:
                query = f"?{query}" if query else ""
                return _leading(environ, start_response, f"/{self._session.secret}/{query}")
            case Admitted(path, query):
                own = {
                    "SCRIPT_NAME": f"/{self._session.secret}",
                    "PATH_INFO": _decoded(path),
                    "QUERY_STRING": query,
                    "drive.path": path or "/",
                }
                return self._application({**environ, **own}, _private(start_response))

    def _redeemed(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        if self._unused.acquire(blocking=False):
            return _leading(environ, start_response, f"/{self._session.secret}/")
        self._note("the link was opened again, and refused; if that was not you, end this (Ctrl+C)")
        return _said(environ, start_response, HTTPStatus.GONE, _VOID)


def _decoded(path: str) -> str:
    """Return a path as `PATH_INFO` has it (PEP 3333): a character for each byte."""
    return unquote_to_bytes(path).decode("latin-1")


def _leading(
    environ: "WSGIEnvironment", start_response: "StartResponse", path: str
) -> Iterable[bytes]:
    return _said(environ, start_response, HTTPStatus.SEE_OTHER, "", ("Location", path))


def _said(
    environ: "WSGIEnvironment",
    start_response: "StartResponse",
    status: int,
    text: str,
    *headers: tuple[str, str],
) -> Iterable[bytes]:
    content = text.encode()
    length = environ.get("CONTENT_LENGTH") or "0"
    closing = environ["wsgi.input_terminated"] or int(length) > _READ_BYTES
    start_response(
        f"{int(status)} {HTTPStatus(status).phrase}",
        [
            ("Content-Type", "text/plain; charset=utf-8"),
            ("Content-Length", str(len(content))),
            ("Cache-Control", "no-store"),
            *headers,
            *PRIVATE,
            *([("Connection", "close")] if closing else []),
        ],
    )
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [content]


def _private(start_response: "StartResponse") -> "StartResponse":
    """Return what begins an answer, and adds `PRIVATE` to it where the application has not."""

    def start(
        status: str, headers: list[tuple[str, str]], exc_info: "OptExcInfo | None" = None, /
    ) -> Callable[[bytes], object]:
        told = {name.lower() for name, _ in headers}
        added = [each for each in PRIVATE if each[0].lower() not in told]
        return start_response(status, [*headers, *added], exc_info)

    return start
