"""Compare-and-set between four clients under load, while the server restarts."""

import hashlib
from collections import Counter
from collections.abc import Callable

import pytest

from tests.nfs import actions, load
from tests.nfs.clients import Client
from tests.nfs.load import Acknowledged
from tests.nfs.server import NAMES, Server

SECONDS = 5


@pytest.mark.parametrize("with_janitor", [False, True])
def test_each_version_goes_once_and_none_is_lost(
    start: Callable[[str], Client],
    server: Server,
    measured: Callable[[str], None],
    *,
    with_janitor: bool,
) -> None:
    clients = [start(name) for name in NAMES[:4]]
    clients[0](actions.start_over)
    if with_janitor:
        janitor = start("a")
        janitor.start(load.clean_again_and_again, SECONDS)
    for number, client in enumerate(clients):
        client.start(load.change, number, SECONDS)
    for _ in range(1 + with_janitor):
        server.restart(after=SECONDS / 3)
    told = Acknowledged()
    for client in clients:
        told.add(client.result())  # type: ignore[arg-type]  # through a pipe
    if with_janitor:
        assert janitor.result()
        clients[0](actions.clean)  # while others write, the janitor's count is not exact
    there = Counter[load.Version]()
    for name in load.NAMES:
        for client in clients:
            if client(actions.missing, name):
                continue
            tag, content = client(actions.read, name)
            assert hashlib.sha256(content).hexdigest() == told.digests[tag]
            there[name, tag] = 1
    assert told.came - told.went == there
    assert told.went - told.came == Counter()
    assert clients[1](actions.drift) == 0
    more = ", the janitor and a second restart" if with_janitor else ""
    measured(f"four clients, a restart{more}: {dict(told.answers)}")
    assert told.answers["done"] > 4


def test_eight_writers_of_one_name_are_hardly_ever_told_to_come_again(
    start: Callable[[str], Client], measured: Callable[[str], None]
) -> None:
    """Each on a client of its own, as instances of a function are."""
    clients = [start(name) for name in NAMES]
    clients[0](actions.write, "one-name", b"first")
    for number, client in enumerate(clients):
        client.start(load.write_one_name, number, SECONDS)
    answers: Counter[str] = Counter()
    for client in clients:
        answers += client.result()  # type: ignore[arg-type]  # through a pipe
    measured(f"eight writers of one name: {dict(answers)}")
    assert answers["written"] > 8
    assert answers["busy"] <= answers.total() / 100
