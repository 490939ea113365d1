"""The upload of one file: in one request, or in parts that can be resumed."""

import hashlib
import json
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from drive_tools.client.answers import HttpStatusError, NotFoundError, RequestError
from drive_tools.client.drive_client import CHUNK_BYTES, DriveClient
from drive_tools.client.local_files import chunks, hash_of, read_at
from drive_tools.client.progress import Moved, Transferred
from drive_tools.client.retries import RequestRetries
from drive_tools.errors import ToolError
from drive_tools.private_files import (
    NoHomeError,
    make_private,
    remove_old,
    state_directory,
    write_private,
)

# An upload starts at most so many times, because the drive has deleted it.
_STARTS = 3
# Longer than any drive keeps an unfinished upload.
_STATE_DAYS = 31


@dataclass(frozen=True)
class Pending:
    """The state of an upload between two runs: a file that only its owner may read.

    `identity` names the source and the target; an upload of anything else is not resumed.
    """

    file: Path
    identity: Mapping[str, object]

    def load(self) -> tuple[str, bool] | None:
        """Return the upload of the last run, and whether it is of the same bytes."""
        try:
            known = json.loads(self.file.read_text())
            upload = str(known.pop("upload"))
        except (OSError, ValueError, KeyError, AttributeError):
            return None
        return upload, known == self.identity

    def save(self, upload: str) -> None:
        """Keep the upload for the next run, and remove states that are too old for any drive."""
        make_private(self.file.parent)
        remove_old(self.file.parent, _STATE_DAYS)
        write_private(self.file, json.dumps({**self.identity, "upload": upload}).encode())

    def forget(self) -> None:
        """Remove the state of an upload that is done, or that the drive has deleted."""
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


@dataclass(frozen=True)
class FileUpload:
    """The upload of the open file `source`: in one request, or in parts when it is longer.

    `remembered` is the state of an earlier run, from which this one resumes. Without it, a failure
    deletes the upload. The file on the drive is replaced in one step, or it stays as it was.
    """

    drive: DriveClient
    source: int
    name: str
    condition: Mapping[str, str]
    remembered: Pending | None
    progress: Moved

    def send(self) -> Transferred:
        """Send the file."""
        before = os.fstat(self.source)
        if before.st_size > CHUNK_BYTES:
            return self._in_parts(before)
        content = read_at(self.source, CHUNK_BYTES + 1, 0)
        self._hold_unchanged(before)
        written = self.drive.put(self.name, content, self.condition)
        self.progress(len(content), len(content))
        return Transferred(len(content), hashlib.sha256(content).hexdigest(), written.etag, 0)

    def _in_parts(self, before: os.stat_result) -> Transferred:
        for _ in range(_STARTS):
            path, start = self._begin(before.st_size)
            try:
                sent = self._parts(before, path, start)
            except NotFoundError:
                self._note("the drive has forgotten the upload; starting anew")
                self._forget()
            except _ChangedError:
                self.drive.end_upload(self.name, path)
                self._forget()
                raise
            except BaseException:
                if self.remembered is None:
                    self.drive.end_upload(self.name, path)
                raise
            else:
                self._forget()
                return sent
        raise ToolError(f"cannot put {self.name}: the drive forgets the upload again and again")

    def _begin(self, size: int) -> tuple[str, int]:
        """Return the upload to send parts to, and its offset: one of these bytes, or a new one."""
        known = self.remembered.load() if self.remembered else None
        if known:
            path, same = known
            if same:
                with suppress(NotFoundError):
                    return path, self.drive.offset(self.name, path)
                self._note("the drive has forgotten the upload; starting anew")
            else:
                self.drive.end_upload(self.name, path)
                self._note("the upload of another version was begun; starting anew")
        path = self.drive.begin_upload(self.name, size, self.condition)
        if self.remembered:
            try:
                self.remembered.save(path)
            except OSError as error:
                self._note(
                    "an interruption would lose what was sent, for want of a file:"
                    f" {error.strerror}"
                )
        return path, 0

    def _parts(self, before: os.stat_result, path: str, start: int) -> Transferred:
        size = before.st_size
        digest = hash_of(chunks(self.source, start))
        hashed = offset = start
        etag = None
        if start:
            self._note(f"resuming at byte {start} of {size}")
        self.progress(start, size)
        retries = RequestRetries(self.drive.patience)
        while offset < size:
            content = read_at(self.source, CHUNK_BYTES, offset)
            self._hold_unchanged(before)
            digest.update(content[hashed - offset :])
            hashed = max(hashed, offset + len(content))
            following, etag = append(self.drive, self.name, path, offset, content, retries=retries)
            if following > offset:
                retries = RequestRetries(self.drive.patience)
            if not start <= following <= hashed:
                raise ToolError(
                    f"cannot put {self.name}: the drive says it has {following} bytes of {hashed}"
                )
            offset = following
            self.progress(offset, size)
        if etag is None:  # complete, by an answer that was lost
            etag = self.drive.describe(self.name).etag
        return Transferred(size, digest.hexdigest(), etag, start)

    def _hold_unchanged(self, before: os.stat_result) -> None:
        now = os.fstat(self.source)
        if (now.st_size, now.st_mtime_ns) != (before.st_size, before.st_mtime_ns):
            raise _ChangedError(
                f"cannot put {self.name}: the local file changes while it is read; the drive is as"
                " it was, run the command again when the file is complete"
            )

    def _forget(self) -> None:
        if self.remembered:
            self.remembered.forget()

    def _note(self, text: str) -> None:
        self.drive.patience.note(f"{self.name}: {text}")


def append(
    drive: DriveClient,
    name: str,
    upload: str,
    offset: int,
    content: bytes,
    *,
    retries: RequestRetries,
) -> tuple[int, str | None]:
    """Send bytes of an upload; return its offset then, and the ETag of a file that is complete.

    After a failure that may pass it waits, and returns what the drive has: less, or as much, where
    the part was taken and its answer was lost. Raises the failure when no try may follow.
    """
    try:
        return drive.append(name, upload, offset, content)
    except RequestError as error:
        if isinstance(error, HttpStatusError) and error.kind == "offset-conflict":
            error.passing = True  # a part was taken whose answer was lost
        retries.wait(error)
        return drive.offset(name, upload), None


class _ChangedError(ToolError):
    """The local file is not what it was when its transfer began."""
