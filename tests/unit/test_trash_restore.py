"""A version comes back once, over nothing unasked, or is removed for good."""

from pathlib import Path

import pytest

from drive import (
    directory_entry,
    file_writes,
    trash,
    trash_emptying,
    trash_restore,
)
from drive.conditions import Conditions
from drive.errors import ConflictError, MissingError, PreconditionFailedError
from tests.unit.kept_files import LONG, delete, names, put, read, versions


def test_a_restore_replaces_nothing_unasked(tmp_path: Path) -> None:
    etag = put(tmp_path, "a", b"old")
    now = put(tmp_path, "a", b"new")
    [version] = versions(tmp_path)
    with pytest.raises(PreconditionFailedError, match="is there already"):
        trash_restore.restore(tmp_path, version.id)
    for conditions in (Conditions(if_match=etag), Conditions(if_none_match="*")):
        with pytest.raises(PreconditionFailedError):
            trash_restore.restore(tmp_path, version.id, conditions=conditions, overwrite=True)
    assert (read(tmp_path, "a"), versions(tmp_path)) == (b"new", [version])
    trash_restore.restore(
        tmp_path, version.id, conditions=Conditions(if_match=now), overwrite=True, keep=True
    )
    assert read(tmp_path, "a") == b"old"
    assert [(each.act, each.etag) for each in versions(tmp_path)] == [("restore", now)]


def test_a_restore_makes_the_directories_that_are_missing(tmp_path: Path) -> None:
    put(tmp_path, "a/b/c", b"old")
    delete(tmp_path, "a/b/c")
    file_writes.delete(tmp_path, "a/b")
    file_writes.delete(tmp_path, "a")
    [version] = versions(tmp_path)
    put(tmp_path, "file", b"")
    with pytest.raises(ConflictError):
        trash_restore.restore(tmp_path, version.id, "file/below")
    assert trash_restore.restore(tmp_path, version.id).written.created
    assert read(tmp_path, "a/b/c") == b"old"


@pytest.mark.parametrize("name", ["a", LONG])
def test_a_version_comes_back_once(tmp_path: Path, name: str) -> None:
    put(tmp_path, name, b"old")
    delete(tmp_path, name)
    [version] = versions(tmp_path)
    trash_restore.restore(tmp_path, version.id, "one")
    assert names(tmp_path) == []
    for again in (
        lambda: trash_restore.restore(tmp_path, version.id, "two"),
        lambda: trash_emptying.remove(tmp_path, version.id),
    ):
        with pytest.raises(MissingError, match="there is no version"):
            again()


@pytest.mark.parametrize("overwrite", [False, True])
def test_a_version_that_goes_at_the_last_moment_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, overwrite: bool
) -> None:
    put(tmp_path, "a", b"old")
    delete(tmp_path, "a")
    put(tmp_path, "there", b"there")
    [version] = versions(tmp_path)
    real = directory_entry.rename

    def rename(source: Path, path: Path, etag: str | None) -> None:
        trash.remove(tmp_path, version.id)
        real(source, path, etag)

    monkeypatch.setattr(directory_entry, "rename", rename)
    name = "there" if overwrite else "a"
    with pytest.raises(MissingError, match="there is no version"):
        trash_restore.restore(tmp_path, version.id, name, overwrite=overwrite, keep=True)
    assert names(tmp_path) == []
    assert read(tmp_path, "there") == b"there"


@pytest.mark.parametrize("name", ["a", LONG])
def test_a_version_that_is_removed_is_gone(tmp_path: Path, name: str) -> None:
    put(tmp_path, name, b"old")
    put(tmp_path, name, b"new")
    [version] = versions(tmp_path)
    trash_emptying.remove(tmp_path, version.id)
    assert names(tmp_path) == []
    assert read(tmp_path, name) == b"new"


@pytest.mark.parametrize(
    "version_id",
    ["", ".", "..", "a", "../a", f"{'0' * 24}-put-a/../../a", f"{'0' * 24}-move", "\0", "\udcff"],
)
def test_what_is_no_version_is_missing(tmp_path: Path, version_id: str) -> None:
    put(tmp_path, "a", b"there")
    for act in (trash_restore.restore, trash_emptying.remove):
        with pytest.raises(MissingError, match="there is no version"):
            act(tmp_path, version_id)
    delete(tmp_path, "a")
    with pytest.raises(MissingError):
        trash.find(tmp_path, version_id)


def test_what_is_still_in_place_is_no_version(tmp_path: Path) -> None:
    """A writer died between its two last steps, or is between them now."""
    etag = put(tmp_path, "a", b"old")
    with trash.linked(tmp_path, tmp_path / "a", "put"):
        [left] = names(tmp_path)
        assert versions(tmp_path) == []
        with pytest.raises(MissingError):
            trash_restore.restore(tmp_path, left, "b")
    file_writes.move(tmp_path, "a", "b")  # so that it is a version after all, of `a`
    [version] = versions(tmp_path)
    assert (version.path, version.etag) == ("a", etag)
    # Both are one file, of which a rename leaves both names.
    restored = trash_restore.restore(tmp_path, version.id, "b", overwrite=True, keep=True)
    assert restored.written == (False, etag)
    assert names(tmp_path) == []
    assert read(tmp_path, "b") == b"old"
