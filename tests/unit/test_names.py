"""No name leads out of the root."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drive import names
from drive.errors import InvalidNameError

BAD_NAMES = [
    "",
    "/",
    "/etc/passwd",
    "..",
    "../x",
    "a/../../x",
    "a/..",
    ".",
    "./a",
    "a//b",
    "a/",
    "a\0b",
    "\udcff",
    "x" * 256,
    "ü" * 128,
    "/".join(["a"] * 1001),
    "/".join(["a" * 200] * 20),
    ".drive-1234",
    "a/.drive-1234",
    ".drive-x/a",
    ".nfs0000000000a1b2c300000001",
    "a/.nfs0000000000a1b2c300000001",
]


@pytest.mark.parametrize("name", BAD_NAMES, ids=lambda name: repr(name[:20]))
def test_a_bad_name_is_refused_in_one_short_line(tmp_path: Path, name: str) -> None:
    with pytest.raises(InvalidNameError) as caught:
        names.resolve(tmp_path, name)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "name", ["a", "a/b/c", "..a", "a..", "...", "ü", "a b", "%2e%2e", "-", "x" * 255, "\n"]
)
def test_an_odd_but_harmless_name_is_taken(tmp_path: Path, name: str) -> None:
    assert names.resolve(tmp_path, name) == tmp_path.resolve() / name


@given(st.text(st.sampled_from("a./\\\0~%:é"), max_size=12))
def test_whatever_the_name_the_path_is_below_the_root(name: str) -> None:
    root = Path("/root-of/the-drive")
    try:
        path = names.resolve(root, name)
    except InvalidNameError:
        return
    assert path.is_relative_to(root)
    assert path != root


def test_a_link_out_of_the_root_is_refused(tmp_path: Path) -> None:
    root, outside = tmp_path / "root", tmp_path / "outside"
    root.mkdir()
    outside.mkdir()
    (root / "absolute").symlink_to(outside)
    (root / "relative").symlink_to("../outside")
    (root / "chained").symlink_to("relative")
    (root / "nowhere").symlink_to("../missing")
    for name in ("absolute", "absolute/x", "relative/x", "chained/x", "nowhere"):
        with pytest.raises(InvalidNameError, match="leads out of the drive"):
            names.resolve(root, name)


def test_a_sibling_that_begins_like_the_root_is_outside(tmp_path: Path) -> None:
    (tmp_path / "root").mkdir()
    (tmp_path / "root-2").mkdir()
    (tmp_path / "root" / "link").symlink_to("../root-2")
    with pytest.raises(InvalidNameError):
        names.resolve(tmp_path / "root", "link/x")


def test_a_link_inside_the_root_is_followed(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    assert names.resolve(tmp_path, "link/x") == tmp_path.resolve() / "real" / "x"


def test_the_root_may_itself_be_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    os.symlink(tmp_path / "real", tmp_path / "root")
    assert names.resolve(tmp_path / "root", "x") == tmp_path.resolve() / "real" / "x"
