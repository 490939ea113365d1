"""The routes of `/files`: files of the drive, with the methods and headers of HTTP (RFC 9110)."""

import time
from email.utils import formatdate
from http import HTTPStatus
from urllib.parse import quote

from aws_lambda_powertools.event_handler import Response

from drive import (
    digests,
    directory_listing,
    directory_writes,
    file_reads,
    file_writes,
    ranges,
)
from drive.conditions import range_applies
from drive.entry import Entry
from drive.errors import InvalidRequestError
from files import bodies, destination, mount, sandbox, web
from files.media_types import media_type
from files.web import ANSWER_BYTES, Success, operation

_FILE_HEADERS = (
    *("ETag", "Last-Modified", "X-File-Size", "Accept-Ranges", "Cache-Control"),
    *sandbox.NAMES,
)
_READ_CONDITIONS = ("If-Match", "If-None-Match", "If-Modified-Since", "If-Unmodified-Since")
_NAMED = ("invalid-name", "invalid-request", "read-only", "conflict", "busy")
_WRITTEN = (*_NAMED, "not-configured")


_ONE_PAGE = {200: Success(description="One page", media="application/json", schema="Page")}


@operation(
    "GET",
    "/files/",
    answers=_ONE_PAGE,
    problems=("invalid-request",),
    parameters=("limit", "cursor"),
    head=True,
)
def list_root() -> Response[str]:
    """List the root of the drive, a page at a time."""
    return _page("")


@operation(
    "GET",
    "/files/{directory}/",
    answers=_ONE_PAGE,
    problems=("not-found", *_NAMED),
    parameters=("limit", "cursor"),
    head=True,
)
def list_directory() -> Response[str]:
    """List a directory, a page at a time."""
    return _page(_name().removesuffix("/"))


@operation(
    "GET",
    "/files/{path}",
    answers={
        200: Success(
            description="The whole file", media="*/*", headers=(*_FILE_HEADERS, "Content-Digest")
        ),
        206: Success(
            description="A part of the file, of what was asked for as much as fits into one answer",
            media="*/*",
            headers=(*_FILE_HEADERS, "Content-Range", "Content-Digest"),
        ),
        304: Success(description="The caller has this version already", headers=_FILE_HEADERS),
    },
    problems=(
        *("not-found", "precondition-failed", "answer-too-large", "range-not-satisfiable"),
        *("never-run", *_NAMED),
    ),
    parameters=("Range", "If-Range", *_READ_CONDITIONS, "Want-Content-Digest"),
)
def get_file() -> Response[str]:
    """Read a file, or one range of it."""
    sandbox.check_use()
    answer = _Selection()
    entry, content = file_reads.read(mount.ROOT, _name(), answer.select)
    headers = _file_headers(entry)
    if answer.status == HTTPStatus.NOT_MODIFIED:
        return web.empty(answer.status, headers)
    if answer.status == HTTPStatus.PARTIAL_CONTENT:
        last = answer.start + len(content) - 1
        headers["Content-Range"] = f"bytes {answer.start}-{last}/{entry.size}"
    if digests.is_wanted(web.header("want-content-digest")):
        headers["Content-Digest"] = digests.content_digest(content)
    return web.octets(answer.status, media_type(entry.name), content, headers)


class _Selection:
    """The selected bytes of the answer to a `GET`, and its status."""

    status = HTTPStatus.OK
    start = 0

    def select(self, entry: Entry) -> range:
        self.status = HTTPStatus.OK
        if web.conditions().unchanged(entry):
            self.status = HTTPStatus.NOT_MODIFIED
            return range(0)
        asked = web.header("range")
        if asked and range_applies(web.header("if-range"), entry):
            found = ranges.select(asked, entry.size)
            if found is not None:
                self.status = HTTPStatus.PARTIAL_CONTENT
                self.start = found.start
                return found[:ANSWER_BYTES]
        return file_reads.whole(ANSWER_BYTES)(entry)


@operation(
    "HEAD",
    "/files/{path}",
    answers={
        200: Success(description="What GET would answer, were it to fit", headers=_FILE_HEADERS),
        304: Success(description="The caller has this version already", headers=_FILE_HEADERS),
    },
    problems=("not-found", "precondition-failed", *_NAMED),
    parameters=_READ_CONDITIONS,
)
def head_file() -> Response[str]:
    """Describe a file."""
    entry = file_reads.describe(mount.ROOT, _name())
    headers = _file_headers(entry)
    if web.conditions().unchanged(entry):
        return web.empty(HTTPStatus.NOT_MODIFIED, headers)
    return Response(HTTPStatus.OK, media_type(entry.name), "", headers)


