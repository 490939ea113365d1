"""A function URL in front of the files function, in this process."""

import base64
import io
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import Any
from urllib.parse import parse_qsl

from ops.local.payload import is_text
from stacks.function import cors

Event = dict[str, Any]

# No page may set them: https://fetch.spec.whatwg.org/#forbidden-request-header
BROWSERS_OWN = {"accept-encoding", "sec-fetch-dest", "trailer"}
FUNCTION_URL = "abc123.lambda-url.us-east-1.on.aws"


@dataclass(frozen=True)
class Context:
    """What the handler reads of Lambda's context."""

    aws_request_id: str = "request-1"
    function_name: str = "files"
    memory_limit_in_mb: int = 128
    invoked_function_arn: str = "arn:aws:lambda:eu-west-1:123456789012:function:files"

    def get_remaining_time_in_millis(self) -> int:
        return 60_000


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
    """A request as Lambda hands it on (payload format 2.0).

    By the function URL `FUNCTION_URL`; with a `domain` by an HTTP API, and `path` is what that
    leaves of it.
    """
    path, _, query = path.partition("?")
    lowered = {name.lower(): value for name, value in (headers or {}).items()}
    text = is_text(lowered.get("content-type", ""))
    http = {"method": method, "path": path, "sourceIp": "127.0.0.1"}
    made: Event = {
        "version": "2.0",
        "rawPath": path,
        "rawQueryString": query,
        "headers": lowered,
        "requestContext": {
            "http": http,
            "requestId": "request-1",
            "routeKey": "$default",
            "stage": "$default",
            "domainName": domain or FUNCTION_URL,
        },
        "isBase64Encoded": body is not None and not text,
    }
    if query:
        made["queryStringParameters"] = dict(parse_qsl(query, keep_blank_values=True))
    if body is not None:
        made["body"] = body.decode(errors="replace") if text else base64.b64encode(body).decode()
    return made


def path_of(location: str) -> str:
    """The path in the `Location` of an upload, whichever door said it."""
    assert re.fullmatch("https?://[^/]+(/[^/]+)*/uploads/[0-9a-f]{32}", location), location
    return f"/uploads/{location.rpartition('/')[2]}"


class _Read(dict[str, str]):
    """The headers of a request, and the names of those that were looked for."""

    def __init__(self, headers: Mapping[str, str]) -> None:
        super().__init__(headers)
        self.names: set[str] = set()

    def get(self, name: str, default: Any = None) -> Any:  # noqa: ANN401 - as a dict has it
        self.names.add(name)
        return super().get(name, default)


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
        request = event(method, path, body, headers=named, domain=self.domain)
        request["headers"] = read = _Read(request["headers"])
        raw = self.module.handler(request, Context())
        # A page could not send or read the rest; tests/unit/test_cors.py has more.
        assert read.names <= {*cors.REQUEST_HEADERS, *BROWSERS_OWN}, read.names
        method = named.get("X-HTTP-Method-Override", method)
        self._assert_declared(method, path, raw)
        content = raw["body"] or ""
        return Answer(
            raw["statusCode"],
            {name.lower(): value for name, value in raw["headers"].items()},
            base64.b64decode(content) if raw["isBase64Encoded"] else content.encode(),
        )

    def _assert_declared(self, method: str, path: str, raw: Event) -> None:
        """Every header of an answer stands where its route, or its problem, is declared."""
        web, status = self.module.web, raw["statusCode"]
        routes = [
            known
            for known in web.operations
            if known.method == method
            and re.fullmatch(known.rule, path.partition("?")[0], re.DOTALL)
        ]
        declared = {
            *(
                name
                for route in routes
                if status in route.answers
                for name in route.answers[status].headers
            ),
            *(
                name
                for kind, (its, _) in web.PROBLEMS.items()
                if its == status
                for name in web.problem_headers(kind)
            ),
            *("Content-Type", "Tus-Resumable"),
            *(("Allow",) if method == "OPTIONS" else ()),
        }
        assert set(raw["headers"]) <= declared, (
            method,
            path,
            status,
            set(raw["headers"]) - declared,
        )
