"""What is read, described and listed."""

import os
import threading
from pathlib import Path

import pytest

from drive import directory_listing, file_reads, file_writes, locks
from drive.errors import ConflictError, InvalidNameError, MissingError, TooLargeError
from tests.patience import PATIENCE_SECONDS
from tests.unit.files import own_files, run_operation


def test_a_file_larger_than_one_answer_is_not_read(tmp_path: Path) -> None:
    file_writes.write(tmp_path, "large", b"123456")
    with pytest.raises(TooLargeError, match="the file has 6 bytes, one answer carries 5"):
        file_reads.read(tmp_path, "large", file_reads.whole(5))


@pytest.mark.parametrize("operation", ["read", "describe", "delete"])
def test_what_is_not_there_is_missing(tmp_path: Path, operation: str) -> None:
    with pytest.raises(MissingError, match="'no/such' does not exist"):
        run_operation(operation, tmp_path, "no/such")


@pytest.mark.parametrize("operation", ["read", "describe", "write"])
def test_a_directory_is_not_a_file(tmp_path: Path, operation: str) -> None:
    file_writes.write(tmp_path, "directory/file", b"")
    with pytest.raises(ConflictError, match="'directory' is a directory"):
        run_operation(operation, tmp_path, "directory")


@pytest.mark.parametrize("operation", ["read", "describe", "write", "delete"])
def test_a_file_is_not_a_directory(tmp_path: Path, operation: str) -> None:
    file_writes.write(tmp_path, "file", b"")
    with pytest.raises(ConflictError, match="a file stands for a directory"):
        run_operation(operation, tmp_path, "file/below")


@pytest.mark.parametrize("operation", ["read", "describe", "write", "delete", "list"])
def test_no_operation_leaves_the_root(tmp_path: Path, operation: str) -> None:
    root = tmp_path / "root"
    root.mkdir()
    (tmp_path / "outside").write_bytes(b"kept")
    (root / "link").symlink_to(tmp_path)
    for name in ("../outside", "link/outside"):
        with pytest.raises(InvalidNameError):
            run_operation(operation, root, name)
    assert (tmp_path / "outside").read_bytes() == b"kept"


def test_a_pipe_is_refused_and_does_not_hold_the_request(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ConflictError, match="'pipe' is not a file"):
        file_reads.read(tmp_path, "pipe", file_reads.whole(10))


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
