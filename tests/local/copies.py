"""Copies of this project whose settings are others', as a user edits them."""

import ast
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.local.assemblies import baseline
from tests.local.conftest import PROJECT

# What `make` has set up here, and a copy uses as it is.
_SET_UP = (".venv", "node_modules", ".local/layers")
_MARK = ".venv/.base"


def copy(folder: Path) -> Path:
    """Copy what a commit of this checkout would have, committed or not, and return the folder.

    Files keep their times, by which `make` knows what is set up.
    """
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        check=True,
        cwd=PROJECT,
        capture_output=True,
        text=True,
    ).stdout
    for name in filter(None, listed.split("\0")):
        if (PROJECT / name).is_file():  # or else it was deleted, which is not committed yet
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(PROJECT / name, folder / name)
    return folder


def link_set_up(folder: Path) -> Path:
    """Let a folder use what is set up here, and return it.

    Its files are older than that, or else `make` would set up again.
    """
    older = (PROJECT / _MARK).stat().st_mtime - 1
    for file in folder.rglob("*"):
        if file.is_file() and not file.is_symlink():
            os.utime(file, (older, older))
    for name in _SET_UP:
        (PROJECT / name).mkdir(parents=True, exist_ok=True)
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).unlink(missing_ok=True)
        (folder / name).symlink_to(PROJECT / name)
    return folder


@contextmanager
def set_up(folder: Path) -> Iterator[Path]:
    """Let a copy use what is set up here, for a while."""
    (folder / ".local").mkdir()
    for name in _SET_UP:
        (folder / name).symlink_to(PROJECT / name)
    try:
        yield folder
    finally:
        for name in _SET_UP:
            (folder / name).unlink()


def copy_types(folder: Path) -> None:
    """Give mypy what `make check` found here: the same answer in a fifth of the time."""
    if (PROJECT / ".mypy_cache").exists():
        shutil.copytree(PROJECT / ".mypy_cache", folder, dirs_exist_ok=True)


def assign(file: Path, **statements: str) -> None:
    """Replace in a module the assignment to each name by the statement that is given for it."""
    text = file.read_text()
    lines = text.splitlines(keepends=True)
    for name, (first, last) in sorted(_assignments(text).items(), key=lambda each: -each[1][0]):
        if name in statements:
            lines[first - 1 : last] = [statements.pop(name) + "\n"]
    assert not statements, f"{file} assigns nothing to {', '.join(statements)}"
    file.write_text("".join(lines))


def _assignments(text: str) -> dict[str, tuple[int, int]]:
    """Return the first and the last line of each assignment to one name of the module."""
    found = {}
    for statement in ast.parse(text).body:
        match statement:
            case ast.Assign(targets=[ast.Name(name)]) | ast.AnnAssign(target=ast.Name(name)):
                found[name] = (statement.lineno, statement.end_lineno or statement.lineno)
    return found


def baseline_tree(
    folder: Path, edit: Callable[[Path], None] = lambda _: None, *, checked: bool = False
) -> str:
    """Return the id of a tree for `git archive`: this checkout by the settings of the tests.

    The project's own may be what no local cloud deploys: images, a VPC that is there already.
    `edit` is called with its folder before. One that is `checked` has the reference for it.
    """
    tree = copy(folder / "tree")
    edit(tree)
    settings = (PROJECT / "tests" / "baseline.py").read_text()
    lines = _assignments(settings)
    stages = {
        name: "\n".join(settings.splitlines()[lines[name][0] - 1 : lines[name][1]])
        for name in ("DEV", "PROD")
    }
    assign(
        tree / "environments.py",
        **stages,
        STAGES="STAGES = (DEV, PROD)",
        PIPELINE="PIPELINE: Pipeline | None = None",
        GITHUB="GITHUB: GitHub | None = None",
    )
    if checked:
        refresh = [sys.executable, "-m", "tests.infra.reference", "--assembly", str(baseline())]
        subprocess.run(refresh, check=True, cwd=tree, capture_output=True)

    def git(*arguments: str) -> str:
        return subprocess.run(
            ["git", "--work-tree", str(tree), *arguments],
            check=True,
            cwd=PROJECT,
            env=os.environ | {"GIT_INDEX_FILE": str(folder / "index")},
            capture_output=True,
            text=True,
        ).stdout.strip()

    git("add", "--all")
    return git("write-tree")
