"""The locks of names: what is locked, by whom, and that its files stay open for the next time."""

import errno
import fcntl
import hashlib
import os
import signal
import threading
from pathlib import Path

import pytest

from drive import file_writes, locks
from drive.errors import BusyError


@pytest.fixture(autouse=True)
def nothing_kept() -> None:
    """Begin as a process that has locked nothing yet."""
    locks.close_kept()


def shard_of(root: Path, name: str) -> str:
    return locks._shard(root, Path(os.path.realpath(root)) / name)


def test_a_names_lock_does_not_depend_on_where_the_drive_is(tmp_path: Path) -> None:
    roots = [tmp_path / "one", tmp_path / "another/place"]
    for root in roots:
        root.mkdir(parents=True)
    names = [f"{number}/name" for number in range(100)]
    first, second = ([shard_of(root, name) for name in names] for root in roots)
    assert first == second
    assert len(set(first)) > 50


def test_functions_of_an_earlier_version_lock_the_same_file(tmp_path: Path) -> None:
    """They took the whole path, at the place where functions mount the drive."""
    for name in ("a", "b/c", "ü"):
        earlier = hashlib.sha256(os.fsencode(f"/mnt/lambda/{name}")).digest()
        assert shard_of(tmp_path, name) == f"{earlier[1]:02x}"


def test_a_lock_is_opened_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file_writes.write(tmp_path, "a", b"1")
    opened: list[str] = []
    real = os.open

    def remember(path: str, *arguments: int) -> int:
        opened.append(str(path))
        return real(path, *arguments)

    monkeypatch.setattr(os, "open", remember)
    file_writes.write(tmp_path, "a", b"2")
    assert not [path for path in opened if locks.DIRECTORY in path]


def test_two_threads_never_share_what_is_open(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with locks.locked(path, wait_seconds=0):
        pass
    with locks.locked(path, wait_seconds=0):
        refused: list[bool] = []

        def second() -> None:
            try:
                with locks.locked(path, wait_seconds=0):
                    refused.append(False)
            except BusyError:
                refused.append(True)

        thread = threading.Thread(target=second)
        thread.start()
        thread.join()
        assert refused == [True]


def test_a_forked_process_does_not_share_it_either(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with locks.locked(path, wait_seconds=0):
        pass
    ours, theirs = os.pipe()
    child = os.fork()
    if child == 0:  # it was forked from one that had it open
        try:
            with locks.locked(path, wait_seconds=0):
                os.write(theirs, b"locked")
                signal.pause()
        finally:
            os._exit(1)
    try:
        assert os.read(ours, 6) == b"locked"
        with pytest.raises(BusyError), locks.locked(path, wait_seconds=0):
            pass
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        os.close(ours)
        os.close(theirs)
    with locks.locked(path, wait_seconds=0):
        pass


def test_one_that_the_server_knows_no_more_is_opened_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "lock"
    with locks.locked(path, wait_seconds=0) as first:
        pass
    real = fcntl.flock

    def flock(descriptor: int, operation: int) -> None:
        if descriptor == first and operation & fcntl.LOCK_EX:
            monkeypatch.setattr(fcntl, "flock", real)
            raise OSError(errno.ESTALE, "Stale file handle")
        real(descriptor, operation)

    monkeypatch.setattr(fcntl, "flock", flock)
    with (
        locks.locked(path, wait_seconds=0),
        path.open() as other,
        pytest.raises(BlockingIOError),
    ):
        fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
    assert fcntl.flock is real


def test_not_all_of_them_stay_open(tmp_path: Path) -> None:
    for number in range(locks._KEPT + 20):
        with locks.locked(tmp_path / str(number), wait_seconds=0):
            pass
    assert len(locks._kept) == locks._KEPT
    for descriptor in locks._kept.values():
        os.fstat(descriptor)
