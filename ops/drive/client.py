"""A drive over HTTP: one method for each request, repeated while that is safe.

What is safe to repeat: a read, a write whose bytes are the same, a removal, a part that says at
which byte it belongs. After a move whose answer was lost, the drive is asked what became of it.
"""

import base64
import hashlib
import json
import random
import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Protocol, TypeVar
from urllib.parse import quote, urljoin, urlsplit

from ops.errors import OpsError, UsageError

if TYPE_CHECKING:  # botocore takes longer to import than --help may take
    from botocore.awsrequest import AWSResponse

# One request and one answer of a function URL carry 6 MB with base64
# (https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html).
CHUNK_BYTES = 4 * 1024 * 1024

NOT_FOUND, CONFLICT, FORBIDDEN, DAMAGED, NO_ROOM = 3, 4, 5, 6, 7
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
    HTTPStatus.TOO_MANY_REQUESTS: "try again later, or raise the function's concurrency",
}
_UNKNOWN_CALLER = "name the token in DRIVE_TOKEN, or by --token-file"
_NOT_SIGNED = "check the credentials (--profile) and whether they may call the URL"
_NO_DRIVE = "check that the URL is that of a drive"
_PASSING = frozenset({423, 429, 500, 502, 503, 504, CHECKSUM_MISMATCH})

_FIRST_DELAY_SECONDS, _LONGEST_DELAY_SECONDS = 0.2, 8.0
_NOTED_SECONDS = 1.0
# A drive that never answered is more likely a wrong URL than a pause of the network.
_STRANGER_SECONDS = 10.0
_DAMAGES = 3

_OCTETS = {"Content-Type": "application/octet-stream"}
_TUS = {"Tus-Resumable": "1.0.0"}
_RANGE = re.compile(r"bytes ([0-9]{1,19})-([0-9]{1,19})/([0-9]{1,19})")
_DIGEST = re.compile(r"(?:^|,)\s*sha-256=:([A-Za-z0-9+/=]+):")


Result = TypeVar("Result")


class Call(Protocol):
    """One signed request; `ops.signed.SignedClient` is one."""

    def __call__(
        self, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None
    ) -> "AWSResponse": ...


class RequestError(OpsError):
    """A request that came to nothing; whether it may pass, and whether it was sent before."""

    passing = False
    wait_seconds = 0.0
    repeated = False


class UnreachableError(RequestError):
    """No answer, or a broken one. The request may have been carried out all the same."""

    passing = True


class UnsignedError(OpsError):
    """Credentials that are no good before anything was sent."""

    exit_code = FORBIDDEN


class DamagedError(RequestError):
    """Bytes that are not those of their digest."""

    exit_code = DAMAGED
    passing = True


class RefusedError(RequestError):
    """An answer that is no success: its status, and what the drive's problem document says."""

    def __init__(
        self, what: str, status: int, kind: str, detail: str, *, by_the_drive: bool
    ) -> None:
        self.status, self.kind = status, kind
        self.exit_code = DAMAGED if kind == "digest-mismatch" else _EXIT_CODES.get(status, 1)
        self.passing = status in _PASSING or self.exit_code == DAMAGED
        hint = _HINTS.get(status, "")
        if not by_the_drive and not hint and not self.passing:
            hint = _NOT_SIGNED if self.exit_code == FORBIDDEN else _NO_DRIVE
        if kind == "unauthorized":
            hint = _UNKNOWN_CALLER
        said = f"{status} {_phrase(status)}".rstrip() + (f": {detail}" if detail else "")
        super().__init__(f"cannot {what}: {said}")
        if hint:
            self.advise(hint)

    def advise(self, what_to_do: str) -> None:
        """Add to the text what its reader can do."""
        self.args = (f"{self}; {what_to_do}",)


class MissingError(RefusedError):
    """Nothing is there, or no longer."""


@dataclass(frozen=True)
class Entry:
    """A file or directory of the drive; `name` is one segment in a listing."""

    name: str
    kind: str
    size: int
    modified: str
    etag: str | None


@dataclass(frozen=True)
class Part:
    """Bytes of a file from `start` on, which are as they were sent; of which version, how big."""

    content: bytes
    start: int
    size: int
    etag: str


@dataclass(frozen=True)
class Written:
    """What a write did; `created` is None when its own answer was lost."""

    etag: str | None
    created: bool | None


