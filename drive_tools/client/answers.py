"""The answers of a drive: entries, parts, listings, and errors by status. No request is sent here.

An answer that does not come from a drive raises an error that says so.
"""

import base64
import hashlib
import json
import re
from dataclasses import dataclass, fields
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import TYPE_CHECKING

from drive_tools.errors import ToolError
from drive_tools.exit_codes import CONFLICT, DAMAGED, FAILED, FORBIDDEN, NO_ROOM, NOT_FOUND

if TYPE_CHECKING:  # botocore takes longer to import than --help may take
    from botocore.awsrequest import AWSResponse

CHECKSUM_MISMATCH = 460  # of tus: https://tus.io/protocols/resumable-upload#checksum
_EXIT_CODES: dict[int, int] = {
    HTTPStatus.UNAUTHORIZED: FORBIDDEN,
    HTTPStatus.FORBIDDEN: FORBIDDEN,
    HTTPStatus.NOT_FOUND: NOT_FOUND,
    HTTPStatus.GONE: NOT_FOUND,
    HTTPStatus.CONFLICT: CONFLICT,
    HTTPStatus.PRECONDITION_FAILED: CONFLICT,
    HTTPStatus.LOCKED: CONFLICT,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: NO_ROOM,
    HTTPStatus.INSUFFICIENT_STORAGE: NO_ROOM,
    CHECKSUM_MISMATCH: DAMAGED,
}
_HINTS: dict[int, str] = {
    HTTPStatus.PRECONDITION_FAILED: "look at what is there now (ls --json), then decide",
    HTTPStatus.INSUFFICIENT_STORAGE: "remove something, or raise the drive's limit",
    HTTPStatus.SERVICE_UNAVAILABLE: "try again later",
    HTTPStatus.TOO_MANY_REQUESTS: "try again later; if it stays so, the drive's brake is on"
    " (its owner: make resume), or its reserved_concurrency is too small",
}
_UNKNOWN_CALLER = "name the token in DRIVE_TOKEN, or by --token-file"
_NOT_SIGNED = "check the credentials (--profile) and whether they may call the URL"
NO_DRIVE = "check that the URL is that of a drive"
_PASSING = frozenset({423, 429, 500, 502, 503, 504, CHECKSUM_MISMATCH})

_RANGE = re.compile(r"bytes ([0-9]{1,19})-([0-9]{1,19})/([0-9]{1,19})")
_DIGEST = re.compile(r"(?:^|,)\s*sha-256=:([A-Za-z0-9+/=]+):")


class RequestError(ToolError):
    """A failed request. `passing`: a retry may succeed. `repeated`: it was sent before."""

    passing = False
    wait_seconds = 0.0
    repeated = False


class UnreachableError(RequestError):
    """No answer, or a broken one. The request may have been carried out all the same."""

    passing = True


class SigningError(ToolError):
    """The credentials cannot sign; nothing was sent."""

    exit_code = FORBIDDEN


class DamagedError(RequestError):
    """The bytes do not have their digest."""

    exit_code = DAMAGED
    passing = True


class HttpStatusError(RequestError):
    """An answer with a status of failure, and the text of the drive's problem document."""

    def __init__(
        self, what: str, status: int, kind: str, detail: str, *, by_the_drive: bool
    ) -> None:
        self.status, self.kind = status, kind
        self.exit_code = DAMAGED if kind == "digest-mismatch" else _EXIT_CODES.get(status, FAILED)
        self.passing = status in _PASSING or self.exit_code == DAMAGED
        hint = _HINTS.get(status, "")
        if not by_the_drive and not hint and not self.passing:
            hint = _NOT_SIGNED if self.exit_code == FORBIDDEN else NO_DRIVE
        if kind == "unauthorized":
            hint = _UNKNOWN_CALLER
        said = f"{status} {_phrase(status)}".rstrip() + (f": {detail}" if detail else "")
        super().__init__(f"cannot {what}: {said}")
        if hint and hint not in detail:
            self.advise(hint)

    def advise(self, what_to_do: str) -> None:
        """Add to the text what its reader can do."""
        self.args = (f"{self}; {what_to_do}",)


class NotFoundError(HttpStatusError):
    """The name, or the upload, does not exist (any more)."""


class ConflictStatusError(HttpStatusError):
    """409: something else is there, such as a directory where a file was named."""


@dataclass(frozen=True)
class DriveEntry:
    """A file or directory of the drive; `name` is one segment in a listing."""

    name: str
    kind: str
    size: int
    modified: str
    etag: str | None


@dataclass(frozen=True)
class DriveHealth:
    """How full a drive is, in bytes; None is what it does not say, or a limit that it has not."""

    used_bytes: int | None
    max_drive_bytes: int | None
    max_file_bytes: int | None


@dataclass(frozen=True)
class DriveVersion:
    """A version in the trash: the file that it was, when and by which act it got there."""

    id: str
    path: str
    act: str
    trashed: str
    expires: str
    size: int
    modified: str
    etag: str


@dataclass(frozen=True)
class Part:
    """Verified bytes of a file from `start` on; size, entity tag and time of the whole file."""

    content: bytes
    start: int
    size: int
    etag: str
    modified: str


