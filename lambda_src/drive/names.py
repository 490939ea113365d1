"""Names of files, as callers choose them, and their paths inside the root."""

import errno
import functools
import os
import re
from pathlib import Path

from drive.errors import InvalidNameError

# Files that the drive makes for itself beside those of its users; nobody can name or list them.
OWN_PREFIX = ".drive-"

# An NFS client of Linux renames a file that is removed while it is open on that client, until it is
# closed: 16 digits for the file, 8 of a counter (`nfs_sillyrename` in fs/nfs/unlink.c). If the
# client ends before, the file stays.
SILLY = re.compile(r"\.nfs[0-9a-f]{24}")

# https://docs.aws.amazon.com/efs/latest/ug/limits.html#limits-client-specific
_SEGMENT_BYTES = 255
_SEGMENTS = 1000
_NO_NAMES = frozenset({"", ".", ".."})
# A path in one system call (PATH_MAX of Linux, with room for the root).
_NAME_BYTES = 3800


def resolve(root: Path, name: str) -> Path:
    """Return the real path of `name` below `root`, all symbolic links followed.

    Raises `InvalidNameError` for a name that is empty, absolute, too long, holds NUL, "." or
    "..", or leads out of the root by a symbolic link.
    """
    return Path(locate(root, name))


def locate(root: Path, name: str) -> str:
    """Return the path of `resolve` as text, which is faster: every request needs one."""
    check(name)
    real_root = real(root)
    path = real_root
    for segment in name.split("/"):
        path = f"{path}/{segment}"
        try:
            os.readlink(path)  # fewer calls to an NFS server than a stat
        except FileNotFoundError:
            break  # so what is below it is missing as well
        except OSError as error:
            if error.errno == errno.EINVAL:
                continue  # not a link
        return _followed(real_root, name)
    return f"{real_root}/{name}"


@functools.lru_cache(maxsize=8)
def real(root: Path) -> str:
    """Return the real path of a root; it is read once, since a mount does not move."""
    return os.path.realpath(root)


def _followed(real_root: str, name: str) -> str:
    path = os.path.realpath(os.path.join(real_root, name))
    if os.path.commonpath([real_root, path]) != real_root:
        raise InvalidNameError(f"{name!r} leads out of the drive by a symbolic link")
    return path


def is_own(segment: str) -> bool:
    """Say whether a segment is a name of the drive's own, or one that an NFS client generates."""
    return segment.startswith(OWN_PREFIX) or SILLY.fullmatch(segment) is not None


def is_a_users(segment: str) -> bool:
    """Say whether a segment that was found on the disk can be named by users."""
    if segment.startswith(".") and is_own(segment):  # most names need no more than the first look
        return False
    try:
        return segment.isascii() or bool(segment.encode())
    except UnicodeEncodeError:
        return False


def check(name: str) -> None:
    """Raise `InvalidNameError` unless `name` is segments, none of which is empty, "." or ".."."""
    try:
        encoded = name.encode()
    except UnicodeEncodeError:
        raise InvalidNameError(f"a name is UTF-8 text, got {name!r}") from None
    if len(encoded) > _NAME_BYTES or name.count("/") >= _SEGMENTS:
        raise InvalidNameError(
            f"a name has at most {_NAME_BYTES} bytes and {_SEGMENTS} segments, got {len(encoded)}"
            f" bytes and {name.count('/') + 1} segments"
        )
    for segment in name.split("/"):
        if segment in _NO_NAMES:
            raise InvalidNameError(
                f"a name is segments separated by single slashes, none of them '.' or '..',"
                f" got {name!r}"
            )
        if "\0" in segment:
            raise InvalidNameError(f"a name holds no NUL, got {name!r}")
        if segment.startswith(OWN_PREFIX):
            raise InvalidNameError(f"names with {OWN_PREFIX!r} are the drive's own, got {name!r}")
        if segment.startswith(".nfs") and SILLY.fullmatch(segment):
            raise InvalidNameError(f"'.nfs' and 24 hex digits is a name of NFS's own, got {name!r}")
        if len(encoded) > _SEGMENT_BYTES and len(segment.encode()) > _SEGMENT_BYTES:
            raise InvalidNameError(
                f"each segment of a name has at most {_SEGMENT_BYTES} bytes,"
                f" got {len(segment.encode())} in {segment[:32]!r}..."
            )
