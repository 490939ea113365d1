"""What a client can be told to do, with the drive's own functions: the drive's root comes first."""

import os
import shutil
import time
from contextlib import ExitStack, suppress
from pathlib import Path

from drive import (
    directory_listing,
    disk,
    file_reads,
    file_writes,
    locks,
    quota,
    sweep,
    trash,
    trash_emptying,
    trash_restore,
    upload_state,
    uploads,
    usage,
)
from drive.conditions import Conditions
from drive.errors import BusyError, MissingError, OffsetError
from drive.quota import NO_LIMITS, Limits

LIMIT = 10**12
COUNTED = Limits(drive_bytes=LIMIT)
FOREVER = float("inf")


def write(
    root: Path,
    name: str,
    content: bytes,
    *,
    match: str | None = None,
    none_match: str | None = None,
    limits: Limits = NO_LIMITS,
    keep: bool = False,
) -> str:
    """PUT; returns the entity tag."""
    conditions = Conditions(if_match=match, if_none_match=none_match)
    return file_writes.write(
        root, name, content, conditions=conditions, limits=limits, keep=keep
    ).etag


def write_into(root: Path, name: str, content: bytes) -> None:
    """Write into a file, as nothing of the drive's own does."""
    disk.ask_again(str((root / name).parent))
    (root / name).write_bytes(content)


def read(root: Path, name: str) -> tuple[str, bytes]:
    """GET; returns the entity tag and the bytes."""
    entry, content = file_reads.read(root, name, file_reads.whole(1 << 30))
    return entry.etag or "", content


def tag(root: Path, name: str) -> str:
    """HEAD; returns the entity tag."""
    return file_reads.describe(root, name).etag or ""


def delete(
    root: Path,
    name: str,
    *,
    match: str | None = None,
    limits: Limits = NO_LIMITS,
    keep: bool = False,
) -> None:
    """DELETE."""
    file_writes.delete(root, name, conditions=Conditions(if_match=match), limits=limits, keep=keep)


def versions(root: Path) -> list[tuple[str, str, str]]:
    """What is in the trash, the newest first: id, path, entity tag."""
    found = trash.page(root, limit=1000).versions
    return [(version.id, version.path, version.etag) for version in found]


def restore(
    root: Path, version: str, name: str | None = None, *, overwrite: bool = False
) -> str | None:
    """POST to a version; returns the entity tag, or None when it is not there any more."""
    try:
        restored = trash_restore.restore(
            root, version, name, overwrite=overwrite, limits=COUNTED, keep=True
        )
    except MissingError:
        return None
    return restored.written.etag


def discard(root: Path, version: str) -> bool:
    """DELETE of a version; returns whether it was there."""
    try:
        trash_emptying.remove(root, version, limits=COUNTED)
    except MissingError:
        return False
    return True


def empty_trash(root: Path) -> None:
    """Remove the trash, with its directory."""
    with suppress(FileNotFoundError):
        disk.ask_again(str(root / trash.DIRECTORY))
        shutil.rmtree(root / trash.DIRECTORY)


def restore_all(root: Path, name: str) -> list[str]:
    """Restore all versions of a path, each under a name of its own; returns the entity tags."""
    tags = []
    for version, path, _ in versions(root):
        if path == name and (tag := restore(root, version, f"{name}-{version.partition('-')[0]}")):
            tags.append(tag)
    return tags


def write_many(root: Path, name: str, number: int) -> list[str]:
    """Replace a file so many times; returns the entity tags."""
    return [write(root, name, b"%d" % each, limits=COUNTED, keep=True) for each in range(number)]


def move(
    root: Path,
    name: str,
    destination: str,
    *,
    match: str | None = None,
    overwrite: bool = True,
    limits: Limits = NO_LIMITS,
    keep: bool = False,
) -> str:
    """POST with a Destination; returns the entity tag."""
    conditions = Conditions(if_match=match)
    moved = file_writes.move(
        root,
        name,
        destination,
        conditions=conditions,
        overwrite=overwrite,
        limits=limits,
        keep=keep,
    )
    return moved.etag


def fill(root: Path, name: str, number: int) -> None:
    """Make a directory with so many files."""
    (root / name).mkdir()
    for each in range(number):
        os.close(os.open(root / name / f"{each:05}", os.O_CREAT | os.O_WRONLY))


def listed(root: Path, name: str) -> list[str]:
    """The names of a directory, as the drive lists it."""
    return [entry.name for entry in directory_listing.page(root, name, limit=1000).entries]


def begin(
    root: Path,
    target: str,
    length: int,
    *,
    match: str | None = None,
    limits: Limits = NO_LIMITS,
) -> str:
    """Begin an upload; returns its id."""
    conditions = Conditions(if_match=match)
    made = uploads.create(root, target=target, length=length, conditions=conditions, limits=limits)
    return made.upload.id


