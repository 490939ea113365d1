"""What a client of Linux calls a removed file while it is open is no file of anybody's."""

from collections.abc import Callable

import pytest

from drive import names, upload_state
from drive.errors import ConflictError
from tests.nfs import actions
from tests.nfs.actions import COUNTED
from tests.nfs.clients import Client
from tests.nfs.server import Server
from tests.patience import until


def silly(server: Server, folder: str) -> list[str]:
    return [
        path.name for path in (server.root / folder).iterdir() if names.SILLY.fullmatch(path.name)
    ]


def test_an_open_file_that_is_removed_is_listed_and_counted_nowhere(
    start: Callable[[str], Client], a: Client, b: Client, server: Server
) -> None:
    a(actions.write, "left/file", b"12345", limits=COUNTED)
    reader = start("a")
    reader(actions.hold, "left/file")
    a(actions.delete, "left/file", limits=COUNTED)
    [left] = silly(server, "left")
    for client in (a, b):
        assert client(actions.listed, "left") == []
        assert client(actions.drift) == 0
    with pytest.raises(ConflictError, match="which the janitor removes after a day"):
        b(actions.delete, "left")
    b(actions.clean)
    assert silly(server, "left") == [left]
    b(actions.clean, days=2)
    assert silly(server, "left") == []
    b(actions.delete, "left")


def test_who_removes_an_upload_leaves_nothing_of_it(a: Client, server: Server) -> None:
    upload = a(actions.begin, "left-upload", 10)
    a(actions.append, upload, 0, b"12345")
    a(actions.remove, upload)
    folder = server.root / upload_state.DIRECTORY
    # A client of Linux removes a file that was open without waiting for the server's answer.
    until(lambda: not [it for it in folder.iterdir() if it.name.startswith((upload, ".nfs"))])


def test_a_removed_upload_leaves_nothing_for_good(
    start: Callable[[str], Client], a: Client, b: Client, server: Server
) -> None:
    upload = a(actions.begin, "left-upload", 10)
    reader = start("a")
    reader(actions.hold_upload, upload)
    a(actions.remove, upload)
    assert silly(server, upload_state.DIRECTORY)
    b(actions.clean, days=2)
    assert silly(server, upload_state.DIRECTORY) == []