@operation(
    "PUT",
    "/files/{path}",
    answers={
        201: Success(description="The file is new", headers=("ETag",)),
        204: Success(description="The file was replaced", headers=("ETag",)),
    },
    problems=(
        *("precondition-failed", "digest-mismatch", "not-found", "no-space"),
        *("unsupported-coding", "unsupported-media-type", *_WRITTEN),
    ),
    parameters=(*web.WRITE_CONDITIONS, "Content-Digest"),
    body="application/octet-stream",
)
def put_file() -> Response[str]:
    """Create or replace a file, whole or not at all.

    Directories are made as needed.
    """
    content = bodies.verified()
    written = file_writes.write(
        mount.ROOT,
        _name(),
        content,
        conditions=web.conditions(),
        limits=mount.limits(),
        keep=mount.keeps_versions(),
    )
    status = HTTPStatus.CREATED if written.created else HTTPStatus.NO_CONTENT
    return web.empty(status, {"ETag": written.etag})


@operation(
    "PUT",
    "/files/{directory}/",
    answers={
        201: Success(description="The directory is new"),
        204: Success(description="The directory was there"),
    },
    problems=(
        *("precondition-failed", "not-found", "no-space", "unsupported-coding"),
        *("unsupported-media-type", *_NAMED),
    ),
    parameters=web.WRITE_CONDITIONS,
)
def put_directory() -> Response[str]:
    """Make a directory, with those above it."""
    name = _name().removesuffix("/")
    content = bodies.body()
    if content:
        raise InvalidRequestError(
            f"a directory has no content, and the address of a file ends without a slash; got"
            f" {len(content)} bytes for {name!r}"
        )
    created = directory_writes.make(mount.ROOT, name, conditions=web.conditions())
    return web.empty(HTTPStatus.CREATED if created else HTTPStatus.NO_CONTENT)


@operation(
    "DELETE",
    "/files/{path}",
    answers={204: Success(description="It is gone")},
    problems=("not-found", "precondition-failed", *_WRITTEN),
    parameters=web.WRITE_CONDITIONS,
)
def delete_file() -> Response[str]:
    """Delete a file, or a directory if it is empty."""
    file_writes.delete(
        mount.ROOT,
        _name(),
        conditions=web.conditions(),
        limits=mount.limits(),
        keep=mount.keeps_versions(),
    )
    return web.empty(HTTPStatus.NO_CONTENT)


@operation(
    "POST",
    "/files/{path}",
    answers={
        201: Success(description="The destination is new", headers=("ETag", "Location")),
        204: Success(description="The destination was replaced", headers=("ETag", "Location")),
    },
    problems=("not-found", "precondition-failed", *_WRITTEN),
    parameters=("Destination", "Overwrite", *web.WRITE_CONDITIONS),
)
def move_file() -> Response[str]:
    """Move a file to the name in the header Destination, in one step.

    The header and `Overwrite` are those of WebDAV (RFC 4918 section 10); conditions are on the
    file that moves.
    """
    overwrite = destination.overwrite(unsaid=True)
    to = destination.required()
    written = file_writes.move(
        mount.ROOT,
        _name(),
        to,
        conditions=web.conditions(),
        overwrite=overwrite,
        limits=mount.limits(),
        keep=mount.keeps_versions(),
    )
    headers = {"ETag": written.etag, "Location": web.address(f"/files/{quote(to)}")}
    return web.empty(HTTPStatus.CREATED if written.created else HTTPStatus.NO_CONTENT, headers)


def _page(name: str) -> Response[str]:
    page = directory_listing.page(
        mount.ROOT, name, limit=web.page_limit(), cursor=web.query("cursor")
    )
    return web.as_json(
        {"entries": [_described(entry) for entry in page.entries], "cursor": page.cursor}
    )


def _described(entry: Entry) -> dict[str, object]:
    return {
        "name": entry.name,
        "kind": entry.kind,
        "size": entry.size,
        "modified": web.date(entry.modified),
        "etag": entry.etag,
    }


def _name() -> str:
    return web.name_in(web.router.current_event.path, "/files/")


def _file_headers(entry: Entry) -> dict[str, str]:
    return {
        "ETag": entry.etag or "",
        # Never later than the answer: RFC 9110 section 8.8.2.1.
        "Last-Modified": formatdate(min(web.writable(entry.modified), time.time()), usegmt=True),
        # Lambda counts the empty body of a HEAD, and renames a Content-Length of our own.
        "X-File-Size": str(entry.size),
        "Accept-Ranges": "bytes",
        "Cache-Control": "no-cache",
        **sandbox.headers(media_type(entry.name)),
    }
