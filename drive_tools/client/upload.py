"""The upload of one file: in one request, or in parts that can be resumed."""

import hashlib
import json
import os
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from drive_tools.client.answers import HttpStatusError, NotFoundError, RequestError
from drive_tools.client.drive_client import CHUNK_BYTES, DriveClient
from drive_tools.client.local_files import chunks, hash_of, read_at
from drive_tools.client.progress import Moved
from drive_tools.client.retries import RequestRetries
from drive_tools.errors import ToolError
from drive_tools.private_files import (
    NoHomeError,
    make_private,
    state_directory,
    write_private,
)

# How often an upload starts over because the drive has forgotten it.
_STARTS = 3
# Longer than any drive keeps an unfinished upload.
_STATE_DAYS = 31


@dataclass(frozen=True)
class Sent:
    """A file that is on the drive; `resumed_at` is the byte at which this run went on."""

    size: int
    sha256: str
    etag: str | None
    resumed_at: int


@dataclass(frozen=True)
class Pending:
    """The state of an upload between two runs: a file that only its owner may read.

    `identity` names the source and the target; an upload of anything else is not resumed.
    """

    file: Path
    identity: Mapping[str, object]

    def load(self) -> tuple[str, bool] | None:
        """The upload of the last run, and whether it is of the same bytes."""
        try:
            known = json.loads(self.file.read_text())
            upload = str(known.pop("upload"))
        except (OSError, ValueError, KeyError, AttributeError):
            return None
        return upload, known == self.identity

    def save(self, upload: str) -> None:
        """Remember the upload, and forget those that no drive knows any more."""
        make_private(self.file.parent)
        for other in self.file.parent.glob("*.json"):
            with suppress(OSError):
                if time.time() - other.stat().st_mtime > _STATE_DAYS * 86_400:
                    other.unlink()
        write_private(self.file, json.dumps({**self.identity, "upload": upload}).encode())

    def forget(self) -> None:
        """The upload is done, or gone."""
        with suppress(OSError):
            self.file.unlink()


def pending(
    url: str, name: str, local: Path, status: os.stat_result, condition: Mapping[str, str]
) -> Pending | None:
    """Return the state to keep of an upload of `local`, or None without a home directory."""
    try:
        folder = state_directory("uploads")
    except NoHomeError:
        return None
    absolute = str(local.resolve())
    key = hashlib.sha256("\0".join([url, name, absolute]).encode(errors="surrogateescape"))
    return Pending(
        folder / f"{key.hexdigest()}.json",
        {
            "url": url,
            "target": name,
            "local": absolute,
            "size": status.st_size,
            "mtime_ns": status.st_mtime_ns,
            "condition": dict(condition),
        },
    )


def upload(
    drive: DriveClient,
    source: int,
    name: str,
    condition: Mapping[str, str],
    *,
    remembered: Pending | None,
    progress: Moved,
) -> Sent:
    """Send the open file `source`: in one request, or in parts when it is longer.

    `remembered` is where the parts of an earlier run are found; without it they are given up when
    this run fails. The file on the drive is replaced in one step, or stays as it was.
    """
    before = os.fstat(source)
    if before.st_size > CHUNK_BYTES:
        return _upload_in_parts(
            drive, source, before, name, condition, remembered=remembered, progress=progress
        )
    content = read_at(source, CHUNK_BYTES + 1, 0)
    _hold_unchanged(source, before, name)
    written = drive.put(name, content, condition)
    progress(len(content), len(content))
    digest = hashlib.sha256(content).hexdigest()
    return Sent(len(content), digest, written.etag, 0)


def _upload_in_parts(
    drive: DriveClient,
    source: int,
    before: os.stat_result,
    name: str,
    condition: Mapping[str, str],
    *,
    remembered: Pending | None,
    progress: Moved,
) -> Sent:
    for _ in range(_STARTS):
        path, start = _begin(drive, name, before.st_size, condition, remembered)
        try:
            sent = _send_parts(drive, source, before, name, path, start=start, progress=progress)
        except NotFoundError:
            drive.patience.note(f"{name}: the drive has forgotten the upload; starting anew")
        except BaseException as error:
            if remembered is None or isinstance(error, _ChangedError):
                drive.end_upload(name, path)
            if remembered and isinstance(error, _ChangedError):
                remembered.forget()
            raise
        else:
            if remembered:
                remembered.forget()
            return sent
        if remembered:
            remembered.forget()
    raise ToolError(f"cannot put {name}: the drive forgets the upload again and again")


def _begin(
    drive: DriveClient,
    name: str,
    size: int,
    condition: Mapping[str, str],
    remembered: Pending | None,
) -> tuple[str, int]:
    """Return the upload to send parts to, and its offset: one of these bytes, or a new one."""
    known = remembered.load() if remembered else None
    if known:
        path, same = known
        if same:
            with suppress(NotFoundError):
                return path, drive.offset(name, path)
            drive.patience.note(f"{name}: the drive has forgotten the upload; starting anew")
        else:
            drive.end_upload(name, path)
            drive.patience.note(f"{name}: the upload of another version was begun; starting anew")
    path = drive.begin_upload(name, size, condition)
    if remembered:
        try:
            remembered.save(path)
        except OSError as error:
            drive.patience.note(
                f"{name}: an interruption would lose what was sent, for want of a file:"
                f" {error.strerror}"
            )
    return path, 0


def _send_parts(
    drive: DriveClient,
    source: int,
    before: os.stat_result,
    name: str,
    path: str,
    *,
    start: int,
    progress: Moved,
) -> Sent:
    size = before.st_size
    digest = hash_of(chunks(source, start))
    hashed = offset = start
    etag = None
    if start:
        drive.patience.note(f"{name}: resuming at byte {start} of {size}")
    progress(start, size)
    retries = RequestRetries(drive.patience)
    while offset < size:
        content = read_at(source, CHUNK_BYTES, offset)
        _hold_unchanged(source, before, name)
        digest.update(content[hashed - offset :])
        hashed = max(hashed, offset + len(content))
        try:
            following, etag = drive.append(name, path, offset, content)
        except RequestError as error:
            if isinstance(error, HttpStatusError) and error.kind == "offset-conflict":
                error.passing = True  # a part was taken whose answer was lost
            retries.wait(error)
            following = drive.offset(name, path)
        if following > offset:
            retries = RequestRetries(drive.patience)
        if not start <= following <= hashed:
            raise ToolError(
                f"cannot put {name}: the drive says it has {following} bytes of {hashed}"
            )
        offset = following
        progress(offset, size)
    if etag is None:  # complete, by an answer that was lost
        etag = drive.describe(name).etag
    return Sent(size, digest.hexdigest(), etag, start)


class _ChangedError(ToolError):
    """The local file is not what it was when its transfer began."""


def _hold_unchanged(source: int, before: os.stat_result, name: str) -> None:
    now = os.fstat(source)
    if (now.st_size, now.st_mtime_ns) != (before.st_size, before.st_mtime_ns):
        raise _ChangedError(
            f"cannot put {name}: the local file changes while it is read; the drive is as it was,"
            " run the command again when the file is complete"
        )