class Drive:
    """The drive at one URL."""

    def __init__(
        self,
        url: str,
        call: Call,
        *,
        patience: float = 60.0,
        note: Callable[[str], None] = lambda _text: None,
        by_api: bool = False,
    ) -> None:
        """Repeat for up to `patience` seconds what may pass; `note` hears when that takes long.

        `by_api`: the URL is that of an API Gateway HTTP API, as a domain of one's own is.
        """
        self.url = url.rstrip("/")
        self._call = call
        self.patience = patience
        self.note = note
        self.answered = False
        self._by_api = by_api

    def describe(self, name: str, what: str = "", *, etag: str | None = None) -> Entry:
        """Describe a file, of the version `etag` if given; `what` is what for, if it fails."""
        what = what or f"look at {name}"
        headers = {"If-Match": etag} if etag else {}
        answer = self._again(what, "HEAD", _files(name), headers=headers)
        modified = answer.headers.get("Last-Modified")
        try:
            return Entry(
                name,
                "file",
                int(answer.headers["X-File-Size"]),
                parsedate_to_datetime(modified).isoformat() if modified else "",
                answer.headers.get("ETag"),
            )
        except (KeyError, ValueError):
            raise OpsError(f"cannot {what}: the answer says no size; {_NO_DRIVE}") from None

    def put(self, name: str, content: bytes, condition: Mapping[str, str]) -> Written:
        """Create or replace a file of up to `CHUNK_BYTES`."""
        headers = {**_OCTETS, "Content-Digest": _digest(content), **condition}
        try:
            answer = self._again(f"put {name}", "PUT", _files(name), content, headers)
        except RefusedError as refused:
            if refused.status != HTTPStatus.PRECONDITION_FAILED or not refused.repeated:
                raise
            there = self._same(name, content)  # perhaps by this very request, sent before
            if there is None:
                raise
            return Written(there, None)
        return Written(answer.headers.get("ETag"), answer.status_code == HTTPStatus.CREATED)

    def read(self, name: str, start: int, etag: str | None) -> Part:
        """Read up to `CHUNK_BYTES` of a file from `start` on, of the version `etag` if given.

        Raises `RefusedError` with 412 when the file has another version now.
        """
        what = f"get {name}"
        headers = {
            "Range": f"bytes={start}-{start + CHUNK_BYTES - 1}",
            "Want-Content-Digest": "sha-256=1",
            **({"If-Match": etag} if etag else {}),
        }

        def attempt() -> Part:
            return _part(what, self._once(what, "GET", _files(name), b"", headers), start, etag)

        try:
            return self._patiently(attempt)
        except RefusedError as refused:
            if refused.status != HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE or start:
                raise
        empty = self.describe(name)  # no byte of an empty file is in any range
        if empty.size or not empty.etag:
            raise UnreachableError(f"cannot {what}: it changes while it is read; try again")
        return Part(b"", 0, 0, empty.etag)

    def listing(self, name: str) -> Iterator[Entry]:
        """All entries of a directory ("" is the root), page by page.

        What the drive says is checked for its form only: a name may be anything.
        """
        what = f"list {name or '/'}"
        path = f"{_files(name)}/" if name else "/files/"
        cursor: str | None = None
        while True:
            query = f"?cursor={quote(cursor, safe='')}" if cursor is not None else ""
            entries, following = _page(what, self._again(what, "GET", f"{path}{query}"))
            yield from entries
            if following is None or following == cursor:
                return
            cursor = following

    def remove(self, name: str) -> None:
        """Remove a file or an empty directory."""
        try:
            self._again(f"remove {name}", "DELETE", _files(name))
        except MissingError as missing:
            if not missing.repeated:
                raise

    def move(self, name: str, to: str, condition: Mapping[str, str], *, overwrite: bool) -> Written:
        """Move a file, over another one only if `overwrite`."""
        what = f"move {name} to {to}"
        headers = {
            **condition,
            "Destination": _files(to),
            **({} if overwrite else {"Overwrite": "F"}),
        }
        # A move keeps the entity tag, by which the file is known again if the answer is lost.
        etag = self.describe(name, what).etag
        pace = Pace(self)
        sent_before = False
        while True:
            try:
                answer = self._once(what, "POST", _files(name), b"", headers)
            except (UnreachableError, RefusedError) as failure:
                if failure.passing:
                    pace.wait(failure)
                if (failure.passing or sent_before) and self._is(to, etag):
                    return Written(etag, None)
                if not failure.passing:
                    raise
                sent_before = True
            else:
                created = answer.status_code == HTTPStatus.CREATED
                return Written(answer.headers.get("ETag"), created)

    def begin_upload(self, name: str, size: int, condition: Mapping[str, str]) -> str:
        """Announce a file of `size` bytes; returns the path at which its parts are taken."""
        metadata = f"filename {base64.b64encode(name.encode()).decode()}"
        headers = {
            **_TUS,
            **condition,
            "Upload-Length": str(size),
            "Upload-Metadata": metadata,
        }
        what = f"put {name}"
        answer = self._again(what, "POST", "/uploads", b"", headers)
        # Parts go where the drive says, but never to somebody else, who would get signed requests.
        located = urljoin(f"{self.url}/uploads", answer.headers.get("Location", ""))
        if not located.startswith(f"{self.url}/uploads/") or urlsplit(located).query:
            raise OpsError(f"cannot {what}: the drive gave the upload the address {located!r}")
        return located.removeprefix(self.url)

    def offset(self, name: str, upload: str) -> int:
        """The byte at which an upload goes on."""
        answer = self._again(f"put {name}", "HEAD", upload, headers=_TUS)
        return _offset(f"put {name}", answer)

    def append(self, name: str, upload: str, offset: int, content: bytes) -> tuple[int, str | None]:
        """Send one part, once; returns the next offset, and the file's ETag after the last part."""
        checksum = base64.b64encode(hashlib.sha256(content).digest()).decode()
        headers = {
            **_TUS,
            "Content-Type": "application/offset+octet-stream",
            "Upload-Offset": str(offset),
            "Upload-Checksum": f"sha256 {checksum}",
        }
        answer = self._once(f"put {name}", "PATCH", upload, content, headers)
        return _offset(f"put {name}", answer), answer.headers.get("ETag")

    def end_upload(self, name: str, upload: str) -> None:
        """Give an upload up, if that can be done at once; the drive itself does it some day."""
        with suppress(RequestError):
            self._once(f"give up {name}", "DELETE", upload, headers=_TUS)

    def _same(self, name: str, content: bytes) -> str | None:
        """The ETag of the file if it has just these bytes."""
        try:
            part = self.read(name, 0, None)
        except RefusedError:
            return None
        return part.etag if part.size == len(content) and part.content == content else None

    def _is(self, name: str, etag: str | None) -> bool:
        try:
            return etag is not None and self.describe(name).etag == etag
        except RefusedError:
            return False

    def _again(
        self,
        what: str,
        method: str,
        path: str,
        body: bytes = b"",
        headers: dict[str, str] | None = None,
    ) -> "AWSResponse":
        return self._patiently(lambda: self._once(what, method, path, body, headers))

    def _patiently(self, attempt: Callable[[], Result]) -> Result:
        pace = Pace(self)
        while True:
            try:
                return attempt()
            except RequestError as failure:
                pace.wait(failure)

    def _once(
        self,
        what: str,
        method: str,
        path: str,
        body: bytes = b"",
        headers: dict[str, str] | None = None,
    ) -> "AWSResponse":
        from botocore.exceptions import (  # noqa: PLC0415 - not for --help
            BotoCoreError,
            ClientError,
            HTTPClientError,
            SSLError,
        )

        # An HTTP API decodes paths and cuts them there: the request would meet another file
        # (docs/decisions/0019-custom-domain.md).
        if self._by_api and "%3F" in path.partition("?")[0]:
            raise UsageError(
                f"cannot {what}: API Gateway takes no '?' in a name; use the function URL"
                " (--stage, or the output FilesUrl)"
            )
        try:
            answer = self._call(method, path, body, headers)
        except (HTTPClientError, SSLError) as error:
            text = f"cannot {what}: {error}; check the network and the URL"
            failure = UnreachableError(text)
            failure.passing = "CERTIFICATE_VERIFY_FAILED" not in text
            raise failure from error
        except (BotoCoreError, ClientError) as error:
            raise UnsignedError(
                f"cannot sign: {error}; check the credentials (--profile)"
            ) from error
        self.answered = True
        if answer.status_code >= HTTPStatus.MULTIPLE_CHOICES:
            raise _refused(what, answer)
        return answer


