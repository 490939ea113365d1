"""The quota's count is what there is, whichever client did what."""

import pytest

from tests.nfs import actions
from tests.nfs.actions import COUNTED
from tests.nfs.clients import Client
from tests.nfs.test_names import moved_and_made_anew


@pytest.fixture(autouse=True)
def counted_anew(c: Client) -> None:
    """Other tests wrote without a limit, and so without a count."""
    c(actions.forget_count)


def test_a_finished_upload_that_is_removed_gives_nothing_back(a: Client, b: Client) -> None:
    b(actions.write, "counted/file", b"123", limits=COUNTED)
    upload = b(actions.begin, "counted/upload", 100, limits=COUNTED)
    a(actions.append, upload, 0, b"z" * 50, limits=COUNTED)
    b(actions.append, upload, 50, b"z" * 50, limits=COUNTED)
    a(actions.remove, upload, limits=COUNTED)
    assert a(actions.drift) == 0


def test_a_move_takes_off_what_it_replaces(a: Client, b: Client) -> None:
    a(actions.write, "moves/source", b"source", limits=COUNTED)
    for number in range(5):
        moved_and_made_anew(a, b, f"moves/{number}")
        b(actions.write, f"moves/{number}", b"longer than it was", limits=COUNTED)
    a(actions.forget_count)
    a(actions.write, "moves/source", b"source", limits=COUNTED)
    for number in range(5):
        a(actions.move, "moves/source", f"moves/{number}", limits=COUNTED)
        a(actions.write, "moves/source", b"source", limits=COUNTED)
    assert b(actions.drift) == 0


def test_a_first_count_takes_no_removed_bytes_for_its_own(a: Client, b: Client, c: Client) -> None:
    for turn in range(10):
        names = [f"race/{turn}/{number}" for number in range(6)]
        for name in names:
            c(actions.write, name, b"x" * 1000)
        c(actions.forget_count)
        a.start(actions.delete_all, names[:3])
        b.start(actions.delete_all, names[3:])
        c(actions.write, f"race/{turn}/new", b"y", limits=COUNTED)
        a.result()
        b.result()
        assert c(actions.drift) == 0


def test_the_janitors_count_is_exact(a: Client, b: Client) -> None:
    b(actions.write, "swept/file", b"12345", limits=COUNTED)
    b(actions.begin, "swept/upload", 100, limits=COUNTED)
    report = a(actions.clean)
    assert report
    assert report.finished
    assert b(actions.drift) == 0
