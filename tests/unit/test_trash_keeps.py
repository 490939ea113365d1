"""What is deleted or replaced is in the trash as it was, whatever fails meanwhile."""

import errno
import itertools
import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from drive import (
    directory_entry,
    file_reads,
    file_writes,
    trash,
    trash_restore,
    uploads,
)
from drive.conditions import Conditions
from drive.errors import ConflictError, PreconditionFailedError
from drive.quota import NO_LIMITS
from drive.trash import Version
from tests.unit.kept_files import LONG, delete, names, put, read, versions


def upload(root: Path, name: str, content: bytes) -> None:
    made = uploads.create(
        root, target=name, length=len(content), conditions=Conditions(), limits=NO_LIMITS, keep=True
    ).upload
    if content:
        uploads.append(root, made.id, 0, content, expiry_seconds=60, limits=NO_LIMITS, keep=True)


def move_onto(root: Path, name: str, content: bytes) -> None:
    file_writes.write(root, "moves", content)
    file_writes.move(root, "moves", name, keep=True)


def restore_onto(root: Path, name: str, content: bytes) -> None:
    put(root, "other", content)
    delete(root, "other")
    version = trash.page(root, limit=1).versions[0]
    trash_restore.restore(root, version.id, name, overwrite=True, keep=True)


ACTS: dict[str, Callable[[Path, str, bytes], object]] = {
    "delete": lambda root, name, _: delete(root, name),
    "put": put,
    "upload": upload,
    "move": move_onto,
    "restore": restore_onto,
}


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("name", ["a/b", LONG, "ü/=%2F?#& \n", "trash"])
def test_what_an_act_takes_away_is_kept_and_restored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, act: str, name: str
) -> None:
    seconds = itertools.count(2_000_000_000)
    monkeypatch.setattr(time, "time_ns", lambda: next(seconds) * 10**9)
    etag = put(tmp_path, name, b"old")
    entry = file_reads.describe(tmp_path, name)
    ACTS[act](tmp_path, name, b"new")
    [version] = versions(tmp_path, name)
    assert version == Version(version.id, name, act, version.trashed, 3, entry.modified, etag)
    assert 2_000_000_000 < version.trashed < next(seconds)
    restored = trash_restore.restore(tmp_path, version.id, overwrite=True, keep=True)
    assert restored.name == name
    assert restored.written == (act == "delete", etag)
    assert read(tmp_path, name) == b"old"
    replaced = [] if act == "delete" else ["restore"]
    assert [version.act for version in versions(tmp_path, name)] == replaced


def test_an_upload_of_nothing_keeps_what_it_replaces(tmp_path: Path) -> None:
    put(tmp_path, "a", b"old")
    upload(tmp_path, "a", b"")
    assert [(version.act, version.size) for version in versions(tmp_path)] == [("upload", 3)]


def test_nothing_is_kept_unless_asked_for(tmp_path: Path) -> None:
    file_writes.write(tmp_path, "a", b"old")
    file_writes.write(tmp_path, "a", b"new")
    file_writes.write(tmp_path, "b", b"moves")
    file_writes.move(tmp_path, "b", "a")
    file_writes.delete(tmp_path, "a")
    assert versions(tmp_path) == []
    assert not (tmp_path / trash.DIRECTORY).exists()


def test_what_changes_nothing_keeps_nothing(tmp_path: Path) -> None:
    put(tmp_path, "a", b"old")
    put(tmp_path, "d/file", b"old")
    for act in (
        lambda: file_writes.write(
            tmp_path, "a", b"new", conditions=Conditions(if_match='"1"'), keep=True
        ),
        lambda: file_writes.delete(tmp_path, "a", conditions=Conditions(if_match='"1"'), keep=True),
        lambda: file_writes.move(tmp_path, "d/file", "a", overwrite=False, keep=True),
        lambda: put(tmp_path, "d", b"new"),
        lambda: delete(tmp_path, "d"),
    ):
        with pytest.raises((PreconditionFailedError, ConflictError)):
            act()
    assert versions(tmp_path) == []