class Pace:
    """The pauses between the tries of one request, longer and longer, up to the drive's patience.

    A pause is random in part, so that many clients do not come back at once.
    """

    def __init__(self, drive: Drive) -> None:
        self._drive = drive
        self._tries = 0
        self._deadline: float | None = None

    def wait(self, failure: RequestError) -> None:
        """Sleep before the next try, or raise `failure` when there is to be none."""
        failure.repeated = self._tries > 0
        self._tries += 1
        if not failure.passing or (failure.exit_code == DAMAGED and self._tries >= _DAMAGES):
            raise failure
        now = time.monotonic()
        if self._deadline is None:
            known = self._drive.answered
            patience = self._drive.patience
            self._deadline = now + (patience if known else min(patience, _STRANGER_SECONDS))
        usual = min(_FIRST_DELAY_SECONDS * 2 ** (self._tries - 1), _LONGEST_DELAY_SECONDS)
        delay = max(usual * random.uniform(0.5, 1), failure.wait_seconds)  # noqa: S311 - no secret
        if now + delay > self._deadline:
            raise failure
        if delay >= _NOTED_SECONDS:
            self._drive.note(f"{failure}; trying again in {delay:.0f} s")
        time.sleep(delay)


def check_name(name: str) -> None:
    """Hold a name to what a drive can have, before it becomes part of a URL or of a local path."""
    try:
        name.encode()
    except UnicodeEncodeError:
        raise UsageError(f"a name on the drive is UTF-8 text, got {name!r}") from None
    if "\0" in name or any(segment in {"", ".", ".."} for segment in name.split("/")):
        raise UsageError(
            "a name on the drive is segments separated by single slashes, none of them '.' or"
            f" '..', got {name!r}"
        )


