"""What the machine that translates addresses asks of its kernel, byte by byte.

That a kernel takes it, and packets then go through, is proved in `tests/kernel`.
"""

import ast
import errno
import socket
import struct
from collections.abc import Iterator
from pathlib import Path

import pytest

from stacks.network import nat_translation
from stacks.network.nat_translation import batch, forward


def messages(sent: bytes) -> Iterator[tuple[int, int, int, bytes]]:
    """The kind, flags, number and body of each message."""
    while sent:
        size, kind, flags, number, _ = struct.unpack_from("=IHHII", sent)
        assert size % 4 == 0
        yield kind, flags, number, sent[20:size]
        sent = sent[size:]


def attributes(body: bytes) -> dict[int, object]:
    """Attributes by number, those that hold attributes taken apart."""
    found: dict[int, object] = {}
    while body:
        size, number = struct.unpack_from("=HH", body)
        value = body[4:size]
        found[number & 0x7FFF] = attributes(value) if number & 0x8000 else value
        body = body[(size + 3) & ~3 :]
    return found


def test_one_transaction_makes_the_table_anew() -> None:
    begin, *parts, end = messages(batch())
    assert [begin[0], end[0]] == [0x10, 0x11]
    # nf_tables' messages: new table, delete table, new table, new chain, new rule.
    assert [kind for kind, *_ in parts] == [0xA00, 0xA02, 0xA00, 0xA03, 0xA06]
    for number, (_, flags, sequence, _) in enumerate(parts, start=1):
        assert (sequence, flags & 0x5) == (number, 0x5)  # a request that asks to be acknowledged


def test_all_that_is_forwarded_gets_the_machines_own_address() -> None:
    *_, chain, rule, _ = [attributes(body) for *_, body in messages(batch())]
    hook = {1: struct.pack("!I", 4), 2: struct.pack("!I", 100)}  # postrouting, srcnat
    assert chain == {1: b"drive\0", 3: b"postrouting\0", 4: hook, 7: b"nat\0"}
    assert rule == {1: b"drive\0", 2: b"postrouting\0", 4: {1: {1: b"masq\0", 2: {}}}}


class Kernel:
    """The kernel's end of the socket: it answers in two messages, the last part with `error`."""

    def __init__(self, error: int) -> None:
        self.error = error
        self.answers: list[bytes] = []

    def __call__(self, *_: int) -> "Kernel":
        return self

    def __enter__(self) -> "Kernel":
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def settimeout(self, seconds: float) -> None:
        assert seconds > 0

    def bind(self, address: tuple[int, int]) -> None:
        assert address == (0, 0)

    def send(self, sent: bytes) -> None:
        _, *parts, _ = messages(sent)
        said = [
            struct.pack("=IHHIIiIHHII", 36, 2, 0, number, 0, error, 20, kind, 0, number, 0)
            for kind, _, number, _ in parts
            for error in [self.error if number == len(parts) else 0]
        ]
        self.answers = [b"".join(said[:2]), b"".join(said[2:])]

    def recv(self, _: int) -> bytes:
        return self.answers.pop(0)


def test_it_is_done_when_each_part_is_acknowledged(monkeypatch: pytest.MonkeyPatch) -> None:
    kernel = Kernel(0)
    monkeypatch.setattr(socket, "AF_NETLINK", 16, raising=False)
    monkeypatch.setattr(socket, "socket", kernel)
    nat_translation.translate()
    assert kernel.answers == []


def test_a_part_that_the_kernel_refuses_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "AF_NETLINK", 16, raising=False)
    monkeypatch.setattr(socket, "socket", Kernel(-errno.ENOENT))
    with pytest.raises(FileNotFoundError, match="No such file or directory, of part 5"):
        nat_translation.translate()


def kernel_settings(folder: Path, connections: int) -> Path:
    """A folder as /proc/sys/net."""
    for name, value in {
        "ipv4/ip_forward": "0",
        "ipv4/conf/all/send_redirects": "1",
        "ipv4/conf/ens5/send_redirects": "1",
        "netfilter/nf_conntrack_tcp_timeout_established": "432000",
        "netfilter/nf_conntrack_max": str(connections),
    }.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(value)
    return folder


@pytest.mark.parametrize(("connections", "then"), [(4096, "65536"), (262_144, "262144")])
def test_a_small_machine_is_made_to_forward(connections: int, then: str, tmp_path: Path) -> None:
    forward(kernel_settings(tmp_path, connections))
    assert {
        str(file.relative_to(tmp_path)): file.read_text()
        for file in tmp_path.rglob("*")
        if file.is_file()
    } == {
        "ipv4/ip_forward": "1",
        "ipv4/conf/all/send_redirects": "0",
        "ipv4/conf/ens5/send_redirects": "0",
        "netfilter/nf_conntrack_tcp_timeout_established": "350",
        "netfilter/nf_conntrack_max": then,
    }


def test_the_images_own_python_understands_it() -> None:
    """Amazon Linux 2023 keeps 3.9 as its own for all its life; nothing is installed beside it."""
    text = Path(nat_translation.__file__).read_text()
    tree = ast.parse(text, feature_version=(3, 9))
    imported = {
        name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in (
            [node.module]
            if isinstance(node, ast.ImportFrom)
            else [each.name for each in node.names]
        )
    }
    assert imported == {"os", "socket", "struct", "sys", "pathlib"}