def test_a_write_that_fails_in_its_last_step_leaves_no_version(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a", LONG):
        put(tmp_path, name, b"old")

        def fail(*_: object) -> None:
            raise OSError(errno.EIO, "no")

        with monkeypatch.context() as patch:
            patch.setattr(directory_entry, "rename", fail)
            for act in (put, lambda root, name, _: delete(root, name)):
                with pytest.raises(OSError, match="no"):
                    act(tmp_path, name, b"new")
        assert names(tmp_path) == []
        assert read(tmp_path, name) == b"old"


@pytest.mark.parametrize("name", ["a", LONG])
@pytest.mark.parametrize("act", ["put", "delete"])
def test_a_last_step_that_fails_and_was_carried_out_loses_no_version(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, act: str, name: str
) -> None:
    """As over NFS, when the server is cut off before it has answered."""
    etag = put(tmp_path, name, b"old")
    real = directory_entry.rename

    def fail(source: Path, path: Path, etag: str | None) -> None:
        real(source, path, etag)
        raise OSError(errno.EIO, "no")

    put(tmp_path, "other", b"")
    delete(tmp_path, "other")  # so that the directory is there
    monkeypatch.setattr(directory_entry, "rename", fail)
    with pytest.raises(OSError, match="no"):
        ACTS[act](tmp_path, name, b"new")
    assert [version.etag for version in versions(tmp_path, name)] == [etag]


@pytest.mark.parametrize("code", [errno.EPERM, errno.EMLINK, errno.ENOTSUP])
@pytest.mark.parametrize("name", ["a", LONG])
def test_a_file_that_may_have_no_second_name_is_replaced_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int, name: str
) -> None:
    put(tmp_path, name, b"old")

    def refuse(*_: object) -> None:
        raise OSError(code, "no")

    monkeypatch.setattr(os, "link", refuse)
    put(tmp_path, name, b"new")
    assert read(tmp_path, name) == b"new"
    assert names(tmp_path) == []


@pytest.mark.parametrize("name", ["a", LONG])
def test_a_file_that_is_put_in_its_own_place_has_one_name(tmp_path: Path, name: str) -> None:
    """As when another request has restored the version that this one restores."""
    etag = put(tmp_path, name, b"old")
    written = file_writes.put_in_place(
        *(tmp_path, tmp_path / "gone", etag, name),
        conditions=Conditions(),
        limits=NO_LIMITS,
        act="restore",
    )
    assert written == (False, etag)
    assert names(tmp_path) == []
    assert read(tmp_path, name) == b"old"


@pytest.mark.parametrize("name", ["a", LONG])
def test_a_new_file_leaves_nothing_in_the_trash(tmp_path: Path, name: str) -> None:
    put(tmp_path, name, b"new")
    assert not (tmp_path / trash.DIRECTORY).exists()


def test_a_link_is_deleted_and_the_file_that_it_names_is_kept(tmp_path: Path) -> None:
    put(tmp_path, "there/file", b"old")
    (tmp_path / "link").symlink_to("there")
    (tmp_path / "file-link").symlink_to("there/file")
    delete(tmp_path, "file-link")
    assert versions(tmp_path) == []
    put(tmp_path, "link/file", b"new")
    delete(tmp_path, "link/file")
    assert [(version.path, version.act) for version in versions(tmp_path)] == [
        ("there/file", "delete"),
        ("there/file", "put"),
    ]


@pytest.mark.parametrize("name", ["a", LONG])
def test_a_trash_that_was_removed_is_made_again(tmp_path: Path, name: str) -> None:
    for act in ("delete", "put"):
        put(tmp_path, name, b"old")
        ACTS[act](tmp_path, name, b"new")
        for path in (tmp_path / trash.DIRECTORY).iterdir():
            path.unlink()
        (tmp_path / trash.DIRECTORY).rmdir()
        put(tmp_path, name, b"old")
        ACTS[act](tmp_path, name, b"new")
        assert versions(tmp_path)[0].act == act
