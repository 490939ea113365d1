"""URLs rewritten between an endpoint and this machine, as a reverse proxy does.

A function knows only the host name of its endpoint. So the front rewrites the URLs of a request to
that name, and the URLs of an answer to the address of the caller.
"""

import re
from dataclasses import replace

from ops.local.canonical_request import Request
from ops.local.endpoint import Endpoint, Reply

# The headers that are a URL: RFC 4918 section 10.3, RFC 9110 section 10.2.2.
_ASKED, _TOLD = "destination", "location"


def inbound(request: Request, endpoint: Endpoint, path: str) -> Request:
    """Return the request as the endpoint has it: at `path`, with URLs of the endpoint."""
    prefix = _prefix(request, path)
    # Scheme and host have any case: RFC 3986 section 6.2.2.1.
    here = re.compile(f"(?i:http://{re.escape(request.header('host') or '')}){re.escape(prefix)}/")

    def own(value: str) -> str:
        found = here.match(value)
        if found:
            return f"https://{endpoint.domain}{value[found.end() - 1 :]}"
        return value.removeprefix(prefix) if value.startswith(f"{prefix}/") else value

    headers = tuple(
        (name, own(value) if name == _ASKED else value) for name, value in request.headers
    )
    return replace(request, path=path, headers=headers)


def outbound(answer: Reply, request: Request, endpoint: Endpoint, path: str) -> Reply:
    """Return the answer with URLs by which the caller reaches the endpoint."""
    there = f"https://{endpoint.domain}"
    own = f"http://{request.header('host')}{_prefix(request, path)}"

    def here(value: str) -> str:
        if not value.startswith(f"{there}/"):
            return value
        return f"{own}{value.removeprefix(there)}"

    headers = tuple(
        (name, here(value) if name == _TOLD else value) for name, value in answer.headers
    )
    return replace(answer, headers=headers)


def _prefix(request: Request, path: str) -> str:
    return request.path.removesuffix(path).rstrip("/")
