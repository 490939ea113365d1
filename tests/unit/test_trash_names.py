"""The name of a version holds its path, whatever that is."""

import os
import re
import tempfile
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from drive import (
    names,
    trash,
    trash_restore,
)
from drive.errors import InvalidNameError
from tests.unit.kept_files import delete, put, versions


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
