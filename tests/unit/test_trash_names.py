"""The name of a version holds its path, whatever that is."""

import os
import re
import tempfile
import time
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from drive import (
    names,
    trash,
    trash_names,
    trash_restore,
)
from drive.errors import InvalidNameError, MissingError
from tests.unit.kept_files import delete, put, read, versions


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
        version_id = trash_names.new_id(root, root / name, "put")
        assert re.fullmatch(r"[A-Za-z0-9=._~-]{28,255}", version_id)
        assert trash_names.path(root, version_id) == name.encode()


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


def _links(root: Path) -> list[str]:
    return sorted(filter(trash_names.is_link, os.listdir(root / trash.DIRECTORY)))


@pytest.mark.parametrize("directory", ["d" * 200, f"{'d' * 200}/{'文' * 50}"], ids=["one", "two"])
@pytest.mark.parametrize("last", ["x" * 30, "文" * 40, "文" * 85], ids=["x", "base64", "long"])
def test_versions_of_one_directory_share_its_link(
    directory: str, last: str, tmp_path: Path
) -> None:
    name = f"{directory}/{last}"
    for number in range(3):
        put(tmp_path, name, b"%d" % number)
    assert [version.path for version in versions(tmp_path)] == [name] * 2
    [link] = _links(tmp_path)
    put(tmp_path, f"{directory}/other", b"")
    delete(tmp_path, f"{directory}/other")
    assert versions(tmp_path)[0].path == f"{directory}/other"
    assert link in _links(tmp_path)


def test_a_link_is_used_for_hours(tmp_path: Path) -> None:
    name = f"{'d' * 200}/{'x' * 60}"
    now = time.time()
    for later, links in ((0.0, 1), (11.9, 1), (12.1, 2), (12.1 + 11.9, 2)):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(time, "time", lambda at=now + later * 3600: at)
            patch.setattr(time, "time_ns", lambda at=now + later * 3600: int(at * 1e9))
            put(tmp_path, name, b"1")
            delete(tmp_path, name)
        assert len(_links(tmp_path)) == links


@pytest.mark.parametrize("last", ["x" * 60, "文" * 85], ids=["of the directory", "of the path"])
def test_a_link_that_is_gone_is_made_again(tmp_path: Path, last: str) -> None:
    name = f"{'d' * 200}/{last}"
    put(tmp_path, name, b"1")
    for act in (lambda: delete(tmp_path, name), lambda: put(tmp_path, name, b"2")):
        put(tmp_path, name, b"1")
        for path in (tmp_path / trash.DIRECTORY).iterdir():
            path.unlink()
        act()
        assert [version.path for version in versions(tmp_path)] == [name]


@pytest.mark.parametrize("last", ["x" * 60, "文" * 85], ids=["of the directory", "of the path"])
def test_a_link_that_the_server_made_before_it_restarted_is_used(
    last: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The client asks again after a restart, and then the link is there."""
    name = f"{'d' * 200}/{last}"
    put(tmp_path, name, b"1")
    real = os.symlink

    def symlink(target: bytes, link: Path) -> None:
        real(target, link)
        real(target, link)

    monkeypatch.setattr(os, "symlink", symlink)
    put(tmp_path, name, b"2")
    assert [version.path for version in versions(tmp_path)] == [name]


def test_a_version_that_older_code_kept_of_a_long_path_comes_back(tmp_path: Path) -> None:
    name = "/".join(["d" * 200] * 3)
    put(tmp_path, name, b"old")
    put(tmp_path, "short", b"")
    delete(tmp_path, "short")
    own = f"{time.time_ns():016x}01234567"
    os.symlink(name, tmp_path / trash.DIRECTORY / f"{own}-path")
    os.rename(tmp_path / name, tmp_path / trash.DIRECTORY / f"{own}-delete")
    assert [version.path for version in versions(tmp_path)] == [name, "short"]
    assert trash_restore.restore(tmp_path, f"{own}-delete").name == name
    assert read(tmp_path, name) == b"old"


def test_older_code_removes_no_link_that_it_does_not_know(tmp_path: Path) -> None:
    """After a rollback its janitor removes what is named `-path` and has no version by it."""
    name = f"{'d' * 200}/{'x' * 60}"
    put(tmp_path, name, b"1")
    delete(tmp_path, name)
    assert not [link for link in os.listdir(tmp_path / trash.DIRECTORY) if link.endswith("-path")]


@pytest.mark.parametrize("last", ["-=2E=2E", "-=.{own}=_a", "-=.{own}=00", "-=.{own}x", ""])
def test_what_others_put_into_the_trash_hides_nothing_and_leads_nowhere(
    last: str, tmp_path: Path
) -> None:
    root = tmp_path / "drive"
    put(root, "a", b"1")
    delete(root, "a")
    (tmp_path / "outside").write_bytes(b"outside")
    own = f"{time.time_ns():016x}01234567"
    version_id = f"{own}-put{last.format(own=own)}"
    for target in ("..", "../outside", str(tmp_path), ".drive-trash", "a/..", None):
        for suffix in ("link", "path"):
            link = root / trash.DIRECTORY / f"{own}-{suffix}"
            link.unlink(missing_ok=True)
            if target is None:
                link.write_bytes(b"no link")
            else:
                link.symlink_to(target)
        (root / trash.DIRECTORY / version_id).write_bytes(b"planted")
        assert "a" in {version.path for version in versions(root)}
        with pytest.raises((InvalidNameError, MissingError)):
            trash_restore.restore(root, version_id, overwrite=True, keep=True)
    assert sorted(os.listdir(tmp_path)) == ["drive", "outside"]
    assert (tmp_path / "outside").read_bytes() == b"outside"


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
