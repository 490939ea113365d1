"""A machine translates addresses: real packets through the kernel of this one, in namespaces.

It needs Linux, root, `ip` and `setpriv`, so it is no part of `make test`, but of CI, as
`make test-kernel`. As in a VPC the machine has one interface; a router sends it what comes from the
private subnet, and the world answers to no other address than the machine's.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from stacks.network import nat_translation

PROGRAM = Path(nat_translation.__file__)
MACHINE = "10.42.0.5"
CLIENT = "10.42.1.9"
WORLD = "203.0.113.2"
PORT = 443

SERVER = f"""
import socket
with socket.create_server(("{WORLD}", {PORT})) as server:
    print("ready", flush=True)
    while True:
        connection, (address, _) = server.accept()
        with connection:
            connection.sendall(address.encode())
"""
CALL = f"""
import socket
with socket.create_connection(("{WORLD}", {PORT}), timeout=float(__import__("sys").argv[1])) as to:
    print(to.makefile().read())
"""


class Net:
    """A router with three networks: of the machine, of a client behind it, and of the world."""

    def __init__(self) -> None:
        self.names = {
            name: f"drive-{os.getpid()}-{name}" for name in ("router", "machine", "client", "world")
        }

    def ip(self, where: str, command: str) -> None:
        subprocess.run(["ip", "-n", self.names[where], *command.split()], check=True)

    def inside(self, where: str, *command: str) -> list[str]:
        """The command line that runs a command in a namespace."""
        return ["ip", "netns", "exec", self.names[where], *command]

    def up(self) -> None:
        for name in self.names.values():
            subprocess.run(["ip", "netns", "add", name], check=True)
        for name, address in (("machine", MACHINE), ("client", CLIENT), ("world", WORLD)):
            network = address.rpartition(".")[0]
            self.ip("router", f"link add {name} type veth peer name eth0 netns {self.names[name]}")
            self.ip("router", f"addr add {network}.1/24 dev {name}")
            self.ip("router", f"link set {name} up")
            self.ip(name, f"addr add {address}/24 dev eth0")
            self.ip(name, "link set eth0 up")
            if name != "world":
                self.ip(name, f"route add default via {network}.1")
        self.ip("world", f"route add {MACHINE}/32 via 203.0.113.1")
        self.ip("router", "rule add from 10.42.1.0/24 iif client lookup 100")
        self.ip("router", f"route add default via {MACHINE} table 100")
        forward = "/proc/sys/net/ipv4/ip_forward"
        subprocess.run(self.inside("router", "sh", "-c", f"echo 1 >{forward}"), check=True)

    def down(self) -> None:
        for name in self.names.values():
            subprocess.run(["ip", "netns", "del", name], check=False)

    def translate(self, *before: str) -> subprocess.CompletedProcess[str]:
        """Run the program on the machine, as its service does."""
        return subprocess.run(
            self.inside("machine", *before, sys.executable, str(PROGRAM)),
            check=False,
            capture_output=True,
            text=True,
        )

    def call(self, seconds: float) -> subprocess.CompletedProcess[str]:
        """Ask the world for the address that it sees."""
        return subprocess.run(
            self.inside("client", sys.executable, "-c", CALL, str(seconds)),
            check=False,
            capture_output=True,
            text=True,
        )


@pytest.fixture(scope="module")
def net() -> Iterator[Net]:
    """The networks, with a server in the world."""
    for tool in ("ip", "setpriv"):
        assert shutil.which(tool), f"{tool} is missing: apt-get install iproute2 util-linux"
    assert os.geteuid() == 0, "namespaces of the network need root"
    net = Net()
    try:
        net.up()
        with subprocess.Popen(
            net.inside("world", sys.executable, "-c", SERVER), stdout=subprocess.PIPE, text=True
        ) as server:
            assert server.stdout is not None
            assert server.stdout.readline() == "ready\n"
            yield net
            server.kill()
    finally:
        net.down()


def test_packets_go_out_with_the_machines_address_and_come_back(net: Net) -> None:
    # Without it there is no way.
    assert "TimeoutError" in net.call(1).stderr
    # A machine that may not change its kernel says so: a deployment fails by that.
    refused = net.translate("setpriv", "--bounding-set=-net_admin", "--inh-caps=-net_admin")
    assert refused.returncode == 1
    assert "addresses are not translated: " in refused.stderr
    assert "TimeoutError" in net.call(1).stderr
    # Once, and again, as after a failure.
    for _ in range(2):
        translated = net.translate()
        assert (translated.returncode, translated.stderr) == (0, "")
        answer = net.call(60)
        assert (answer.stdout, answer.stderr) == (f"{MACHINE}\n", "")
