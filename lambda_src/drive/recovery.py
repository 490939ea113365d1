"""What AWS Backup restored comes into the drive, by names: nothing is copied or written over.

AWS Backup restores to a new directory at the root of the file system, above the drive's own
(https://docs.aws.amazon.com/aws-backup/latest/devguide/restoring-efs.html).
"""

import errno
import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from drive import disk, locks, names, quota
from drive.errors import FullError

PREFIX = "aws-backup-restore_"
DIRECTORY = "restored"

_LOCK = "recovery"
# Which directories are done, of those that could not be emptied, and whose bytes are counted.
_DONE = names.OWN_PREFIX + "recovered"
# A directory cannot be renamed: something is at its new name, or its parent is of another owner.
_IN_THE_WAY = {errno.ENOTEMPTY, errno.EEXIST, errno.ENOTDIR}
_NOT_OURS = {errno.EACCES, errno.EPERM}


@dataclass(kw_only=True)
class Recovered:
    """What came of one restore.

    `directory` is where it is in the drive. `missing_bytes` is how much room the drive lacks for
    it; then nothing came. `skipped` counts names that were in use already.
    """

    directory: str
    names: int = 0
    skipped: int = 0
    missing_bytes: int = 0


def bring_back(whole: Path, root: Path, *, limit: int | None) -> list[Recovered]:
    """Move what AWS Backup restored of the drive to `DIRECTORY/<time of the restore>/` in it.

    `whole` is the root of the file system, and `root` the drive in it. It must not be called while
    AWS Backup restores. It can be called again after an interruption. A restore that the drive has
    no room for, by its `limit`, stays where it is. Directories without a file are removed.

    Raises `BusyError` if another one is at work.
    """
    with locks.locked(root / locks.DIRECTORY / _LOCK, wait_seconds=0):
        return [
            found
            for name in sorted(os.listdir(whole))
            if name.startswith(PREFIX)
            and _is_a_time(name.removeprefix(PREFIX))
            and _is_directory(whole / name / root.name)
            and not (root / _DONE / name.removeprefix(PREFIX)).exists()
            for found in [_bring(whole / name / root.name, root, name.removeprefix(PREFIX), limit)]
            if found
        ]


def _bring(source: Path, root: Path, time: str, limit: int | None) -> Recovered | None:
    found = Recovered(directory=f"{DIRECTORY}/{time}")
    items = [name for name in sorted(os.listdir(source)) if not names.is_own(name)]
    sizes = (size for name in items for size in _sizes(source / name))
    first = next(sizes, None)
    if first is None:
        items = []
    counted = _done(root) / f"{time}.counted"
    try:
        if first is not None and limit is not None and not counted.exists():
            quota.change(root, first + sum(sizes), limit=limit)
            disk.write_whole(counted, b"")  # else a run that goes on would count the rest again
    except FullError as error:
        found.missing_bytes = int(error.members["missing"])
        return found
    target = root / DIRECTORY / time
    if items:
        disk.make_directories(target)
    for name in items:
        _move(source / name, target / name, found)
    disk.flush_directory(target)
    for name in os.listdir(source):
        if names.is_own(name) or not items:
            shutil.rmtree(source / name, ignore_errors=True)
    with suppress(OSError):
        source.rmdir()
        source.parent.rmdir()
    if source.exists():
        disk.write_whole(_done(root) / time, b"")
    if counted.exists():
        counted.unlink()
    return found if items else None


def _is_a_time(name: str) -> bool:
    """Whether users can see a directory of this name: whoever mounts EFS can name it anything."""
    return name not in {"", ".", ".."} and names.is_a_users(name)


def _done(root: Path) -> Path:
    disk.make_directories(root / _DONE)
    return root / _DONE


def _move(source: Path, target: Path, found: Recovered) -> None:
    """Move a file or a directory with all below it, whoever owns the directory that it is in."""
    if not _is_directory(source):
        _move_file(source, target, found)
        return
    try:
        os.rename(source, target)  # which replaces an empty directory, and nothing else
    except OSError as error:
        if error.errno not in _IN_THE_WAY | _NOT_OURS:
            raise
        with suppress(FileExistsError):
            target.mkdir()
        if not _is_directory(target):
            found.skipped += 1
            return
        for name in sorted(os.listdir(source)):
            _move(source / name, target / name, found)
        with suppress(OSError):
            source.rmdir()
    else:
        found.names += 1


def _move_file(source: Path, target: Path, found: Recovered) -> None:
    """Give a file its new name before it loses the old one: unlike a rename, a link replaces none.

    Where the old one cannot be taken away, the file has both, and takes its bytes once.
    """
    try:
        os.link(source, target, follow_symlinks=False)
    except FileExistsError:
        found.skipped += not os.path.samestat(os.lstat(source), os.lstat(target))
        return
    found.names += 1
    with suppress(PermissionError):
        source.unlink()


def _is_directory(path: Path) -> bool:
    try:
        return stat.S_ISDIR(os.lstat(path).st_mode)
    except (FileNotFoundError, NotADirectoryError):
        return False


def _sizes(path: Path) -> Iterator[int]:
    """Yield the bytes of a file, or of each file below a directory."""
    if not _is_directory(path):
        yield os.lstat(path).st_size
        return  # not into what a symbolic link names
    for folder, _, files in os.walk(path):
        for name in files:
            yield os.lstat(os.path.join(folder, name)).st_size
