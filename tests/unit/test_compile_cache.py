"""Node keeps what it compiled of jsii's packages, and finds it again."""

import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

PROJECT = Path(__file__).resolve().parents[2]
NODE = Path(sys.executable).with_name("node")
# An app of the smallest package; it prints the folders that jsii made for what it loads.
APP = "import os, constructs; print(*sorted(os.listdir(os.environ['TMPDIR'])))"


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """A Node that keeps its cache beside the test, and folders for temporary files of its own."""
    script = tmp_path / "ops" / "compile_cache.cjs"
    script.parent.mkdir()
    shutil.copy(PROJECT / "ops" / "compile_cache.cjs", script)
    real = subprocess.check_output([NODE, "-p", "process.execPath"], text=True).strip()
    node = tmp_path / "node"
    node.write_text(f'#!/bin/sh\nexec "{real}" --require "{script}" "$@"\n')
    node.chmod(0o755)
    (tmp_path / "temporary").mkdir()
    return {**os.environ, "JSII_NODE": str(node), "TMPDIR": str(tmp_path / "temporary")}


def kernel_folders(environment: dict[str, str]) -> list[str]:
    """Run the app, and return the names of jsii's folders of packages."""
    printed = subprocess.check_output([sys.executable, "-c", APP], env=environment, text=True)
    return [name for name in printed.split() if name.startswith("jsii-kernel-")]


def kept(folder: Path) -> dict[str, int]:
    """The files of the cache, and when each was written."""
    files = (folder / ".venv" / "node-cache").rglob("*")
    return {path.name: path.stat().st_mtime_ns for path in files if path.is_file()}


def test_a_second_start_finds_what_the_first_compiled(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    names = kernel_folders(environment)
    first = kept(tmp_path)
    assert first
    assert kernel_folders(environment) == names
    assert kept(tmp_path) == first


def test_programs_that_run_at_once_have_folders_of_their_own(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    [name] = kernel_folders(environment)
    taken = tmp_path / "temporary" / name
    taken.mkdir()
    other, again = kernel_folders(environment)
    assert {other, again} > {name}
    assert taken.is_dir()  # which is another program's


def test_where_all_names_are_taken_nothing_is_kept(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    [name] = kernel_folders(environment)
    for number in range(16):
        (tmp_path / "temporary" / f"{name[:-1]}{number}").mkdir()
    before = kept(tmp_path)
    assert len(kernel_folders(environment)) == 17
    assert kept(tmp_path) == before


def left_by(owner: str, environment: dict[str, str], mode: int = 0o700) -> Path:
    """Make the first folder as a program with this name leaves it when it is killed."""
    folder = Path(environment["TMPDIR"]) / f"jsii-kernel-{os.getuid()}-0"
    (folder / "node_modules" / "constructs").mkdir(parents=True)
    (folder / owner).touch()
    folder.chmod(mode)
    return folder


def ended() -> int:
    """Return the id of a process that is no more."""
    with subprocess.Popen(["true"]) as process:
        pass
    return process.pid


def test_the_folder_of_a_program_that_was_killed_is_taken_again(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    [name] = kernel_folders(environment)
    before = kept(tmp_path)
    folder = left_by(f"owner-{ended()}-{socket.gethostname()}", environment)
    assert kernel_folders(environment) == [name] == [folder.name]
    assert kept(tmp_path) == before
    assert not folder.exists()


def test_the_folder_of_another_program_is_left_alone(environment: dict[str, str]) -> None:
    folder = left_by(f"owner-{os.getpid()}-{socket.gethostname()}", environment)
    assert len(kernel_folders(environment)) == 2
    assert (folder / "node_modules" / "constructs").exists()


def test_the_folder_of_another_machine_is_left_alone(environment: dict[str, str]) -> None:
    left_by(f"owner-{ended()}-another", environment)
    assert len(kernel_folders(environment)) == 2


def test_a_folder_into_which_others_may_write_is_left_alone(environment: dict[str, str]) -> None:
    left_by(f"owner-{ended()}-{socket.gethostname()}", environment, mode=0o777)
    assert len(kernel_folders(environment)) == 2


def test_other_programs_keep_theirs(environment: dict[str, str]) -> None:
    asked = [environment["JSII_NODE"], "-p", "require('node:module').getCompileCacheDir()"]
    folder = subprocess.check_output(asked, env=environment, text=True)
    assert "/.venv/node-cache/" in folder


def test_the_node_of_the_project_loads_it() -> None:
    command = ["make", "--dry-run", "--always-make", ".venv/.base"]
    printed = subprocess.check_output(command, cwd=PROJECT, text=True)
    assert '--require "%s/ops/compile_cache.cjs"' in printed
