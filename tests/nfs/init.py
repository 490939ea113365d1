"""The first program of the emulated machine: it starts the server and its clients, then pytest.

`python init.py MODULES [options of pytest]`, in the project's folder.
"""

import os
import sys
import time
import traceback

sys.path.insert(0, os.getcwd())

from tests.nfs import kernel, server
from tests.nfs.clients import Lab

_BEGUN = time.monotonic()


def _boot() -> None:
    kernel.mount("proc", "/proc", "proc")
    kernel.mount("sysfs", "/sys", "sysfs")
    for where in ("/mnt", "/run"):
        kernel.mount("tmpfs", where, "tmpfs")
    os.environ["PATH"] = "/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    os.environ["TMPDIR"] = "/mnt"


def _tests(arguments: list[str]) -> int:
    made = server.Server(kernel.Modules(sys.argv[1]), "/dev/ubda")
    for name in server.NAMES:
        made.connect(name)
    Lab.server = made
    print(f"NFS tests: server and {len(server.NAMES)} clients are up", flush=True)
    import pytest  # noqa: PLC0415 - after the clients were forked

    named = [each for each in arguments if not each.startswith("-")]
    options = ["-p", "no:cacheprovider", "--confcutdir", "tests/nfs", "-o", "addopts=--color=no"]
    options += ["--tb=short", "--verbose"]
    return int(pytest.main([*options, *arguments, *([] if named else ["tests/nfs"])]))


if __name__ == "__main__":
    code = 1
    try:
        _boot()
        code = _tests(sys.argv[2:])
    except BaseException:  # noqa: BLE001 - it is the first process, which may not end
        traceback.print_exc()
    print(f"took {time.monotonic() - _BEGUN:.0f} s\nEXIT {code}", flush=True)
    kernel.tell("/proc/sysrq-trigger", "o")
    time.sleep(100)
