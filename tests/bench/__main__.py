"""`make bench`: the service, its NFS calls, `ops drive`, WebDAV, env, synth, `make local`, reviews.

Prints medians and ratios; these machines are noisy, so what is compared runs in turn. Exit code 0
whatever the figures. `python -m tests.bench service` measures one of service, nfs, drive,
webdav, page, env, synth, local, judging, review.
"""

import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

PROJECT = Path(__file__).resolve().parents[2]
PAIRS = 10


class Times(NamedTuple):
    """What a command took in seconds: of processors, outside of the kernel, and by the clock."""

    user: float
    wall: float


def seconds(command: list[str], cwd: Path) -> float:
    """Run the command and return its wall time in seconds."""
    begun = time.perf_counter()
    subprocess.run(command, check=True, cwd=cwd, stdin=subprocess.DEVNULL, capture_output=True)
    return time.perf_counter() - begun


def times_of(command: list[str]) -> Times:
    """Run the command of `.venv/bin` in this project, and return what it and its children took."""
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    begun, user = time.perf_counter(), _user_seconds()
    subprocess.run(
        command,
        check=True,
        cwd=PROJECT,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
    )
    return Times(_user_seconds() - user, time.perf_counter() - begun)


def _user_seconds() -> float:
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime


def service(folder: Path) -> None:
    """The file service against the bare thing, on the disk of this project."""
    drive = Path(tempfile.mkdtemp(dir=folder))
    command = [sys.executable, "-m", "tests.bench.service", str(drive)]
    # What the functions print to standard output are their metrics.
    subprocess.run(command, check=True, cwd=PROJECT, stdout=subprocess.DEVNULL)


def nfs(_: Path) -> None:
    """How many calls an operation makes to an NFS server, where user-mode Linux is installed.

    They are counted, not timed, so `make test-nfs` holds them.
    """
    command = [sys.executable, "-m", "tests.nfs", "--quiet", "tests/nfs/test_round_trips.py"]
    subprocess.run(command, check=False, cwd=PROJECT)


def synth(folder: Path) -> None:
    """Both stages against an app with one empty stack, in turn: `PAIRS` pairs, warm.

    All run as `cdk.json` says, with its flags, the Node of this project, and validation on. The
    templates put in as they are show what of it is CDK's own for so many resources.
    """
    app = json.loads((PROJECT / "cdk.json").read_text())["app"]
    made = folder / "both-stages"
    apps = {
        "both stages": app,
        "as they are": app.replace("app.py", f"-m tests.bench.included_app {made}"),
        "one empty stack": app.replace("app.py", "-m tests.bench.empty_app"),
    }
    times: dict[str, list[Times]] = {name: [] for name in apps}
    for turn in range(PAIRS + 1):  # the first is for warmth
        for name, command in apps.items():
            output = str(folder / name.replace(" ", "-"))
            taken = times_of(["cdk", "synth", "**", "--quiet", "--app", command, "-o", output])
            if turn:
                times[name].append(taken)
    for kind in Times._fields:
        of = {name: [getattr(each, kind) for each in taken] for name, taken in times.items()}
        for name, measured in of.items():
            median = statistics.median(measured)
            print(f"synth, {name:16} {median:5.2f} s {kind:4}  ({_spread(measured)})")
        *apart, empty = of
        for name in apart:
            ratios = [a / b for a, b in zip(of[name], of[empty], strict=True)]
            median = statistics.median(ratios)
            print(f"ratio, {name:16} {median:5.2f}   {kind:4}  ({_spread(ratios)})")


def local(folder: Path) -> None:
    """`make local` in a fresh clone, with the package caches as they are, and again unchanged."""
    clone = folder / "clone"
    subprocess.run(["git", "clone", "--quiet", str(PROJECT), str(clone)], check=True)
    try:
        first = seconds(["make", "local", "PORT=0"], clone)
        again = [seconds(["make", "local"], clone) for _ in range(3)]
    finally:
        subprocess.run(["make", "local-down"], check=True, cwd=clone, capture_output=True)
    print(f"make local, fresh clone {first:5.1f} s")
    print(f"make local, again       {statistics.median(again):5.1f} s  ({_spread(again)})")


def env(folder: Path) -> None:
    """`ops env set` against two calls of the AWS CLI and jq."""
    own = Path(tempfile.mkdtemp(dir=folder))
    subprocess.run([sys.executable, "-m", "tests.bench.env", str(own)], check=True, cwd=PROJECT)


def drive(folder: Path) -> None:
    """`ops drive` side by side against one after another, with a server that takes its time."""
    own = Path(tempfile.mkdtemp(dir=folder))
    command = [sys.executable, "-m", "tests.bench.transfers", str(own)]
    subprocess.run(command, check=True, cwd=PROJECT)


def page(folder: Path) -> None:
    """500 small files from the page in a browser against the client's own `put -r`."""
    own = Path(tempfile.mkdtemp(dir=folder))
    subprocess.run([sys.executable, "-m", "tests.bench.page", str(own)], check=True, cwd=PROJECT)


def webdav(folder: Path) -> None:
    """A read of 64 MiB by WebDAV against the client's own."""
    own = Path(tempfile.mkdtemp(dir=folder))
    subprocess.run([sys.executable, "-m", "tests.bench.webdav", str(own)], check=True, cwd=PROJECT)


def judging(folder: Path) -> None:
    """A request of the local cloud, cold and warm, with and without its judging."""
    own = Path(tempfile.mkdtemp(dir=folder))
    subprocess.run([sys.executable, "-m", "tests.bench.judging", str(own)], check=True, cwd=PROJECT)


def review(_: Path) -> None:
    """A review with its page, without synthesis: of this app, and of up to 5,000 resources."""
    subprocess.run([sys.executable, "-m", "tests.bench.review"], check=True, cwd=PROJECT)


def _spread(values: list[float]) -> str:
    return f"{min(values):.2f} to {max(values):.2f}"


if __name__ == "__main__":
    os.environ.pop("VIRTUAL_ENV", None)
    known = {
        "service": service,
        "nfs": nfs,
        "drive": drive,
        "webdav": webdav,
        "page": page,
        "env": env,
        "synth": synth,
        "local": local,
        "judging": judging,
        "review": review,
    }
    (PROJECT / ".local").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=PROJECT / ".local", prefix="bench-") as temporary:
        for name in sys.argv[1:] or known:
            known[name](Path(temporary))
