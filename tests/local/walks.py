"""Walks of the pipeline, and the trees that they take: what is here, with less for Synth to do."""

import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.local.conftest import PROJECT, LocalCloud
from tests.local.copies import copy_types
from tests.patience import PATIENCE_SECONDS


@dataclass(frozen=True)
class Walked:
    """A walk that is over, with its local cloud still running."""

    cloud: LocalCloud
    printed: str

    def log(self, action: str) -> str:
        [file] = (self.cloud.folder / "logs").glob(f"*-{action}.log")
        return file.read_text()


# Of the tests that look at a project's own settings, those that synthesise nothing: what the others
# find is held by tests/local/test_shipped_settings.py, and the build synthesises its pipeline too.
KEPT = ("tests/infra/test_workflows.py", "tests/unit/test_imports.py")


def shorten(tree: Path, types: Path) -> None:
    """Leave to the gate of a tree a few tests, and to mypy the settings, which are not those here.

    All others run here, and would take minutes once more. What mypy knows is put into `types`.
    """
    kept = {tree / each for each in KEPT}
    folders = ("infra", "review", "unit")  # those of `make test-fast`
    others = {test for each in folders for test in tree.glob(f"tests/{each}/**/test_*.py")} - kept
    assert len(others) > 100
    ignored = " ".join(f"--ignore={each.relative_to(tree)}" for each in sorted(others))
    copy_types(types)
    project = tree / "pyproject.toml"
    text = project.read_text()
    [files] = re.findall(r"^files = \[.*\]$", text, re.MULTILINE)
    for old, new in (
        ('addopts = "', f'addopts = "{ignored} '),
        ("[tool.mypy]\n", f'[tool.mypy]\ncache_dir = "{types}"\n'),
        (files, 'files = ["environments.py", "pipeline.py"]'),
    ):
        assert text.count(old) == 1
        text = text.replace(old, new)
    project.write_text(text)


def leave_out_checks(tree: Path) -> None:
    """Leave to Synth what it is for."""
    file = tree / "stacks/shipping/deployment_pipeline.py"
    text = file.read_text()
    checks = '"make check-source", "make test-fast", '
    assert text.count(checks) == 1
    file.write_text(text.replace(checks, ""))


def walk_of(folder: Path, tree: str, *program: str) -> Iterator[Walked]:
    """Walk, with the approvals given by a person."""
    cloud = LocalCloud(folder)
    try:
        result = subprocess.run(
            [sys.executable, "-m", *program, "--keep"]
            + ["--folder", str(folder), "--commit", tree],
            check=False,
            cwd=PROJECT,
            input="y\ny\nyes\n",
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
        )
        assert result.returncode == 0, result.stdout + result.stderr
        yield Walked(cloud, result.stdout)
    finally:
        cloud.process.stop()
