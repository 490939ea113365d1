"""The failures of a drive as those of a file system, which programs know to handle."""

import errno
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http import HTTPStatus

from drive_tools import exit_codes
from drive_tools.client.answers import ConflictStatusError, HttpStatusError, UnreachableError
from drive_tools.errors import ToolError

_BY_STATUS: dict[int, int] = {
    HTTPStatus.BAD_REQUEST: errno.EINVAL,
    HTTPStatus.METHOD_NOT_ALLOWED: errno.EOPNOTSUPP,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: errno.EFBIG,
    HTTPStatus.LOCKED: errno.EBUSY,
    HTTPStatus.TOO_MANY_REQUESTS: errno.EBUSY,
    HTTPStatus.SERVICE_UNAVAILABLE: errno.EBUSY,
}
_BY_EXIT_CODE: dict[int, int] = {
    exit_codes.WRONG_USAGE: errno.EINVAL,
    exit_codes.NOT_FOUND: errno.ENOENT,
    exit_codes.FORBIDDEN: errno.EACCES,
    exit_codes.NO_ROOM: errno.ENOSPC,
    exit_codes.CONFLICT: errno.EEXIST,
}


@contextmanager
def os_errors(
    path: str,
    *,
    conflict: Callable[[], int] = lambda: errno.EISDIR,
    precondition: int = errno.ESTALE,
) -> Iterator[None]:
    """Raise what the client of a drive raises as an `OSError` of `path`, with the client's text.

    Python makes its subclass of the number: `FileNotFoundError`, `PermissionError` and so on.
    `conflict` is asked for the number of a 409, and `precondition` is that of a 412.
    """
    try:
        yield
    except ToolError as error:
        number = _number(error, precondition)
        if isinstance(error, ConflictStatusError):
            number = errno.EISDIR
            with suppress(ToolError):
                number = conflict()
        raise OSError(number, str(error), path) from error


def _number(error: ToolError, precondition: int) -> int:
    if isinstance(error, UnreachableError):
        return errno.ECONNABORTED  # a ConnectionError
    if isinstance(error, HttpStatusError):
        if error.status == HTTPStatus.PRECONDITION_FAILED:
            return precondition
        if error.kind == "read-only":
            return errno.EROFS
        if error.status in _BY_STATUS:
            return _BY_STATUS[error.status]
    return _BY_EXIT_CODE.get(error.exit_code, errno.EIO)
