"""Advisory locks on the drive. Over NFSv4 they hold between instances, and end with their owner.

`flock` becomes a lock of the whole file on the server (https://man7.org/linux/man-pages/man2/flock.2.html,
"NFS details"), which releases it when the client's lease ends (RFC 7530 section 9.6.3).
"""

import fcntl
import hashlib
import os
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from drive import names
from drive.errors import BusyError

DIRECTORY = names.OWN_PREFIX + "locks"

# Names share locks, so that the number of lock files is bounded and none is ever removed: a lock
# on a removed file would not be one.
_SHARDS = 256
# A name's lock follows from its path below the root, wherever a client mounts that. In the hash the
# mount path of the functions is before it, because earlier versions hashed the whole path.
_HASHED_ROOT = "/mnt/lambda"
_WAIT_SECONDS = 10.0
# Less than the shortest time after which a server gives the locks of a silent client to others.
# RFC 8881 section 8.3 leaves it to the server; Linux waits 90 s.
_SURE_SECONDS = 20.0
# Well below what a process may have open: 1,024 files in Lambda, 256 on macOS.
_KEPT = 128
_RETRY_SECONDS = 0.005


@contextmanager
def names_locked(root: Path, *paths: Path) -> Iterator[None]:
    """Lock `paths` against all other writers, in this process and in any other.

    Raises `BusyError` when another writer holds a lock for ten seconds. At the end it raises
    `BusyError` when this instance lost contact with the server for so long that another writer may
    have got the lock.
    """
    # Always in the same order, so that two callers never wait for each other.
    shards = sorted({_shard(root, path) for path in paths})
    with ExitStack() as stack:
        taken = [
            stack.enter_context(locked(root / DIRECTORY / shard, wait_seconds=_WAIT_SECONDS))
            for shard in shards
        ]
        begun = time.monotonic()
        yield
        if time.monotonic() - begun > _SURE_SECONDS and not all(map(_is_still_locked, taken)):
            raise BusyError(
                "the function was away for too long from the file system, which may have let others"
                " write here meanwhile; check the files, and try again"
            )


@contextmanager
def locked(path: Path, *, wait_seconds: float, make: bool = True) -> Iterator[int]:
    """Hold the lock of the file `path`, which is made if it is missing; yield its descriptor.

    The file stays open for the next time: over NFS, to open and close it costs as much as the lock.
    A caller that removes the file must `drop` it. Raises `BusyError` when another process holds the
    lock for longer than `wait_seconds`, and `FileNotFoundError` without `make`.
    """
    descriptor = _taken(path, wait_seconds, make=make)
    try:
        yield descriptor
    finally:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_UN)
        except OSError:  # closing it unlocks it in any case
            os.close(descriptor)
        else:
            _keep(path, descriptor)


# Open and unlocked descriptors, by path. One is taken out while it is locked, so that two threads
# never share it: both would get the lock.
_kept: dict[str, int] = {}


def _taken(path: Path, wait_seconds: float, *, make: bool) -> int:
    kept = _kept.pop(str(path), None)
    if kept is not None:
        try:
            _take(kept, wait_seconds)
        except BusyError:
            _keep(path, kept)
            raise
        except OSError:  # the server no longer knows it; open a new one
            with suppress(OSError):
                os.close(kept)
        else:
            return kept
    descriptor = _open(path) if make else os.open(path, os.O_RDWR | os.O_CLOEXEC)
    try:
        _take(descriptor, wait_seconds)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def _is_still_locked(descriptor: int) -> bool:
    """Ask the server whether it has kept the lock: without it, a write fails with `EIO`."""
    try:
        os.pwrite(descriptor, b"\n", 0)
        os.fsync(descriptor)
    except OSError:
        return False
    return True


def _keep(path: Path, descriptor: int) -> None:
    if _kept.setdefault(str(path), descriptor) != descriptor:
        os.close(descriptor)
    while len(_kept) > _KEPT:
        with suppress(RuntimeError, StopIteration):  # another thread has closed some
            drop(Path(next(iter(_kept))))


def drop(path: Path) -> None:
    """Close the file `path`, if it is open and not locked."""
    kept = _kept.pop(str(path), None)
    if kept is not None:
        with suppress(OSError):
            os.close(kept)


def close_kept() -> None:
    """Close the lock files that are open and not locked."""
    while _kept:
        with suppress(KeyError, OSError):
            os.close(_kept.popitem()[1])


# A forked process has its parent's descriptors, and with them its locks.
os.register_at_fork(after_in_child=close_kept)


def _take(descriptor: int, wait_seconds: float) -> None:
    deadline = time.monotonic() + wait_seconds
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                raise BusyError("another request is writing here; try again") from None
            time.sleep(_RETRY_SECONDS)
        else:
            return


def _open(path: Path) -> int:
    flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC
    try:
        return os.open(path, flags, 0o666)
    except FileNotFoundError:
        path.parent.mkdir(exist_ok=True)
        return os.open(path, flags, 0o666)


def _shard(root: Path, path: Path) -> str:
    hashed = os.fsencode(_HASHED_ROOT + str(path).removeprefix(names.real(root)))
    return f"{int.from_bytes(hashlib.sha256(hashed).digest()[:2], 'big') % _SHARDS:02x}"