@dataclass(frozen=True)
class WriteResult:
    """The result of a write; `created` is None when its own answer was lost."""

    etag: str | None
    created: bool | None


_CLASSES: dict[int, type[HttpStatusError]] = {
    HTTPStatus.NOT_FOUND: NotFoundError,
    HTTPStatus.GONE: NotFoundError,
    HTTPStatus.CONFLICT: ConflictStatusError,
}


def content_digest(content: bytes) -> str:
    """`Content-Digest` of RFC 9530."""
    return f"sha-256=:{base64.b64encode(hashlib.sha256(content).digest()).decode()}:"


def refused(what: str, answer: "AWSResponse") -> HttpStatusError:
    """Return the error of an answer: a problem of the drive, or the text of a server before it."""
    media = answer.headers.get("Content-Type", "").partition(";")[0]
    try:
        said = json.loads(answer.content or b"{}")
    except (ValueError, RecursionError):
        said = {}
    said = said if isinstance(said, dict) else {}
    detail = said.get("detail") or said.get("Message") or said.get("message") or ""
    kind = str(said.get("type", "")).rpartition(":")[2]
    failure = _CLASSES.get(answer.status_code, HttpStatusError)(
        what,
        answer.status_code,
        kind if media == "application/problem+json" and kind else "",
        str(detail),
        by_the_drive=media == "application/problem+json",
    )
    wait = answer.headers.get("Retry-After", "")
    if wait.isascii() and wait.isdecimal():
        failure.wait_seconds = float(wait)
    return failure


def _phrase(status: int) -> str:
    if status == CHECKSUM_MISMATCH:
        return "Checksum Mismatch"
    return HTTPStatus(status).phrase if status in set(HTTPStatus) else ""


def part(what: str, answer: "AWSResponse", start: int, etag: str | None) -> Part:
    """Return the bytes of an answer. Raises `DamagedError` if they do not have their digest."""
    content = answer.content
    found = _RANGE.fullmatch(answer.headers.get("Content-Range", ""))
    first, last, size = (int(number) for number in found.groups()) if found else (0, -1, 0)
    if answer.status_code == HTTPStatus.OK:
        first, last, size = 0, len(content) - 1, len(content)
    version = answer.headers.get("ETag", "")
    if (first, last) != (start, start + len(content) - 1) or last >= max(size, 1):
        raise ToolError(
            f"cannot {what}: the answer has other bytes than were asked for; {NO_DRIVE}"
        )
    if not version or etag not in {None, version}:
        raise ToolError(f"cannot {what}: the answer is of another version, {version!r}; {NO_DRIVE}")
    digest = _DIGEST.search(answer.headers.get("Content-Digest", ""))
    if not digest or digest[1] != content_digest(content)[len("sha-256=:") : -1]:
        told = "do not have the digest that came with them" if digest else "came without a digest"
        raise DamagedError(f"cannot {what}: {len(content)} bytes from {start} on {told}")
    return Part(content, start, size, version, modified(answer))


def modified(answer: "AWSResponse") -> str:
    """Return the time in an answer about a file as listings have it, or nothing.

    Raises `ValueError` for what is no time.
    """
    said = answer.headers.get("Last-Modified")
    return parsedate_to_datetime(said).isoformat() if said else ""


def page(what: str, answer: "AWSResponse") -> tuple[list[DriveEntry], str | None]:
    try:
        page = json.loads(answer.content)
        entries = [
            DriveEntry(
                str(entry["name"]),
                "directory" if entry["kind"] == "directory" else "file",
                int(entry["size"]),
                str(entry["modified"]),
                str(entry["etag"]) if entry.get("etag") else None,
            )
            for entry in page["entries"]
        ]
        cursor = page["cursor"]
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError):
        raise ToolError(f"cannot {what}: the answer is no listing; {NO_DRIVE}") from None
    return entries, None if cursor is None else str(cursor)


def trash_page(what: str, answer: "AWSResponse") -> tuple[list[DriveVersion], str | None]:
    """Return the versions of a page, and the cursor of the next one."""
    texts = ("id", "path", "act", "trashed", "expires", "modified", "etag")
    try:
        page = json.loads(answer.content)
        versions = [
            DriveVersion(size=int(each["size"]), **{name: str(each[name]) for name in texts})
            for each in page["versions"]
        ]
        cursor = page["cursor"]
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError):
        raise ToolError(f"cannot {what}: the answer is no list of versions; {NO_DRIVE}") from None
    return versions, None if cursor is None else str(cursor)


def health(answer: "AWSResponse") -> DriveHealth:
    """Return what a drive says of itself."""
    try:
        said = json.loads(answer.content)
        numbers = [said.get(each.name) for each in fields(DriveHealth)]
        return DriveHealth(*(None if number is None else int(number) for number in numbers))
    except (ValueError, TypeError, AttributeError, OverflowError, RecursionError):
        raise ToolError(f"cannot look at the drive: the answer is no health; {NO_DRIVE}") from None


def offset(what: str, answer: "AWSResponse") -> int:
    text = answer.headers.get("Upload-Offset", "")
    if not re.fullmatch(r"[0-9]{1,19}", text):
        raise ToolError(f"cannot {what}: the answer has no Upload-Offset; {NO_DRIVE}")
    return int(text)
