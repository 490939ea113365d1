"""A cache of the SHA-256 of a drive's files, by name and version, kept from run to run."""

import hashlib
import json
import os
import threading
import time
from contextlib import suppress
from pathlib import Path

from drive_tools.client.answers import DriveEntry
from drive_tools.private_files import make_private, state_directory, write_private

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
            _forget_old(folder)

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


def _forget_old(folder: Path) -> None:
    for file in folder.glob("*.jsonl"):
        with suppress(OSError):
            if time.time() - file.stat().st_mtime > _KEPT_DAYS * 86_400:
                file.unlink()
