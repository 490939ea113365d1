"""Files on this machine, read and written at offsets."""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from drive_tools.client.drive_client import CHUNK_BYTES


@contextmanager
def named(path: Path | str) -> Iterator[None]:
    """Let an error of an open file name it, as an error of opening it does."""
    try:
        yield
    except OSError as error:
        if error.filename is not None:
            raise
        raise OSError(error.errno, error.strerror or str(error), str(path)) from None


def read_at(file: int, size: int, offset: int) -> bytes:
    """Up to `size` bytes at `offset`, fewer only at the end of the file."""
    parts = []
    while size:
        part = os.pread(file, size, offset)
        if not part:
            break
        parts.append(part)
        size -= len(part)
        offset += len(part)
    return b"".join(parts)


def write_at(file: int, content: bytes, offset: int) -> None:
    view = memoryview(content)
    while view:
        written = os.pwrite(file, view, offset)
        view = view[written:]
        offset += written
    if hasattr(os, "posix_fadvise") and len(content) >= CHUNK_BYTES:
        # The disk begins to write now, and a flush at the end has little left to wait for.
        start = offset - len(content)
        os.posix_fadvise(file, start, len(content), os.POSIX_FADV_DONTNEED)


def chunks(file: int, end: int) -> Iterator[bytes]:
    """The bytes of a file up to `end`."""
    for offset in range(0, end, CHUNK_BYTES):
        yield read_at(file, min(CHUNK_BYTES, end - offset), offset)


def hash_of(chunks: Iterator[bytes]) -> "hashlib._Hash":
    digest = hashlib.sha256()
    for chunk in chunks:
        digest.update(chunk)
    return digest


def digest_of(path: Path) -> str:
    """The SHA-256 of a file, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def flush_directory(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
