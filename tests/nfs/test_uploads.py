"""An upload that one client finished is finished for all of them."""

from tests.nfs import actions
from tests.nfs.clients import Client


def test_a_finished_upload_is_finished_for_who_wrote_its_beginning(a: Client, b: Client) -> None:
    upload = b(actions.begin, "finished", 6)
    a(actions.append, upload, 0, b"abc")
    b(actions.append, upload, 3, b"def")
    assert a(actions.progress, upload) == (6, True)


def test_an_empty_part_leaves_the_finished_file_alone(a: Client, b: Client) -> None:
    upload = b(actions.begin, "untouched", 6)
    a(actions.append, upload, 0, b"abc")
    _, tag = b(actions.append, upload, 3, b"def")
    assert a(actions.append, upload, 6, b"") == (6, None)
    assert b(actions.tag, "untouched") == tag


def test_after_a_crash_the_finished_file_is_not_written_into(
    a: Client, b: Client, c: Client
) -> None:
    upload = b(actions.begin, "crashed", 6)
    a(actions.append, upload, 0, b"abc")
    b.ends(actions.append_and_die, upload, 3, b"def")
    assert a(actions.offset_error, upload, 3, b"XYZ") == 6
    assert a(actions.progress, upload) == (6, True)
    assert c(actions.read, "crashed")[1] == b"abcdef"


def test_an_upload_is_removed_for_all(a: Client, b: Client) -> None:
    upload = b(actions.begin, "removed", 6)
    a(actions.append, upload, 0, b"abc")
    assert b(actions.remove, upload) == 3
    assert a(actions.missing_upload, upload)
    assert a(actions.remove_missing, upload)


def test_the_first_upload_of_a_drive_is_found_by_who_saw_that_there_was_none(
    a: Client, b: Client
) -> None:
    a(actions.empty_uploads)
    for client in (a, b):
        assert client(actions.missing_upload, "0" * 32)
    upload = a(actions.begin, "first", 3)
    assert b(actions.progress, upload) == (0, False)
