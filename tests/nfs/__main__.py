"""`python -m tests.nfs [--must] [options of pytest]`: boot the machine and run the tests in it.

Where it cannot boot, one line says what to install, and the exit code is 0, or 1 with `--must`.
Needs no root, no network and no disk. UML names the folder into which Debian's package
`user-mode-linux` was unpacked (`dpkg -x`), when it is not installed.
"""

import os
import platform
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent
# The whole takes less than two minutes; a machine that takes so long has stopped.
LONGEST_SECONDS = 600
MEMORY_BYTES = 1 << 30
# ST_NOEXEC of statvfs(3), which not every system has.
NOEXEC = 8
DISK_BYTES = 1 << 30
# As of a shell, whose program ends by Ctrl-C.
INTERRUPTED = 130
# The first line that is not the kernel's.
BEGIN = "NFS tests:"


def kernel() -> Path:
    """Where user-mode Linux is, or would be."""
    return Path(os.environ.get("UML") or "/") / "usr/bin/linux.uml"


def tool(name: str) -> str | None:
    """Where a program of the system is, also one that only root has in its path."""
    return shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")


def has_amx() -> bool:
    """Whether the processor has more registers than user-mode Linux knows; see xstate.c."""
    return bool(re.search(r"^flags\b.*\bamx_tile\b", Path("/proc/cpuinfo").read_text(), re.M))


def missing() -> str | None:
    """What has to be installed before the machine can boot; None when nothing is."""
    if (sys.platform, platform.machine()) != ("linux", "x86_64"):
        return f"they need Linux on x86-64, this is {sys.platform} on {platform.machine()}"
    needed = {
        "user-mode-linux": kernel().exists(),
        "e2fsprogs": tool("mkfs.ext4"),
        "iproute2": tool("ip"),
        "gcc libc6-dev": not has_amx() or tool("cc"),
    }
    packages = " ".join(name for name, there in needed.items() if not there)
    return f"apt-get install {packages}" if packages else None


def command(work: Path, arguments: list[str]) -> list[str]:
    """How the machine is booted: the root of this one, read only, and pytest for its init."""
    modules = max((kernel().parents[1] / "lib/uml/modules").iterdir())
    disk, init = work / "disk", work / "init"
    with disk.open("wb") as file:
        file.truncate(DISK_BYTES)
    make = [str(tool("mkfs.ext4")), "-q", "-E", "lazy_itable_init=1", str(disk)]
    subprocess.run(make, check=True, stdin=subprocess.DEVNULL)
    program = [sys.executable, "-B", str(HERE / "init.py"), str(modules), *arguments]
    init.write_text(f"#!/bin/sh\ncd {shlex.quote(str(PROJECT))}\nexec {shlex.join(program)}\n")
    init.chmod(0o755)
    return [
        *(
            str(kernel()),
            f"mem={MEMORY_BYTES >> 20}M",
            "root=/dev/root",
            "rootfstype=hostfs",
            "rootflags=/",
        ),
        *("ro", "con=null", "con0=null,fd:1", "quiet", f"ubd0={disk}", f"init={init}"),
    ]


def memory_folder(work: Path) -> Path:
    """Where the machine's memory can be a file: with the room, and the right to run what is in it.

    A container's /dev/shm often has 64 MiB, and neither.
    """
    shared = Path("/dev/shm")
    if shared.is_dir():
        found = os.statvfs(shared)
        room = found.f_bavail * found.f_frsize
        if room > MEMORY_BYTES and not found.f_flag & NOEXEC:
            return shared
    return work


def environment(work: Path) -> dict[str, str]:
    """What the emulator is started with."""
    folder = str(memory_folder(work))
    variables = {"HOME": str(work), "PATH": os.defpath, "TMPDIR": folder}
    if has_amx():
        library = work / "xstate.so"
        compiler = [str(tool("cc")), "-O2", "-shared", "-fPIC", "-o", str(library)]
        subprocess.run([*compiler, str(HERE / "xstate.c"), "-ldl"], check=True)
        variables["LD_PRELOAD"] = str(library)
    return variables


def run(arguments: list[str]) -> int:
    """Boot, print what the tests print, and return their exit code.

    It is 1 when the machine stopped, and 130 when a person did.
    """
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        with subprocess.Popen(
            command(work, arguments),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            env=environment(work),
            start_new_session=True,
        ) as process:
            timer = threading.Timer(LONGEST_SECONDS, os.killpg, (process.pid, signal.SIGKILL))
            timer.start()
            assert process.stdout
            code, said = None, []
            try:
                for line in process.stdout:
                    if found := re.match(r"EXIT (\d+)$", line):
                        code = int(found[1])
                        break
                    said.append(line)
                    if said[0].startswith(BEGIN):
                        print(line, end="", flush=True)
                    elif line.startswith(BEGIN):
                        said = [line]
                process.wait()
            except KeyboardInterrupt:
                print("the tests on a real NFS were interrupted; nothing of them runs any more")
                return INTERRUPTED
            finally:
                timer.cancel()
                if process.poll() is None:
                    os.killpg(process.pid, signal.SIGKILL)
        if code is None:
            print(*said, sep="", end="")
            print("the emulated machine stopped before its tests had ended; what it said is above")
        return 1 if code is None else code


def main(arguments: list[str]) -> int:
    """Run what can run here, and return the exit code. SIGTERM ends it as an interrupt does.

    A shell without a terminal lets SIGINT be ignored by what it runs in the background, as CI does.
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    if why_not := missing():
        print(f"the tests on a real NFS did not run: {why_not}")
        return int("--must" in arguments)
    return run([argument for argument in arguments if argument != "--must"])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
