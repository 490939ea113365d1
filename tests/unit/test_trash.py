"""What is deleted or replaced is in the trash as it was, and comes back."""

import errno
import itertools
import os
import re
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from drive import (
    directory_entry,
    directory_listing,
    file_reads,
    file_writes,
    names,
    trash,
    trash_emptying,
    trash_restore,
    uploads,
)
from drive.conditions import Conditions
from drive.errors import ConflictError, InvalidNameError, MissingError, PreconditionFailedError
from drive.quota import NO_LIMITS
from drive.trash import Version

LONG = "/".join(["d" * 200] * 12 + ["file"])


def put(root: Path, name: str, content: bytes) -> str:
    return file_writes.write(root, name, content, keep=True).etag


def delete(root: Path, name: str) -> None:
    file_writes.delete(root, name, keep=True)


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


def read(root: Path, name: str) -> bytes:
    return file_reads.read(root, name, file_reads.whole(10**6))[1]


def versions(root: Path, name: str | None = None) -> list[Version]:
    found = trash.page(root, limit=1000).versions
    return [version for version in found if name in {None, version.path}]


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
        assert os.listdir(tmp_path / trash.DIRECTORY) == []
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
    assert list((tmp_path / trash.DIRECTORY).glob("*")) == []


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
    assert list((tmp_path / trash.DIRECTORY).iterdir()) == []
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


def test_the_path_of_a_version_need_not_be_utf_8(tmp_path: Path) -> None:
    odd = os.fsencode(tmp_path) + b"/\xff"
    os.mkdir(odd)
    os.symlink(b"\xff", tmp_path / "link")
    put(tmp_path, "link/file", b"old")
    delete(tmp_path, "link/file")
    [version] = versions(tmp_path)
    assert os.fsencode(version.path) == b"\xff/file"
    with pytest.raises(InvalidNameError):
        trash_restore.restore(tmp_path, version.id)
    assert trash_restore.restore(tmp_path, version.id, "new").name == "new"


@given(
    st.text(
        st.characters(exclude_categories=["Cs"], exclude_characters="/\0"), min_size=1, max_size=60
    )
    .filter(lambda name: len(name.encode()) <= 255 and name not in {".", ".."})
    .filter(lambda name: not name.startswith(names.OWN_PREFIX))
)
@example("=_" + "a" * 160)
@example("文" * 55)
@example("~" * 222)
def test_the_name_of_a_version_holds_its_path_whatever_that_is(name: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder).resolve()
        version_id = trash._new_id(root, root / name, "put")
        assert re.fullmatch(r"[A-Za-z0-9=._~-]{28,255}", version_id)
        assert trash._path(root, version_id) == name.encode()


@pytest.mark.parametrize(
    ("character", "many", "links"), [("文", 56, 0), ("文", 57, 1), ("x", 226, 0), ("x", 227, 1)]
)
def test_a_path_that_fits_costs_no_symbolic_link(
    character: str, many: int, links: int, tmp_path: Path
) -> None:
    name = character * many
    put(tmp_path, name, b"old")
    put(tmp_path, name, b"new")
    [version] = versions(tmp_path)
    assert version.path == name
    found = [path for path in (tmp_path / trash.DIRECTORY).iterdir() if path.is_symlink()]
    assert len(found) == links


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
    assert os.listdir(tmp_path / trash.DIRECTORY) == []
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
    assert os.listdir(tmp_path / trash.DIRECTORY) == []
    assert read(tmp_path, "there") == b"there"


