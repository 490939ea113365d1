"""The NFS server of the emulated machine, and the mounts of its clients."""

import os
import shutil
import socket
import subprocess
import time
import traceback
from pathlib import Path

from tests.nfs import kernel
from tests.nfs.kernel import tell

# The options that the EFS mount helper gives
# (https://docs.aws.amazon.com/efs/latest/ug/mounting-fs-nfs-mount-settings.html).
OPTIONS = "vers=4.1,rsize=1048576,wsize=1048576,hard,timeo=600,retrans=2,noresvport"
# How long a client may be away before its locks go to others; the least that the server takes.
LEASE_SECONDS = 10
NAMES = "abcdefgh"

_THREADS = 8
_EXPORTED = "/mnt/srv/root"
_NFSD = "/proc/fs/nfsd"
# insecure_locks, insecure and no_subtree_check, by their bits (include/uapi/linux/nfsd/export.h).
_FLAGS = 0x2 | 0x400 | 0x2000


def ip(*arguments: str) -> None:
    """Set up the network."""
    program = shutil.which("ip", path="/usr/sbin:/sbin:/usr/bin:/bin")
    subprocess.run([str(program), *arguments], check=True)


class Server:
    """An export on a disk of its own, to clients that each have a network to it."""

    # What it has itself, for a test to look at.
    root = Path(_EXPORTED)

    def __init__(self, modules: kernel.Modules, disk: str) -> None:
        for name in ("srv", *NAMES):
            os.mkdir(f"/mnt/{name}")
        for name in ("sunrpc", "nfsv4", "veth", "ext4"):
            modules.load(name)
        modules.load("nfsd", "cltrack_prog=/bin/true")  # a helper that knows every client
        kernel.mount(disk, "/mnt/srv", "ext4")
        self.root.mkdir()
        self.root.chmod(0o777)
        ip("link", "set", "lo", "up")
        tell("/proc/sys/fs/leases-enable", "0")  # EFS gives no delegations
        kernel.mount("nfsd", _NFSD, "nfsd")
        tell(f"{_NFSD}/nfsv4leasetime", f"{LEASE_SECONDS}\n")
        tell(f"{_NFSD}/nfsv4gracetime", f"{LEASE_SECONDS}\n")
        tell(f"{_NFSD}/versions", "-3 +4 -4.0 +4.1\n")
        self._start()
        tell(f"{_NFSD}/v4_end_grace", "Y\n")  # nobody has anything to reclaim yet

    def _start(self) -> None:
        self._export()
        tell(f"{_NFSD}/portlist", "tcp 2049\n")
        tell(f"{_NFSD}/threads", f"{_THREADS}\n")

    def _export(self) -> None:
        """Tell the kernel what rpc.mountd would, when asked; a stop of the server forgets it."""
        for number in range(1, len(NAMES) + 1):
            tell("/proc/net/rpc/auth.unix.ip/channel", f"nfsd 10.9.{number}.2 2147483647 drive\n")
        export = f"drive {_EXPORTED} 2147483647 {_FLAGS} 65534 65534 0\n"
        tell("/proc/net/rpc/nfsd.export/channel", export)
        tell("/proc/net/rpc/nfsd.fh/channel", f"drive 1 \\x00000000 2147483647 {_EXPORTED}\n")

    def restart(self, *, after: float) -> None:
        """In so many seconds forget all clients, their sessions and locks.

        They claim these again, for which they get a few seconds; meanwhile nobody gets a new one.
        """
        time.sleep(after)
        tell(f"{_NFSD}/threads", "0\n")
        time.sleep(1)
        self._start()
        time.sleep(4)
        tell(f"{_NFSD}/v4_end_grace", "Y\n")

    def connect(self, name: str) -> None:
        """Mount the export at /mnt/<name>, with a network, a host name and caches of its own."""
        number = NAMES.index(name) + 1
        ours, theirs = socket.socketpair()
        process = os.fork()
        if process == 0:
            try:
                kernel.unshare(kernel.CLONE_NEWNET | kernel.CLONE_NEWUTS)
                socket.sethostname(f"client-{name}")
                theirs.send(b"1")
                theirs.recv(1)
                ip("link", "set", "lo", "up")
                ip("addr", "add", f"10.9.{number}.2/24", "dev", f"c{name}")
                ip("link", "set", f"c{name}", "up")
                addresses = f"addr=10.9.{number}.1,clientaddr=10.9.{number}.2"
                source = f"10.9.{number}.1:/"
                kernel.mount(source, f"/mnt/{name}", "nfs4", 0, f"{OPTIONS},{addresses}")
                theirs.send(b"2")
                while True:  # its network is there for as long as it is
                    time.sleep(1000)
            except BaseException:  # noqa: BLE001 - it must not go on as its parent
                traceback.print_exc()
            os._exit(1)
        theirs.close()
        assert ours.recv(1) == b"1"
        pair = ("type", "veth", "peer", "name", f"c{name}", "netns", str(process))
        ip("link", "add", f"s{name}", *pair)
        ip("addr", "add", f"10.9.{number}.1/24", "dev", f"s{name}")
        ip("link", "set", f"s{name}", "up")
        ours.send(b"1")
        assert ours.recv(1) == b"2", f"client {name} did not mount"

    def cut(self, name: str) -> None:
        """Take a client's network away."""
        ip("link", "set", f"s{name}", "down")

    def reach(self, name: str) -> None:
        """Give it back."""
        ip("link", "set", f"s{name}", "up")