def _files(name: str) -> str:
    return f"/files/{quote(name, safe='/')}"


def _digest(content: bytes) -> str:
    """`Content-Digest` of RFC 9530."""
    return f"sha-256=:{base64.b64encode(hashlib.sha256(content).digest()).decode()}:"


def _refused(what: str, answer: "AWSResponse") -> RefusedError:
    """Read an answer that is no success: a problem of the drive, or words of what is before it."""
    media = answer.headers.get("Content-Type", "").partition(";")[0]
    try:
        said = json.loads(answer.content or b"{}")
    except (ValueError, RecursionError):
        said = {}
    said = said if isinstance(said, dict) else {}
    detail = said.get("detail") or said.get("Message") or said.get("message") or ""
    kind = str(said.get("type", "")).rpartition(":")[2]
    gone = answer.status_code in {HTTPStatus.NOT_FOUND, HTTPStatus.GONE}
    refused = (MissingError if gone else RefusedError)(
        what,
        answer.status_code,
        kind if media == "application/problem+json" and kind else "",
        str(detail),
        by_the_drive=media == "application/problem+json",
    )
    wait = answer.headers.get("Retry-After", "")
    if wait.isascii() and wait.isdecimal():
        refused.wait_seconds = float(wait)
    return refused


def _phrase(status: int) -> str:
    if status == CHECKSUM_MISMATCH:
        return "Checksum Mismatch"
    return HTTPStatus(status).phrase if status in set(HTTPStatus) else ""


def _part(what: str, answer: "AWSResponse", start: int, etag: str | None) -> Part:
    """Take an answer apart that carries bytes. Raises `DamagedError` for bytes that are others."""
    content = answer.content
    found = _RANGE.fullmatch(answer.headers.get("Content-Range", ""))
    first, last, size = (int(number) for number in found.groups()) if found else (0, -1, 0)
    if answer.status_code == HTTPStatus.OK:
        first, last, size = 0, len(content) - 1, len(content)
    version = answer.headers.get("ETag", "")
    if (first, last) != (start, start + len(content) - 1) or last >= max(size, 1):
        raise OpsError(
            f"cannot {what}: the answer has other bytes than were asked for; {_NO_DRIVE}"
        )
    if not version or etag not in {None, version}:
        raise OpsError(f"cannot {what}: the answer is of another version, {version!r}; {_NO_DRIVE}")
    digest = _DIGEST.search(answer.headers.get("Content-Digest", ""))
    if not digest or digest[1] != _digest(content)[len("sha-256=:") : -1]:
        told = "do not have the digest that came with them" if digest else "came without a digest"
        raise DamagedError(f"cannot {what}: {len(content)} bytes from {start} on {told}")
    return Part(content, start, size, version)


def _page(what: str, answer: "AWSResponse") -> tuple[list[Entry], str | None]:
    try:
        page = json.loads(answer.content)
        entries = [
            Entry(
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
        raise OpsError(f"cannot {what}: the answer is no listing; {_NO_DRIVE}") from None
    return entries, None if cursor is None else str(cursor)


def _offset(what: str, answer: "AWSResponse") -> int:
    text = answer.headers.get("Upload-Offset", "")
    if not re.fullmatch(r"[0-9]{1,19}", text):
        raise OpsError(f"cannot {what}: the answer has no Upload-Offset; {_NO_DRIVE}")
    return int(text)
