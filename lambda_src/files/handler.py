"""The files function: HTTP in, one call of `drive.files`, HTTP out."""

import base64
import json
import mimetypes
import os
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import formatdate
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes

from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import LambdaFunctionUrlResolver, Response
from aws_lambda_powertools.event_handler.middlewares import NextMiddleware
from aws_lambda_powertools.utilities.typing import LambdaContext

from drive import errors, files

ROOT = Path(os.environ["MOUNT_PATH"])
WRITABLE = os.environ["MOUNT_ACCESS"] == "read-write"

# A buffered answer is at most 6 MB of JSON, in which four characters carry three bytes; the rest
# is for headers (https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html).
ANSWER_BYTES = 4_600_000
PAGE_ENTRIES = 1000
RETRY_AFTER_SECONDS = 60

_STATUS: dict[type[errors.DriveError], HTTPStatus] = {
    errors.InvalidNameError: HTTPStatus.BAD_REQUEST,
    errors.MissingError: HTTPStatus.NOT_FOUND,
    errors.ConflictError: HTTPStatus.CONFLICT,
    errors.TooLargeError: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    errors.ReadOnlyError: HTTPStatus.FORBIDDEN,
    errors.FullError: HTTPStatus.INSUFFICIENT_STORAGE,
}

app = LambdaFunctionUrlResolver()
logger = Logger()


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answer one request to the function URL (payload format 2.0)."""
    logger.set_correlation_id(context.aws_request_id)
    answer = app.resolve(event, context)
    http = event["requestContext"]["http"]
    logger.info(
        "request", method=http["method"], path=event["rawPath"], status=answer["statusCode"]
    )
    return answer


@app.get("/health")
def health() -> Response[str]:
    """Prove the mount: by a write where the function may write, by a look where it may not."""
    report = {
        "status": "pass",
        "mount": str(ROOT),
        "access": "read-write" if WRITABLE else "read-only",
        "maintenance": _in_maintenance(),
    }
    try:
        files.probe(ROOT, writable=WRITABLE)
    except (OSError, errors.DriveError) as error:
        logger.exception("the disk does not answer")
        report |= {"status": "fail", "reason": str(error)}
        return _json(report, HTTPStatus.SERVICE_UNAVAILABLE)
    return _json(report)


def _available(application: LambdaFunctionUrlResolver, following: NextMiddleware) -> Response[Any]:
    """Send callers away while an operator has the files for himself."""
    if not _in_maintenance():
        return following(application)
    return _problem(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "the drive is in maintenance; try again later",
        {"Retry-After": str(RETRY_AFTER_SECONDS)},
    )


@app.get("/files/(?:.*/)?", middlewares=[_available])
def list_directory() -> Response[str]:
    """One page of a directory: `?limit=` entries at most, after `?cursor=`."""
    text = app.current_event.query_string_parameters.get("limit", str(PAGE_ENTRIES))
    if not text.isascii() or not text.isdecimal() or not 1 <= int(text) <= PAGE_ENTRIES:
        return _problem(HTTPStatus.BAD_REQUEST, f"limit must be 1..{PAGE_ENTRIES}, got {text!r}")
    cursor = app.current_event.query_string_parameters.get("cursor")
    page = files.listing(ROOT, _name().removesuffix("/"), limit=int(text), cursor=cursor)
    entries = [
        {
            "name": entry.name,
            "kind": entry.kind,
            "size": entry.size,
            "modified": datetime.fromtimestamp(entry.modified, UTC).isoformat(),
        }
        for entry in page.entries
    ]
    return _json({"entries": entries, "cursor": page.cursor})


@app.get("/files/.+", middlewares=[_available])
def get_file() -> Response[bytes]:
    """The file's bytes."""
    entry, content = files.read(ROOT, _name(), limit=ANSWER_BYTES)
    return Response(HTTPStatus.OK, _content_type(entry), content, _file_headers(entry))


@app.head("/files/.+", middlewares=[_available])
def head_file() -> Response[str]:
    """What `GET` would answer, without the bytes."""
    entry = files.describe(ROOT, _name())
    headers = {**_file_headers(entry), "Content-Length": str(entry.size)}
    return Response(HTTPStatus.OK, _content_type(entry), "", headers)


@app.put("/files/.+", middlewares=[_available])
def put_file() -> Response[str]:
    """Create or replace the file, whole or not at all."""
    event = app.current_event
    body = event.body or ""
    content = base64.b64decode(body) if event.is_base64_encoded else body.encode()
    created = files.write(ROOT, _name(), content)
    return Response(HTTPStatus.CREATED if created else HTTPStatus.NO_CONTENT, body="")


@app.delete("/files/.+", middlewares=[_available])
def delete_file() -> Response[str]:
    """Delete the file, or the directory if it is empty."""
    files.delete(ROOT, _name())
    return Response(HTTPStatus.NO_CONTENT, body="")


@app.not_found
def no_such_route(_error: Exception) -> Response[str]:
    """What the URL does not serve."""
    http = app.current_event.request_context.http
    return _problem(HTTPStatus.NOT_FOUND, f"no {http.method} at {app.current_event.path}")


@app.exception_handler(errors.DriveError)  # type: ignore[untyped-decorator]  # Powertools leaves it so
def drive_error(error: errors.DriveError) -> Response[str]:
    """What the caller can do something about."""
    return _problem(_STATUS[type(error)], str(error))


@app.exception_handler(Exception)  # type: ignore[untyped-decorator]  # Powertools leaves it so
def unknown_error(_error: Exception) -> Response[str]:
    """What only the log may know; the caller gets the number to ask for."""
    logger.exception("unknown error")
    request_id = app.lambda_context.aws_request_id
    return _problem(HTTPStatus.INTERNAL_SERVER_ERROR, f"see the log of request {request_id}")


def _name() -> str:
    # A function URL hands the path on as it was sent, percent-encoded; bytes that are no UTF-8
    # stay visible as surrogates, which `names` refuses.
    path = app.current_event.path.removeprefix("/files/")
    return unquote_to_bytes(path).decode(errors="surrogateescape")


def _in_maintenance() -> bool:
    return os.environ.get("MAINTENANCE_MODE") == "1"


def _content_type(entry: files.Entry) -> str:
    return mimetypes.guess_type(entry.name)[0] or "application/octet-stream"


def _file_headers(entry: files.Entry) -> dict[str, str]:
    return {
        "Last-Modified": formatdate(entry.modified, usegmt=True),
        "X-Content-Type-Options": "nosniff",
    }


def _json(content: Mapping[str, object], status: HTTPStatus = HTTPStatus.OK) -> Response[str]:
    return Response(status, "application/json", json.dumps(content))


def _problem(
    status: HTTPStatus, detail: str, headers: dict[str, str] | None = None
) -> Response[str]:
    """An error as RFC 9457 has it, without a `type` of its own: the status says it all."""
    problem = {"title": status.phrase, "status": status, "detail": detail}
    return Response(status, "application/problem+json", json.dumps(problem), headers)
