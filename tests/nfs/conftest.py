"""What the tests on a real NFS share: the clients, and a place for what they measure."""

import os
from collections.abc import Callable, Iterator

import pytest

from tests.nfs.clients import Client, Lab
from tests.nfs.server import Server

if os.getpid() != 1:
    pytest.exit("these tests run in a machine of their own: make test-nfs", returncode=4)

_measured: list[str] = []
_clients: dict[str, Client] = {}


@pytest.fixture
def server() -> Server:
    """The server of all clients."""
    return Lab.server


@pytest.fixture
def start() -> Iterator[Callable[[str], Client]]:
    """Start processes on clients; they are ended with the test."""
    started: list[Client] = []

    def begin(name: str) -> Client:
        started.append(Client(name))
        return started[-1]

    yield begin
    for client in started:
        client.end()


@pytest.fixture
def a() -> Client:
    """A process on one client, which goes on from test to test."""
    return _standing("a")


@pytest.fixture
def b() -> Client:
    """A process on another."""
    return _standing("b")


@pytest.fixture
def c() -> Client:
    """A process on a third."""
    return _standing("c")


def _standing(name: str) -> Client:
    if name not in _clients or _clients[name].has_ended:
        _clients[name] = Client(name)
    return _clients[name]


@pytest.fixture
def measured() -> Callable[[str], None]:
    """Keep a line to be printed in the end."""
    return _measured.append


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what was measured."""
    if _measured:
        terminalreporter.section("measured")
    for line in _measured:
        terminalreporter.write_line(line)
