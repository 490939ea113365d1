"""How many calls to the server an operation makes: each is a millisecond or more on EFS.

Warm, as in an instance that has served such a request before; all calls count, `CLOSE` too, which
nobody waits for.
"""

import time
from collections import Counter
from collections.abc import Callable

import pytest

from tests.nfs import actions
from tests.nfs.actions import COUNTED
from tests.nfs.clients import Client, calls

FILE = b"x" * 4096
LONG = f"trips/{'l' * 250}"
# Calls of the client's own, in the background.
_NOT_OURS = {"NULL", "SEQUENCE"}


class Operations:
    """What is counted: by name, what comes before it, and it."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.upload = ""

    def file(self) -> None:
        self.client(actions.write, "trips/file", FILE)

    def known(self) -> None:
        self.file()
        self.get()

    def get(self) -> None:
        self.client(actions.read, "trips/file")

    def put(self) -> None:
        self.client(actions.write, "trips/file", FILE)

    def put_counted(self) -> None:
        self.client(actions.write, "trips/file", FILE + b"x", limits=COUNTED)

    def put_counted_kept(self) -> None:
        self.client(actions.write, "trips/file", FILE + b"x", limits=COUNTED, keep=True)

    def delete_kept(self) -> None:
        self.client(actions.delete, "trips/file", keep=True)

    def move_kept(self) -> None:
        self.client(actions.move, "trips/file", "trips/moved", keep=True)

    def last_kept(self) -> None:
        self.client(actions.append, self.upload, 2 * len(FILE), FILE, keep=True)

    def put_this(self) -> None:
        self.client(actions.write, "trips/file", FILE, match="*")

    def delete(self) -> None:
        self.client(actions.delete, "trips/file")

    def move(self) -> None:
        self.client(actions.move, "trips/file", "trips/moved")

    def two(self) -> None:
        self.file()
        self.client(actions.write, "trips/moved", FILE)

    def many(self) -> None:
        if not self.upload:
            self.client(actions.fill, "many", 1000)
            self.upload = "made"

    def list_many(self) -> None:
        self.client(actions.listed, "many")

    def begin(self) -> None:
        self.upload = self.client(actions.begin, "trips/upload", 3 * len(FILE))
        self.client(actions.append, self.upload, 0, FILE)

    def part(self) -> None:
        self.client(actions.append, self.upload, len(FILE), FILE)

    def begin_last(self) -> None:
        self.begin()
        self.part()

    def last(self) -> None:
        self.client(actions.append, self.upload, 2 * len(FILE), FILE)


# The operation, what comes before it, and how many calls it may make.
MOST: dict[str, tuple[str, str, int]] = {
    "GET of 4 KiB": ("known", "get", 3),
    "PUT of 4 KiB": ("file", "put", 9),
    "PUT, trash, quota": ("file", "put_counted_kept", 17),
    "PUT, If-Match": ("file", "put_this", 10),
    "PUT with a quota": ("file", "put_counted", 15),
    "DELETE": ("file", "delete", 5),
    "DELETE, trash": ("file", "delete_kept", 5),
    "move": ("file", "move", 9),
    "move onto a file": ("two", "move", 9),
    "list of 1,000": ("many", "list_many", 1),
    "move onto, trash": ("two", "move_kept", 11),
    "PATCH": ("begin", "part", 10),
    "PATCH, the last": ("begin_last", "last", 17),
    "PATCH, last, trash": ("begin_last", "last_kept", 19),
}


@pytest.mark.parametrize("name", MOST)
def test_an_operation_makes_few_calls(
    a: Client, measured: Callable[[str], None], name: str
) -> None:
    prepare, act, most = MOST[name]
    operations = Operations(a)
    made = _warm(a, getattr(operations, prepare), getattr(operations, act))
    measured(_line(name, made, most))
    assert made.total() <= most


# Who dealt with the file before the `PUT` over it; calls without a trash, with one, and with one
# where the path is too long for the name of a version.
PUTS: dict[str, tuple[int, int, int]] = {
    "written here": (9, 11, 11),
    "read here since": (9, 11, 11),
    "written elsewhere": (13, 15, 15),
    "kept elsewhere": (13, 16, 17),
    "If-Match": (10, 11, 11),
}


@pytest.mark.parametrize("before", PUTS)
def test_what_a_trash_adds_to_a_put(
    a: Client, b: Client, measured: Callable[[str], None], before: str
) -> None:
    for name, keep, most in zip(
        ("trips/file", "trips/file", LONG), (False, True, True), PUTS[before], strict=True
    ):

        def prepare(name: str = name) -> None:
            client = b if before.endswith("elsewhere") else a
            client(actions.write, name, FILE, keep=before == "kept elsewhere")
            if before == "read here since":
                a(actions.read, name)

        def put(name: str = name, *, keep: bool = keep) -> None:
            match = "*" if before == "If-Match" else None
            a(actions.write, name, FILE, keep=keep, match=match)

        made = _warm(a, prepare, put)
        kind = "PUT" if not keep else "PUT, trash" if name != LONG else "PUT, trash, long"
        measured(_line(f"{kind}, {before}", made, most))
        assert made.total() <= most


def _warm(client: Client, prepare: Callable[[], None], act: Callable[[], None]) -> Counter[str]:
    """The calls of `act`, which `prepare` comes before."""
    runs = []
    for _ in range(3):
        prepare()
        before = _calls(client)
        act()
        runs.append(_calls(client) - before)
    # The first is cold; a pause of the machine may let what is remembered grow old.
    return min(runs[1:], key=Counter.total)


def _line(name: str, made: Counter[str], most: int) -> str:
    kinds = " ".join(f"{kind} {number}" for kind, number in sorted(made.items()))
    return f"{name:35}{made.total():4} calls, at most {most:2}: {kinds}"


def _calls(client: Client) -> Counter[str]:
    time.sleep(0.15)  # for CLOSE, which comes after the answer
    return Counter({kind: number for kind, number in calls(client.name) if kind not in _NOT_OURS})
