"""The trash: versions of files that were deleted or replaced, in one directory of the drive.

A file that is deleted is renamed into it. One that is replaced gets a second name there, a hard
link, before the new file takes its place: a rename would leave a moment without any file. Each is
one call to the server, and nothing has to be flushed after it (`nfs_fsync_dir` in Linux's
fs/nfs/dir.c). Size, time of modification and entity tag stay those of the file.

The name of a version has all else: when, by which act, and the path that it had. No name is used
twice, so no lock is needed: of those that remove or restore a version, one finds it, and the others
find nothing. A path that is too long for a name is the target of a symbolic link beside it.
"""

import errno
import heapq
import os
import re
import secrets
import stat
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Literal, NamedTuple, TypeVar, get_args
from urllib.parse import quote, unquote_to_bytes

from drive import directory_entry, disk, names
from drive.directories import is_users
from drive.disk import translated
from drive.errors import MissingError

DIRECTORY = names.OWN_PREFIX + "trash"

# What took the version from its path: a `DELETE`, a `PUT`, a move onto it, an upload, a restored
# version that replaced it.
Act = Literal["delete", "put", "move", "upload", "restore"]

_NAME_BYTES = 255
# Nanoseconds since 1970 in hexadecimal, so that names are in the order of time; then random digits.
_ID = re.compile(
    f"([0-9a-f]{{16}})[0-9a-f]{{8}}-({'|'.join(get_args(Act))})(?:-([A-Za-z0-9=._~-]+))?"
)
_PATH = re.compile("([0-9a-f]{16})[0-9a-f]{8}-path")
# Begins a path in base64 (RFC 4648 section 5). The other encoding has two digits after each `=`.
_BASE64 = "=_"
# The file may have no further name: that is another file system's choice, or the file's owner's.
# EFS takes 177 names for a file (https://docs.aws.amazon.com/efs/latest/ug/limits.html).
_NO_LINK = {errno.EPERM, errno.EMLINK, errno.ENOTSUP, errno.EOPNOTSUPP}

Result = TypeVar("Result")


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
    version_id = _new_id(root, path, act)
    target = root / DIRECTORY / version_id
    try:
        try:
            directory_entry.rename(path, target, etag)
        except directory_entry.DirectoryGoneError:
            _make_directory(root)
            directory_entry.rename(path, target, etag)
    except BaseException:
        if not os.path.lexists(target):  # a call that fails may have been carried out
            _remove_path(root, version_id)
        raise


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
        new_id = _new_id(root, path, act)
        version_id = new_id if _link(root, path, new_id) else None
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
        found = (name for name in _names(root) if _ID.fullmatch(name))
        before = found if cursor is None else (name for name in found if name < cursor)
        first = heapq.nlargest(limit + 1, before)
        described = (_described(root, name) for name in first[:limit])
        versions = [version for version in described if version]
        return Page(versions, first[limit - 1] if len(first) > limit else None)


def find(root: Path, version_id: str) -> Version:
    """Return one version. Raises `MissingError`."""
    with translated("the trash"), suppress(FileNotFoundError):
        disk.ask_again(str(root / DIRECTORY))
        version = _described(root, version_id) if _ID.fullmatch(version_id) else None
        if version:
            return version
    raise missing(version_id)


def remove(root: Path, version_id: str) -> None:
    """Remove a version for good. Raises `FileNotFoundError` when it is not there any more."""
    os.unlink(path_of(root, version_id))
    _remove_path(root, version_id)


def forget(root: Path, version_id: str) -> None:
    """Remove what is left of a version that took its place among the files again.

    A rename of a file to another name of the same file does nothing, and leaves both (rename(2)).
    """
    with suppress(FileNotFoundError):
        os.unlink(path_of(root, version_id))
    _remove_path(root, version_id)


def path_of(root: Path, version_id: str) -> Path:
    """Return where the file of a version is."""
    return root / DIRECTORY / version_id


def trashed(name: str) -> float | None:
    """Return when a name got into the trash; None if it is not a version's."""
    found = _ID.fullmatch(name)
    return int(found[1], 16) / 1e9 if found else None


