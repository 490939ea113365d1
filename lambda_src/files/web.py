"""The parts that all routes share: reading a request, answering it, and declaring a route."""

import base64
import json
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, NamedTuple, TypeVar
from urllib.parse import unquote_to_bytes

from aws_lambda_powertools import Metrics
from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.router import LambdaFunctionUrlRouter

from drive import errors
from drive.conditions import Conditions
from files import mount

# A buffered answer is at most 6 MB of JSON, in which four characters carry three bytes; the rest
# is for headers (https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html).
ANSWER_BYTES = 4_600_000
PAGE_ENTRIES = 1000
# The first and last second of the years 1 to 9999, the range of a date (RFC 9110 5.6.7, RFC 3339).
_FIRST_SECOND, _LAST_SECOND = -62_135_596_800, 253_402_300_799
WRITE_CONDITIONS = ("If-Match", "If-None-Match", "If-Unmodified-Since")
RETRY_AFTER_SECONDS = {"maintenance": 60, "not-configured": 10, "busy": 1, "upload-locked": 1}

PROBLEM_TYPE = "urn:lambda-drive:"
# Every kind of problem, which is a promise to programs: its status, and its title.
PROBLEMS: dict[str, tuple[int, str]] = {
    "invalid-name": (400, "The name can never name a file"),
    "invalid-request": (400, "A header, a parameter or the body cannot be understood"),
    "digest-mismatch": (400, "The bytes that arrived are not those that were sent"),
    "tus-extension": (400, "The service does not offer this extension of tus"),
    "unauthorized": (401, "The caller must authenticate"),
    "read-only": (403, "The drive, or this place in it, may be read only"),
    "never-run": (403, "A stored file is no part of a page"),
    "not-found": (404, "Nothing is there"),
    "no-route": (404, "The service has no such address"),
    "method-not-allowed": (405, "The address has no such method"),
    "conflict": (409, "Something else is there"),
    "offset-conflict": (409, "The upload resumes from another byte"),
    "upload-expired": (410, "The upload has expired"),
    "precondition-failed": (412, "A condition of the request does not hold"),
    "tus-version": (412, "The service speaks another version of tus"),
    "answer-too-large": (413, "The file does not fit into one answer"),
    "upload-too-large": (413, "More bytes than announced, or than a file may have"),
    "unsupported-coding": (415, "The body must be sent as it is"),
    "unsupported-media-type": (415, "The body must have another content type"),
    "range-not-satisfiable": (416, "The file has no such bytes"),
    "upload-locked": (423, "Another request is writing this upload"),
    "checksum-mismatch": (460, "The bytes of this part are not those that were sent"),
    "internal": (500, "The service has failed"),
    "busy": (503, "Another request is writing here"),
    "maintenance": (503, "The drive is in maintenance"),
    "not-configured": (503, "The service cannot read its configuration"),
    "no-space": (507, "The drive, or its quota, is used up"),
}
# Headers of a problem, beside `Retry-After`.
PROBLEM_HEADERS: dict[str, tuple[str, ...]] = {
    "method-not-allowed": ("Allow",),
    "offset-conflict": ("Upload-Offset",),
    "range-not-satisfiable": ("Content-Range",),
    "tus-version": ("Tus-Version",),
    "unauthorized": ("WWW-Authenticate",),
    "unsupported-coding": ("Accept-Encoding",),
}


