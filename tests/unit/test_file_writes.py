"""What is written, moved and deleted is there whole, or not at all."""

import errno
import os
import signal
import stat
import subprocess
import threading
from contextlib import suppress
from pathlib import Path

import pytest

from drive import attributes, file_reads, file_writes, locks
from drive.conditions import Conditions
from drive.errors import ConflictError, FullError, MissingError, PreconditionFailedError
from tests.patience import PATIENCE_SECONDS, until_changed
from tests.unit.files import COUNTED, own_files
from tests.unit.scripts import LAMBDA_SRC, command, python

EVERY_BYTE = bytes(range(256)) * 16


def test_what_is_written_is_read_byte_for_byte(tmp_path: Path) -> None:
    assert file_writes.write(tmp_path, "a/b/c.bin", EVERY_BYTE).created
    entry, content = file_reads.read(tmp_path, "a/b/c.bin", file_reads.whole(10_000))
    assert content == EVERY_BYTE
    assert (entry.name, entry.kind, entry.size) == ("c.bin", "file", len(EVERY_BYTE))
    assert own_files(tmp_path) == []


def test_an_empty_file_is_a_file(tmp_path: Path) -> None:
    file_writes.write(tmp_path, "empty", b"")
    assert file_reads.read(tmp_path, "empty", file_reads.whole(0))[1] == b""


def test_the_deepest_name_is_a_file_like_any_other(tmp_path: Path) -> None:
    name = "/".join(["d"] * 1000)
    try:
        file_writes.write(tmp_path, name, b"deep")
        assert file_reads.read(tmp_path, name, file_reads.whole(4))[1] == b"deep"
    finally:  # too deep for the recursion with which pytest cleans up
        subprocess.run(["rm", "-rf", str(tmp_path / "d")], check=True)


def test_a_second_write_replaces_the_first(tmp_path: Path) -> None:
    file_writes.write(tmp_path, "a", b"first, and longer")
    assert not file_writes.write(tmp_path, "a", b"second").created
    assert file_reads.read(tmp_path, "a", file_reads.whole(100))[1] == b"second"


def test_a_write_through_a_link_keeps_the_link(tmp_path: Path) -> None:
    file_writes.write(tmp_path, "real", b"old")
    (tmp_path / "link").symlink_to("real")
    file_writes.write(tmp_path, "link", b"new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_bytes() == b"new"


def test_delete_takes_files_links_and_empty_directories(tmp_path: Path) -> None:
    file_writes.write(tmp_path, "directory/file", b"")
    (tmp_path / "link").symlink_to("directory/file")
    with pytest.raises(ConflictError, match="'directory' is a directory with something in it"):
        file_writes.delete(tmp_path, "directory")
    file_writes.delete(tmp_path, "link")
    assert (tmp_path / "directory" / "file").exists()
    file_writes.delete(tmp_path, "directory/file")
    file_writes.delete(tmp_path, "directory")
    assert [path.name for path in tmp_path.iterdir()] == [locks.DIRECTORY]


def test_when_the_disk_is_full_the_old_file_stays_whole(tmp_path: Path) -> None:
    """A real refusal by the kernel, in a process that may write small files only."""
    file_writes.write(tmp_path, "a", b"old")
    script = f"""
        import resource, sys
        from pathlib import Path
        from drive import directory_listing, disk, errors, file_reads, file_writes
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
        try:
            file_writes.write(Path({str(tmp_path)!r}), "a", b"x" * 10_000)
        except errors.FullError as error:
            sys.exit(str(error))
    """
    result = python(script)
    assert result.stderr.startswith("no room for 'a'")
    assert file_reads.read(tmp_path, "a", file_reads.whole(10))[1] == b"old"
    assert own_files(tmp_path) == []


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_write_that_fails_at_any_step_leaves_the_old_file_and_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    file_writes.write(tmp_path, "a", b"old")

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, step, fail)
    with pytest.raises(FullError, match="no room for 'a'"):
        file_writes.write(tmp_path, "a", b"new")
    monkeypatch.undo()
    assert file_reads.read(tmp_path, "a", file_reads.whole(10))[1] == b"old"
    assert own_files(tmp_path) == []


