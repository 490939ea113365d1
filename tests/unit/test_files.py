"""The file code, on a real file system and with the faults that one has."""

import errno
import io
import os
import signal
import stat
import subprocess
import sys
import textwrap
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from drive import directory_listing, disk, file_reads, file_writes, locks, uploads
from drive.conditions import Conditions
from drive.errors import (
    BusyError,
    ConflictError,
    DriveError,
    FullError,
    InvalidNameError,
    MissingError,
    PreconditionFailedError,
    ReadOnlyError,
    TooLargeError,
)
from drive.quota import Limits
from tests.patience import PATIENCE_SECONDS, until_changed

COUNTED = Limits(drive_bytes=10**9)
EVERY_BYTE = bytes(range(256)) * 16
# A file system that takes no new file from anyone, root included: Linux's, or that of macOS.
READ_ONLY = Path("/proc") if Path("/proc").exists() else Path("/usr")
LAMBDA_SRC = Path(__file__).resolve().parents[2] / "lambda_src"


def own_files(root: Path) -> list[Path]:
    """What a write makes for itself; the locks are there to stay."""
    return [path for path in root.rglob(".drive-*") if path.name != locks.DIRECTORY]


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


def test_a_file_larger_than_one_answer_is_not_read(tmp_path: Path) -> None:
    file_writes.write(tmp_path, "large", b"123456")
    with pytest.raises(TooLargeError, match="the file has 6 bytes, one answer carries 5"):
        file_reads.read(tmp_path, "large", file_reads.whole(5))


@pytest.mark.parametrize("operation", ["read", "describe", "delete"])
def test_what_is_not_there_is_missing(tmp_path: Path, operation: str) -> None:
    with pytest.raises(MissingError, match="'no/such' does not exist"):
        _run(operation, tmp_path, "no/such")


@pytest.mark.parametrize("operation", ["read", "describe", "write"])
def test_a_directory_is_not_a_file(tmp_path: Path, operation: str) -> None:
    file_writes.write(tmp_path, "directory/file", b"")
    with pytest.raises(ConflictError, match="'directory' is a directory"):
        _run(operation, tmp_path, "directory")


@pytest.mark.parametrize("operation", ["read", "describe", "write", "delete"])
def test_a_file_is_not_a_directory(tmp_path: Path, operation: str) -> None:
    file_writes.write(tmp_path, "file", b"")
    with pytest.raises(ConflictError, match="a file stands for a directory"):
        _run(operation, tmp_path, "file/below")


@pytest.mark.parametrize("operation", ["read", "describe", "write", "delete", "list"])
def test_no_operation_leaves_the_root(tmp_path: Path, operation: str) -> None:
    root = tmp_path / "root"
    root.mkdir()
    (tmp_path / "outside").write_bytes(b"kept")
    (root / "link").symlink_to(tmp_path)
    for name in ("../outside", "link/outside"):
        with pytest.raises(InvalidNameError):
            _run(operation, root, name)
    assert (tmp_path / "outside").read_bytes() == b"kept"


def test_a_pipe_is_refused_and_does_not_hold_the_request(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ConflictError, match="'pipe' is not a file"):
        file_reads.read(tmp_path, "pipe", file_reads.whole(10))


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


def test_a_listing_is_in_order_of_names_and_hides_what_is_the_drives_own(tmp_path: Path) -> None:
    for name in ("b", "a", "ü", "c/d"):
        file_writes.write(tmp_path, name, b"12")
    (tmp_path / ".drive-left-behind").touch()
    (tmp_path / ".nfs0000000000a1b2c300000001").touch()
    (tmp_path / ".nfs-of-a-user").touch()
    (tmp_path / "dangling").symlink_to("nowhere")
    (tmp_path / "outside").symlink_to("/etc/hosts")
    (tmp_path / "inside").symlink_to("a")
    page = directory_listing.page(tmp_path, "", limit=10)
    assert [(entry.name, entry.kind, entry.size) for entry in page.entries] == [
        (".nfs-of-a-user", "file", 0),
        ("a", "file", 2),
        ("b", "file", 2),
        ("c", "directory", 0),
        ("inside", "file", 2),
        ("ü", "file", 2),
    ]
    assert page.cursor is None


def test_a_name_that_no_request_can_have_is_not_listed(tmp_path: Path) -> None:
    try:
        open(os.fsencode(tmp_path) + b"/a\xff", "wb").close()
    except OSError:  # macOS takes no such name in the first place
        return
    file_writes.write(tmp_path, "b", b"")
    page = directory_listing.page(tmp_path, "", limit=1)
    assert ([entry.name for entry in page.entries], page.cursor) == (["b"], None)


