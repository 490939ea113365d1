"""Advisory locks on the drive: over NFSv4 they hold between instances and end with their owner.

`flock` becomes a lock of the whole file on the server (https://man7.org/linux/man-pages/man2/flock.2.html,
"NFS details"), which lets go of it when the client's lease ends (RFC 7530 section 9.6.3).
"""

import fcntl
import hashlib
import os
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from drive import names
from drive.errors import BusyError

DIRECTORY = names.OWN_PREFIX + "locks"

# Names share locks, so that the number of lock files is bounded and none is ever removed: a lock
# on a removed file would be no lock.
_SHARDS = 256
_WAIT_SECONDS = 10.0
_RETRY_SECONDS = 0.005


@contextmanager
def names_locked(root: Path, *paths: Path) -> Iterator[None]:
    """Keep all other writers of `paths` out, in this process and in any other.

    Raises `BusyError` when another one does not let go for ten seconds.
    """
    # In one order everywhere, so that two callers never wait for each other.
    shards = sorted({_shard(path) for path in paths})
    with ExitStack() as stack:
        for shard in shards:
            stack.enter_context(locked(root / DIRECTORY / shard, wait_seconds=_WAIT_SECONDS))
        yield


@contextmanager
def locked(path: Path, *, wait_seconds: float) -> Iterator[int]:
    """Hold the lock of the file `path`, made if it is not there; its descriptor is given.

    Raises `BusyError` when somebody else holds it for longer than `wait_seconds`.
    """
    descriptor = _open(path)
    try:
        take(descriptor, wait_seconds=wait_seconds)
        yield descriptor
    finally:
        os.close(descriptor)


def take(descriptor: int, *, wait_seconds: float) -> None:
    """Lock an open file until it is closed. Raises `BusyError` as `locked` does."""
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


def _shard(path: Path) -> str:
    return f"{int.from_bytes(hashlib.sha256(os.fsencode(path)).digest()[:2], 'big') % _SHARDS:02x}"
