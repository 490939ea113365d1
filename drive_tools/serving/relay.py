"""Requests sent on to a drive, and its answers handed on: which headers, and which addresses.

A request goes on with the headers that the drive knows, and no others. So neither cookies of other
servers of this machine leave it (a browser sends them to every port), nor somebody's credentials,
and the request stays within the 10 KB that AWS takes (docs/http.md).
"""

import re
from collections.abc import Callable
from http import HTTPStatus
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import quote, unquote_plus, urljoin, urlsplit

from drive_tools.client.answers import DamagedError, UnreachableError
from drive_tools.client.crew import Crew
from drive_tools.client.drive_client import DriveClient
from drive_tools.serving.messages import Answer, Call, Headers

if TYPE_CHECKING:
    from botocore.awsrequest import AWSResponse

Result = TypeVar("Result")

FILES, UPLOADS = "/files/", "/uploads"
SENT_ON = frozenset(
    {
        *("Accept", "Accept-Encoding", "Content-Digest", "Content-Encoding", "Content-Range"),
        *("Content-Transfer-Encoding", "Content-Type", "Destination", "If-Match"),
        *("If-Modified-Since", "If-None-Match", "If-Range", "If-Unmodified-Since", "Overwrite"),
        *("Range", "Sec-Fetch-Dest", "Trailer", "Tus-Resumable", "Upload-Checksum"),
        *("Upload-Complete", "Upload-Concat", "Upload-Defer-Length", "Upload-Incomplete"),
        *("Upload-Length", "Upload-Metadata", "Upload-Offset", "Want-Content-Digest"),
        *("X-Http-Method-Override", "X-Request-Id"),
    }
)
_REMAPPED = "x-amzn-remapped-"
# Of the connection (RFC 9110 section 7.6.1), or of the drive's origin and not of this one.
_NOT_HANDED_ON = frozenset(
    {
        *("connection", "keep-alive", "proxy-authenticate", "proxy-connection", "te", "trailer"),
        *("transfer-encoding", "upgrade", "content-length", "date", "server", "location"),
        *("set-cookie", "alt-svc", "strict-transport-security"),
    }
)
_OF_OTHER_ORIGINS = "access-control-"
_SAFE_TO_REPEAT = frozenset({"GET", "HEAD"})
_TRIES, _PAUSE_SECONDS = 3, 0.2


class Relay:
    """A drive, the threads that read ahead of a caller, and who hears of answers that broke off."""

    def __init__(self, drive: DriveClient, crew: Crew, note: Callable[[str], None]) -> None:
        self.drive, self.crew, self.note = drive, crew, note

    def exchange(self, call: Call, headers: dict[str, str], content: bytes = b"") -> "AWSResponse":
        """Send a request; one that changes nothing again when no answer came.

        Raises what `DriveClient.exchange` does.
        """
        target = f"{call.path}?{_query(call.query)}" if call.query else call.path

        def attempt() -> "AWSResponse":
            what = f"{call.method} {call.path}"
            return self.drive.exchange(what, call.method, target, content, headers)

        return self.repeat(attempt) if call.method in _SAFE_TO_REPEAT else attempt()

    def repeat(self, attempt: Callable[[], Result]) -> Result:
        """Try a few times, for a moment: whoever calls has a patience of his own."""
        for _ in range(_TRIES - 1):
            try:
                return attempt()
            except (DamagedError, UnreachableError) as failure:
                if not failure.passing or not self.drive.patience.pause(_PAUSE_SECONDS):
                    raise
        return attempt()

    def hand_on(self, call: Call, answer: "AWSResponse") -> Answer:
        """Return an answer of the drive, with its body as it came."""
        headers, content = self.headers(call, answer), answer.content
        if call.method == "HEAD":
            told = answer.headers
            length = told.get("X-File-Size") or told.get(f"{_REMAPPED}content-length")
            headers.append(("Content-Length", length or told.get("Content-Length", "0")))
            return Answer(answer.status_code, headers)
        if answer.status_code not in {HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED}:
            headers.append(("Content-Length", str(len(content))))
        return Answer(answer.status_code, headers, [content] if content else [])

    def headers(self, call: Call, answer: "AWSResponse") -> Headers:
        """Return the headers of an answer as its caller gets them, without its length."""
        handed: Headers = []
        for told, value in answer.headers.items():
            name = told.lower().removeprefix(_REMAPPED)
            if name == "location":
                below = _below(self.drive.url, value)
                handed += [] if below is None else [("Location", f"{call.base}{below}")]
            elif name not in _NOT_HANDED_ON and not name.startswith(_OF_OTHER_ORIGINS):
                handed.append((name.title() if name != told.lower() else told, value))
        return handed


def sent_on(call: Call) -> dict[str, str]:
    """Return the headers of a request as the drive gets them."""
    headers = {name: value for name, value in call.headers.items() if name in SENT_ON}
    if "Destination" in headers:
        headers["Destination"] = _destination(call.base, headers["Destination"])
    media = headers.get("Content-Type", "").lower()
    if call.method == "PUT" and not media.startswith("multipart/"):
        # AWS hands texts on as text, and so spoils bytes (docs/http.md); no type is kept.
        headers["Content-Type"] = "application/octet-stream"
    return headers


def is_file(path: str) -> bool:
    """Say whether a path is that of a file, and not of a directory."""
    return path.startswith(FILES) and not path.endswith("/")


def _below(url: str, location: str) -> str | None:
    """Return what stands behind the URL of a drive in an address, or None if it is another's."""
    found = urlsplit(urljoin(f"{url}/", location))
    prefix = urlsplit(url).path.rstrip("/")
    if _origin(found.geturl()) != _origin(url) or not found.path.startswith(f"{prefix}/"):
        return None
    query = f"?{found.query}" if found.query else ""
    return f"{found.path.removeprefix(prefix)}{query}"


def _origin(url: str) -> tuple[str, str | None, int | None]:
    address = urlsplit(url)
    usual = {"http": 80, "https": 443}.get(address.scheme)
    return address.scheme, address.hostname, address.port or usual


def _query(query: str) -> str:
    """Return a query as it is signed: what is not unreserved, and a +, percent-encoded."""
    return "&".join(
        "=".join(quote(unquote_plus(part), safe="") for part in pair.split("=", 1))
        for pair in query.split("&")
    )


def _destination(base: str, destination: str) -> str:
    """Return a `Destination` as the drive knows it: a path, where it leads here.

    Another one is sent as it is: the drive says what is wrong with it.
    """
    here = urlsplit(base)
    found = re.fullmatch(r"(?:(?i:http)://([^/?#]+))?(/.*)", destination, re.DOTALL)
    if not found:
        return destination
    host, path = found.groups()
    if path.startswith(f"{here.path}/") and (host is None or host.lower() == here.netloc.lower()):
        return path.removeprefix(here.path)
    return destination
