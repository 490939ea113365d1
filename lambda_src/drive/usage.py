"""The usage of the drive, measured without writing, making or locking anything."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from drive import trash, upload_state
from drive.directories import directories, is_users, opened


@dataclass
class Usage:
    """The measured usage: of the whole drive if `finished`, otherwise of its first part.

    `bytes` are those of files and of the trash, `trash_bytes` those of the trash alone.
    `announced_bytes` is the size that the uploads in progress will have, `oldest_upload` the time
    when the first of them began, `skipped` the number of names that could not be read.
    """

    directories: int = 0
    files: int = 0
    bytes: int = 0
    trash_bytes: int = 0
    uploads: int = 0
    announced_bytes: int = 0
    oldest_upload: float | None = None
    skipped: int = 0
    finished: bool = False


def measure(root: Path, *, time_left: Callable[[], float]) -> Usage:
    """Measure the whole drive, or stop when `time_left` returns no more seconds."""
    usage = Usage()
    for upload in upload_state.in_progress(root):
        if time_left() <= 0:
            return usage
        if not upload.finished:
            usage.uploads += 1
            usage.announced_bytes += upload.length
            usage.oldest_upload = min(upload.created, usage.oldest_upload or upload.created)
    for directory in directories(root):
        if time_left() <= 0:
            return usage
        for name, status in directory.non_directories():
            if time_left() <= 0:
                return usage
            if is_users(name, status):
                usage.files += 1
                usage.bytes += status.st_size
        usage.directories += 1
        usage.skipped += directory.skipped
    # After the files: one that is deleted meanwhile is found twice rather than not at all.
    seen: set[int] = set()
    with opened(root, (trash.DIRECTORY,)) as directory:
        for name, status in directory.non_directories():
            if time_left() <= 0:
                return usage
            size = trash.taken(root, name, status, seen)
            usage.trash_bytes += size
            usage.bytes += size
        usage.skipped += directory.skipped
    usage.finished = True
    return usage
