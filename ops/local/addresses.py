"""A door's address on this machine, in place of its own: what a reverse proxy does to URLs.

A function knows the host name of the door at which a request came, and no other. So the front
gives it URLs of the request by that name, and its callers the URLs of its answers by theirs.
"""

from dataclasses import replace

from ops.local.payload import Answer, Door
from ops.local.sigv4 import Request

# The headers that are a URL: RFC 4918 section 10.3, RFC 9110 section 10.2.2.
_ASKED, _TOLD = "destination", "location"


def inside(request: Request, door: Door, path: str) -> Request:
    """The request as the door has it: at `path`, the end of its own, and with URLs of the door."""
    here, prefix = _here(request, path), _prefix(request, path)

    def own(value: str) -> str:
        if value.startswith(f"{here}/"):
            return f"https://{door.domain}{value.removeprefix(here)}"
        return value.removeprefix(prefix) if value.startswith(f"{prefix}/") else value

    headers = tuple(
        (name, own(value) if name == _ASKED else value) for name, value in request.headers
    )
    return replace(request, path=path, headers=headers)


def outside(answer: Answer, request: Request, door: Door, path: str) -> Answer:
    """The answer to a request at `path`, with URLs by which its caller reaches the door."""
    there = f"https://{door.domain}"

    def here(value: str) -> str:
        if not value.startswith(f"{there}/"):
            return value
        return f"{_here(request, path)}{value.removeprefix(there)}"

    headers = tuple(
        (name, here(value) if name == _TOLD else value) for name, value in answer.headers
    )
    return replace(answer, headers=headers)


def _here(request: Request, path: str) -> str:
    return f"http://{request.header('host')}{_prefix(request, path)}"


def _prefix(request: Request, path: str) -> str:
    return request.path.removesuffix(path).rstrip("/")
