"""System calls that Python has no function for, and the modules of the emulated kernel."""

import ctypes
import os
from pathlib import Path

CLONE_NEWNS, CLONE_NEWUTS, CLONE_NEWNET = 0x00020000, 0x04000000, 0x40000000
MS_BIND, MS_REC, MS_PRIVATE = 0x1000, 0x4000, 1 << 18

_FINIT_MODULE = 313  # of x86-64
_EXISTS = 17
_libc = ctypes.CDLL(None, use_errno=True)


def _check(result: int, what: str) -> None:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")


def mount(source: str, target: str, kind: str, flags: int = 0, data: str = "") -> None:
    """mount(2)."""
    call = (source.encode(), target.encode(), kind.encode(), flags, data.encode() or None)
    _check(_libc.mount(*call), f"mount {kind} {source} {target} {data}")


def unshare(flags: int) -> None:
    """unshare(2): namespaces of its own for this process."""
    _check(_libc.unshare(flags), "unshare")


def tell(path: str, text: str) -> None:
    """Write to a file of /proc or /sys, in one call."""
    descriptor = os.open(path, os.O_WRONLY)
    try:
        os.write(descriptor, text.encode())
    finally:
        os.close(descriptor)


class Modules:
    """The kernel's modules in a folder, loaded with what they depend on; no kmod is needed."""

    def __init__(self, folder: str) -> None:
        found = Path(folder).rglob("*.ko")
        self._paths = {path.stem.replace("-", "_"): path for path in found}

    def load(self, name: str, parameters: str = "") -> None:
        """Load a module, unless it is loaded or built in."""
        path = self._paths.pop(name.replace("-", "_"), None)
        if path is None:
            return
        for needed in self._needs(path):
            self.load(needed)
        descriptor = os.open(path, os.O_RDONLY)
        try:
            result = _libc.syscall(_FINIT_MODULE, descriptor, parameters.encode(), 0)
            if ctypes.get_errno() != _EXISTS:
                _check(result, f"module {path}")
        finally:
            os.close(descriptor)

    @staticmethod
    def _needs(path: Path) -> list[str]:
        """What the module itself says: there is no modules.dep before depmod ran."""
        listed = path.read_bytes().partition(b"\0depends=")[2].partition(b"\0")[0]
        return [name for name in listed.decode().split(",") if name]
