"""What a client is told that was cut off in the middle of a write, for longer than its lease."""

import time
from collections.abc import Callable

import pytest

from drive.errors import BusyError, PreconditionFailedError
from tests.nfs import actions
from tests.nfs.clients import Client
from tests.nfs.server import LEASE_SECONDS, Server


def test_who_was_cut_off_for_longer_than_its_lease_is_told_so(
    a: Client, b: Client, server: Server, measured: Callable[[str], None]
) -> None:
    b(actions.write, "late", b"first")
    a(actions.read, "late")
    a.start(actions.write_late, "late", b"late")
    while not b(actions.is_locked, "late"):
        pass
    server.cut("a")
    try:
        begun = time.monotonic()
        while b(actions.is_locked, "late"):
            assert time.monotonic() - begun < 10 * LEASE_SECONDS
            time.sleep(0.2)
        waited = time.monotonic() - begun
        b(actions.write, "late", b"acknowledged")
    finally:
        server.reach("a")
    with pytest.raises(BusyError, match="was away for too long"):
        a.result()
    found = b(actions.read, "late")[1].decode()
    measured(f"a writer cut off: its lock was free after {waited:.0f} s; it left {found!r}")
    b(actions.write, "late", b"next")
    assert a(actions.read, "late")[1] == b"next"


def test_a_client_that_was_away_while_it_did_nothing_goes_on(
    a: Client, b: Client, server: Server
) -> None:
    """What it has open to lock it is known to the server no more: a function that was frozen."""
    tag = a(actions.write, "frozen", b"first")
    upload = a(actions.begin, "frozen-upload", 6)
    a(actions.append, upload, 0, b"abc")
    server.cut("a")
    time.sleep(1.5 * LEASE_SECONDS)
    b(actions.write, "frozen", b"second", match=tag)
    server.reach("a")
    with pytest.raises(PreconditionFailedError):
        a(actions.write, "frozen", b"third", match=tag)
    tag = a(actions.tag, "frozen")
    a(actions.write, "frozen", b"third", match=tag)
    with pytest.raises(PreconditionFailedError):
        b(actions.write, "frozen", b"fourth", match=tag)
    a(actions.append, upload, 3, b"def")
    assert b(actions.read, "frozen-upload")[1] == b"abcdef"
