"""The quota: a count of the bytes in use, which every writer updates.

There is a count only while the drive has a limit. It is one record of fixed width in the file
`COUNTER`, rewritten in place under the file's own lock, and not flushed: a crash may lose the last
changes, and the janitor counts again every day. A record that a crash cut off has a wrong checksum,
and is ignored.
"""

import os
import re
import secrets
import time
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

from drive import locks, names, usage
from drive.errors import BusyError, FullError

COUNTER = names.OWN_PREFIX + "usage"

_COUNT_SECONDS = 2.0
_WAIT_SECONDS = 10.0
_UNKNOWN = "-" * 20
_RECORD = re.compile(rb"([0-9a-f]{16}) ([0-9]{20}|-{20}) ([+-][0-9]{20}) ([0-9a-f]{8})\n")
_RECORD_BYTES = 16 + 1 + 20 + 1 + 21 + 1 + 8 + 1


class Limits(NamedTuple):
    """The most bytes that the drive and one file may have; None: no limit but that of the disk."""

    drive_bytes: int | None = None
    file_bytes: int | None = None


NO_LIMITS = Limits()


@dataclass(frozen=True)
class Mark:
    """A state of a counter: its id, and the sum of its changes up to then."""

    counter: str
    changes: int


@dataclass(frozen=True)
class _Count:
    """`used` is None until the drive was counted; `changes` is the sum of all changes."""

    counter: str
    used: int | None
    changes: int = 0


def change(root: Path, more: int, *, limit: int | None) -> None:
    """Count `more` bytes: before they are written, or, if negative, after they are removed.

    Raises `FullError` when they would exceed the limit, and then counts nothing. A negative change
    is skipped when the counter is busy: the janitor's next count corrects it. Without a limit
    nothing is done.

    The first change after a limit was set counts the drive. When that takes more than two seconds,
    nothing is refused until the janitor has counted: run it once after setting the first limit of
    a large drive.
    """
    if limit is None or more == 0:
        return
    try:
        _change(root, more, limit)
    except BusyError:
        if more > 0:
            raise


@contextmanager
def counted(root: Path, more: int, *, limit: int | None) -> Iterator[None]:
    """Count `more` bytes together with the step that adds or, if negative, removes them.

    It does what `change` does, but no count of the drive can come between the step and its bytes,
    and a step that fails counts nothing. All other changes wait for the step, so it should be one
    call to the disk.
    """
    if limit is None or more == 0:
        yield
        return
    with ExitStack() as stack:
        lock = locks.locked(root / COUNTER, wait_seconds=_WAIT_SECONDS)
        try:
            descriptor = stack.enter_context(lock)
        except BusyError:
            if more > 0:
                raise
            yield  # the janitor's next count corrects it
            return
        before = _read(descriptor) or _create(descriptor, _measured(root))
        if more < 0:
            yield
            _add(descriptor, before, more)
            return
        _check(before, more, limit)
        _add(descriptor, before, more)  # before the step: a crash leaves a count too high
        try:
            yield
        except BaseException:
            _write(descriptor, before)
            raise


def used(root: Path) -> int | None:
    """Return the count of the bytes in use; None where there is none, or none that is known yet.

    It takes no lock, so that whoever only looks makes no writer wait.
    """
    try:
        descriptor = os.open(root / COUNTER, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    try:
        count = _read(descriptor)
    finally:
        os.close(descriptor)
    return count.used if count else None


def begin_count(root: Path) -> Mark:
    """Return the state of the counter, before the drive is counted."""
    with locks.locked(root / COUNTER, wait_seconds=_WAIT_SECONDS) as descriptor:
        count = _read(descriptor) or _create(descriptor, None)
        return Mark(count.counter, count.changes)


def finish_count(root: Path, mark: Mark, measured: int) -> None:
    """Set the count to the `measured` bytes, plus the changes since `mark`.

    It is exact when nobody wrote. Otherwise a change that was made before its file was measured
    counts twice, until the next count. If the counter is no longer that of `mark`, nothing is set.
    """
    with locks.locked(root / COUNTER, wait_seconds=_WAIT_SECONDS) as descriptor:
        count = _read(descriptor)
        if count and count.counter == mark.counter:
            used = max(0, measured + count.changes - mark.changes)
            _write(descriptor, replace(count, used=used))


def is_counted_by(root: Path, mark: Mark) -> bool:
    """Whether the counter is still the one of `mark`, so that its count can be finished."""
    with locks.locked(root / COUNTER, wait_seconds=_WAIT_SECONDS) as descriptor:
        count = _read(descriptor)
        return count is not None and count.counter == mark.counter


def forget(root: Path) -> None:
    """Empty the counter of a drive that has no limit any more.

    Its file stays: other processes may have it open to lock it, and a removed file locks nothing.
    """
    with suppress(FileNotFoundError):
        if (root / COUNTER).stat().st_size:
            with locks.locked(root / COUNTER, wait_seconds=_WAIT_SECONDS) as descriptor:
                os.ftruncate(descriptor, 0)


def _change(root: Path, more: int, limit: int) -> None:
    with locks.locked(root / COUNTER, wait_seconds=_WAIT_SECONDS) as descriptor:
        count = _read(descriptor)
        if count is None:
            count = _create(descriptor, _measured(root))
            if more < 0:
                return  # the bytes were gone before they could be counted
        _check(count, more, limit)
        _add(descriptor, count, more)


def _check(count: _Count, more: int, limit: int) -> None:
    if more > 0 and count.used is not None and count.used + more > limit:
        raise FullError(
            f"the drive has {count.used} of its {limit} bytes in use, {more} more do not fit",
            used=count.used,
            limit=limit,
            missing=count.used + more - limit,
        )


def _add(descriptor: int, count: _Count, more: int) -> None:
    used = None if count.used is None else max(0, count.used + more)
    _write(descriptor, replace(count, used=used, changes=count.changes + more))


def _measured(root: Path) -> int | None:
    """All bytes in use, or None when they cannot be counted quickly."""
    deadline = time.monotonic() + _COUNT_SECONDS
    found = usage.measure(root, time_left=lambda: deadline - time.monotonic())
    return found.bytes + found.announced_bytes if found.finished else None


def _create(descriptor: int, used: int | None) -> _Count:
    os.ftruncate(descriptor, 0)
    count = _Count(secrets.token_hex(8), used)
    _write(descriptor, count)
    return count


def _read(descriptor: int) -> _Count | None:
    record = os.pread(descriptor, _RECORD_BYTES + 1, 0)
    found = _RECORD.fullmatch(record)
    if not found or int(found[4], 16) != zlib.crc32(record[: found.start(4)]):
        return None
    used = None if found[2] == _UNKNOWN.encode() else int(found[2])
    return _Count(found[1].decode(), used, int(found[3]))


def _write(descriptor: int, count: _Count) -> None:
    used = _UNKNOWN if count.used is None else f"{count.used:020d}"
    record = f"{count.counter} {used} {count.changes:+021d} ".encode()
    os.pwrite(descriptor, record + b"%08x\n" % zlib.crc32(record), 0)