def is_path(name: str) -> bool:
    """Say whether this is the name of a symbolic link that has the path of a version."""
    return _PATH.fullmatch(name) is not None


def has_version(root: Path, name: str) -> bool:
    """Say whether a name that `is_path` says yes to has its version."""
    own = name.partition("-")[0]
    return any(os.path.lexists(path_of(root, f"{own}-{act}")) for act in get_args(Act))


def is_in_place(root: Path, version_id: str, status: os.stat_result) -> bool:
    """Say whether the file of a version is still at its path.

    It is being replaced, or was to be by a writer that died.
    """
    if status.st_nlink == 1:
        return False
    with suppress(OSError):
        path = os.path.join(names.real(root), os.fsdecode(_path(root, version_id)))
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
        path = os.fsdecode(_path(root, version_id))
    except FileNotFoundError:
        return None
    act = version_id.split("-")[1]
    since = trashed(version_id) or 0.0
    return Version(version_id, path, act, since, entry.size, entry.modified, entry.etag or "")


def _new_id(root: Path, path: Path, act: Act) -> str:
    """Return the name in the trash of a file that is at `path` now.

    What a URL would have to encode is encoded here already, with `=` for `%`; or in base64 where
    that is too long, as it is for 25 characters of Chinese.
    """
    below = os.fsencode(str(path).removeprefix(f"{names.real(root)}/"))
    own = f"{time.time_ns():016x}{secrets.token_hex(4)}"
    for encoded in (quote(below, safe="").replace("%", "="), _BASE64 + _base64(below)):
        version_id = f"{own}-{act}-{encoded}"
        if len(version_id) <= _NAME_BYTES:
            return version_id
    _in_directory(root, lambda: os.symlink(below, root / DIRECTORY / f"{own}-path"))
    return f"{own}-{act}"


def _base64(path: bytes) -> str:
    return urlsafe_b64encode(path).decode().rstrip("=")


def _path(root: Path, version_id: str) -> bytes:
    """Return the path that a version had.

    Raises `FileNotFoundError` when it is removed, or when nothing of the drive's made its name.
    """
    found = _ID.fullmatch(version_id)
    encoded = (found and found[3]) or ""
    if not encoded:
        return os.readlink(os.fsencode(_path_link(root, version_id)))
    if encoded.startswith(_BASE64):
        digits = encoded.removeprefix(_BASE64)
        try:
            path = urlsafe_b64decode(digits + "=" * (-len(digits) % 4))
        except ValueError:
            raise FileNotFoundError(errno.ENOENT, "no version", version_id) from None
    else:
        path = unquote_to_bytes(encoded.replace("=", "%"))
    if not path or b"\0" in path:
        raise FileNotFoundError(errno.ENOENT, "no version", version_id)
    return path


def _path_link(root: Path, version_id: str) -> Path:
    return root / DIRECTORY / f"{version_id.partition('-')[0]}-path"


def _remove_path(root: Path, version_id: str) -> None:
    if version_id.count("-") == 1:
        with suppress(FileNotFoundError):
            os.unlink(_path_link(root, version_id))


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


def _link(root: Path, path: Path, version_id: str) -> bool:
    def link() -> None:
        disk.again(lambda: os.link(path, path_of(root, version_id)), str(path.parent))

    try:
        _in_directory(root, link)
    except FileExistsError:  # the server restarted after it had done it, and was asked again
        return True
    except OSError as error:
        _remove_path(root, version_id)
        if error.errno in _NO_LINK or error.errno == errno.ENOENT:  # or somebody removed the file
            return False
        raise
    return True


def _in_directory(root: Path, step: Callable[[], Result]) -> Result:
    """Take a step that makes a name in the trash, whose directory is made with the first one."""
    try:
        return step()
    except FileNotFoundError:
        _make_directory(root)
        return step()


def _make_directory(root: Path) -> None:
    for directory in disk.make_directories(root / DIRECTORY):
        disk.flush_directory(directory.parent)
