"""Writes of files: as a whole in one request, or in parts as they come."""

import tempfile
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING

from wsgidav.dav_error import DAVError

from drive_tools.client.drive_client import CHUNK_BYTES, DriveClient
from drive_tools.client.retries import RequestRetries
from drive_tools.client.upload import FileUpload, append
from drive_tools.errors import ToolError

if TYPE_CHECKING:
    from wsgiref.types import InputStream, WSGIEnvironment

Read = Callable[[int], bytes]  # as many bytes as asked for, and fewer only at the end


class DavBody:
    """The body of a PUT. `size` is None if its sender does not know it."""

    def __init__(self, environ: "WSGIEnvironment") -> None:
        self._input: InputStream = environ["wsgi.input"]
        # Finder sends chunks, and the size in a header of its own.
        said = environ.get("CONTENT_LENGTH") or environ.get("HTTP_X_EXPECTED_ENTITY_LENGTH")
        chunked = "HTTP_TRANSFER_ENCODING" in environ
        if said is not None and not (said.isascii() and said.isdecimal()):
            raise DAVError(HTTPStatus.BAD_REQUEST, f"a length is a number of bytes, got {said!r}")
        self.size = int(said) if said else None if chunked else 0
        self._got = 0

    def read(self, size: int) -> bytes:
        """Read `size` bytes, or those up to the end.

        Raises `DAVError` with 400 for a body that ends before its announced end, or goes on after
        it: then its sender is gone, or means another file.
        """
        parts = []
        while size:
            try:
                part = self._input.read(size)
            except ValueError as error:  # of cheroot, for chunks that are none
                raise DAVError(HTTPStatus.BAD_REQUEST, f"the body broke off: {error}") from None
            if not part:
                break
            parts.append(part)
            size -= len(part)
        content = b"".join(parts)
        self._got += len(content)
        more = self._got == self.size and bool(self._input.read(1))
        if more or (size and self.size is not None and self._got != self.size):
            raise DAVError(
                HTTPStatus.BAD_REQUEST,
                f"the body has {'more than ' * more}{self._got} bytes, and was announced with"
                f" {self.size}; nothing was stored",
            )
        return content


def store(
    drive: DriveClient, name: str, read: Read, size: int | None, condition: Mapping[str, str]
) -> str | None:
    """Write a file of what `read` gives, and return its entity tag if it is known.

    The file is there whole, or the drive is as it was. Parts go on as they come, so a sender never
    waits long for the answer; without a size they are kept in a temporary file.
    """
    if size is None:
        return _spooled(drive, name, read, condition)
    if size <= CHUNK_BYTES:
        return drive.put(name, read(size), condition).etag
    upload = drive.begin_upload(name, size, condition)
    etag = None
    try:
        for offset in range(0, size, CHUNK_BYTES):
            part = read(min(CHUNK_BYTES, size - offset))
            etag = _append(drive, name, upload, offset, part)
    except BaseException:
        drive.end_upload(name, upload)
        raise
    return etag or drive.describe(name).etag


def _append(drive: DriveClient, name: str, upload: str, start: int, content: bytes) -> str | None:
    """Send one part until the drive has all of it; return the ETag after the last part."""
    retries = RequestRetries(drive.patience)
    offset, end, etag = start, start + len(content), None
    while offset < end:
        left = content[offset - start :]
        following, etag = append(drive, name, upload, offset, left, retries=retries)
        if not start <= following <= end:
            raise ToolError(f"cannot put {name}: the drive says it has {following} bytes of {end}")
        if following > offset:
            retries = RequestRetries(drive.patience)
        offset = following
    return etag


def _spooled(drive: DriveClient, name: str, read: Read, condition: Mapping[str, str]) -> str | None:
    content = read(CHUNK_BYTES)
    if len(content) < CHUNK_BYTES:
        return drive.put(name, content, condition).etag
    with tempfile.TemporaryFile() as spool:
        while content:
            spool.write(content)
            content = read(CHUNK_BYTES)
        spool.flush()
        upload = FileUpload(drive, spool.fileno(), name, condition, None, _unseen)
        return upload.send().etag


def _unseen(_done: int, _size: int) -> None:
    """No bar shows a transfer of another program."""
