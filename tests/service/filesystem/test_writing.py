"""What a program writes to a drive: whole or not at all."""

import gc
import io
from collections.abc import Callable
from pathlib import Path

import fsspec
import pytest

from drive_tools.filesystem.file_system import DriveFileSystem
from tests.service.shell import LARGE, Person


def _binary(drive: DriveFileSystem) -> None:
    with drive.open("a", "wb") as file:
        file.write(LARGE)
        raise KeyboardInterrupt


def _text(drive: DriveFileSystem) -> None:
    with drive.open("a", "w") as file:
        file.write("half")
        raise KeyboardInterrupt


def _by_url(drive: DriveFileSystem) -> None:
    with fsspec.open("drive://a", "wt", drive_url=drive.url) as file:
        file.write("half")
        raise KeyboardInterrupt


def _packed(drive: DriveFileSystem) -> None:
    with fsspec.open("drive://a", "wb", compression="gzip", drive_url=drive.url) as file:
        file.write(b"half")
        raise KeyboardInterrupt


def _transaction(drive: DriveFileSystem) -> None:
    with drive.transaction:
        drive.pipe_file("a", b"half")
        raise KeyboardInterrupt


WAYS = (_binary, _text, _by_url, _packed, _transaction)


@pytest.fixture(autouse=True)
def _drive_is_known(drive: DriveFileSystem) -> None:
    fsspec.register_implementation("drive", type(drive), clobber=True)


@pytest.mark.parametrize("write", WAYS)
def test_a_write_that_an_error_leaves_stores_nothing(
    drive: DriveFileSystem, person: Person, write: Callable[[DriveFileSystem], None]
) -> None:
    (person.drive / "a").write_bytes(b"before")
    with pytest.raises(KeyboardInterrupt):
        write(drive)
    gc.collect()
    assert (person.drive / "a").read_bytes() == b"before"
    assert [each.name for each in person.drive.iterdir() if not each.name.startswith(".")] == ["a"]


def test_an_error_that_is_handled_is_no_reason_to_store_nothing(
    drive: DriveFileSystem, person: Person
) -> None:
    old = drive.open("old", "wb")
    old.write(b"1")
    with fsspec.open("drive://a", "wb", drive_url=drive.url) as file:
        file.write(b"first")
        try:
            drive.cat_file("missing")
        except FileNotFoundError:
            file.write(b", second")
            old.close()
            with drive.open("b", "wb") as inner:
                inner.write(b"third")
    found = {each.name: each.read_bytes() for each in person.drive.iterdir() if each.is_file()}
    assert found == {"a": b"first, second", "b": b"third", "old": b"1"}


def test_nothing_is_there_before_the_file_is_closed(drive: DriveFileSystem, person: Person) -> None:
    with drive.open("a", "wb") as file:
        file.write(LARGE)
        file.flush()
        assert not (person.drive / "a").exists()
    assert (person.drive / "a").read_bytes() == LARGE


def test_the_files_of_a_transaction_come_together_at_its_end(
    drive: DriveFileSystem, person: Person
) -> None:
    (person.folder / "here").write_bytes(b"4")
    with drive.transaction:
        drive.pipe_file("a", b"1")
        with drive.open("b", "wb") as file:
            file.write(LARGE)
        drive.put_file(str(person.folder / "here"), "c")
        drive.touch("d")
        assert drive.find("") == []
    assert drive.find("") == ["a", "b", "c", "d"]
    assert drive.cat_file("b") == LARGE
    drive.pipe_file("e", b"5")
    assert drive.exists("e")


def test_what_must_be_new_replaces_nothing(drive: DriveFileSystem, person: Person) -> None:
    here = person.folder / "here"
    here.write_bytes(LARGE)
    file = drive.open("a", "xb")
    file.write(b"mine")
    drive.pipe_file("a", b"another's", mode="create")
    for write in (
        file.close,
        lambda: drive.open("a", "xb"),
        lambda: drive.pipe_file("a", b"", mode="create"),
        lambda: drive.pipe_file("a", LARGE, mode="create"),
        lambda: drive.put_file(str(here), "a", mode="create"),
    ):
        with pytest.raises(FileExistsError):
            write()
    with pytest.raises(NotImplementedError):
        drive.touch("a", truncate=False)
    assert drive.cat_file("a") == b"another's"
    with pytest.raises(ValueError, match="overwrite, create, got 'new'"):
        drive.pipe_file("a", b"", mode="new")
    drive.touch("b", truncate=False)
    drive.touch("a")
    assert drive.sizes(["a", "b"]) == [0, 0]


@pytest.mark.parametrize("mode", ["a", "ab", "r+b", "wb+"])
def test_a_mode_that_changes_a_part_of_a_file_is_refused(drive: DriveFileSystem, mode: str) -> None:
    with pytest.raises(io.UnsupportedOperation, match="stores files whole"):
        drive.open("a", mode)


def test_files_go_to_the_drive_and_back_with_their_progress(
    drive: DriveFileSystem, person: Person, tmp_path: Path
) -> None:
    (person.folder / "here").write_bytes(LARGE)
    told = fsspec.Callback()
    drive.put_file(str(person.folder / "here"), "docs/a", callback=told)
    assert (told.size, told.value) == (len(LARGE), len(LARGE))
    told = fsspec.Callback()
    drive.get_file("docs/a", str(tmp_path / "new" / "b"), callback=told)
    assert (told.size, told.value) == (len(LARGE), len(LARGE))
    assert [each.read_bytes() for each in (tmp_path / "new").iterdir()] == [LARGE]
    stream = io.BytesIO()
    drive.get_file("docs/a", stream)
    assert stream.getvalue() == LARGE
    drive.get_file("docs", str(tmp_path / "docs"))
    assert (tmp_path / "docs").is_dir()
    with pytest.raises(IsADirectoryError):
        drive.get_file("docs/a", str(tmp_path / "docs"))
    with pytest.raises(FileNotFoundError):
        drive.get_file("docs/b", str(tmp_path / "c"))
    assert not (tmp_path / "c").exists()
    drive.cp_file("docs/a", "docs/b")
    drive.cp_file("docs", "other/docs")
    assert drive.cat_file("docs/b") == LARGE
    assert drive.isdir("other/docs")
