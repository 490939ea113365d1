"""`drive://`: a drive as a file system of fsspec."""

import errno
import io
import os
import shutil
import stat
import tempfile
from collections.abc import Mapping
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import IO, Any, NamedTuple, cast

from fsspec.callbacks import DEFAULT_CALLBACK, Callback
from fsspec.utils import isfilelike

from drive_tools.client.answers import (
    ConflictStatusError,
    HttpStatusError,
)
from drive_tools.client.download import FileDownload, pieces
from drive_tools.client.drive_client import CHUNK_BYTES
from drive_tools.client.local_files import named
from drive_tools.client.names import check_local, check_name
from drive_tools.client.progress import Moved
from drive_tools.client.upload import FileUpload, pending
from drive_tools.filesystem import read_ahead
from drive_tools.filesystem.directories import DriveDirectories
from drive_tools.filesystem.drive_file import DriveReader, DriveWriter

_MODES = {"overwrite": False, "create": True}


class _Cut(NamedTuple):
    """Bytes of a file, and of which version they are."""

    content: bytes
    etag: str


class DriveFileSystem(DriveDirectories):
    """A drive as a file system of fsspec, with paths such as `drive://folder/file.parquet`.

    Its options are in `ListedDrive`. What fails raises an `OSError`. All bytes that one call reads
    of a file are of one version, and a file is written whole or not at all. Directories are made
    as needed.
    """

    def _open(  # type: ignore[override]  # it names the options that fsspec's own takes as any
        self,
        path: str,
        mode: str = "rb",
        block_size: int | None = None,
        autocommit: bool = True,
        cache_options: dict[str, Any] | None = None,
        *,
        cache_type: str = read_ahead.GrowingReadAhead.name,
        size: int | None = None,
        etag: str | None = None,
    ) -> DriveReader | DriveWriter:
        """Open a file; `etag` reads that version. The drive tells the `size`, whatever is given."""
        if mode == "rb":
            return DriveReader(
                self,
                path,
                block_size=block_size,
                cache_type=cache_type,
                cache_options=cache_options,
                etag=etag,
            )
        if mode not in {"wb", "xb"}:
            raise io.UnsupportedOperation(
                f"a drive stores files whole: the modes are r, w and x, got {mode!r};"
                " to append, write a new file"
            )
        if not path:
            raise IsADirectoryError(errno.EISDIR, "it is the root of the drive", path)
        with self._errors(path):
            check_name(path)  # before the bytes are written
        if mode == "xb" and self.exists(path):
            raise FileExistsError(errno.EEXIST, "it exists", path)
        return DriveWriter(self, path, mode, autocommit=autocommit)

    def open(
        self,
        path: str,
        mode: str = "rb",
        block_size: int | None = None,
        cache_options: dict[str, Any] | None = None,
        compression: str | None = None,
        **kwargs: Any,  # noqa: ANN401 - those of a text, and of `_open`
    ) -> Any:  # noqa: ANN401 - of bytes, of text or packed, as its base has it
        """Open a file for reading or, in the modes w and x, for writing."""
        text = None
        if "b" not in mode:
            text = {name: kwargs.pop(name, None) for name in ("encoding", "errors", "newline")}
            mode = mode.replace("t", "") + "b"
        file = super().open(path, mode, block_size, cache_options, compression, **kwargs)
        return file if text is None else _TextFile(file, **text)

    def read_range(self, path: str, start: int, end: int, etag: str) -> bytes:
        """Read the bytes from `start` to before `end` of the version `etag`."""
        with self._errors(path):
            return self._connection.read(path, start, end, etag)

    def store(self, path: str, spool: IO[bytes], condition: Mapping[str, str]) -> None:
        """Store what was written to `spool` under a name, whole or not at all."""
        size = spool.tell()
        with self._errors(path, exclusive="If-None-Match" in condition):
            if size <= CHUNK_BYTES:
                spool.seek(0)
                self._drive.put(path, spool.read(), condition)
            else:
                spool.flush()
                FileUpload(self._drive, spool.fileno(), path, condition, None, _unseen).send()
        self.invalidate_cache(path)

    def cat_file(
        self, path: str, start: int | None = None, end: int | None = None, **_: object
    ) -> bytes:
        """Read a file, or the bytes from `start` to before `end`, which count as in a slice."""
        return self._cat(self._strip_protocol(path), start, end).content

    def _cat(self, path: str, start: int | None, end: int | None) -> _Cut:
        with self._errors(path):
            if (start or 0) < 0 or (end or 0) < 0 or (end is not None and end <= (start or 0)):
                entry = self._drive.describe(path)
                found = range(entry.size)[start:end]
                content = self._connection.read(path, found.start, found.stop, entry.etag or "")
                return _Cut(content, entry.etag or "")
            begin = start or 0
            length = CHUNK_BYTES if end is None else min(CHUNK_BYTES, end - begin)
            try:
                first = self._drive.read(path, begin, None, length)
            except HttpStatusError as refused:
                if refused.status != HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
                    raise
                entry = self._drive.describe(path)
                return _Cut(b"", entry.etag or "")
            last = first.size if end is None else min(end, first.size)
            rest = self._connection.read(path, begin + len(first.content), last, first.etag)
            return _Cut(first.content + rest, first.etag)

    def cat_ranges(
        self,
        paths: list[str],
        starts: int | list[int | None] | None,
        ends: int | list[int | None] | None,
        max_gap: int | None = None,
        on_error: str = "return",
        **_: object,
    ) -> list[bytes | Exception]:
        """Read ranges of several files side by side. All ranges of one file are of one version."""
        if max_gap is not None:
            raise NotImplementedError("max_gap: merge the ranges before")
        names = [self._strip_protocol(path) for path in paths]
        firsts = starts if isinstance(starts, list) else [starts] * len(paths)
        lasts = ends if isinstance(ends, list) else [ends] * len(paths)
        if len(firsts) != len(paths) or len(lasts) != len(paths):
            raise ValueError(
                f"{len(paths)} paths need as many starts and ends, got {len(firsts)} and"
                f" {len(lasts)}"
            )
        calls = (partial(self._tried, *each) for each in zip(names, firsts, lasts, strict=True))
        versions: dict[str, str] = {}
        found: list[bytes | Exception] = []
        for name, part in zip(names, self._connection.in_order(calls), strict=True):
            result: bytes | Exception = part if isinstance(part, Exception) else part.content
            if isinstance(part, _Cut) and versions.setdefault(name, part.etag) != part.etag:
                result = OSError(errno.ESTALE, "it was replaced while it was read", name)
            if isinstance(result, Exception) and on_error == "raise":
                raise result
            found.append(result)
        return found

    def _tried(self, path: str, start: int | None, end: int | None) -> _Cut | OSError:
        try:
            return self._cat(path, start, end)
        except OSError as error:
            return error

    def pipe_file(self, path: str, value: bytes, mode: str = "overwrite", **kwargs: object) -> None:
        """Store bytes under a name; with the mode "create" only if nothing is there."""
        exclusive = _exclusive(mode)
        path = self._strip_protocol(path)
        if self._intrans or len(value) > CHUNK_BYTES:
            with self.open(path, "xb" if exclusive else "wb") as file:
                file.write(value)
            return
        with self._errors(path, exclusive=exclusive):
            self._drive.put(path, bytes(value), _condition(exclusive=exclusive))
        self.invalidate_cache(path)

    def touch(self, path: str, truncate: bool = True, **_: object) -> None:
        """Make an empty file; without `truncate` only if nothing is there."""
        try:
            self.pipe_file(path, b"", "overwrite" if truncate else "create")
        except FileExistsError:
            raise NotImplementedError(
                f"a drive sets no time without a write; {path!r} exists"
            ) from None

    def put_file(
        self,
        lpath: str,
        rpath: str,
        callback: Callback = DEFAULT_CALLBACK,
        mode: str = "overwrite",
        **_: object,
    ) -> None:
        """Put a file of this machine; it resumes where an earlier try was interrupted."""
        exclusive = _exclusive(mode)
        rpath = self._strip_protocol(rpath)
        if os.path.isdir(lpath):
            self.makedirs(rpath, exist_ok=True)
            return
        with open(lpath, "rb") as file, named(lpath):
            status = os.fstat(file.fileno())
            if self._intrans or not stat.S_ISREG(status.st_mode):
                with self.open(rpath, "xb" if exclusive else "wb") as target:
                    shutil.copyfileobj(file, target, CHUNK_BYTES)
                return
            condition = _condition(exclusive=exclusive)
            with self._errors(rpath, exclusive=exclusive):
                url = self._drive.url
                resumed = pending(url, rpath, Path(lpath), status, condition)
                FileUpload(
                    self._drive, file.fileno(), rpath, condition, resumed, _told(callback)
                ).send()
        self.invalidate_cache(rpath)

    def get_file(
        self,
        rpath: str,
        lpath: Any = None,  # noqa: ANN401 - a path or an open file, as its base has it
        callback: Callback = DEFAULT_CALLBACK,
        outfile: IO[bytes] | None = None,
        **_: object,
    ) -> None:
        """Get a file into `lpath`, which is replaced when all is there, or into an open file.

        A directory of the drive becomes a directory of this machine.
        """
        rpath = self._strip_protocol(rpath)
        outfile = lpath if outfile is None and isfilelike(lpath) else outfile
        moved, crew = _told(callback), self._connection.crew
        with self._errors(rpath):
            check_local(rpath)
            if outfile is not None:
                for piece in pieces(self._drive, rpath, 0, None, crew):
                    outfile.write(piece.content)
                    moved(piece.start + len(piece.content), piece.size)
                return
            target = Path(lpath)
            target.parent.mkdir(parents=True, exist_ok=True)
            try:
                if target.is_dir() and self.isfile(rpath):
                    raise IsADirectoryError(errno.EISDIR, "it is a directory", str(target))
                if rpath and not target.is_dir():
                    FileDownload(self._drive, rpath, target, crew, False, None, moved).get()
                    return
            except ConflictStatusError:
                if not self._drive.is_directory(rpath):
                    raise
            target.mkdir(exist_ok=True)

    def cp_file(
        self, path1: str, path2: str, *, emptied: list[str] | None = None, **_: object
    ) -> None:
        """Copy a file by reading and writing it, or make a directory as `path1` is one.

        With `emptied`, as `mv` has it, the file is moved, and a directory is noted there.
        """
        source, target = self._strip_protocol(path1), self._strip_protocol(path2)
        if emptied is None:
            self._copy(source, target)
        elif not self._moved(source, target):
            self.makedirs(target, exist_ok=True)
            emptied.append(source)

    def _copy(self, source: str, target: str) -> None:
        if self.isdir(source):
            self.makedirs(target, exist_ok=True)
            return
        with tempfile.SpooledTemporaryFile(max_size=CHUNK_BYTES) as spool:
            self.get_file(source, outfile=cast("IO[bytes]", spool))
            self.store(target, cast("IO[bytes]", spool), {})


class _TextFile(io.TextIOWrapper):
    def __exit__(self, *error: object) -> None:
        """Close, in a frame in which `DriveWriter` sees that an error leaves the `with`."""
        self.close()


def _exclusive(mode: str) -> bool:
    if mode not in _MODES:
        raise ValueError(f"mode must be one of {', '.join(_MODES)}, got {mode!r}")
    return _MODES[mode]


def _condition(*, exclusive: bool) -> dict[str, str]:
    return {"If-None-Match": "*"} if exclusive else {}


def _told(callback: Callback) -> Moved:
    """Return what tells fsspec's callback how far a transfer is."""

    def moved(done: int, size: int) -> None:
        callback.set_size(size)
        callback.absolute_update(done)

    return moved


def _unseen(_done: int, _size: int) -> None:
    """Nobody looks at how far a write is."""
