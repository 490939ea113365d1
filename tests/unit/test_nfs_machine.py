"""`make test-nfs` where it cannot run: one line that says what to install, and no failure."""

import os
import platform
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.nfs import __main__ as machine

PROJECT = Path(__file__).resolve().parents[2]


def run(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tests.nfs", *options],
        check=False,
        cwd=PROJECT,
        env={"UML": str(folder)},
        capture_output=True,
        text=True,
    )


def test_where_it_cannot_run_one_line_says_why_and_nothing_fails(tmp_path: Path) -> None:
    for options, code in (((), 0), (("--must",), 1)):
        done = run(tmp_path, *options)
        assert (done.returncode, done.stderr) == (code, "")
        [line] = done.stdout.splitlines()
        assert line.startswith("the tests on a real NFS did not run: ")


@pytest.mark.parametrize(("system", "processor"), [("darwin", "arm64"), ("linux", "aarch64")])
def test_another_system_is_named(
    monkeypatch: pytest.MonkeyPatch, system: str, processor: str
) -> None:
    monkeypatch.setattr(sys, "platform", system)
    monkeypatch.setattr(platform, "machine", lambda: processor)
    assert machine.missing() == f"they need Linux on x86-64, this is {system} on {processor}"


def test_what_is_missing_is_named_by_its_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(platform, "machine", lambda: "x86_64")
    monkeypatch.setattr(machine, "kernel", lambda: Path("/nowhere"))
    monkeypatch.setattr(machine, "tool", lambda name: None if name == "cc" else f"/{name}")
    for amx, packages in ((False, "user-mode-linux"), (True, "user-mode-linux gcc libc6-dev")):
        monkeypatch.setattr(machine, "has_amx", lambda amx=amx: amx)
        assert machine.missing() == f"apt-get install {packages}"
    monkeypatch.setattr(machine, "kernel", lambda: Path("/"))
    monkeypatch.setattr(machine, "has_amx", lambda: False)
    assert machine.missing() is None


def test_its_memory_is_where_there_is_room_for_it_that_can_be_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Path, "is_dir", lambda _: True)
    block, blocks = 4096, machine.MEMORY_BYTES // 4096
    for free, flags, folder in (
        (blocks + 1, 0, Path("/dev/shm")),
        (blocks, 0, tmp_path),
        (blocks + 1, machine.NOEXEC, tmp_path),
    ):
        values = (block, block, 0, 0, free, 0, 0, 0, flags, 255)
        monkeypatch.setattr(os, "statvfs", lambda _, values=values: os.statvfs_result(values))
        assert machine.memory_folder(tmp_path) == folder


@pytest.mark.parametrize("code", [0, 1, 5])
def test_what_the_tests_print_is_printed_and_their_exit_code_returned(
    code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    script = f"echo a kernel; echo '{machine.BEGIN} begin'; echo a test; echo EXIT {code}; echo end"
    monkeypatch.setattr(machine, "command", lambda *_: ["/bin/sh", "-c", script])
    monkeypatch.setattr(machine, "environment", lambda *_: {"PATH": os.defpath})
    assert machine.run([]) == code
    assert capsys.readouterr().out == "a test\n"


def test_interrupted_it_is_one_line_and_the_machine_is_gone(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    printed: list[str] = []

    def interrupted(line: str, **_: object) -> None:
        printed.append(line)
        if len(printed) == 1:  # the first line of the tests
            raise KeyboardInterrupt

    pid = tmp_path / "pid"
    script = f"echo $$ >{pid}; echo '{machine.BEGIN} begin'; exec sleep 1000"
    monkeypatch.setattr(machine, "command", lambda *_: ["/bin/sh", "-c", script])
    monkeypatch.setattr(machine, "environment", lambda *_: {"PATH": os.defpath})
    monkeypatch.setattr(machine, "print", interrupted, raising=False)
    assert machine.run([]) == 130
    assert printed[1:] == [
        "the tests on a real NFS were interrupted; nothing of them runs any more"
    ]
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid.read_text()), 0)


def test_terminated_in_the_background_of_ci_it_leaves_no_machine(tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    booted = f"echo $$ >{pid}; echo '{machine.BEGIN} begin'; exec sleep 1000"
    script = f"""
import signal, sys
from tests.nfs import __main__ as machine
signal.signal(signal.SIGINT, signal.SIG_IGN)
machine.missing = lambda: None
machine.command = lambda *_: ["/bin/sh", "-c", {booted!r}]
machine.environment = lambda *_: {{"PATH": {os.defpath!r}}}
sys.exit(machine.main(["--must"]))
"""
    command = [sys.executable, "-c", script]
    with subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout
        assert running.stdout.readline() == f"{machine.BEGIN} begin\n"
        running.terminate()
        assert running.wait() == 130
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid.read_text()), 0)


def test_make_test_does_not_collect_it() -> None:
    options = tomllib.loads((PROJECT / "pyproject.toml").read_text())["tool"]["pytest"]
    assert not any("nfs" in path for path in options["ini_options"]["testpaths"])
