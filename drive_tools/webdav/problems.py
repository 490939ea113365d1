"""Failures of a drive as answers of WebDAV: a status that programs understand, and words."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import TYPE_CHECKING, cast

from wsgidav.dav_error import DAVError
from wsgidav.mw.base_mw import BaseMiddleware
from wsgidav.util import SubAppStartResponse

from drive_tools import output
from drive_tools.client.answers import HttpStatusError, RequestError, SigningError
from drive_tools.errors import ToolError, UsageError
from drive_tools.serving.messages import BrokenOffError

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

_RETRY_SECONDS = 10
# What is not sent on: a 401 would have programs ask for a password, of which there is none here.
_STATUSES: dict[int, int] = {
    HTTPStatus.UNAUTHORIZED: HTTPStatus.FORBIDDEN,
    HTTPStatus.GONE: HTTPStatus.NOT_FOUND,
    HTTPStatus.TOO_MANY_REQUESTS: HTTPStatus.SERVICE_UNAVAILABLE,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: HTTPStatus.INSUFFICIENT_STORAGE,
}
_KNOWN = frozenset(
    {
        *(HTTPStatus.BAD_REQUEST, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT),
        *(HTTPStatus.METHOD_NOT_ALLOWED, HTTPStatus.PRECONDITION_FAILED, HTTPStatus.LOCKED),
        *(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, HTTPStatus.SERVICE_UNAVAILABLE),
        *(HTTPStatus.INSUFFICIENT_STORAGE, HTTPStatus.GATEWAY_TIMEOUT),
    }
)
# A body that nobody wants is read up to here, so that its sender reads the answer.
_DRAINED_BYTES = 16 * 1024 * 1024
_READ_BYTES = 1024 * 1024


def dav_error(error: ToolError | OSError) -> DAVError:
    """Return what a failure of the client is to a program that speaks WebDAV."""
    headers: list[tuple[str, str]] = []
    match error:
        case HttpStatusError():
            status = _STATUSES.get(error.status, error.status)
            status = status if status in _KNOWN else HTTPStatus.BAD_GATEWAY
            if status == HTTPStatus.SERVICE_UNAVAILABLE:
                seconds = round(error.wait_seconds) or _RETRY_SECONDS
                headers = [("Retry-After", str(seconds))]
        case UsageError():
            status = HTTPStatus.BAD_REQUEST
        case SigningError():
            status = HTTPStatus.FORBIDDEN
        case RequestError():
            status = HTTPStatus.BAD_GATEWAY
        case OSError() if error.errno in output.FULL:
            status = HTTPStatus.INSUFFICIENT_STORAGE
        case OSError():
            status = HTTPStatus.INTERNAL_SERVER_ERROR
        case _:
            status = HTTPStatus.CONFLICT
    text = f"{error.strerror or error} (this machine)" if isinstance(error, OSError) else str(error)
    return DAVError(status, text, add_headers=headers)


@contextmanager
def told() -> Iterator[None]:
    """Raise the failures of the client as errors of WsgiDAV, of which it may tell several at once.

    WsgiDAV takes any other exception for a defect.
    """
    try:
        yield
    except (ToolError, OSError) as error:
        raise dav_error(error) from error


class DavProblems(BaseMiddleware):
    """Answers with the failure of a request, as long as nothing of its answer was sent."""

    def __init__(
        self, wsgidav_app: object, next_app: "WSGIApplication", config: dict[str, object]
    ) -> None:
        super().__init__(wsgidav_app, next_app, config)
        self._next = next_app
        self._note = cast("Callable[[str], None]", config["lambda_drive.note"])

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Answer one request."""
        # Told on only with the first bytes: what fails before them can still be answered.
        answer = SubAppStartResponse()
        started = False
        try:
            for part in self._next(environ, cast("StartResponse", answer)):
                if not started:
                    start_response(answer.status, answer.response_headers)
                    started = True
                yield part
        except (ToolError, OSError, DAVError) as error:
            failure = error if isinstance(error, DAVError) else dav_error(error)
            if started:  # the connection breaks, and its reader sees that bytes are missing
                self._note(f"an answer broke off: {failure.context_info}")
                raise BrokenOffError from error
            yield say(environ, start_response, failure)


def say(environ: "WSGIEnvironment", start_response: "StartResponse", failure: DAVError) -> bytes:
    """Begin the answer of a failure, and return its body."""
    status = HTTPStatus(failure.value)
    headers = [("Content-Type", "text/plain; charset=utf-8"), *(failure.add_headers or [])]
    content = f"{failure.context_info or status.description or status.phrase}\n".encode()
    if failure.err_condition:
        headers[0] = ("Content-Type", "application/xml; charset=utf-8")
        content = failure.err_condition.as_string().encode()
    if status == HTTPStatus.NOT_MODIFIED or environ["REQUEST_METHOD"] == "HEAD":
        content = b""
    headers += [("Content-Length", str(len(content)))]
    if not _drained(environ["wsgi.input"].read):
        headers += [("Connection", "close")]
    start_response(f"{status.value} {status.phrase}", headers)
    return content


def _drained(read: Callable[[int], bytes]) -> bool:
    """Read what is left of the body of a request, up to a limit; say whether that was all."""
    try:
        for _ in range(_DRAINED_BYTES // _READ_BYTES):
            if not read(_READ_BYTES):
                return True
    except (OSError, ValueError):
        pass  # the sender is gone, or sends no chunks
    return False
