"""The program of the machine in `nat_instance.py`: it turns address translation on.

It runs at each boot, by the image's own Python (3.9). Amazon Linux 2023 has neither `nft` nor
`iptables`, and to install one takes a network, a repository, and more memory than there is. But its
kernel has nf_tables, to which both of them speak by netlink. So does this, with nothing installed.
https://docs.kernel.org/networking/netlink_spec/nftables.html

It ends with 0 only when the kernel has acknowledged every part.
"""

import os
import socket
import struct
import sys
from pathlib import Path

NETLINK_NETFILTER = 12  # linux/netlink.h, as are the flags
REQUEST, ACKNOWLEDGE, CREATE, APPEND, NESTED = 0x1, 0x4, 0x400, 0x800, 0x8000
ERROR = 2
BATCH_BEGIN, BATCH_END = 0x10, 0x11  # linux/netfilter/nfnetlink.h
NFTABLES = 10
NEW_TABLE, DELETE_TABLE, NEW_CHAIN, NEW_RULE = 0, 2, 3, 6  # linux/netfilter/nf_tables.h
IPV4 = 2
POSTROUTING, SOURCE_NAT = 4, 100  # linux/netfilter.h, linux/netfilter_ipv4.h
TABLE, CHAIN = b"drive\0", b"postrouting\0"

# A connection that nobody uses is forgotten after this time, as a NAT gateway does it; Linux waits
# five days, and a frozen function closes nothing.
# https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-troubleshooting.html
IDLE_SECONDS = 350
# Linux gives a machine of 512 MiB about 4,000; each takes some 300 bytes.
CONNECTIONS = 65_536
SECONDS = 30


def attribute(number: int, value: bytes) -> bytes:
    """A netlink attribute, filled up to four bytes."""
    head = struct.pack("=HH", 4 + len(value), number)
    return head + value + bytes(-len(value) % 4)


def nested(number: int, *attributes: bytes) -> bytes:
    """An attribute of attributes."""
    return attribute(number | NESTED, b"".join(attributes))


def integer(number: int, value: int) -> bytes:
    """An attribute of a number, in the order of the network."""
    return attribute(number, struct.pack("!I", value))


def message(kind: int, flags: int, sequence: int, body: bytes, resource: int = 0) -> bytes:
    """A message to nfnetlink."""
    family = struct.pack("!BBH", IPV4, 0, resource)
    size = 16 + len(family) + len(body)
    return struct.pack("=IHHII", size, kind, REQUEST | flags, sequence, 0) + family + body


def parts() -> list[tuple[int, int, bytes]]:
    """What makes the table anew: each part's kind, flags and body.

    As `nft` has it: table ip drive { chain postrouting { type nat hook postrouting priority srcnat;
    masquerade; } }. The security group says who comes in and what goes out.
    """
    table = attribute(1, TABLE)
    hook = nested(4, integer(1, POSTROUTING), integer(2, SOURCE_NAT))
    chain = attribute(1, TABLE) + attribute(3, CHAIN) + hook + attribute(7, b"nat\0")
    masquerade = nested(1, attribute(1, b"masq\0"), nested(2))
    rule = attribute(1, TABLE) + attribute(2, CHAIN) + nested(4, masquerade)
    return [
        (NEW_TABLE, CREATE, table),  # so that there is one to delete, with what an earlier run left
        (DELETE_TABLE, 0, table),
        (NEW_TABLE, CREATE, table),
        (NEW_CHAIN, CREATE, chain),
        (NEW_RULE, CREATE | APPEND, rule),
    ]


def batch() -> bytes:
    """All parts in one transaction: all of it is in force, or none."""
    made = parts()
    return b"".join(
        [
            message(BATCH_BEGIN, 0, 0, b"", NFTABLES),
            *(
                message(NFTABLES << 8 | kind, flags | ACKNOWLEDGE, number, body)
                for number, (kind, flags, body) in enumerate(made, start=1)
            ),
            message(BATCH_END, 0, len(made) + 1, b"", NFTABLES),
        ]
    )


def translate() -> None:
    """Have the kernel translate what it forwards. Raises `OSError` if it does not."""
    waiting = set(range(1, len(parts()) + 1))
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_NETFILTER) as kernel:
        kernel.settimeout(SECONDS)
        kernel.bind((0, 0))
        kernel.send(batch())
        while waiting:
            answer = kernel.recv(65_536)
            while answer:
                size, kind = struct.unpack_from("=IH", answer)
                if kind == ERROR:
                    error, _, _, _, number = struct.unpack_from("=iIHHI", answer, 16)
                    if error:
                        raise OSError(-error, f"{os.strerror(-error)}, of part {number}")
                    waiting.discard(number)
                answer = answer[(size + 3) & ~3 :]


def forward(system: Path = Path("/proc/sys/net")) -> None:
    """Have the kernel forward, and keep as many connections as it may be asked to."""
    for redirects in (system / "ipv4" / "conf").glob("*/send_redirects"):
        redirects.write_text("0")  # nobody in a VPC has another way
    (system / "netfilter" / "nf_conntrack_tcp_timeout_established").write_text(str(IDLE_SECONDS))
    most = system / "netfilter" / "nf_conntrack_max"
    if int(most.read_text()) < CONNECTIONS:
        most.write_text(str(CONNECTIONS))
    (system / "ipv4" / "ip_forward").write_text("1")


if __name__ == "__main__":
    try:
        translate()
        forward()
    except OSError as fault:
        sys.exit(f"addresses are not translated: {fault}")
    print("addresses are translated")
