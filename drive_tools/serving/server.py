"""The HTTP server of this machine: cheroot on 127.0.0.1, stricter than it is by itself.

Only this machine reaches it, and nothing but a `Guard` is behind it.
"""

import os
import re
import socket
import threading
import traceback as tracebacks
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, BinaryIO

from cheroot import wsgi
from cheroot.server import HeaderReader, HTTPConnection, HTTPRequest

from drive_tools import output
from drive_tools.errors import ToolError
from drive_tools.serving.gate import Session
from drive_tools.serving.guard import Guard

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

_LOOPBACK = "127.0.0.1"
# Requests side by side. A person who pauses a video holds one, until the time is up.
_THREADS = 32
_SILENT_SECONDS = 60
_HEADER_BYTES = 64 * 1024
# For requests that are in progress when the server ends.
_GRACE_SECONDS = 1.0

# RFC 9110 section 5.6.2, without the underscore: WSGI would take X_Y for X-Y.
_NAME = re.compile(rb"[!#$%&'*+.^`|~0-9A-Za-z-]+")
_VALUE = re.compile(rb"[^\x00-\x08\x0a-\x1f\x7f]*")
# Lists, whose values are joined when they come in several lines (RFC 9110 section 5.3).
_LISTS = frozenset(
    {
        *(b"Accept", b"Accept-Encoding", b"Accept-Language", b"Cache-Control", b"Connection"),
        *(b"Content-Digest", b"If", b"If-Match", b"If-None-Match", b"Pragma", b"Te", b"Via"),
        *(b"Want-Content-Digest", b"Cookie"),
    }
)
_LENGTH = re.compile(rb"[0-9]{1,18}")


@contextmanager
def serving(
    application: "WSGIApplication", note: Callable[[str], None], port: int = 0
) -> Iterator[Session]:
    """Serve an application on loopback while the block runs, behind a gate of its own session.

    `port` 0 takes a free one. `note` hears what its user should know. Requests run in threads that
    end with the process. Raises `ToolError` when the port cannot be taken.
    """
    server = _Server(port)
    # cheroot's threads are daemons if those that start them are, so that an end is one at once.
    _as_daemon(server.prepare)
    session = Session(server.bind_addr[1])
    server.wsgi_app = Guard(session, application, note)
    threading.Thread(target=server.serve, daemon=True).start()
    try:
        yield session
    finally:
        ending = threading.Thread(target=server.stop, daemon=True)
        ending.start()
        with suppress(OSError):  # wakes the server, which else looks up twice a second
            socket.create_connection((_LOOPBACK, session.port)).close()
        ending.join(_GRACE_SECONDS)


def _as_daemon(call: Callable[[], object]) -> None:
    """Call something in a thread that is a daemon, and raise what it raised."""
    failures: list[BaseException] = []

    def run() -> None:
        try:
            call()
        except BaseException as failure:  # noqa: BLE001 - the caller gets it
            failures.append(failure)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join()
    if failures:
        raise failures[0]


class _StrictHeaders(HeaderReader):
    """Reads the headers of a request, and refuses what two readers may understand in two ways.

    RFC 9112 sections 5 and 6.3. cheroot folds lines, takes the last of two headers, and a chunked
    body where a length is told as well.
    """

    def __call__(
        self, rfile: BinaryIO, hdict: dict[bytes, bytes] | None = None
    ) -> dict[bytes, bytes]:
        """Return the headers. Raises `ValueError`, whose text is the answer of status 400."""
        found: dict[bytes, bytes] = {} if hdict is None else hdict
        while (line := rfile.readline()) != b"\r\n":
            if not line.endswith(b"\r\n"):
                raise ValueError("a line of the headers does not end with CR LF")
            name, colon, value = line[:-2].partition(b":")
            value = value.strip(b" \t")
            if not colon or not _NAME.fullmatch(name) or not _VALUE.fullmatch(value):
                raise ValueError("a header is a name, a colon and a value of one line")
            key = name.title()
            if key in found and key not in _LISTS:
                raise ValueError(f"the header {key.decode()} comes twice")
            found[key] = b", ".join((found[key], value)) if key in found else value
        length = found.get(b"Content-Length")
        if length is not None and not _LENGTH.fullmatch(length):
            raise ValueError("Content-Length must be one number")
        if length is not None and b"Transfer-Encoding" in found:
            raise ValueError("a request has a Content-Length or a Transfer-Encoding, not both")
        return found


class _Request(HTTPRequest):
    header_reader = _StrictHeaders()

    def read_request_headers(self) -> bool:
        """Read the headers; a connection ends with a chunked body, whose trailer is not read."""
        read = bool(super().read_request_headers())  # type: ignore[no-untyped-call]  # its stub has none
        if self.chunked_read:
            self.close_connection = True
        return read


class _Writer:
    """Writes to a socket at once. cheroot's own copies what is left after each part."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self.bytes_written = 0

    def write(self, content: bytes) -> int:
        """Write all of it. Raises `TimeoutError` when none of it is taken for a while."""
        left = memoryview(content)
        while left:  # `sendall` would give all of it together no more than that while
            left = left[self._connection.send(left) :]
        self.bytes_written += len(content)
        return len(content)


class _Connection(HTTPConnection):
    RequestHandlerClass = _Request

    def __init__(self, server: wsgi.Server, sock: socket.socket, makefile: object) -> None:
        super().__init__(server, sock, makefile)
        self.wfile = _Writer(sock)


class _Gateway(wsgi.Gateway_10):
    def start_response(
        self, status: str, headers: list[tuple[str, str]], exc_info: object = None
    ) -> Callable[[bytes], object]:
        """Begin an answer. One that says so ends the connection, and no body is read for it."""
        if ("Connection", "close") in headers:
            self.req.close_connection = True
        started: Callable[[bytes], object] = super().start_response(status, headers, exc_info)
        return started


class _Server(wsgi.Server):
    ConnectionClass = _Connection
    max_request_header_size = _HEADER_BYTES
    keep_alive_conn_limit = 2 * _THREADS

    def __init__(self, port: int) -> None:
        os.environ.pop("LISTEN_PID", None)  # cheroot would take a socket of systemd's instead
        super().__init__(
            (_LOOPBACK, port),
            _nothing,
            numthreads=_THREADS,
            server_name="lambda-drive",
            request_queue_size=128,
            timeout=_SILENT_SECONDS,
            shutdown_timeout=0,
        )
        self.gateway = _Gateway

    @staticmethod
    def bind_socket(socket_: socket.socket, bind_addr: tuple[str, int]) -> socket.socket:
        """Take the port. Raises `ToolError`."""
        try:
            socket_.bind(bind_addr)
        except OSError as error:
            socket_.close()
            raise ToolError(
                f"cannot serve at port {bind_addr[1]} of {_LOOPBACK}: {error.strerror}; name"
                " another one by --port, or none for one that is free"
            ) from None
        return socket_

    def error_log(self, msg: str = "", level: int = 20, traceback: bool = False) -> None:  # noqa: FBT001, FBT002 - as its base has it
        """Tell of a defect. No request is in it: addresses have the secret."""
        if traceback:
            output.tell(tracebacks.format_exc())


def _nothing(environ: "WSGIEnvironment", start_response: "StartResponse") -> list[bytes]:
    """Answer before there is an application."""
    start_response("503 Service Unavailable", [("Content-Length", "0")])
    return []
