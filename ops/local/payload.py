"""What Lambda's HTTP doors make of a request and of a function's answer (payload format 2.0).

A door is a function URL or an API Gateway HTTP API. Where AWS's pages say nothing of a difference
between the two, both do what the stricter one is known to do. Sources, and what is only likely:
docs/decisions/0024-front.md.
"""

import base64
import binascii
import itertools
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote_plus, unquote_to_bytes

from ops.local.sigv4 import Credentials, Request, SignatureError, UnsignedError

FUNCTION_URL, HTTP_API = "function-url", "http-api"

# https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
PAYLOAD_BYTES = 6_291_456
# https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html
HTTP_API_BYTES = 10 * 1024 * 1024
# The request line and the values of the headers: the same page. A function URL was seen to refuse
# as many (docs/decisions/0024-front.md).
HEADER_BYTES = 10_240

# https://docs.aws.amazon.com/lambda/latest/api/API_Cors.html, and OPTIONS, which asks about it.
METHODS = frozenset({"GET", "HEAD", "PUT", "POST", "PATCH", "DELETE", "OPTIONS"})

# All other bodies, those without a type among them, are base64.
_TEXT = frozenset({"application/json", "application/javascript", "application/xml"})
_REMAPPED = frozenset(
    {
        *("authorization", "connection", "content-length", "content-md5", "date", "host"),
        *("server", "transfer-encoding", "user-agent", "www-authenticate"),
    }
)
_REMAPPED_PREFIX = "x-amzn-remapped-"
_JSON = ("content-type", "application/json")
_BODILESS = frozenset({HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED})
_STATUSES = range(100, 600)

Event = dict[str, Any]  # JSON


@dataclass(frozen=True)
class Door:
    """One URL or API: whose it is, and by which of its routes the request comes.

    Without a signature only those come in whom an `open` one lets in.
    """

    kind: str
    id: str
    account: str
    region: str
    domain: str
    open: bool
    route: str = "$default"
    stage: str = "$default"
    parameters: Mapping[str, str] | None = None

    @property
    def service(self) -> str:
        """What a call of it is signed for."""
        return "lambda" if self.kind == FUNCTION_URL else "execute-api"


