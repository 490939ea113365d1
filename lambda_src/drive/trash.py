"""The trash: versions of files that were deleted or replaced, in one directory of the drive.

A file that is deleted is renamed into it. One that is replaced gets a second name there, a hard
link, before the new file takes its place: a rename would leave a moment without any file. Each is
one call to the server, and nothing has to be flushed after it (`nfs_fsync_dir` in Linux's
fs/nfs/dir.c). Size, time of modification and entity tag stay those of the file.

The name of a version has all else (`trash_names`). No name is used twice, so no lock is needed: of
those that remove or restore a version, one finds it, and the others find nothing.
"""

import errno
import heapq
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from drive import directory_entry, disk, names, trash_names
from drive.directories import is_users
from drive.disk import translated
from drive.errors import MissingError

DIRECTORY = trash_names.DIRECTORY
Act = trash_names.Act

# The file may have no further name: that is another file system's choice, or the file's owner's.
# EFS takes 177 names for a file (https://docs.aws.amazon.com/efs/latest/ug/limits.html).
_NO_LINK = {errno.EPERM, errno.EMLINK, errno.ENOTSUP, errno.EOPNOTSUPP}


class Version(NamedTuple):
    """A version in the trash; times are seconds since 1970, `trashed` is when it got there."""

    id: str
    path: str
    act: str
    trashed: float
    size: int
    modified: float
    etag: str


class Page(NamedTuple):
    """Some versions, the newest in the trash first, and the cursor of the next page, if any."""

    versions: list[Version]
    cursor: str | None


def move(root: Path, path: Path, act: Act, etag: str | None) -> None:
    """Rename the file `path`, with the entity tag `etag`, into the trash.

    Raises `FileNotFoundError` when it is not there.
    """

    def rename() -> None:
        version_id = trash_names.new_id(root, path, act)
        directory_entry.rename(path, path_of(root, version_id), etag)
        trash_names.hold_link(root, version_id, path)

    try:
        rename()
    except directory_entry.DirectoryGoneError:
        trash_names.make_directory(root)
        rename()


@contextmanager
def linked(root: Path, path: Path, act: Act | None) -> Iterator[str | None]:
    """Give the file `path` a second name in the trash while it is replaced, and yield its id.

    If that fails, the second name is removed, unless the file was replaced all the same. Without an
    `act`, without a file, and for a file that may not have a second name, None is yielded.

    After it, `lstat` knows the file as the server has it now, for no call: the answer to a link has
    the attributes (`nfs4_xdr_enc_link` in Linux's fs/nfs/nfs4xdr.c).
    """
    version_id = None
    if act and _is_there(path):
        version_id = _link(root, path, act)
    try:
        yield version_id
    except BaseException:
        if version_id:
            with suppress(OSError):
                if is_in_place(root, version_id, path_of(root, version_id).lstat()):
                    remove(root, version_id)
        raise


def page(root: Path, *, limit: int, cursor: str | None = None) -> Page:
    """Return up to `limit` versions that came before the one that `cursor` names."""
    with translated("the trash"):
        found = (name for name in _names(root) if trash_names.is_version(name))
        before = found if cursor is None else (name for name in found if name < cursor)
        first = heapq.nlargest(limit + 1, before)
        described = (_described(root, name) for name in first[:limit])
        versions = [version for version in described if version]
        return Page(versions, first[limit - 1] if len(first) > limit else None)


def find(root: Path, version_id: str) -> Version:
    """Return one version. Raises `MissingError`."""
    with translated("the trash"), suppress(FileNotFoundError):
        disk.ask_again(str(root / DIRECTORY))
        version = _described(root, version_id) if trash_names.is_version(version_id) else None
        if version:
            return version
    raise missing(version_id)


def remove(root: Path, version_id: str) -> None:
    """Remove a version for good. Raises `FileNotFoundError` when it is not there any more."""
    os.unlink(path_of(root, version_id))


def forget(root: Path, version_id: str) -> None:
    """Remove what is left of a version that took its place among the files again.

    A rename of a file to another name of the same file does nothing, and leaves both (rename(2)).
    """
    with suppress(FileNotFoundError):
        os.unlink(path_of(root, version_id))


def path_of(root: Path, version_id: str) -> Path:
    """Return where the file of a version is."""
    return root / DIRECTORY / version_id


def links_in_use(root: Path) -> set[str]:
    """Return the names of the symbolic links that a version needs for its path.

    Nobody will need one that is older than a day, and is not among them.
    """
    return trash_names.links_of(_names(root))


def is_in_place(root: Path, version_id: str, status: os.stat_result) -> bool:
    """Say whether the file of a version is still at its path.

    It is being replaced, or was to be by a writer that died.
    """
    if status.st_nlink == 1:
        return False
    with suppress(OSError):
        path = os.path.join(names.real(root), os.fsdecode(trash_names.path(root, version_id)))
        disk.ask_again(os.path.dirname(path))
        return os.path.samestat(os.lstat(path), status)
    return False


def taken(root: Path, name: str, status: os.stat_result, seen: set[int]) -> int:
    """Return the bytes that a file of the trash takes: each file once, whatever its names.

    One that is in place counts there. `seen` are those with several names that were counted.
    """
    if not is_users(name, status):
        return 0
    if status.st_nlink > 1:
        if status.st_ino in seen or is_in_place(root, name, status):
            return 0
        seen.add(status.st_ino)
    return status.st_size


def freed(name: str, status: os.stat_result) -> int:
    """Return the bytes that the removal of a file of the trash gives back: none but by the last."""
    return status.st_size if status.st_nlink == 1 and is_users(name, status) else 0


def missing(version_id: str) -> MissingError:
    """Return the error that there is no such version."""
    return MissingError(f"there is no version {version_id!r} in the trash")


def _names(root: Path) -> list[str]:
    """All names in the trash, as the server has them."""
    try:
        disk.ask_again(str(root / DIRECTORY))
        return os.listdir(root / DIRECTORY)
    except FileNotFoundError:
        return []


def _described(root: Path, version_id: str) -> Version | None:
    """Describe a version; None if it is not there (any more), or its file is still in place."""
    try:
        status = disk.again(path_of(root, version_id).lstat, str(root / DIRECTORY))
        if not stat.S_ISREG(status.st_mode) or is_in_place(root, version_id, status):
            return None
        entry = directory_entry.entry(version_id, status)
        path = os.fsdecode(trash_names.path(root, version_id))
    except FileNotFoundError:
        return None
    act = version_id.split("-")[1]
    since = trash_names.trashed(version_id) or 0.0
    return Version(version_id, path, act, since, entry.size, entry.modified, entry.etag or "")


def _is_there(path: Path) -> bool:
    """Say whether there is a file that is no symbolic link, without a call for its attributes."""
    try:
        disk.again(lambda: os.readlink(path), str(path.parent))
    except FileNotFoundError:
        return False
    except OSError as error:
        if error.errno != errno.EINVAL:
            raise
        return True
    return False


def _link(root: Path, path: Path, act: Act) -> str | None:
    def link() -> str:
        version_id = trash_names.new_id(root, path, act)
        with suppress(FileExistsError):  # the server restarted after it had done it
            disk.again(lambda: os.link(path, path_of(root, version_id)), str(path.parent))
        trash_names.hold_link(root, version_id, path)
        return version_id

    try:
        return trash_names.in_directory(root, link)
    except OSError as error:
        if error.errno in _NO_LINK or error.errno == errno.ENOENT:  # or somebody removed the file
            return None
        raise