def test_pages_together_are_the_whole_directory(tmp_path: Path) -> None:
    wanted = sorted(f"{number:02}" for number in range(10))
    for name in wanted:
        file_writes.write(tmp_path, f"d/{name}", b"")
    for limit in (1, 3, 5, 10, 11):
        seen: list[str] = []
        page = directory_listing.page(tmp_path, "d", limit=limit)
        seen += [entry.name for entry in page.entries]
        while page.cursor is not None:
            page = directory_listing.page(tmp_path, "d", limit=limit, cursor=page.cursor)
            assert page.entries, "a cursor promises more"
            seen += [entry.name for entry in page.entries]
        assert seen == wanted


def test_listing_a_file_is_a_conflict(tmp_path: Path) -> None:
    file_writes.write(tmp_path, "file", b"")
    with pytest.raises(ConflictError):
        directory_listing.page(tmp_path, "file", limit=1)


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
    result = _python(script)
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


class Remembering:
    """An NFS client that remembers what names were, until their directory is opened.

    Some were missing; `files` are those that were a file which has another name by now.
    """

    def __init__(
        self, missing: set[Path], patch: pytest.MonkeyPatch, files: dict[Path, Path] | None = None
    ) -> None:
        self.missing = missing
        self.files = files or {}
        for name in ("open", "lstat", "stat", "scandir"):
            patch.setattr(os, name, self._call(name, getattr(os, name)))
        patch.setattr(io, "open", self._call("io.open", io.open))

    def _call(self, name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(path: Any, *arguments: Any, **named: Any) -> Any:  # noqa: ANN401
            if isinstance(path, str | Path):
                there = Path(path)
                if self.missing & {there, *there.parents}:
                    raise FileNotFoundError(errno.ENOENT, "remembered", str(path))
                if name == "scandir" or (name == "open" and arguments[0] & os.O_DIRECTORY):
                    self.missing -= {below for below in self.missing if below.parent == there}
                    for known in [known for known in self.files if known.parent == there]:
                        del self.files[known]
                path = str(self.files.get(there, path))
            return real(path, *arguments, **named)

        return call


@pytest.mark.parametrize("operation", ["read", "describe", "delete", "list", "move"])
@pytest.mark.parametrize("remembered", [["a/b/c"], ["a"], ["a", "a/b", "a/b/c"]])
def test_that_a_name_was_missing_is_not_believed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, operation: str, remembered: list[str]
) -> None:
    file_writes.write(tmp_path, "a/b/c", b"elsewhere")
    client = Remembering({tmp_path / name for name in remembered}, monkeypatch)
    match operation:
        case "list":
            assert [
                entry.name for entry in directory_listing.page(tmp_path, "a/b", limit=9).entries
            ] == ["c"]
        case "move":
            assert file_writes.move(tmp_path, "a/b/c", "new").created
        case _:
            _run(operation, tmp_path, "a/b/c")
    assert client.missing <= {tmp_path / "a/b/c"}


@pytest.mark.parametrize("operation", ["read", "describe", "delete", "move", "write", "upload"])
def test_that_a_name_was_another_file_is_not_believed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, operation: str
) -> None:
    old = file_writes.write(tmp_path, "a/name", b"old").etag
    file_writes.move(tmp_path, "a/name", "a/moved")
    file_writes.write(tmp_path, "a/name", b"newer")
    begun = uploads.create(
        tmp_path, target="a/name", length=1, conditions=Conditions(), limits=Limits()
    ).upload
    Remembering(set(), monkeypatch, {tmp_path / "a/name": tmp_path / "a/moved"})
    expected = Conditions(if_match=old)
    match operation:
        case "read":
            assert file_reads.read(tmp_path, "a/name", file_reads.whole(9))[1] == b"newer"
        case "describe":
            assert file_reads.describe(tmp_path, "a/name").etag != old
        case "delete":
            with pytest.raises(PreconditionFailedError):
                file_writes.delete(tmp_path, "a/name", conditions=expected)
        case "move":
            with pytest.raises(PreconditionFailedError):
                file_writes.move(tmp_path, "a/name", "b", conditions=expected)
        case "write":
            with pytest.raises(PreconditionFailedError):
                file_writes.write(tmp_path, "a/name", b"", conditions=expected)
        case "upload":
            with pytest.raises(PreconditionFailedError):
                file_writes.check_write(tmp_path, "a/name", expected)
            assert uploads.append(
                tmp_path, begun.id, 0, b"x", expiry_seconds=60, limits=Limits()
            ).written
    monkeypatch.undo()
    there = file_reads.read(tmp_path, "a/name", file_reads.whole(9))[1]
    assert there == (b"x" if operation == "upload" else b"newer")


