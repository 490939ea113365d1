"""The comparison of a local file with one of a drive: by size and by SHA-256."""

import hashlib
from http import HTTPStatus
from pathlib import Path

from drive_tools.client.answers import DriveEntry, HttpStatusError
from drive_tools.client.digests import Digests
from drive_tools.client.download import pieces
from drive_tools.client.local_files import digest_of, read_at
from drive_tools.client.session import ClientSession


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