def test_the_disk_has_the_bytes_before_the_name_shows_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[str] = []
    real_fsync, real_replace = os.fsync, os.replace

    def fsync(descriptor: int) -> None:
        kind = "directory" if stat.S_ISDIR(os.fstat(descriptor).st_mode) else "file"
        steps.append(f"flush {kind}")
        real_fsync(descriptor)

    def replace(source: Path, target: Path) -> None:
        steps.append("rename")
        real_replace(source, target)

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(os, "replace", replace)
    file_writes.write(tmp_path, "a", b"x")
    assert steps == ["flush file", "rename", "flush directory"]


def test_a_new_directory_is_flushed_into_its_parent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flushed: list[os.stat_result] = []
    real = os.fsync

    def fsync(descriptor: int) -> None:
        status = os.fstat(descriptor)
        if stat.S_ISDIR(status.st_mode):
            flushed.append(status)
        real(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    file_writes.write(tmp_path, "a/b/c", b"")
    directories = (tmp_path, tmp_path / "a", tmp_path / "a" / "b")
    assert [status.st_ino for status in flushed] == [path.stat().st_ino for path in directories]


def test_a_move_whose_source_vanishes_is_missing_and_counted_nowhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a", "b"):
        file_writes.write(tmp_path, name, name.encode(), limits=COUNTED)

    def gone(source: Path, _: Path) -> None:
        os.unlink(source)
        raise FileNotFoundError(errno.ENOENT, "somebody without locks removed it")

    monkeypatch.setattr(os, "replace", gone)
    with pytest.raises(MissingError):
        file_writes.move(tmp_path, "a", "b", limits=COUNTED)
    assert file_reads.read(tmp_path, "b", file_reads.whole(9))[1] == b"b"


def test_a_directory_with_what_was_left_in_it_says_who_removes_that(tmp_path: Path) -> None:
    for left in (".nfs" + "0" * 24, ".drive-0123456789abcdef"):
        directory = tmp_path / left.strip(".")
        directory.mkdir()
        (directory / left).touch()
        with pytest.raises(ConflictError, match="which the janitor removes after a day"):
            file_writes.delete(tmp_path, directory.name)


@pytest.mark.slow
def test_a_killed_writer_leaves_the_old_file_or_the_new_one(tmp_path: Path) -> None:
    versions = {bytes([letter]) * 200_000 for letter in b"ab"}
    script = f"""
        from pathlib import Path
        from drive import directory_listing, disk, file_reads, file_writes
        while True:
            for letter in b"ab":
                file_writes.write(Path({str(tmp_path)!r}), "a", bytes([letter]) * 200_000)
    """
    file_writes.write(tmp_path, "a", b"a" * 200_000)
    for number in range(20):
        writer = subprocess.Popen(command(script), cwd=LAMBDA_SRC)
        for _ in range(number % 3 + 1):  # until it writes, and is somewhere in the next file
            until_changed(lambda: (tmp_path / "a").stat().st_mtime_ns)
        assert writer.poll() is None
        writer.send_signal(signal.SIGKILL)
        writer.wait()
        assert file_reads.read(tmp_path, "a", file_reads.whole(200_000))[1] in versions


def test_a_write_that_is_refused_brings_no_directory_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The client still knows the file, and another has removed it with its directory."""
    etag = file_writes.write(tmp_path, "a/b/file", b"old").etag
    status = (tmp_path / "a/b/file").stat()
    file_writes.delete(tmp_path, "a/b/file")
    file_writes.delete(tmp_path, "a/b")
    monkeypatch.setattr(attributes, "known", lambda _: status)
    with pytest.raises(PreconditionFailedError):
        file_writes.write(tmp_path, "a/b/file", b"new", conditions=Conditions(if_match=etag))
    assert os.listdir(tmp_path / "a") == []


@pytest.mark.slow
def test_a_directory_that_is_removed_meanwhile_is_no_error_of_the_writer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locks, "_WAIT_SECONDS", PATIENCE_SECONDS)
    stop = threading.Event()

    def remove() -> None:
        while not stop.is_set():
            for name in ("a/b", "a"):
                with suppress(MissingError, ConflictError):
                    file_writes.delete(tmp_path, name)

    remover = threading.Thread(target=remove)
    remover.start()
    try:
        for number in range(300):
            file_writes.write(tmp_path, f"a/b/{number}", b"kept")
            file_writes.delete(tmp_path, f"a/b/{number}")
    finally:
        stop.set()
        remover.join()
