"""Programs that nobody here wrote work with a drive: fsspec's own tests, pandas, pyarrow."""

import os
import re
import subprocess
import tomllib
from pathlib import Path

from tests.patience import PATIENCE_SECONDS
from tests.programs import PROGRAMS
from tests.service.served import PROJECT, Served

HERE = "tests/service/filesystem/judges"
# What is left out judges fsspec's own patterns, once more for each of three copies.
SUITE = ("-m", "pytest", "--noconftest", "-qp", "no:cacheprovider", "-k", "not glob_edge_cases")


def _run(*words: str, url: str, folder: Path) -> str:
    """Run Python as the programs have it, with the entry point that the package has."""
    package = folder / "package" / "lambda_drive-1.dist-info"
    package.mkdir(parents=True)
    (package / "METADATA").write_text("Name: lambda-drive\nVersion: 1\n")
    declared = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]["entry-points"]
    (package / "entry_points.txt").write_text(
        "".join(
            f"[{group}]\n" + "".join(f"{name} = {value}\n" for name, value in entries.items())
            for group, entries in declared.items()
        )
    )
    run = subprocess.run(
        [PROGRAMS / "python", "-W", "error", *words],
        cwd=PROJECT,
        env={
            **os.environ,
            "DRIVE_URL": url,
            "PYTHONPATH": os.pathsep.join([str(PROJECT), str(package.parent)]),
        },
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )
    print(run.stdout, run.stderr)
    assert run.returncode == 0
    return run.stdout


def test_a_drive_passes_the_tests_that_fsspec_has_for_file_systems(
    url: Served, tmp_path: Path
) -> None:
    told = _run(*SUITE, f"{HERE}/abstract_suite.py", url=url, folder=tmp_path)
    [passed] = re.findall(r"(\d+) passed, \d+ deselected", told)
    assert int(passed) > 40
    assert "skipped" not in told


def test_pandas_and_pyarrow_read_the_tables_that_they_wrote(url: Served, tmp_path: Path) -> None:
    told = _run("-m", HERE.replace("/", ".") + ".tables", url=url, folder=tmp_path)
    assert told.endswith("done\n")


def test_workers_read_by_a_file_system_and_a_file_that_came_to_them(
    url: Served, tmp_path: Path
) -> None:
    told = _run("-m", HERE.replace("/", ".") + ".workers", url=url, folder=tmp_path)
    assert told.endswith("done\n")


def test_the_lines_of_the_page_work(url: Served, tmp_path: Path) -> None:
    page = (PROJECT / "docs" / "client.md").read_text()
    section = page.partition("## In Python")[2].partition("\n## ")[0]
    blocks = re.findall(r"```python\n(.*?)```", section, re.DOTALL)
    assert blocks
    lines = "\n".join(blocks).replace("https://YOUR-DRIVE", url)
    assert url in lines
    _run("-c", lines, url=url, folder=tmp_path)