class ProblemError(Exception):
    """A request that a route refuses, with the kind and the headers of its problem."""

    def __init__(self, kind: str, detail: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(detail)
        self.kind, self.headers = kind, headers


KIND_OF_ERROR: dict[type[errors.DriveError], str] = {
    errors.InvalidNameError: "invalid-name",
    errors.InvalidRequestError: "invalid-request",
    errors.DigestError: "digest-mismatch",
    errors.ReadOnlyError: "read-only",
    errors.MissingError: "not-found",
    errors.ConflictError: "conflict",
    errors.OffsetError: "offset-conflict",
    errors.GoneError: "upload-expired",
    errors.PreconditionFailedError: "precondition-failed",
    errors.TooLargeError: "answer-too-large",
    errors.UploadTooLargeError: "upload-too-large",
    errors.RangeError: "range-not-satisfiable",
    errors.LockedError: "upload-locked",
    errors.ChecksumError: "checksum-mismatch",
    errors.BusyError: "busy",
    errors.FullError: "no-space",
}

Route = TypeVar("Route", bound=Callable[[], Response[Any]])


class Success(NamedTuple):
    """A successful answer as declared: its media type, its schema and its headers."""

    description: str
    media: str | None = None
    schema: str | None = None
    headers: tuple[str, ...] = ()


class Operation(NamedTuple):
    """One method of one path, for the router and for the OpenAPI document."""

    method: str
    path: str
    rule: str
    name: str
    summary: str
    answers: Mapping[int, Success]
    problems: tuple[str, ...]
    parameters: tuple[str, ...]
    body: str | None
    open_to_all: bool


router = LambdaFunctionUrlRouter()  # type: ignore[no-untyped-call]  # Powertools leaves it so
metrics = Metrics()
operations: list[Operation] = []

_CONDITIONAL = {name: name.replace("_", "-") for name in Conditions._fields}  # headers, by field
# The pattern of each path parameter. `/uploads` may end with a slash: tus clients send both forms.
_RULES = {
    "{path}": ".*[^/]",
    "{directory}/": ".+/",
    "{id}": "[^/]+",
    "{version}": "[^/]+",
    "{asset}": "[^/]+",
    "/uploads$": "/uploads/?",
}


def operation(
    method: str,
    path: str,
    *,
    answers: Mapping[int, Success],
    problems: tuple[str, ...] = (),
    parameters: tuple[str, ...] = (),
    body: str | None = None,
    head: bool = False,
    in_maintenance: bool = False,
    open_to_all: bool = False,
) -> Callable[[Route], Route]:
    """Route `method` at `path` to a function; its docstring's first line is the summary.

    `head`: the same function answers a HEAD; the handler removes its body.
    `in_maintenance`: the route is served even while maintenance is on.
    `open_to_all`: a drive with a token answers it without one; it must tell nothing of the drive.
    """
    rule = path.replace(".", r"\.") + "$"
    for parameter, pattern in _RULES.items():
        rule = rule.replace(parameter, pattern)
    rule = rule.removesuffix("$")

    def declare(function: Route) -> Route:
        told = Operation(
            method=method,
            path=path,
            rule=rule,
            name=function.__name__,
            summary=(function.__doc__ or "").partition("\n")[0].rstrip("."),
            answers=answers,
            problems=(*problems, *(() if in_maintenance else ("maintenance",)), "internal"),
            parameters=parameters,
            body=body,
            open_to_all=open_to_all,
        )
        operations.append(told)
        if head:
            bare = {status: each._replace(media=None) for status, each in answers.items()}
            name = f"{told.name}_without_body"
            operations.append(told._replace(method="HEAD", name=name, answers=bare))

        def route() -> Response[Any]:
            if mount.in_maintenance() and not in_maintenance:
                return problem("maintenance", "the drive is in maintenance; try again later")
            return function()

        router.route(rule, [method, "HEAD"] if head else method)(route)
        return function

    return declare


def is_open(method: str, path: str) -> bool:
    """Say whether a drive with a token answers a request to `path` to everybody."""
    return any(
        each.open_to_all and each.method == method and re.fullmatch(each.rule, path)
        for each in operations
    )


def header(name: str) -> str | None:
    """Return a header of the request, by its name in lower case."""
    value: str | None = router.current_event.raw_event["headers"].get(name)
    return value


def query(name: str) -> str | None:
    """Return a parameter of the query."""
    given = router.current_event.raw_event.get("queryStringParameters") or {}
    value: str | None = given.get(name)
    return value


def page_limit() -> int:
    """Return how many entries a page may have, from the query."""
    text = query("limit")
    if text is None:
        return PAGE_ENTRIES
    if not re.fullmatch("[0-9]{1,9}", text) or not 1 <= int(text) <= PAGE_ENTRIES:
        raise errors.InvalidRequestError(f"limit must be 1..{PAGE_ENTRIES}, got {text!r}")
    return int(text)


def date(seconds: float) -> str:
    """Return a time as RFC 3339 has it."""
    return datetime.fromtimestamp(writable(seconds), UTC).isoformat()


def writable(seconds: float) -> float:
    """Return the nearest time in the range of a date: other users of the disk may set any time."""
    return min(max(seconds, _FIRST_SECOND), _LAST_SECOND)


def address(path: str) -> str:
    """Return the URL of a percent-encoded path, with the host name of the request."""
    return f"https://{domain()}{path}"


def domain() -> str:
    """Return the host name of the request: that of a function URL, or of a custom domain."""
    name: str = router.current_event.raw_event["requestContext"]["domainName"]
    return name


def name_in(path: str, prefix: str) -> str:
    """Return the name in a percent-encoded path after `prefix`.

    A function URL delivers the path as it was sent, and `http_api` restores it for an HTTP API.
    Bytes that are not UTF-8 become surrogates, which `drive.names` refuses.

    Raises `InvalidNameError` for characters that a URL cannot have (RFC 3986 section 2): their
    bytes are lost before they arrive, and the name would be another one.
    """
    if not path.isascii():
        raise errors.InvalidNameError(
            "the address of a name is ASCII, other characters are percent-encoded as UTF-8"
            f" (%C3%BC), got {path!r}"
        )
    return unquote_to_bytes(path.removeprefix(prefix)).decode(errors="surrogateescape")


def conditions() -> Conditions:
    """Return the conditions of the request (RFC 9110 section 13)."""
    return Conditions(**{field: header(name) for field, name in _CONDITIONAL.items()})


def problem_headers(kind: str) -> tuple[str, ...]:
    """Return the headers that a problem may have."""
    waits = ("Retry-After",) if kind in RETRY_AFTER_SECONDS else ()
    return (*waits, *PROBLEM_HEADERS.get(kind, ()))


def as_json(content: Mapping[str, object], status: int = HTTPStatus.OK) -> Response[str]:
    """Answer with a JSON document."""
    return Response(status, "application/json", json.dumps(content))


def octets(
    status: int, media: str, content: bytes, headers: dict[str, str] | None = None
) -> Response[str]:
    """Answer with bytes as they are, for every media type.

    They are encoded in base64 here: Powertools tries to serialise bytes whose type is JSON, and
    fails. It does not change a body that is text.
    """
    response = Response(status, media, base64.b64encode(content).decode(), headers)
    response.base64_encoded = True
    return response


def empty(status: int, headers: dict[str, str] | None = None) -> Response[str]:
    """Answer with headers only."""
    return Response(status, body="", headers=headers)


def problem(
    kind: str,
    detail: str,
    *,
    headers: dict[str, str] | None = None,
    members: Mapping[str, int | str] | None = None,
) -> Response[str]:
    """Answer with a problem of one of `PROBLEMS` (RFC 9457); `members` are values for programs."""
    status, title = PROBLEMS[kind]
    document = {
        "type": f"{PROBLEM_TYPE}{kind}",
        "title": title,
        "status": status,
        "detail": detail,
        **(members or {}),
    }
    wait = RETRY_AFTER_SECONDS.get(kind)
    return Response(
        status,
        "application/problem+json",
        json.dumps(document),
        {**({"Retry-After": str(wait)} if wait else {}), **(headers or {})},
    )
