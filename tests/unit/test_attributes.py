"""A file's attributes are those of os.stat, whichever way the system has to ask for them."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from drive import attributes, file_writes
from drive.conditions import Conditions
from drive.errors import PreconditionFailedError


@pytest.fixture(params=["as the system has it", "refused"])
def statx(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "refused":
        monkeypatch.setattr(attributes, "_statx", attributes.usable(lambda *_: -1))


@pytest.mark.usefixtures("statx")
@pytest.mark.parametrize("modified", [-1, -(10**18) - 1, 1, 2**31 * 10**9 + 999_999_999])
def test_attributes_are_those_of_stat(tmp_path: Path, modified: int) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + "文".encode()))
    with path.open("wb") as file:
        file.truncate(2**40)
    os.utime(path, ns=(modified, modified))
    link = tmp_path / "link"
    link.symlink_to(path)
    for found, expected in (
        (attributes.known(path), path.stat()),
        (attributes.known(link), link.lstat()),
        (attributes.asked(link, follow=True), path.stat()),
        (attributes.asked(link, follow=False), link.lstat()),
    ):
        assert tuple(found) == tuple(expected)
        for name in ("st_atime_ns", "st_mtime_ns", "st_ctime_ns"):
            assert getattr(found, name) == getattr(expected, name)


def _only_as_stat(_at: int, _path: bytes, flags: int, *_: object) -> int:
    """As glibc does it on a kernel without statx."""
    return -1 if flags & 0x6000 else 0


@pytest.mark.parametrize("refuses", [lambda *_: -1, _only_as_stat])
def test_a_statx_that_cannot_be_told_to_ask_is_not_used(refuses: Callable[..., int]) -> None:
    assert attributes.usable(refuses) is None
    assert attributes.usable(None) is None


@pytest.mark.usefixtures("statx")
def test_a_file_is_replaced_and_deleted_whatever_the_system_has(tmp_path: Path) -> None:
    etag = file_writes.write(tmp_path, "a", b"1", keep=True).etag
    wrong, right = Conditions(if_match='"x"'), Conditions(if_match=etag)
    with pytest.raises(PreconditionFailedError):
        file_writes.write(tmp_path, "a", b"2", conditions=wrong)
    etag = file_writes.write(tmp_path, "a", b"2", conditions=right).etag
    file_writes.delete(tmp_path, "a", conditions=Conditions(if_match=etag), keep=True)
