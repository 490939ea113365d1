"""The event of a request, and the answer that a function's result becomes (payload format 2.0).

Where AWS's pages name no difference between a function URL and an HTTP API, both behave here as
strictly as the stricter one. docs/decisions/0024-front.md has the sources, and says what is only
likely.
"""

import base64
import binascii
import itertools
import json
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote_plus, unquote_to_bytes

from ops.local.canonical_request import Request
from ops.local.endpoint import FUNCTION_URL, HTTP_API, JSON, Endpoint, Reply
from ops.local.refusals import failed, said
from ops.local.sigv4 import Credentials

# https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
PAYLOAD_BYTES = 6_291_456
# https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html
HTTP_API_BYTES = 10 * 1024 * 1024
# The request line and the values of the headers: the same page. A function URL was seen to refuse
# as many (docs/decisions/0024-front.md).
HEADER_BYTES = 10_240

# All other bodies, those without a type among them, are base64.
_TEXT = frozenset({"application/json", "application/javascript", "application/xml"})
_REMAPPED = frozenset(
    {
        *("authorization", "connection", "content-length", "content-md5", "date", "host"),
        *("server", "transfer-encoding", "user-agent", "www-authenticate"),
    }
)
_REMAPPED_PREFIX = "x-amzn-remapped-"
_STATUSES = range(100, 600)

Event = dict[str, Any]  # JSON


class BadAnswerError(Exception):
    """The function returned something that is not an answer."""


def event(
    request: Request,
    endpoint: Endpoint,
    caller: Credentials | None,
    *,
    source_ip: str,
    request_id: str,
    now: datetime,
) -> Event:
    """Return the event of a request, whose path is relative to the address of the endpoint.

    https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html#urls-payloads
    """
    decoded = unquote_to_bytes(request.path).decode(errors="replace")
    path = request.path if endpoint.kind == FUNCTION_URL else http_api_path(request.path)
    anonymous = endpoint.open and endpoint.kind == FUNCTION_URL
    made: Event = {
        "version": "2.0",
        "routeKey": endpoint.route,
        "rawPath": path,
        "rawQueryString": request.query,
        "headers": {
            **_headers(request),
            "host": endpoint.domain,
            "x-forwarded-for": source_ip,
            "x-forwarded-port": "443",
            "x-forwarded-proto": "https",
        },
        "requestContext": {
            "accountId": "anonymous" if anonymous else endpoint.account,
            "apiId": endpoint.id,
            "domainName": endpoint.domain,
            "domainPrefix": endpoint.domain.partition(".")[0],
            "http": {
                "method": request.method,
                "path": decoded if endpoint.kind == FUNCTION_URL else path,
                "protocol": "HTTP/1.1",
                "sourceIp": source_ip,
                "userAgent": request.header("user-agent") or "",
            },
            "requestId": request_id,
            "routeKey": endpoint.route,
            "stage": endpoint.stage,
            "time": f"{now:%d/%b/%Y:%H:%M:%S +0000}",
            "timeEpoch": int(now.timestamp() * 1000),
        },
        "isBase64Encoded": False,
    }
    if caller is not None:
        made["requestContext"]["authorizer"] = {"iam": _iam(caller)}
    if endpoint.parameters:
        made["pathParameters"] = dict(endpoint.parameters)
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
    """Return a path as an HTTP API delivers it: decoded, all but `%25`, and cut at a `%3F`."""
    parts = re.split("%25", path)
    decoded = "%25".join(unquote_to_bytes(part).decode(errors="replace") for part in parts)
    return decoded.partition("?")[0]


def size_of(payload: object, *, sent: bool) -> int:
    """Return the bytes of an event that is `sent` to a function, or of a function's result.

    Base64 is the same in JSON. It is not read for this: that takes longer than all else here.
    """
    separators = (",", ":") if sent else (", ", ": ")
    encoded = 0
    if isinstance(payload, dict) and payload.get("isBase64Encoded") is True:
        body = payload.get("body")
        if isinstance(body, str):  # what is no base64 is no answer, whatever its size is
            encoded, payload = len(body), {**payload, "body": ""}
    return encoded + len(json.dumps(payload, ensure_ascii=False, separators=separators).encode())


def too_large(request: Request, made: Event, endpoint: Endpoint) -> Reply | None:
    """Return the answer to a request that is too large to be delivered, or None."""
    fits = _header_size(request) <= HEADER_BYTES
    if endpoint.kind == HTTP_API and not fits:
        status = HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
        return said(status, message="Request Header Fields Too Large")
    if endpoint.kind == HTTP_API and len(request.body) > HTTP_API_BYTES:
        return said(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, message="Request Entity Too Large")
    if fits and size_of(made, sent=True) <= PAYLOAD_BYTES:
        return None
    if endpoint.kind == HTTP_API:
        return failed(endpoint)
    return said(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        "RequestEntityTooLargeException",
        Message=f"Request must be smaller than {PAYLOAD_BYTES} bytes for the InvokeFunction"
        " operation",
    )


def _header_size(request: Request) -> int:
    target = f"{request.path}?{request.query}" if request.query else request.path
    line = f"{request.method} {target} HTTP/1.1"
    return len(line) + sum(len(value) for _, value in request.headers)


def answer(result: object, endpoint: Endpoint) -> Reply:
    """Return the answer for a function's result."""
    if size_of(result, sent=False) > PAYLOAD_BYTES:
        return failed(endpoint)
    try:
        return _answer(result)
    except BadAnswerError:
        return failed(endpoint)


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
    """Say whether a body of this type is delivered as text; all others are base64."""
    kind = content_type.partition(";")[0].strip().lower()
    return kind.startswith("text/") or kind in _TEXT


def _answer(result: object) -> Reply:
    if not isinstance(result, dict) or "statusCode" not in result:
        return Reply(HTTPStatus.OK, (JSON,), json.dumps(result, ensure_ascii=False).encode())
    given = result.get("headers") or {}
    if not isinstance(given, dict):
        raise BadAnswerError("headers")
    headers = [_header(name, value) for name, value in given.items()]
    if not any(name == "content-type" for name, _ in headers):
        headers.append(JSON)
    headers += [("set-cookie", cookie) for cookie in _texts(result.get("cookies") or [])]
    return Reply(_status(result["statusCode"]), tuple(headers), _body(result))


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
