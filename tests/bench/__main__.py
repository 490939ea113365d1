"""`make bench`: the service, its calls to NFS, `ops drive`, env, synth, `make local` and again.

Prints medians and ratios; these machines are noisy, so what is compared runs in turn. Exit code 0
whatever the figures. `python -m tests.bench service` measures one of service, nfs, drive,
env, synth, local.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
CDK = PROJECT / ".venv" / "bin" / "cdk"
ROUNDS = 5


def seconds(command: list[str], cwd: Path) -> float:
    """Run the command and return its wall time in seconds."""
    begun = time.perf_counter()
    subprocess.run(command, check=True, cwd=cwd, stdin=subprocess.DEVNULL, capture_output=True)
    return time.perf_counter() - begun


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
    """Both stages against an app with one empty stack, warm, validation on in both."""
    commands = {
        "both stages": ["--app", f"{sys.executable} app.py"],
        "one empty stack": ["--app", f"{sys.executable} -m tests.bench.empty_app"],
    }
    times: dict[str, list[float]] = {name: [] for name in commands}
    for turn in range(ROUNDS + 1):  # the first is for warmth
        for name, options in commands.items():
            output = ["--output", str(folder / name.replace(" ", "-"))]
            taken = seconds([str(CDK), "synth", "**", "--quiet", *options, *output], PROJECT)
            if turn:
                times[name].append(taken)
    for name, measured in times.items():
        print(f"synth, {name:16} {statistics.median(measured):5.2f} s  ({_spread(measured)})")
    ratios = [a / b for a, b in zip(*times.values(), strict=True)]
    print(f"synth, ratio            {statistics.median(ratios):5.2f}    ({_spread(ratios)})")


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


def _spread(values: list[float]) -> str:
    return f"{min(values):.2f} to {max(values):.2f}"


if __name__ == "__main__":
    os.environ.pop("VIRTUAL_ENV", None)
    known = {
        "service": service,
        "nfs": nfs,
        "drive": drive,
        "env": env,
        "synth": synth,
        "local": local,
    }
    (PROJECT / ".local").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=PROJECT / ".local", prefix="bench-") as temporary:
        for name in sys.argv[1:] or known:
            known[name](Path(temporary))
