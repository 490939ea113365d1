"""A function URL in front of the files function, in this process."""

import base64
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import Any
from urllib.parse import parse_qsl

Event = dict[str, Any]


@dataclass(frozen=True)
class Context:
    """What the handler reads of Lambda's context."""

    aws_request_id: str = "request-1"
    function_name: str = "files"
    memory_limit_in_mb: int = 128
    invoked_function_arn: str = "arn:aws:lambda:eu-west-1:123456789012:function:files"


@dataclass(frozen=True)
class Answer:
    """What the caller of the URL gets; header names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:  # noqa: ANN401 - it is JSON
        return json.loads(self.body)

    @property
    def problem(self) -> str:
        """The kind of problem that this answer is."""
        assert self.headers["content-type"] == "application/problem+json"
        kind: str = self.json["type"].removeprefix("urn:lambda-drive:")
        return kind


def event(
    method: str,
    path: str,
    body: bytes | None = None,
    *,
    headers: Mapping[str, str] | None = None,
    domain: str = "",
) -> Event:
    """A request as Lambda hands it on (payload format 2.0); the body of a `text/*` one as text.

    With a `domain` it came by an HTTP API, and `path` is what that leaves of it.
    """
    path, _, query = path.partition("?")
    lowered = {name.lower(): value for name, value in (headers or {}).items()}
    text = lowered.get("content-type", "").startswith("text/")
    http = {"method": method, "path": path, "sourceIp": "127.0.0.1"}
    made: Event = {
        "version": "2.0",
        "rawPath": path,
        "rawQueryString": query,
        "headers": lowered,
        "requestContext": {"http": http, "requestId": "request-1", "stage": "$default"},
        "isBase64Encoded": body is not None and not text,
    }
    if domain:
        made["requestContext"] |= {"domainName": domain, "routeKey": "$default"}
    if query:
        made["queryStringParameters"] = dict(parse_qsl(query, keep_blank_values=True))
    if body is not None:
        made["body"] = body.decode() if text else base64.b64encode(body).decode()
    return made


class Url:
    """The URL: called with a request, it gives the answer."""

    def __init__(self, module: ModuleType, log: io.StringIO, domain: str = "") -> None:
        self.module = module
        self.log = log
        self.domain = domain

    def __call__(
        self, method: str, path: str, body: bytes | None = None, /, **headers: str
    ) -> Answer:
        """Send a request; `If_Match="x"` is the header If-Match."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        raw = self.module.handler(
            event(method, path, body, headers=named, domain=self.domain), Context()
        )
        content = raw["body"] or ""
        return Answer(
            raw["statusCode"],
            {name.lower(): value for name, value in raw["headers"].items()},
            base64.b64decode(content) if raw["isBase64Encoded"] else content.encode(),
        )
