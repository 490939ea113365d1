"""The attributes of a file: those that this client knows already, or those that the server has now.

`os.stat` leaves it to an NFS client whether it asks the server: it does after each rename, and else
when what it knows is some seconds old. With statx(2) the caller chooses (`nfs_getattr` in Linux's
fs/nfs/inode.c), for no call to the server, or for one. To open a file asks as well, and costs two.
"""

import ctypes
import os
import struct
from collections.abc import Callable
from pathlib import Path

# Of <linux/fcntl.h> and <linux/stat.h>. Python itself has statx from 3.15 on.
_AT_FDCWD = -100
_AT_SYMLINK_NOFOLLOW = 0x100
_AT_STATX_FORCE_SYNC = 0x2000
_AT_STATX_DONT_SYNC = 0x4000
_STATX_BASIC_STATS = 0x7FF
_STATX_BYTES = 256
# Number of links, owner, group and mode; inode and size; the times of access, change and
# modification in seconds and nanoseconds; the device.
_STATX = struct.Struct("=16x IIIH2x QQ16x qI4x 16x qI4x qI4x 8x II")
_BILLION = 10**9


def usable(statx: Callable[..., int] | None) -> Callable[..., int] | None:
    """Return statx(2) if it can be told whether to ask; None where it is missing or refused.

    Lambda has it, so a system without it has none of the drive's clients of NFS. Such are macOS,
    kernels before 4.11, where glibc takes fstatat(2) for it and refuses to be told (`statx_generic`
    in its io/statx_generic.c), and containers that allow only the system calls that they know.
    """
    if statx is None:
        return None
    for flags in (_AT_STATX_FORCE_SYNC, _AT_STATX_DONT_SYNC):
        buffer = ctypes.create_string_buffer(_STATX_BYTES)
        if statx(_AT_FDCWD, b"/", flags, _STATX_BASIC_STATS, buffer):
            return None
    return statx


_statx = usable(getattr(ctypes.CDLL(None, use_errno=True), "statx", None))


def known(path: Path) -> os.stat_result:
    """Return the attributes of `path` that the client knows, whatever their age; follow no link.

    The type is right if the directory was asked just before, and so are size and time of
    modification, unless somebody wrote into the file when it had its name already.
    """
    if _statx is None:
        return os.lstat(path)
    return _status(_statx, path, _AT_STATX_DONT_SYNC | _AT_SYMLINK_NOFOLLOW)


def asked(path: Path, *, follow: bool) -> os.stat_result:
    """Return the attributes of `path` as the server has them now."""
    if _statx is None:
        return os.stat(path, follow_symlinks=follow)
    return _status(_statx, path, _AT_STATX_FORCE_SYNC | (0 if follow else _AT_SYMLINK_NOFOLLOW))


def _status(statx: Callable[..., int], path: Path, flags: int) -> os.stat_result:
    buffer = ctypes.create_string_buffer(_STATX_BYTES)
    if statx(_AT_FDCWD, os.fsencode(path), flags, _STATX_BASIC_STATS, buffer):
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), str(path))
    links, owner, group, mode, inode, size, *times, major, minor = _STATX.unpack_from(buffer)
    (a, a_rest), (c, c_rest), (m, m_rest) = zip(times[::2], times[1::2], strict=True)
    device = os.makedev(major, minor)
    return os.stat_result(
        (mode, inode, device, links, owner, group, size, a, m, c),
        {
            "st_atime": a + a_rest / _BILLION,
            "st_mtime": m + m_rest / _BILLION,
            "st_ctime": c + c_rest / _BILLION,
            "st_atime_ns": a * _BILLION + a_rest,
            "st_mtime_ns": m * _BILLION + m_rest,
            "st_ctime_ns": c * _BILLION + c_rest,
        },
    )