class Stale:
    """A file system on which files are replaced again and again while they are looked at."""

    def __init__(self, times: int, name: str, patch: pytest.MonkeyPatch) -> None:
        self.times, self.name = times, name
        for call in ("open", "lstat", "stat"):
            patch.setattr(os, call, self._call(getattr(os, call)))

    def _call(self, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(path: Any, *arguments: Any, **named: Any) -> Any:  # noqa: ANN401
            if self.times and os.path.basename(path) == self.name:
                self.times -= 1
                raise OSError(errno.ESTALE, "Stale file handle")
            return real(path, *arguments, **named)

        return call


@pytest.mark.parametrize("operation", ["read", "describe", "delete", "write", "list", "move"])
@pytest.mark.parametrize("times", [1, 15])
def test_a_file_that_is_replaced_while_it_is_looked_at_is_looked_at_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, operation: str, times: int
) -> None:
    tag = file_writes.write(tmp_path, "d/name", b"there").etag
    stale = Stale(times, "name", monkeypatch)
    match operation:
        case "list":
            assert [
                entry.etag for entry in directory_listing.page(tmp_path, "d", limit=9).entries
            ] == [tag]
        case "move":
            file_writes.move(tmp_path, "d/name", "b", conditions=Conditions(if_match=tag))
        case "write":
            file_writes.write(tmp_path, "d/name", b"", conditions=Conditions(if_match=tag))
        case "delete":
            file_writes.delete(tmp_path, "d/name", conditions=Conditions(if_match=tag))
        case _:
            _run(operation, tmp_path, "d/name")
    assert stale.times == 0


