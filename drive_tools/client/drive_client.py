"""A drive over HTTP: one method for each request, repeated while that is safe.

These are safe to repeat: a read, a write of the same bytes, a removal, a part that names its
offset. After a move or a restore whose answer was lost, the client asks the drive for its result.
"""

import base64
import hashlib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import quote, urljoin, urlsplit

from drive_tools.client import answers
from drive_tools.client.answers import (
    NO_DRIVE,
    ConflictStatusError,
    DriveEntry,
    DriveHealth,
    DriveVersion,
    HttpStatusError,
    NotFoundError,
    Part,
    RequestError,
    SigningError,
    UnreachableError,
    WriteResult,
    content_digest,
)
from drive_tools.client.retries import Patience, RequestRetries
from drive_tools.errors import ToolError, UsageError

if TYPE_CHECKING:  # botocore takes longer to import than --help may take
    from botocore.awsrequest import AWSResponse

    from drive_tools.client.http_client import HttpClient

# One request and one answer of a function URL carry 6 MB with base64
# (https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html).
CHUNK_BYTES = 4 * 1024 * 1024

Headers = dict[str, str] | None

_OCTETS = {"Content-Type": "application/octet-stream"}
_TUS = {"Tus-Resumable": "1.0.0"}


class DriveClient:
    """The drive at one URL."""

    def __init__(
        self, url: str, call: "HttpClient", patience: Patience, *, by_api: bool = False
    ) -> None:
        """Repeat what may pass, for as long as `patience` says; threads may share a drive.

        `by_api`: the URL is that of an API Gateway HTTP API, as a domain of one's own is.
        """
        self.url = url.rstrip("/")
        self._call = call
        self.patience = patience
        self._by_api = by_api

    def describe(self, name: str, what: str = "", *, etag: str | None = None) -> DriveEntry:
        """Describe a file, of the version `etag` if given; an error says that `what` failed."""
        what = what or f"look at {name}"
        headers = {"If-Match": etag} if etag else {}
        answer = self._again(what, "HEAD", _files(name), headers=headers)
        try:
            return DriveEntry(
                name,
                "file",
                int(answer.headers["X-File-Size"]),
                answers.modified(answer),
                answer.headers.get("ETag"),
            )
        except (KeyError, ValueError):
            raise ToolError(f"cannot {what}: the answer says no size; {NO_DRIVE}") from None

    def put(self, name: str, content: bytes, condition: Mapping[str, str]) -> WriteResult:
        """Create or replace a file of up to `CHUNK_BYTES`."""
        headers = {**_OCTETS, "Content-Digest": content_digest(content), **condition}
        try:
            answer = self._again(f"put {name}", "PUT", _files(name), content, headers)
        except HttpStatusError as refused:
            if refused.status != HTTPStatus.PRECONDITION_FAILED or not refused.repeated:
                raise
            there = self._same(name, content)  # perhaps by this very request, sent before
            if there is None:
                raise
            return WriteResult(there, None)
        return WriteResult(answer.headers.get("ETag"), answer.status_code == HTTPStatus.CREATED)

    def read(self, name: str, start: int, etag: str | None, length: int = CHUNK_BYTES) -> Part:
        """Read up to `length` bytes of a file from `start` on, of the version `etag` if given.

        Raises `HttpStatusError` with 412 when the file has another version now.
        """
        what = f"get {name}"
        headers = {
            "Range": f"bytes={start}-{start + length - 1}",
            "Want-Content-Digest": "sha-256=1",
            **({"If-Match": etag} if etag else {}),
        }

        def attempt() -> Part:
            answer = self._once(what, "GET", _files(name), b"", headers)
            return answers.part(what, answer, start, etag)

        try:
            return self.patience.repeat(attempt)
        except HttpStatusError as refused:
            if refused.status != HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE or start:
                raise
        empty = self.describe(name)  # no byte of an empty file is in any range
        if empty.size or not empty.etag:
            raise UnreachableError(f"cannot {what}: it changes while it is read; try again")
        return Part(b"", 0, 0, empty.etag, empty.modified)

    def listing(self, name: str) -> Iterator[DriveEntry]:
        """All entries of a directory ("" is the root), page by page.

        What the drive says is checked for its form only: a name may be anything.
        """
        what = f"list {name or '/'}"
        path = f"{_files(name)}/" if name else "/files/"
        cursor: str | None = None
        while True:
            query = f"?cursor={quote(cursor, safe='')}" if cursor is not None else ""
            entries, following = answers.page(what, self._again(what, "GET", f"{path}{query}"))
            yield from entries
            if following is None or following == cursor:
                return
            cursor = following

    def is_directory(self, name: str) -> bool:
        """Say whether a directory has this name ("" is the root)."""
        path = f"{_files(name)}/?limit=1" if name else "/files/?limit=1"
        try:
            self._again(f"look at {name or '/'}", "HEAD", path)
        except (NotFoundError, ConflictStatusError):
            return False
        return True

    def make_directory(self, name: str) -> bool:
        """Make a directory, with those above it; False if it was there."""
        answer = self._again(f"make {name}", "PUT", f"{_files(name)}/")
        return answer.status_code == HTTPStatus.CREATED

    def health(self) -> DriveHealth:
        """Read how much the drive holds, and its limits."""
        return answers.health(self._again("look at the drive", "GET", "/health"))

    def remove(self, name: str, etag: str | None = None) -> None:
        """Remove a file, only of the version `etag` if given, or an empty directory."""
        headers = {"If-Match": etag} if etag else {}
        try:
            self._again(f"remove {name}", "DELETE", _files(name), headers=headers)
        except NotFoundError as missing:
            if not missing.repeated:
                raise

    def move(
        self, name: str, to: str, condition: Mapping[str, str], *, overwrite: bool
    ) -> WriteResult:
        """Move a file, over another one only if `overwrite`.

        `condition` is on the file that moves. Its `If-Match` is the entity tag of one version.
        """
        what = f"move {name} to {to}"
        headers = {
            **condition,
            "Destination": _files(to),
            **({} if overwrite else {"Overwrite": "F"}),
        }
        etag = condition.get("If-Match") or self.describe(name, what).etag
        return self._place(what, _files(name), headers, to, etag)

    def versions(self) -> Iterator[DriveVersion]:
        """All versions in the trash, the newest first, page by page."""
        cursor: str | None = ""
        while cursor is not None:
            query = f"?cursor={quote(cursor, safe='')}" if cursor else ""
            answer = self._again("list the trash", "GET", f"/trash/{query}")
            versions, following = answers.trash_page("list the trash", answer)
            yield from versions
            cursor = None if following == cursor else following

    def restore(
        self, version: DriveVersion, to: str, condition: Mapping[str, str], *, overwrite: bool
    ) -> WriteResult:
        """Restore a version to a name, over what is there only if `overwrite`."""
        headers = {
            **condition,
            "Destination": _files(to),
            "Overwrite": "T" if overwrite else "F",
        }
        return self._place(f"restore {to}", _version(version.id), headers, to, version.etag)

    def delete_version(self, version_id: str) -> None:
        """Delete a version for good."""
        try:
            self._again(f"delete the version {version_id}", "DELETE", _version(version_id))
        except NotFoundError as missing:
            if not missing.repeated:
                raise

    def _place(
        self, what: str, path: str, headers: Headers, to: str, etag: str | None
    ) -> WriteResult:
        """Have a file with an entity tag take its place at `to`, by a POST to `path`.

        It keeps the entity tag, by which it is known again if the answer is lost.
        """
        retries = RequestRetries(self.patience)
        sent_before = False
        while True:
            try:
                answer = self._once(what, "POST", path, b"", headers)
            except (UnreachableError, HttpStatusError) as failure:
                if failure.passing:
                    retries.wait(failure)
                if (failure.passing or sent_before) and self._is(to, etag):
                    return WriteResult(etag, None)
                if not failure.passing:
                    raise
                sent_before = True
            else:
                created = answer.status_code == HTTPStatus.CREATED
                return WriteResult(answer.headers.get("ETag"), created)

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
            raise ToolError(f"cannot {what}: the drive gave the upload the address {located!r}")
        return located.removeprefix(self.url)

    def offset(self, name: str, upload: str) -> int:
        """Return the byte at which an upload resumes."""
        answer = self._again(f"put {name}", "HEAD", upload, headers=_TUS)
        return answers.offset(f"put {name}", answer)

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
        return answers.offset(f"put {name}", answer), answer.headers.get("ETag")

    def end_upload(self, name: str, upload: str) -> None:
        """Delete an upload, in one try; the drive itself deletes it when it expires."""
        with suppress(RequestError):
            self._once(f"give up {name}", "DELETE", upload, headers=_TUS)

    def _same(self, name: str, content: bytes) -> str | None:
        """The ETag of the file if it has just these bytes."""
        try:
            part = self.read(name, 0, None)
        except HttpStatusError:
            return None
        return part.etag if part.size == len(content) and part.content == content else None

    def _is(self, name: str, etag: str | None) -> bool:
        try:
            return etag is not None and self.describe(name).etag == etag
        except HttpStatusError:
            return False

    def _again(
        self, what: str, method: str, path: str, body: bytes = b"", headers: Headers = None
    ) -> "AWSResponse":
        return self.patience.repeat(lambda: self._once(what, method, path, body, headers))

    def _once(
        self, what: str, method: str, path: str, body: bytes = b"", headers: Headers = None
    ) -> "AWSResponse":
        answer = self.exchange(what, method, path, body, headers)
        if answer.status_code >= HTTPStatus.MULTIPLE_CHOICES:
            raise answers.refused(what, answer)
        return answer

    def exchange(
        self, what: str, method: str, path: str, body: bytes = b"", headers: Headers = None
    ) -> "AWSResponse":
        """Send one request, once, and return its answer, of any status.

        `path` is percent-encoded. Raises `UnreachableError`, `SigningError`, or `UsageError` for a
        path that this drive cannot be asked for.
        """
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
            raise SigningError(
                f"cannot sign: {error}; check the credentials (--profile)"
            ) from error
        self.patience.answered = True
        return answer


def _version(version_id: str) -> str:
    return f"/trash/{quote(version_id, safe='=')}"


def _files(name: str) -> str:
    return f"/files/{quote(name, safe='/')}"