@pytest.mark.parametrize("name", ["a", LONG])
def test_a_version_that_is_removed_is_gone(tmp_path: Path, name: str) -> None:
    put(tmp_path, name, b"old")
    put(tmp_path, name, b"new")
    [version] = versions(tmp_path)
    trash_emptying.remove(tmp_path, version.id)
    assert os.listdir(tmp_path / trash.DIRECTORY) == []
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
        [left] = os.listdir(tmp_path / trash.DIRECTORY)
        assert versions(tmp_path) == []
        with pytest.raises(MissingError):
            trash_restore.restore(tmp_path, left, "b")
    file_writes.move(tmp_path, "a", "b")  # so that it is a version after all, of `a`
    [version] = versions(tmp_path)
    assert (version.path, version.etag) == ("a", etag)
    # Both are one file, of which a rename leaves both names.
    restored = trash_restore.restore(tmp_path, version.id, "b", overwrite=True, keep=True)
    assert restored.written == (False, etag)
    assert os.listdir(tmp_path / trash.DIRECTORY) == []
    assert read(tmp_path, "b") == b"old"


def test_a_trash_that_was_removed_is_made_again(tmp_path: Path) -> None:
    for act in ("delete", "put"):
        put(tmp_path, "a", b"old")
        ACTS[act](tmp_path, "a", b"new")
        for path in (tmp_path / trash.DIRECTORY).iterdir():
            path.unlink()
        (tmp_path / trash.DIRECTORY).rmdir()
        put(tmp_path, "a", b"old")
        ACTS[act](tmp_path, "a", b"new")
        assert versions(tmp_path)[0].act == act


def test_pages_are_in_the_order_of_time_and_stay_whole_while_versions_come_and_go(
    tmp_path: Path,
) -> None:
    for number in range(10):
        put(tmp_path, "a", b"%d" % number)
    wanted = versions(tmp_path)
    assert sorted(wanted, key=lambda version: -version.trashed) == wanted
    first = trash.page(tmp_path, limit=4)
    assert first.versions == wanted[:4]
    put(tmp_path, "a", b"newer")
    trash_emptying.remove(tmp_path, wanted[5].id)
    second = trash.page(tmp_path, limit=4, cursor=first.cursor)
    assert second.versions == [wanted[4], *wanted[6:9]]
    assert second.cursor is None


def test_other_names_in_the_trash_are_left_alone(tmp_path: Path) -> None:
    put(tmp_path, "a", b"old")
    delete(tmp_path, "a")
    (tmp_path / trash.DIRECTORY / "README").write_bytes(b"mine")
    (tmp_path / trash.DIRECTORY / f"{'0' * 24}-put-b").mkdir()
    (tmp_path / trash.DIRECTORY / f"{'0' * 24}-move").write_bytes(b"without its path")
    (tmp_path / trash.DIRECTORY / f"{'0' * 24}-put-c").symlink_to("/etc/passwd")
    assert [version.path for version in versions(tmp_path)] == ["a"]


def test_the_trash_is_in_no_listing_and_no_request_reaches_it(tmp_path: Path) -> None:
    put(tmp_path, "a", b"old")
    delete(tmp_path, "a")
    assert directory_listing.page(tmp_path, "", limit=10).entries == []
    [version] = versions(tmp_path)
    for name in (trash.DIRECTORY, f"{trash.DIRECTORY}/{version.id}"):
        for act in (
            lambda name=name: file_reads.describe(tmp_path, name),
            lambda name=name: put(tmp_path, name, b""),
            lambda name=name: delete(tmp_path, name),
            lambda name=name: directory_listing.page(tmp_path, name, limit=10),
            lambda name=name: trash_restore.restore(tmp_path, version.id, name),
        ):
            with pytest.raises(InvalidNameError):
                act()


SEGMENT = st.text(min_size=1, max_size=80).filter(lambda text: _is_name(text) and "/" not in text)


def _is_name(name: str) -> bool:
    try:
        names.check(name)
    except InvalidNameError:
        return False
    return True


@settings(max_examples=30)
@given(name=st.lists(SEGMENT, min_size=1, max_size=10).map("/".join))
def test_any_path_is_told_as_it_was(tmp_path_factory: pytest.TempPathFactory, name: str) -> None:
    root = tmp_path_factory.mktemp("drive")
    put(root, name, b"")
    delete(root, name)
    [version] = versions(root)
    assert version.path == name
    assert version.id.isascii()
    assert trash_restore.restore(root, version.id).name == name
