"""The files of a drive as programs open them: read by ranges, or written whole."""

import errno
import sys
import tempfile
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from fsspec.spec import AbstractBufferedFile

from drive_tools.client.drive_client import CHUNK_BYTES
from drive_tools.client.local_files import named

if TYPE_CHECKING:
    from drive_tools.filesystem.file_system import DriveFileSystem


class DriveReader(AbstractBufferedFile):
    """A file that is open for reading: all of its bytes are of one version.

    That is the version of the moment when it was opened, or the one of `etag`. When the drive has
    another one, reading raises `OSError` with ESTALE and mixes nothing.
    """

    # The most that is read ahead: four requests at once.
    DEFAULT_BLOCK_SIZE = 4 * CHUNK_BYTES

    fs: "DriveFileSystem"

    def __init__(
        self,
        fs: "DriveFileSystem",
        path: str,
        *,
        block_size: int | None,
        cache_type: str = "growing",
        cache_options: dict[str, Any] | None = None,
        etag: str | None = None,
    ) -> None:
        details = fs.version(path, etag)
        if details["type"] == "directory":
            raise IsADirectoryError(errno.EISDIR, "it is a directory; list it", path)
        super().__init__(
            fs,
            path,
            "rb",
            block_size,
            cache_type=cache_type,
            cache_options=cache_options,
            size=details["size"],
            etag=details["ETag"],  # which a copy in another process is opened with
        )
        self.details = details

    def _fetch_range(self, start: int, end: int) -> bytes:
        return self.fs.read_range(self.path, start, min(end, self.size), self.kwargs["etag"])


class DriveWriter(AbstractBufferedFile):
    """A file that is open for writing: it is stored whole when it is closed, or not at all.

    Until then its bytes are in memory, and in a temporary file when they are more than 4 MiB: a
    drive takes no upload whose size is not known. A `with` statement that an error leaves stores
    nothing. Without `autocommit`, `commit` stores it.
    """

    fs: "DriveFileSystem"

    def __init__(self, fs: "DriveFileSystem", path: str, mode: str, *, autocommit: bool) -> None:
        super().__init__(fs, path, mode, CHUNK_BYTES, autocommit)
        self._condition: Mapping[str, str] = {"If-None-Match": "*"} if mode == "xb" else {}
        self._spool = tempfile.SpooledTemporaryFile(max_size=CHUNK_BYTES)  # noqa: SIM115 - for as long as the file is open
        self._opened_in = sys.exception()

    def _upload_chunk(self, final: bool = False) -> bool:
        with named(tempfile.gettempdir()):
            self._spool.write(self.buffer.getbuffer())
        if final and self.autocommit:
            self.commit()
        return True

    def commit(self) -> None:
        """Store the file."""
        with self._spool:
            self.fs.store(self.path, self._spool, self._condition)

    def discard(self) -> None:
        """Store nothing."""
        self._spool.close()

    def close(self) -> None:
        """Store the file, unless an error leaves the `with` statement that it is open in."""
        if not self.closed and self._is_left_by_an_error():
            self.discard()
            self.closed = True
        super().close()

    def _is_left_by_an_error(self) -> bool:
        """Say whether an `__exit__` closes the file because of an error since it was opened.

        What wraps a file, such as fsspec's own `OpenFile`, only calls `close`, and hands on no
        error. An error that is being handled is none that leaves a `with` statement.
        """
        if sys.exception() in {None, self._opened_in}:
            return False
        frame = sys._getframe()
        while frame.f_back and frame.f_code.co_name != "__exit__":
            frame = frame.f_back
        return frame.f_code.co_name == "__exit__"
