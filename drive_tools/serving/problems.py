"""What goes wrong between a caller on loopback and the drive, as the drive itself says it.

A problem (RFC 9457) of the server has the same form as those of the drive (docs/http.md).
"""

import json
from http import HTTPStatus

from drive_tools.client.answers import HttpStatusError, SigningError, UnreachableError
from drive_tools.errors import ToolError, UsageError
from drive_tools.output import FULL
from drive_tools.serving.messages import Answer

_TYPE = "urn:lambda-drive:"
# The kinds that only this server has, and their titles.
UNREACHABLE = "unreachable"
CANNOT_SIGN = "cannot-sign"
TOO_LARGE = "request-too-large"
DIGEST_MISMATCH = "digest-mismatch"
_TITLES = {
    UNREACHABLE: "The drive does not answer, or not whole",
    CANNOT_SIGN: "The credentials of this machine cannot sign",
    TOO_LARGE: "The body does not fit into one request",
    DIGEST_MISMATCH: "The bytes that arrived are not those that were sent",
    "invalid-name": "The name can never name a file",
    "invalid-request": "A header, a parameter or the body cannot be understood",
    "no-space": "A disk is full",
    "internal": "The server on this machine has failed",
}
_UNREACHABLE = (HTTPStatus.BAD_GATEWAY, UNREACHABLE)
_FAILURES: dict[type[ToolError], tuple[HTTPStatus, str]] = {
    SigningError: (HTTPStatus.BAD_GATEWAY, CANNOT_SIGN),
    UnreachableError: _UNREACHABLE,
    UsageError: (HTTPStatus.BAD_REQUEST, "invalid-name"),
}


def problem(status: int, kind: str, detail: str) -> Answer:
    """Return the answer that says what went wrong."""
    known = status in set(HTTPStatus)
    title = _TITLES.get(kind, HTTPStatus(status).phrase if known else "The request failed")
    document = {
        "type": f"{_TYPE}{kind}" if kind else "about:blank",
        "title": title,
        "status": status,
        "detail": detail,
    }
    body = json.dumps(document).encode()
    headers = [
        ("Content-Type", "application/problem+json"),
        ("Content-Length", str(len(body))),
        ("Cache-Control", "no-store"),
    ]
    return Answer(status, headers, [body])


def of_failure(failure: ToolError | OSError) -> Answer:
    """Return the answer for what the client raised."""
    if isinstance(failure, HttpStatusError):
        return problem(failure.status, failure.kind, str(failure))
    if isinstance(failure, ToolError):
        status, kind = next(
            (told for of, told in _FAILURES.items() if isinstance(failure, of)), _UNREACHABLE
        )
        return problem(status, kind, str(failure))
    if failure.errno in FULL:
        return problem(
            HTTPStatus.INSUFFICIENT_STORAGE,
            "no-space",
            f"the temporary directory of this machine is full ({failure.strerror}), where a file of"
            " more than 4 MiB waits to be sent; make room there, or set TMPDIR",
        )
    return problem(HTTPStatus.INTERNAL_SERVER_ERROR, "internal", str(failure))
