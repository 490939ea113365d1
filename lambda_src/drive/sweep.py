"""The sweep of the janitor: it removes expired uploads, old versions and orphaned files.

It counts the quota as well.

One pass covers the whole drive, in as many runs as it takes. A run that ends early writes to the
file `CURSOR` after which directory the next run resumes, and its counts so far.
"""

import json
import os
import re
import stat
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from drive import disk, locks, names, quota, trash, trash_names, upload_state, uploads
from drive.directories import Directory, Segments, directories, is_users, opened
from drive.errors import BusyError, MissingError
from drive.quota import Limits

CURSOR = names.OWN_PREFIX + "janitor"

_LOCK = "janitor"
# No writer lives longer than a function may run, which is 15 minutes.
_ORPHAN_SECONDS = 24 * 60 * 60
_TEMPORARY = re.compile(re.escape(names.OWN_PREFIX) + "[0-9a-f]{16}")
_PART = re.compile("([0-9a-f]{32})" + re.escape(upload_state.PART_SUFFIX))


def _is_left(name: str) -> bool:
    """Whether the name is that of a temporary file, or of a file that an NFS client renamed."""
    return bool(_TEMPORARY.fullmatch(name) or names.SILLY.fullmatch(name))


@dataclass(kw_only=True)
class Report:
    """The result of a run; the first three members count the whole pass so far.

    `skipped` is the number of names that could not be read or removed. `finished` says that the
    pass is complete.
    """

    directories: int = 0
    files: int = 0
    bytes: int = 0
    removed_uploads: int = 0
    removed_temporaries: int = 0
    removed_versions: int = 0
    freed_bytes: int = 0
    skipped: int = 0
    finished: bool = False


@dataclass
class _Pass:
    """The progress of a pass: up to the directory `after`; None before the root itself is done.

    `emptied_bytes` are those of versions that the pass has removed, and subtracted from the count.
    """

    mark: quota.Mark | None
    after: Segments | None = None
    directories: int = 0
    files: int = 0
    bytes: int = 0
    announced_bytes: int = 0
    emptied_bytes: int = 0


def sweep(
    root: Path,
    *,
    now: float,
    time_left: Callable[[], float],
    expiry_seconds: float,
    trash_seconds: float = float("inf"),
    limit: int | None,
) -> Report | None:
    """Sweep the drive until it is done, or until `time_left` returns no more seconds.

    Removes uploads that nobody continued in the `expiry_seconds` before `now`, and versions that
    are in the trash for longer than `trash_seconds`. Removes temporary files, parts without an
    upload, and files that an NFS client left, a day after they were last written. Sets the quota's
    count if there is a `limit`. Returns None when another janitor runs.
    """
    with ExitStack() as stack:
        lock = locks.locked(root / locks.DIRECTORY / _LOCK, wait_seconds=0)
        try:
            stack.enter_context(lock)
        except BusyError:
            return None
        run = _Run(root, now, time_left, limit)
        finished = (
            run.tidy_uploads(expiry_seconds)
            and run.tidy_trash(trash_seconds)
            and run.tidy_directories()
        )
        return run.report(finished=finished)


