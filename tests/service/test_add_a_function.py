"""The steps of docs/operations/functions.md, Add a function, done to the letter in a copy."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.infra.cdk_synth import PROJECT

# What is set up here, the layer among it, which is the same there.
SHARED = (".venv", "node_modules", ".local/layers")


@pytest.fixture(scope="module")
def blocks() -> list[str]:
    """The four pieces of code that the section shows, in order."""
    text = (PROJECT / "docs" / "operations" / "functions.md").read_text()
    section = text.split("## Add a function\n")[1].split("\n## ")[0]
    found = re.findall(r"^```python\n(.*?)^```$", section, re.MULTILINE | re.DOTALL)
    assert len(found) == 4
    return found


@pytest.fixture(scope="module")
def copy(blocks: list[str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project, with the function."""
    root = tmp_path_factory.mktemp("copy") / "project"
    not_copied = shutil.ignore_patterns(*SHARED, ".*", "cdk.out", "__pycache__")
    shutil.copytree(PROJECT, root, ignore=not_copied)
    (PROJECT / ".local" / "layers").mkdir(parents=True, exist_ok=True)
    (root / ".local").mkdir()
    for name in SHARED:
        (root / name).symlink_to(PROJECT / name)
    handler, line, test, access = blocks

    def put(name: str, content: str) -> None:
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_text(content)

    def insert(name: str, before: str, content: str) -> None:
        old = (root / name).read_text()
        assert old.count(before) == 1
        (root / name).write_text(old.replace(before, content + before))

    put("lambda_src/newest/handler.py", handler)
    insert("stacks/service_stack.py", "\n    def _use(", line)
    put("tests/unit/test_newest.py", test)
    insert("tests/infra/functions.py", "}\n\n# Those without a disk", access)
    return root


def test_it_is_one_folder_one_line_and_one_test(blocks: list[str]) -> None:
    _, line, _, access = blocks
    assert [piece.count("\n") for piece in (line, access)] == [1, 1]


def run_tests(copy: Path, *words: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *words],
        check=False,
        cwd=copy,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
    )


@pytest.fixture(scope="module")
def assembly(copy: Path) -> Path:
    """What its own test and all promises of functions, which pass, have synthesised."""
    run = copy.with_name("run")
    tests = [
        "tests/unit/test_newest.py",
        "tests/unit/test_imports.py",
        "tests/infra/test_function.py",
    ]
    tests += ["tests/infra/test_stage_tag.py", "tests/infra/test_schedule.py"]
    result = run_tests(copy, f"--basetemp={run}", *tests, CDK_VALIDATION="true")
    assert result.returncode == 0, result.stdout + result.stderr
    return run / "baseline"


def test_its_own_test_and_all_promises_of_functions_pass(assembly: Path) -> None:
    assert {path.name for path in assembly.glob("assembly-*")} == {"assembly-Dev", "assembly-Prod"}


def test_its_code_passes_the_checks(copy: Path) -> None:
    files = ["lambda_src/newest/handler.py", "tests/unit/test_newest.py"]
    files += ["stacks/service_stack.py", "tests/infra/functions.py"]
    for command in (["check"], ["format", "--check"]):
        result = subprocess.run(
            [PROJECT / ".venv" / "bin" / "ruff", *command, "--no-cache", *files],
            check=False,
            cwd=copy,
            capture_output=True,
            text=True,
        )
        assert result.returncode == 0, result.stdout


def test_without_its_access_the_promises_fail(
    copy: Path, assembly: Path, blocks: list[str]
) -> None:
    table = copy / "tests" / "infra" / "functions.py"
    table.write_text(table.read_text().replace(blocks[3], ""))
    tests = ["tests/infra/test_function.py", "-k", "network or disk"]
    result = run_tests(copy, *tests, "--assembly", str(assembly))
    assert result.returncode == 1
    assert "newest" in result.stdout
