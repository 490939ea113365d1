"""Versions are kept and come back, whichever client took them away."""

import time
from collections.abc import Callable

import pytest

from drive.errors import PreconditionFailedError
from tests.nfs import actions
from tests.nfs.actions import COUNTED
from tests.nfs.clients import Client
from tests.nfs.server import Server

LONG = f"trash/{'l' * 250}"


@pytest.fixture(autouse=True)
def nothing_kept(c: Client) -> None:
    """Other tests kept versions, and wrote without a count."""
    c(actions.empty_trash)
    c(actions.forget_count)


@pytest.mark.parametrize("name", ["trash/file", LONG])
def test_what_one_client_takes_away_another_restores(a: Client, b: Client, name: str) -> None:
    for _ in range(3):
        old = a(actions.write, name, b"old", limits=COUNTED, keep=True)
        b(actions.read, name)
        a(actions.write, name, b"new", limits=COUNTED, keep=True)
        [(version, path, tag), *_] = b(actions.versions)
        assert (path, tag) == (name, old)
        with pytest.raises(PreconditionFailedError):
            b(actions.restore, version)
        assert b(actions.restore, version, overwrite=True) == old
        assert a(actions.read, name) == (old, b"old")
        assert a(actions.restore, version, overwrite=True) is None
        a(actions.delete, name, limits=COUNTED, keep=True)
        assert b(actions.restore, b(actions.versions)[0][0]) == old
        assert a(actions.read, name) == (old, b"old")
    assert b(actions.drift) == 0


def test_what_a_client_remembers_of_a_name_is_not_what_it_keeps(a: Client, b: Client) -> None:
    """The file that goes to the trash is the one that is there, and not the one that was."""
    for act in (
        lambda: a(actions.write, "remembered/file", b"mine", limits=COUNTED, keep=True),
        lambda: a(actions.delete, "remembered/file", limits=COUNTED, keep=True),
    ):
        b(actions.write, "remembered/file", b"old", limits=COUNTED)
        a(actions.read, "remembered/file")
        b(actions.move, "remembered/file", "remembered/moved", limits=COUNTED)
        new = b(actions.write, "remembered/file", b"new", limits=COUNTED)
        act()
        assert [tag for _, _, tag in b(actions.versions)][:1] == [new]
        assert b(actions.read, "remembered/moved")[1] == b"old"
    assert b(actions.drift) == 0


@pytest.mark.parametrize("name", ["into/file", LONG])
def test_who_writes_into_a_file_makes_a_tag_old(a: Client, b: Client, name: str) -> None:
    """The link into the trash brings what the server knows of the file then."""
    for number in range(3):
        old = a(actions.write, name, b"old", keep=True)
        upload = a(actions.begin, name, 1, match=old)
        a(actions.read, name)
        known = a(actions.versions)
        time.sleep(0.1)  # the server's own times are so far apart, and clients compare them
        b(actions.write_into, name, b"in place %d" % number)
        with pytest.raises(PreconditionFailedError):
            a(actions.append, upload, 0, b"x", keep=True)
        assert b(actions.read, name)[1] == b"in place %d" % number
        assert a(actions.versions) == known


def test_two_clients_that_restore_one_version_restore_it_once(a: Client, b: Client) -> None:
    for number in range(10):
        name = f"twice/{number}"
        old = a(actions.write, name, b"old", limits=COUNTED, keep=True)
        a(actions.delete, name, limits=COUNTED, keep=True)
        [(version, _, _), *_] = b(actions.versions)
        a.start(actions.restore, version, f"{name}-a")
        b.start(actions.restore, version, f"{name}-b")
        assert {a.result(), b.result()} == {None, old}
        assert not b(actions.versions)
    assert b(actions.drift) == 0


def test_a_restore_and_a_removal_of_one_version_do_one_of_both(a: Client, b: Client) -> None:
    for number in range(10):
        name = f"either/{number}"
        old = a(actions.write, name, b"old", limits=COUNTED, keep=True)
        a(actions.delete, name, limits=COUNTED, keep=True)
        [(version, _, _), *_] = a(actions.versions)
        a.start(actions.restore, version)
        b.start(actions.discard, version)
        restored, discarded = a.result(), b.result()
        assert (restored, discarded) in {(old, False), (None, True)}
        assert b(actions.missing, name) == discarded
    assert b(actions.drift) == 0


def test_no_version_is_lost_while_clients_write_and_restore_against_each_other(
    a: Client, b: Client, c: Client
) -> None:
    a.start(actions.write_many, "against/file", 40)
    b.start(actions.write_many, "against/file", 40)
    restored: list[str] = []
    for _ in range(20):
        restored += c(actions.restore_all, "against/file")
    written = {*a.result(), *b.result()}  # type: ignore[misc]  # through a pipe
    assert len(written) == 80
    left = [tag for _, path, tag in c(actions.versions) if path == "against/file"]
    last = c(actions.tag, "against/file")
    assert sorted([*restored, *left, last]) == sorted(written)
    assert c(actions.drift) == 0


def test_the_janitor_of_one_client_empties_what_others_kept(
    a: Client, b: Client, server: Server, start: Callable[[str], Client]
) -> None:
    reader = start("b")
    for name in ("emptied/file", LONG):
        a(actions.write, name, b"old", limits=COUNTED, keep=True)
        reader(actions.read, name)
        reader(actions.hold, name)  # so that it gets another name when it is removed
        a(actions.delete, name, limits=COUNTED, keep=True)
    b(actions.clean, days=31)
    assert a(actions.versions) == []
    assert a(actions.drift) == 0
    b(actions.clean, days=31)
    reader.end()
    b(actions.clean, days=31)
    assert [path.name for path in (server.root / ".drive-trash").iterdir()] == []


@pytest.mark.parametrize("name", ["anew/file", LONG])
def test_a_trash_that_another_client_made_anew_is_used(a: Client, b: Client, name: str) -> None:
    for _ in range(3):
        a(actions.write, name, b"old", keep=True)
        a(actions.write, name, b"new", keep=True)
        b(actions.empty_trash)
        b(actions.write, "anew/other", b"old", keep=True)
        b(actions.delete, "anew/other", keep=True)
        a(actions.write, name, b"newer", keep=True)
        assert [path for _, path, _ in b(actions.versions)] == [name, "anew/other"]
        a(actions.delete, name, keep=True)
        assert b(actions.versions)[0][1] == name