@dataclass(frozen=True)
class Answer:
    """What goes back to the caller; names in lower case, but where AWS has capitals."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes = b""

    def to(self, method: str) -> "Answer":
        """The answer as it goes over the wire: with its length, and without what must not be."""
        if self.status in _BODILESS:
            return replace(self, body=b"")
        length = ("content-length", str(len(self.body)))
        return replace(
            self, headers=(*self.headers, length), body=b"" if method == "HEAD" else self.body
        )


class BadAnswerError(Exception):
    """What the function returned is no answer."""


def event(
    request: Request,
    door: Door,
    caller: Credentials | None,
    *,
    source_ip: str,
    request_id: str,
    now: datetime,
) -> Event:
    """The event of a request, whose path is without what leads to the door.

    https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html#urls-payloads
    """
    decoded = unquote_to_bytes(request.path).decode(errors="replace")
    path = request.path if door.kind == FUNCTION_URL else http_api_path(request.path)
    made: Event = {
        "version": "2.0",
        "routeKey": door.route,
        "rawPath": path,
        "rawQueryString": request.query,
        "headers": {
            **_headers(request),
            "host": door.domain,
            "x-forwarded-for": source_ip,
            "x-forwarded-port": "443",
            "x-forwarded-proto": "https",
        },
        "requestContext": {
            "accountId": _account(door),
            "apiId": door.id,
            "domainName": door.domain,
            "domainPrefix": door.domain.partition(".")[0],
            "http": {
                "method": request.method,
                "path": decoded if door.kind == FUNCTION_URL else path,
                "protocol": "HTTP/1.1",
                "sourceIp": source_ip,
                "userAgent": request.header("user-agent") or "",
            },
            "requestId": request_id,
            "routeKey": door.route,
            "stage": door.stage,
            "time": f"{now:%d/%b/%Y:%H:%M:%S +0000}",
            "timeEpoch": int(now.timestamp() * 1000),
        },
        "isBase64Encoded": False,
    }
    if caller is not None:
        made["requestContext"]["authorizer"] = {"iam": _iam(caller)}
    if door.parameters:
        made["pathParameters"] = dict(door.parameters)
    cookies = [value for name, value in request.headers if name == "cookie"]
    if cookies:
        made["cookies"] = [part.strip() for value in cookies for part in value.split(";")]
    if request.query:
        made["queryStringParameters"] = _parameters(request.query)
    if request.body:
        text = is_text(request.header("content-type") or "")
        made["isBase64Encoded"] = not text
        made["body"] = (
            request.body.decode(errors="replace")
            if text
            else base64.b64encode(request.body).decode()
        )
    return made


def http_api_path(path: str) -> str:
    """A path as an HTTP API hands it on: decoded, all but `%25`, and cut at a `%3F`."""
    parts = re.split("%25", path)
    decoded = "%25".join(unquote_to_bytes(part).decode(errors="replace") for part in parts)
    return decoded.partition("?")[0]


def size_of(payload: object, *, sent: bool) -> int:
    """The bytes of an event that is `sent` to a function, or of what the function returns."""
    separators = (",", ":") if sent else (", ", ": ")
    return len(json.dumps(payload, ensure_ascii=False, separators=separators).encode())


def too_large(request: Request, made: Event, door: Door) -> Answer | None:
    """Return the answer to a request that is too large to be handed on."""
    fits = _header_size(request) <= HEADER_BYTES
    if door.kind == HTTP_API and not fits:
        status = HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
        return _said(status, message="Request Header Fields Too Large")
    if door.kind == HTTP_API and len(request.body) > HTTP_API_BYTES:
        return _said(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, message="Request Entity Too Large")
    if fits and size_of(made, sent=True) <= PAYLOAD_BYTES:
        return None
    if door.kind == HTTP_API:
        return failed(door)
    return _said(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        "RequestEntityTooLargeException",
        Message=f"Request must be smaller than {PAYLOAD_BYTES} bytes for the InvokeFunction"
        " operation",
    )


def _header_size(request: Request) -> int:
    target = f"{request.path}?{request.query}" if request.query else request.path
    line = f"{request.method} {target} HTTP/1.1"
    return len(line) + sum(len(value) for _, value in request.headers)


def answer(result: object, door: Door) -> Answer:
    """What the caller gets for what the function returned."""
    if size_of(result, sent=False) > PAYLOAD_BYTES:
        return failed(door)
    try:
        return _answer(result)
    except BadAnswerError:
        return failed(door)


def failed(door: Door) -> Answer:
    """The function raised, ran out of time, or returned what is no answer."""
    if door.kind == HTTP_API:
        return _said(HTTPStatus.INTERNAL_SERVER_ERROR, message="Internal Server Error")
    return Answer(HTTPStatus.BAD_GATEWAY, (_JSON,), b"Internal Server Error")


def not_waited_for() -> Answer:
    """An HTTP API waited as long as it does; the function goes on."""
    return _said(HTTPStatus.SERVICE_UNAVAILABLE, message="Service Unavailable")


def throttled(reason: str, door: Door) -> Answer:
    """No more of the function may run at once, or it is stopped (`reserved_concurrency = 0`)."""
    if door.kind == HTTP_API:
        return not_waited_for()
    return _said(
        HTTPStatus.TOO_MANY_REQUESTS,
        "TooManyRequestsException",
        Reason=reason,
        Type="User",
        message="Rate Exceeded.",
    )


def refused(error: UnsignedError | SignatureError, door: Door) -> Answer:
    """The caller did not prove who it is."""
    if door.kind == HTTP_API:
        return _said(HTTPStatus.FORBIDDEN, message="Forbidden")
    if isinstance(error, UnsignedError):
        return _said(
            HTTPStatus.FORBIDDEN,
            "AccessDeniedException",
            Message="Forbidden. For troubleshooting Function URL authorization issues, see:"
            " https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html",
        )
    return _said(HTTPStatus.FORBIDDEN, error.kind, message=str(error))


def no_such_url() -> Answer:
    """Nobody has this function URL."""
    return _said(HTTPStatus.FORBIDDEN, "AccessDeniedException", Message=None)


def no_such_route() -> Answer:
    """The HTTP API has no route for it."""
    return _said(HTTPStatus.NOT_FOUND, message="Not Found")


def unknown_method() -> Answer:
    """A method that Lambda does not take."""
    return _said(HTTPStatus.BAD_REQUEST, message="Bad Request")


def is_preflight(request: Request) -> bool:
    """Whether a browser asks before it calls (https://fetch.spec.whatwg.org/#http-requests)."""
    asks = request.header("access-control-request-method") is not None
    return request.method == "OPTIONS" and asks and request.header("origin") is not None


def preflight(config: Mapping[str, Any], request: Request, door: Door) -> Answer:
    """What the door itself answers to a browser that asks."""
    status = HTTPStatus.OK if door.kind == FUNCTION_URL else HTTPStatus.NO_CONTENT
    return with_cors(Answer(status, ()), config, request)


def with_cors(answer: Answer, config: Mapping[str, Any], request: Request) -> Answer:
    """The answer with the door's CORS in place of the function's own; as it is without any.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html
    """
    if not config:
        return answer
    has = {f"{name[0].lower()}{name[1:]}": value for name, value in config.items()}
    kept = [pair for pair in answer.headers if not pair[0].startswith("access-control-")]
    origin = request.header("origin")
    allowed = has.get("allowOrigins") or []
    if origin is None or not {"*", origin} & set(allowed):
        return replace(answer, headers=tuple(kept))
    added = [("access-control-allow-origin", "*" if "*" in allowed else origin)]
    if "*" not in allowed:
        added.append(("vary", "Origin"))
    if has.get("exposeHeaders"):
        added.append(("access-control-expose-headers", ",".join(has["exposeHeaders"])))
    if has.get("allowCredentials"):
        added.append(("access-control-allow-credentials", "true"))
    if is_preflight(request):
        for name, key in (("methods", "allowMethods"), ("headers", "allowHeaders")):
            if has.get(key):
                added.append((f"access-control-allow-{name}", ",".join(has[key])))
        if has.get("maxAge") is not None:
            added.append(("access-control-max-age", str(has["maxAge"])))
    return replace(answer, headers=(*kept, *added))


def _headers(request: Request) -> dict[str, str]:
    names = dict.fromkeys(name for name, _ in request.headers if name != "cookie")
    return {
        name: ",".join(value for key, value in request.headers if key == name) for name in names
    }


def _parameters(query: str) -> dict[str, str]:
    pairs = [
        (unquote_plus(name), unquote_plus(value))
        for name, _, value in (pair.partition("=") for pair in query.split("&") if pair)
    ]
    grouped = itertools.groupby(sorted(pairs, key=lambda pair: pair[0]), lambda pair: pair[0])
    return {name: ",".join(value for _, value in same) for name, same in grouped}


def _account(door: Door) -> str:
    return "anonymous" if door.open and door.kind == FUNCTION_URL else door.account


def _iam(caller: Credentials) -> dict[str, str | None]:
    return {
        "accessKey": caller.access_key,
        "accountId": caller.account,
        "callerId": caller.user_id,
        "cognitoIdentity": None,
        "principalOrgId": None,
        "userArn": caller.arn,
        "userId": caller.user_id,
    }


def is_text(content_type: str) -> bool:
    """Whether a body of this type is handed on as text; all others are base64."""
    kind = content_type.partition(";")[0].strip().lower()
    return kind.startswith("text/") or kind in _TEXT


def _answer(result: object) -> Answer:
    if not isinstance(result, dict) or "statusCode" not in result:
        return Answer(HTTPStatus.OK, (_JSON,), json.dumps(result, ensure_ascii=False).encode())
    given = result.get("headers") or {}
    if not isinstance(given, dict):
        raise BadAnswerError("headers")
    headers = [_header(name, value) for name, value in given.items()]
    if not any(name == "content-type" for name, _ in headers):
        headers.append(_JSON)
    headers += [("set-cookie", cookie) for cookie in _texts(result.get("cookies") or [])]
    return Answer(_status(result["statusCode"]), tuple(headers), _body(result))


def _header(name: str, value: object) -> tuple[str, str]:
    small = name.lower()
    if small.startswith(_REMAPPED_PREFIX) or isinstance(value, dict | list) or value is None:
        raise BadAnswerError(f"headers: {name}")
    text = json.dumps(value) if isinstance(value, bool | int | float) else str(value)
    if re.search(r"[\r\n\0]", small + text):
        raise BadAnswerError(f"headers: {name}")
    return f"x-amzn-Remapped-{small}" if small in _REMAPPED else small, text


def _texts(values: Iterable[object]) -> list[str]:
    texts = [value for value in values if isinstance(value, str)]
    if not isinstance(values, list) or len(texts) != len(values):
        raise BadAnswerError("cookies")
    return texts


def _status(value: object) -> int:
    text = str(value)
    if isinstance(value, bool) or not re.fullmatch("[0-9]{3}", text) or int(text) not in _STATUSES:
        raise BadAnswerError("statusCode")
    return int(text)


def _body(result: Mapping[str, object]) -> bytes:
    body = result.get("body")
    if body is None:
        return b""
    if not isinstance(body, str):
        raise BadAnswerError("body")
    if result.get("isBase64Encoded") is not True:
        return body.encode(errors="replace")
    try:
        return base64.b64decode(body, validate=True)
    except (binascii.Error, ValueError):
        raise BadAnswerError("body") from None


def _said(status: HTTPStatus, kind: str | None = None, **members: str | None) -> Answer:
    named = () if kind is None else (("x-amzn-ErrorType", kind),)
    return Answer(status, (_JSON, *named), json.dumps(members, separators=(",", ":")).encode())
