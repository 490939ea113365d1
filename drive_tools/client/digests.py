"""The SHA-256 of a drive's files, kept from run to run, and the comparison of trees by it."""

import hashlib
import json
import os
import threading
from contextlib import suppress
from http import HTTPStatus
from pathlib import Path

from drive_tools.client.answers import DriveEntry, HttpStatusError
from drive_tools.client.download import pieces
from drive_tools.client.local_files import digest_of, read_at
from drive_tools.client.session import ClientSession
from drive_tools.private_files import make_private, remove_old, state_directory, write_private

# A file of digests that was of no use for so long is removed.
_KEPT_DAYS = 400
_TORN = (ValueError, TypeError, KeyError)


class Digests:
    """The known digests of the files below one name.

    A listing has the version (ETag) of each file, and not its digest. A run that sent or got a
    version knows its digest, and a version never changes. So a tree is compared by digests with
    one listing for each directory. Each digest is written at once, as a line of its own, so an
    interruption loses none. Without a home directory the cache is empty.
    """

    def __init__(self, url: str, top: str) -> None:
        self._known: dict[str, tuple[str, str]] = {}
        self._lock = threading.Lock()
        self._file: Path | None = None
        with suppress(OSError):
            folder = state_directory("digests")
            make_private(folder)
            key = hashlib.sha256("\0".join([url, top]).encode()).hexdigest()
            self._file = folder / f"{key}.jsonl"
            self._load(self._file)
            remove_old(folder, _KEPT_DAYS)

    def of(self, name: str, entry: DriveEntry) -> str | None:
        """The SHA-256 of the version of `name` that a listing has, in hex, if it is known."""
        etag, digest = self._known.get(name, ("", ""))
        return digest if etag and etag == entry.etag else None

    def learn(self, name: str, etag: str | None, sha256: str | None) -> None:
        """From now on this is the digest of that version."""
        if not etag or not sha256 or self._known.get(name) == (etag, sha256):
            return
        with self._lock:
            self._known[name] = etag, sha256
            with suppress(OSError):
                self._append([name, etag, sha256])

    def _load(self, file: Path) -> None:
        lines = 0
        with suppress(FileNotFoundError), file.open(encoding="ascii") as content:
            for line in content:
                lines += 1
                with suppress(*_TORN):
                    name, etag, sha256 = map(str, json.loads(line))
                    self._known[name] = etag, sha256
        if lines > 2 * len(self._known) + 1000:  # most of it is of older versions
            kept = (f"\n{json.dumps([name, *known])}" for name, known in self._known.items())
            write_private(file, "".join(kept).encode("ascii"))

    def _append(self, entry: list[str]) -> None:
        if self._file:
            flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC
            descriptor = os.open(self._file, flags, 0o600)
            try:
                # The line before may be torn, where a disk was full.
                os.write(descriptor, f"\n{json.dumps(entry)}".encode("ascii"))
            finally:
                os.close(descriptor)


def same(
    session: ClientSession,
    digests: Digests,
    local: Path,
    entry: DriveEntry,
    name: str,
    *,
    read: bool,
) -> str | None:
    """The SHA-256 of the file `local` if the listed `entry`, named `name`, has the same bytes.

    A version of which nothing is known is read from the drive if `read` is set, up to the first
    piece that differs, and is taken for another one if not.
    """
    if entry.kind != "file" or not local.is_file() or local.stat().st_size != entry.size:
        return None
    known = digests.of(name, entry)
    if known:
        digest = digest_of(local)
        return digest if digest == known else None
    return _same_bytes(session, digests, local, entry, name) if read else None


def _same_bytes(
    session: ClientSession, digests: Digests, local: Path, entry: DriveEntry, name: str
) -> str | None:
    digest = hashlib.sha256()
    with local.open("rb") as file:
        try:
            for piece in pieces(session.drive, name, 0, entry.etag, session.crew):
                if read_at(file.fileno(), len(piece.content), piece.start) != piece.content:
                    return None
                digest.update(piece.content)
        except HttpStatusError as refused:
            if refused.status not in {HTTPStatus.PRECONDITION_FAILED, HTTPStatus.NOT_FOUND}:
                raise
            return None  # there is another version now, or none
    digests.learn(name, entry.etag, digest.hexdigest())
    return digest.hexdigest()