def append(
    root: Path,
    upload: str,
    offset: int,
    content: bytes,
    *,
    limits: Limits = NO_LIMITS,
    keep: bool = False,
) -> tuple[int, str | None]:
    """PATCH; returns the offset after it, and the entity tag when it was the last part."""
    done = uploads.append(
        root, upload, offset, content, expiry_seconds=FOREVER, limits=limits, keep=keep
    )
    return done.upload.offset, done.written and done.written.etag


def progress(root: Path, upload: str) -> tuple[int, bool]:
    """HEAD of an upload: its offset, and whether it is finished."""
    found = uploads.describe(root, upload, expiry_seconds=FOREVER)
    return found.offset, found.finished


def remove(root: Path, upload: str, *, limits: Limits = NO_LIMITS) -> int:
    """DELETE of an upload."""
    return uploads.remove(root, upload, limits=limits)


def upload(root: Path, name: str, content: bytes) -> None:
    """Begin and finish an upload."""
    append(root, begin(root, name, len(content)), 0, content)


def missing(root: Path, name: str) -> bool:
    """Whether GET finds nothing."""
    try:
        read(root, name)
    except MissingError:
        return True
    return False


def missing_upload(root: Path, upload_id: str) -> bool:
    """Whether HEAD of an upload finds none."""
    try:
        progress(root, upload_id)
    except MissingError:
        return True
    return False


def remove_missing(root: Path, upload_id: str) -> bool:
    """Whether DELETE of an upload finds none."""
    try:
        remove(root, upload_id)
    except MissingError:
        return True
    return False


def offset_error(root: Path, upload_id: str, offset: int, content: bytes) -> int:
    """PATCH from another byte than the upload goes on at; returns the one that is told."""
    try:
        append(root, upload_id, offset, content)
    except OffsetError as error:
        return int(error.members["offset"])
    raise AssertionError(f"it took a part at {offset}")


def empty_uploads(root: Path) -> None:
    """Remove all that is known of uploads, with the directory."""
    shutil.rmtree(root / upload_state.DIRECTORY, ignore_errors=True)


def delete_all(root: Path, listed: list[str]) -> None:
    """DELETE each, counted."""
    for name in listed:
        delete(root, name, limits=COUNTED)


def append_and_die(root: Path, upload: str, offset: int, content: bytes) -> None:
    """Die after the file took its place, before that is written down."""
    upload_state.record = lambda *_: os._exit(9)
    append(root, upload, offset, content)


def write_late(root: Path, name: str, content: bytes) -> None:
    """PUT, with time to cut the network before the file takes its place."""
    real = os.replace

    def replace(source: Path, target: Path) -> None:
        time.sleep(3)
        real(source, target)

    os.replace = replace  # type: ignore[assignment]
    # The lease of this server is shorter than that of others.
    usual, locks._SURE_SECONDS = locks._SURE_SECONDS, 5
    try:
        write(root, name, content)
    finally:
        os.replace, locks._SURE_SECONDS = real, usual


def start_over(root: Path) -> None:
    """Have nothing in the folder of the load, and a new count."""
    shutil.rmtree(root / "load", ignore_errors=True)
    forget_count(root)


def hold(root: Path, name: str) -> None:
    """Have a file open for as long as this process lives."""
    os.open(root / name, os.O_RDONLY)


def hold_upload(root: Path, upload: str) -> None:
    """Have the state of an upload open."""
    hold(root, f"{upload_state.DIRECTORY}/{upload}")


def clean(root: Path, *, days: float = 0, keep: float = 30) -> sweep.Report | None:
    """Run the janitor, as many days from now, when versions stay in the trash for `keep` days."""
    return sweep.sweep(
        root,
        now=time.time() + days * 86400,
        time_left=lambda: 60,
        expiry_seconds=FOREVER,
        trash_seconds=keep * 86400,
        limit=LIMIT,
    )


def drift(root: Path) -> int:
    """By how much the quota's count is more than what there is."""
    with locks.locked(root / quota.COUNTER, wait_seconds=10) as descriptor:
        count = quota._read(descriptor)
    found = usage.measure(root, time_left=lambda: 60)
    assert count
    assert count.used is not None
    assert found.finished
    return count.used - found.bytes - found.announced_bytes


def forget_count(root: Path) -> None:
    """Have the drive counted anew by the next change."""
    with suppress(FileNotFoundError):
        (root / quota.COUNTER).read_bytes()  # so that its size is not one that is remembered
    quota.forget(root)


def hold_lock(_: Path, root: str, name: str) -> None:
    """Lock a name for as long as this process lives, with the drive mounted at `root`."""
    _held.enter_context(locks.names_locked(Path(root), Path(root, name)))


def is_locked(root: Path, name: str) -> bool:
    """Whether somebody else has a name locked."""
    usual, locks._WAIT_SECONDS = locks._WAIT_SECONDS, 0
    try:
        with locks.names_locked(root, root / name):
            return False
    except BusyError:
        return True
    finally:
        locks._WAIT_SECONDS = usual


_held = ExitStack()
