"""An HTTP endpoint of Lambda: a function URL, or an API Gateway HTTP API; and its answers."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from http import HTTPStatus

FUNCTION_URL, HTTP_API = "function-url", "http-api"

# https://docs.aws.amazon.com/lambda/latest/api/API_Cors.html, and OPTIONS, which asks about it.
METHODS = frozenset({"GET", "HEAD", "PUT", "POST", "PATCH", "DELETE", "OPTIONS"})

JSON = ("content-type", "application/json")
_BODILESS = frozenset({HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED})


@dataclass(frozen=True)
class Endpoint:
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
        """The name of the service for which a call is signed."""
        return "lambda" if self.kind == FUNCTION_URL else "execute-api"


@dataclass(frozen=True)
class Reply:
    """The answer to the caller; header names are in lower case, unless AWS has capitals."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes = b""

    def to(self, method: str) -> "Reply":
        """Return the answer as it is sent: with its length, and no body where none is allowed."""
        if self.status in _BODILESS:
            return replace(self, body=b"")
        length = ("content-length", str(len(self.body)))
        return replace(
            self, headers=(*self.headers, length), body=b"" if method == "HEAD" else self.body
        )
