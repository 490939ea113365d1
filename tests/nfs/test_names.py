"""A client acts on what a name is on the server, not on what it was when it looked last."""

from collections.abc import Callable
from typing import Any

import pytest

from drive.errors import MissingError, PreconditionFailedError
from tests.nfs import actions
from tests.nfs.clients import Client
from tests.nfs.server import Server


def moved_and_made_anew(a: Client, b: Client, name: str) -> str:
    """Let `a` know a name that `b` then moves away and makes anew; returns the old tag."""
    b(actions.write, name, b"old")
    old, _ = a(actions.read, name)
    a(actions.read, name)
    b(actions.move, name, f"{name}-moved")
    b(actions.write, name, b"new")
    return old


def test_what_is_read_is_what_is_there(a: Client, b: Client) -> None:
    for number in range(10):
        moved_and_made_anew(a, b, f"read/{number}")
        assert a(actions.read, f"read/{number}")[1] == b"new"


@pytest.mark.parametrize(
    "change",
    [
        lambda a, old: a(actions.delete, "changed/file", match=old),
        lambda a, old: a(actions.move, "changed/file", "changed/other", match=old),
        lambda a, old: a(actions.write, "changed/file", b"mine", match=old),
    ],
    ids=["delete", "move", "write"],
)
def test_an_old_tag_changes_nothing(
    a: Client, b: Client, c: Client, change: Callable[[Client, str], Any]
) -> None:
    for _ in range(5):
        old = moved_and_made_anew(a, b, "changed/file")
        with pytest.raises(PreconditionFailedError):
            change(a, old)
        assert c(actions.read, "changed/file")[1] == b"new"
        assert c(actions.read, "changed/file-moved")[1] == b"old"


@pytest.mark.parametrize(
    "change",
    [
        lambda a, old: a(actions.delete, "in-place/file", match=old),
        lambda a, old: a(actions.move, "in-place/file", "in-place/other", match=old),
        lambda a, old: a(actions.write, "in-place/file", b"mine", match=old),
        lambda a, old: a(actions.write, "in-place/file", b"mine", match=old, keep=True),
    ],
    ids=["delete", "move", "write", "write with a trash"],
)
def test_a_tag_from_before_somebody_wrote_into_the_file_changes_nothing(
    a: Client, b: Client, c: Client, change: Callable[[Client, str], Any]
) -> None:
    for number in range(5):
        old = a(actions.write, "in-place/file", b"old")
        a(actions.read, "in-place/file")
        b(actions.write_into, "in-place/file", b"%d" % number)
        with pytest.raises(PreconditionFailedError):
            change(a, old)
        assert c(actions.read, "in-place/file")[1] == b"%d" % number


@pytest.mark.parametrize("directory", ["gone-with-it", "gone-with-it/below"])
def test_a_write_that_is_refused_brings_no_directory_back(
    a: Client, b: Client, directory: str
) -> None:
    for number in range(5):
        name = f"{directory}/{number}"
        old = a(actions.write, f"{name}/file", b"old")
        a(actions.read, f"{name}/file")
        b(actions.delete, f"{name}/file")
        b(actions.delete, name)
        with pytest.raises(PreconditionFailedError):
            a(actions.write, f"{name}/file", b"new", match=old)
        with pytest.raises(MissingError):
            b(actions.delete, name)


def test_an_upload_for_an_old_tag_does_not_take_its_place(a: Client, b: Client, c: Client) -> None:
    for number in range(5):
        name = f"finish/{number}"
        b(actions.write, name, b"old")
        upload = a(actions.begin, name, 3, match=a(actions.read, name)[0])
        a(actions.append, upload, 0, b"x")
        a(actions.read, name)
        b(actions.move, name, f"{name}-moved")
        b(actions.write, name, b"new")
        with pytest.raises(PreconditionFailedError):
            a(actions.append, upload, 1, b"yz")
        assert c(actions.read, name)[1] == b"new"


def test_a_name_that_was_moved_away_is_free(a: Client, b: Client) -> None:
    for number in range(5):
        name = f"free/{number}"
        for each in (name, f"{name}-source"):
            b(actions.write, each, b"old")
            a(actions.read, each)
        b(actions.move, name, f"{name}-moved")
        a(actions.write, name, b"mine", none_match="*")
        b(actions.move, name, f"{name}-moved")
        a(actions.move, f"{name}-source", name, overwrite=False)
        assert b(actions.read, name)[1] == b"old"


def test_a_move_back_moves(a: Client, b: Client, server: Server) -> None:
    for _ in range(5):
        b(actions.write, "back/a", b"old")
        a(actions.read, "back/a")
        b(actions.move, "back/a", "back/b")
        a(actions.move, "back/b", "back/a")
        assert [path.name for path in (server.root / "back").iterdir()] == ["a"]


def test_what_was_just_replaced_is_read(a: Client, b: Client) -> None:
    b(actions.write, "replaced", b"0")
    for number in range(1, 20):
        a(actions.read, "replaced")
        b(actions.write, "replaced", b"%d" % number)
        assert a(actions.read, "replaced")[1] == b"%d" % number


def test_a_directory_that_was_missing_is_found(a: Client, b: Client) -> None:
    for number in range(5):
        assert a(actions.missing, f"new/{number}/file")
        b(actions.write, f"new/{number}/file", b"there")
        assert a(actions.read, f"new/{number}/file")[1] == b"there"


def test_a_directory_that_was_removed_is_made_again(a: Client, b: Client) -> None:
    for number in range(5):
        for write in (actions.write, actions.upload):
            a(actions.write, "again/directory/file", b"1")
            a(actions.read, "again/directory/file")
            b(actions.delete, "again/directory/file")
            b(actions.delete, "again/directory")
            a(write, f"again/directory/{number}", b"2")
            assert b(actions.read, f"again/directory/{number}")[1] == b"2"
            b(actions.delete, f"again/directory/{number}")


def test_where_the_drive_is_mounted_does_not_matter_to_its_locks(
    start: Callable[[str], Client], b: Client
) -> None:
    start("a")(actions.hold_lock, "/mnt/a", "locked/file")
    assert b(actions.is_locked, "locked/file")
    assert not b(actions.is_locked, "locked/other")
