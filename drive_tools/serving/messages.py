"""A request as the application behind the gate has it, and an answer."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from errno import ECONNABORTED
from http import HTTPStatus
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

Headers = list[tuple[str, str]]

# As much as is read of a body at once: cheroot clears a buffer of this size for each read.
_READ_BYTES = 64 * 1024
# The rest of a body that is read and thrown away, so that its sender gets the answer.
_DISCARDED_BYTES = 64 * 1024 * 1024


class _Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


class BrokenOffError(ConnectionAbortedError):
    """A request or an answer that ends in the middle, and with it the connection."""

    def __init__(self) -> None:
        super().__init__(ECONNABORTED, "broken off")  # which cheroot takes for no news


class Body:
    """The body of a request, of a known `length` or of chunks (None)."""

    def __init__(self, stream: _Readable, length: int | None) -> None:
        self.length = length
        self._stream, self._read = stream, 0

    def read(self, size: int) -> bytes:
        """Return the next `size` bytes, or fewer at its end. Raises `BrokenOffError`."""
        parts = []
        while size and self._read != self.length:
            part = self._part(min(size, _READ_BYTES))
            if not part:
                break
            parts.append(part)
            size -= len(part)
        return b"".join(parts)

    def finish(self) -> bool:
        """Read and forget what is left; False when that would be too much."""
        left = _DISCARDED_BYTES
        while left > 0:
            part = self.read(min(left, _READ_BYTES))
            if not part:
                return True
            left -= len(part)
        return False

    def _part(self, size: int) -> bytes:
        left = size if self.length is None else min(size, self.length - self._read)
        try:
            part = self._stream.read(left)
        except (ValueError, OSError):  # the first is cheroot's, for chunks that are none
            raise BrokenOffError from None
        if not part and self.length is not None:
            raise BrokenOffError
        self._read += len(part)
        return part


@dataclass(frozen=True)
class Call:
    """A request; `headers` have their usual names, and `base` is the URL that leads here."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: Body
    base: str


@dataclass(frozen=True)
class Answer:
    """An answer; `headers` have its length unless it has no body at all."""

    status: int
    headers: Headers
    body: Iterable[bytes] = field(default=())


def call_of(environ: "WSGIEnvironment") -> Call:
    """Return the request that a `Guard` let through."""
    headers = {
        name.removeprefix("HTTP_").replace("_", "-").title(): value
        for name, value in environ.items()
        if name.startswith("HTTP_") or name == "CONTENT_TYPE"
    }
    length = None if environ["wsgi.input_terminated"] else int(environ.get("CONTENT_LENGTH") or 0)
    return Call(
        environ["REQUEST_METHOD"],
        environ["drive.path"],
        environ["QUERY_STRING"],
        headers,
        Body(environ["wsgi.input"], length),
        f"http://{environ['HTTP_HOST']}{environ['SCRIPT_NAME']}",
    )


def send(answer: Answer, call: Call, start_response: "StartResponse") -> Iterable[bytes]:
    """Begin an answer, and return its body. Raises `BrokenOffError`."""
    ends = [] if call.body.finish() else [("Connection", "close")]
    known = answer.status in set(HTTPStatus)
    phrase = HTTPStatus(answer.status).phrase if known else "Unknown"
    start_response(f"{answer.status} {phrase}", [*answer.headers, *ends])
    return answer.body