class _Run:
    """One run of a pass: uploads, trash, directories. Each returns False when the time is over."""

    def __init__(
        self, root: Path, now: float, time_left: Callable[[], float], limit: int | None
    ) -> None:
        self._root = root
        self._now = now
        self._time_left = time_left
        self._limit = limit
        self._done = Report()
        counted = limit is not None
        self._pass = self._begun() or _Pass(quota.begin_count(root) if counted else None)

    def tidy_uploads(self, expiry_seconds: float) -> bool:
        """Remove expired uploads, and orphaned files in `upload_state.DIRECTORY`."""
        announced = 0
        for upload in upload_state.in_progress(self._root):
            if self._time_left() <= 0:
                return False
            # Also of one that is removed now: its bytes are subtracted as a change since the mark.
            announced += 0 if upload.finished else upload.length
            if upload.modified < self._now - expiry_seconds:
                self._remove_upload(upload.id, unmodified_since=self._now - expiry_seconds)
        if self._pass.after is None:
            self._pass.announced_bytes = announced
        with opened(self._root, (upload_state.DIRECTORY,)) as directory:
            for name, status in directory.non_directories():
                if self._time_left() <= 0:
                    return False
                part = _PART.fullmatch(name)
                if _is_left(name) or (part and not directory.has(part[1])):
                    self._remove_orphan(directory, name, status)
            self._done.skipped += directory.skipped
        return True

    def tidy_trash(self, keep_seconds: float) -> bool:
        """Remove old versions from the trash, and what dead writers left there."""
        freed = 0
        try:
            links: set[str] = set()
            with opened(self._root, (trash.DIRECTORY,)) as directory:
                for name, status in directory.non_directories():
                    if self._time_left() <= 0:
                        return False
                    if _is_left(name):
                        self._remove_orphan(directory, name, status)
                    elif trash_names.is_link(name):
                        if self._now - status.st_mtime > _ORPHAN_SECONDS:
                            links.add(name)
                    elif self._is_over(name, status, keep_seconds):
                        freed += self._remove_version(directory, name, status)
                self._remove_links(directory, links)
                self._done.skipped += directory.skipped
        finally:  # together: each by itself would cost more calls than the removals
            self._done.freed_bytes += freed
            self._pass.emptied_bytes += freed
            quota.change(self._root, -freed, limit=self._limit)
            self._save()
        return True

    def tidy_directories(self) -> bool:
        """Remove temporary files from the rest of the directories, and count the other files."""
        for directory in directories(self._root, after=self._pass.after):
            if not self._directory(directory):
                self._save()
                return False
        if self._pass.mark:
            # After the files: one that is deleted meanwhile is found twice rather than not at all.
            now = self._pass
            measured = now.bytes + now.announced_bytes + now.emptied_bytes + self._in_trash()
            quota.finish_count(self._root, self._pass.mark, measured)
        (self._root / CURSOR).unlink(missing_ok=True)
        return True

    def report(self, *, finished: bool) -> Report:
        """Return the result so far."""
        now = self._pass
        counted = {"directories": now.directories, "files": now.files, "bytes": now.bytes}
        return replace(self._done, **counted, finished=finished)

    def _directory(self, directory: Directory) -> bool:
        number = size = 0
        if self._time_left() <= 0:
            return False
        for name, status in directory.non_directories():
            if self._time_left() <= 0:
                return False
            if is_users(name, status):
                number += 1
                size += status.st_size
            elif _is_left(name):
                self._remove_orphan(directory, name, status)
        self._pass.after = directory.segments
        self._pass.directories += 1
        self._pass.files += number
        self._pass.bytes += size
        self._done.skipped += directory.skipped
        return True

    def _remove_orphan(self, directory: Directory, name: str, status: os.stat_result) -> None:
        # NFS renamed the file when it was removed; the time of change says when that was.
        since = status.st_ctime if names.SILLY.fullmatch(name) else status.st_mtime
        if not stat.S_ISREG(status.st_mode) or since > self._now - _ORPHAN_SECONDS:
            return
        try:
            os.unlink(name, dir_fd=directory.descriptor)
        except OSError as error:
            directory.missed(error)
        else:
            self._done.removed_temporaries += 1
            self._done.freed_bytes += status.st_size

    def _in_trash(self) -> int:
        seen: set[int] = set()
        with opened(self._root, (trash.DIRECTORY,)) as directory:
            found = directory.non_directories()
            return sum(trash.taken(self._root, name, status, seen) for name, status in found)

    def _is_over(self, name: str, status: os.stat_result, keep_seconds: float) -> bool:
        since = trash_names.trashed(name)
        if since is None:
            return False
        age = self._now - since
        # The second name of a file that was to be replaced by a writer who died.
        left = age > _ORPHAN_SECONDS and trash.is_in_place(self._root, name, status)
        return left or age > keep_seconds

    def _remove_links(self, directory: Directory, old: set[str]) -> None:
        """Remove links of the trash that are older than a day, but those that a version needs."""
        for name in old - trash.links_in_use(self._root) if old else ():
            try:
                os.unlink(name, dir_fd=directory.descriptor)
            except OSError as error:
                directory.missed(error)

    def _remove_version(self, directory: Directory, name: str, status: os.stat_result) -> int:
        """Remove a file of the trash; return how many bytes the quota has counted for it."""
        try:
            trash.remove(self._root, name)
        except OSError as error:  # or somebody restored it
            directory.missed(error)
            return 0
        self._done.removed_versions += is_users(name, status)
        return trash.freed(name, status)

    def _remove_upload(self, upload_id: str, *, unmodified_since: float) -> None:
        limits = Limits(drive_bytes=self._limit)
        # Somebody removed it, or is writing it now.
        with suppress(MissingError, BusyError):
            self._done.freed_bytes += uploads.remove(
                self._root, upload_id, limits=limits, unmodified_since=unmodified_since
            )
            self._done.removed_uploads += 1

    def _begun(self) -> _Pass | None:
        """Return the pass that an earlier run began, unless its count cannot be completed."""
        if self._limit is None:
            quota.forget(self._root)
        try:
            disk.ask_again(str(self._root))  # other instances replace and remove it
            known = json.loads(disk.again((self._root / CURSOR).read_bytes, str(self._root)))
            mark = known.pop("mark")
            begun = _Pass(
                mark=quota.Mark(str(mark["counter"]), int(mark["changes"])) if mark else None,
                after=tuple(map(str, known.pop("after"))),
                **{name: int(number) for name, number in known.items()},
            )
        except (FileNotFoundError, ValueError, KeyError, TypeError, AttributeError):
            return None  # there is no cursor, or not one of this version
        if self._limit is None:
            begun.mark = None
        elif begun.mark is None or not quota.is_counted_by(self._root, begun.mark):
            return None
        return begun

    def _save(self) -> None:
        if self._pass.after is not None:
            disk.write_whole(self._root / CURSOR, json.dumps(asdict(self._pass)).encode())