def test_a_reader_who_may_lock_nothing_looks_again_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file_writes.write(tmp_path, "d/name", b"there")

    def read_only(*_: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(file_reads, "names_locked", read_only)
    stale = Stale(15, "name", monkeypatch)
    assert file_reads.read(tmp_path, "d/name", file_reads.whole(9))[1] == b"there"
    assert stale.times == 0


def test_what_is_always_replaced_is_busy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file_writes.write(tmp_path, "d/name", b"there")
    Stale(10**9, "name", monkeypatch)
    for operation in ("read", "describe", "delete", "list"):
        with pytest.raises(BusyError, match="replaced faster than it can be read"):
            _run(operation, tmp_path, "d/name" if operation != "list" else "d")


@pytest.mark.parametrize("call", ["replace", "unlink", "rmdir"])
def test_what_a_server_did_before_it_forgot_that_it_did_is_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    file_writes.write(tmp_path, "file", b"there", limits=COUNTED)
    (tmp_path / "directory").mkdir()
    real = getattr(os, call)

    def done_and_asked_again(*arguments: Any, **named: Any) -> None:  # noqa: ANN401
        real(*arguments, **named)
        raise FileNotFoundError(errno.ENOENT, "there is no such file any more")

    monkeypatch.setattr(os, call, done_and_asked_again)
    match call:
        case "replace":
            written = file_writes.write(tmp_path, "file", b"newer", limits=COUNTED)
            assert file_reads.describe(tmp_path, "file").etag == written.etag
            assert file_writes.move(tmp_path, "file", "moved", limits=COUNTED).created
        case "unlink":
            file_writes.delete(tmp_path, "file", limits=COUNTED)
        case "rmdir":
            file_writes.delete(tmp_path, "directory", limits=COUNTED)
    monkeypatch.undo()
    left = {path.name for path in tmp_path.iterdir() if not path.name.startswith(".drive-")}
    assert (
        left
        == {
            "replace": {"moved", "directory"},
            "unlink": {"directory"},
            "rmdir": {"file"},
        }[call]
    )


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


def test_who_was_away_for_longer_than_a_lease_is_told_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What takes so long is not done again: whether it was done, the caller has to look."""
    monkeypatch.setattr(locks, "_SURE_SECONDS", 0.0)
    file_writes.write(tmp_path, "a", b"1")  # it kept its lock all the time

    def lost(*_: object) -> int:
        raise OSError(errno.EIO, "the lock is lost")

    monkeypatch.setattr(os, "pwrite", lost)
    with pytest.raises(BusyError, match="was away for too long"):
        file_writes.write(tmp_path, "a", b"2")
    assert file_reads.read(tmp_path, "a", file_reads.whole(9))[1] == b"2"


def test_the_deepest_name_that_is_missing_is_just_missing(tmp_path: Path) -> None:
    with pytest.raises(MissingError):
        file_reads.read(tmp_path, "/".join(["d"] * 1000), file_reads.whole(1))


def test_a_drive_that_takes_no_file_says_so() -> None:
    with pytest.raises((ReadOnlyError, MissingError)):
        file_writes.write(READ_ONLY, "new", b"")


@pytest.mark.parametrize(
    ("number", "heard"),
    [(errno.ENOSPC, FullError), (errno.EFBIG, FullError), (errno.EDQUOT, BusyError)],
)
def test_efs_has_a_quota_of_open_files_and_none_of_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, heard: type[DriveError]
) -> None:
    """EFS says `Disk quota exceeded` of open files and locks, which passes: 503, and not 507."""

    def refused(*_arguments: object) -> None:
        raise OSError(number, os.strerror(number))

    file_writes.write(tmp_path, "a", b"before")
    monkeypatch.setattr(disk, "write_all", refused)
    with pytest.raises(heard):
        file_writes.write(tmp_path, "a", b"after")
    assert file_reads.read(tmp_path, "a", file_reads.whole(9))[1] == b"before"


@pytest.mark.parametrize("number", [13, 1, 30])
def test_a_missing_right_is_translated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(ReadOnlyError, match="'a' cannot be changed"):
        file_writes.write(tmp_path, "a", b"")


def test_an_error_nobody_foresaw_is_not_dressed_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(OSError, match="Input/output error"):
        file_writes.write(tmp_path, "a", b"")


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
        writer = subprocess.Popen(_command(script), cwd=LAMBDA_SRC)
        for _ in range(number % 3 + 1):  # until it writes, and is somewhere in the next file
            until_changed(lambda: (tmp_path / "a").stat().st_mtime_ns)
        assert writer.poll() is None
        writer.send_signal(signal.SIGKILL)
        writer.wait()
        assert file_reads.read(tmp_path, "a", file_reads.whole(200_000))[1] in versions


def test_readers_see_one_writers_file_whole_while_others_write(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locks, "_WAIT_SECONDS", PATIENCE_SECONDS)
    versions = {bytes([letter]) * 100_000 for letter in b"abcd"}
    file_writes.write(tmp_path, "a", b"a" * 100_000)
    stop = threading.Event()

    def write(content: bytes) -> None:
        while not stop.is_set():
            file_writes.write(tmp_path, "a", content)

    writers = [threading.Thread(target=write, args=(content,)) for content in versions]
    for writer in writers:
        writer.start()
    try:
        for _ in range(200):
            entry, content = file_reads.read(tmp_path, "a", file_reads.whole(100_000))
            assert content in versions
            assert entry.size == len(content)
    finally:
        stop.set()
        for writer in writers:
            writer.join()
    assert own_files(tmp_path) == []


def test_versions_are_told_apart_to_the_nanosecond(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    moments = [1_700_000_000_000_000_001, 1_700_000_000_000_000_002]
    monkeypatch.setattr("time.time_ns", iter(moments).__next__)
    tags = [file_writes.write(tmp_path, "a", b"same").etag for _ in moments]
    assert [int(tag.strip('"').split("-")[2], 16) for tag in tags] == moments
    assert file_reads.describe(tmp_path, "a").etag == tags[1]


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


def test_the_probe_writes_where_it_may_and_leaves_nothing(tmp_path: Path) -> None:
    disk.probe(tmp_path, writable=True)
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(OSError, match="No such file"):
        disk.probe(tmp_path / "missing", writable=False)


def test_the_probe_fails_where_it_cannot_write() -> None:
    disk.probe(READ_ONLY, writable=False)
    with pytest.raises(OSError, match=r"/\.drive-"):
        disk.probe(READ_ONLY, writable=True)


def test_the_probe_notices_other_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "read_bytes", lambda _: b"other")
    with pytest.raises(DriveError, match="gave back other bytes"):
        disk.probe(tmp_path, writable=True)


def _run(operation: str, root: Path, name: str) -> None:
    match operation:
        case "read":
            file_reads.read(root, name, file_reads.whole(10))
        case "describe":
            file_reads.describe(root, name)
        case "write":
            file_writes.write(root, name, b"")
        case "delete":
            file_writes.delete(root, name)
        case "list":
            directory_listing.page(root, name, limit=10)


def _command(script: str) -> list[str]:
    return [sys.executable, "-c", textwrap.dedent(script)]


def _python(script: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        _command(script),
        check=False,
        cwd=LAMBDA_SRC,
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
    )
