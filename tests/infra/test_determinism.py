"""The same source gives the same assembly: in two folders, by random seeds of hashes.

Each week ten times, of which either stage has half.

A set that is iterated into a template, a time, or a path of the machine would make each synth a
change to deploy.
"""

import hashlib
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from tests.local.copies import copy

PROJECT = Path(__file__).resolve().parents[2]
# It takes its folder and how often, and leaves an assembly of either stage in turn in `0`, `1`, ...
SYNTHESISE = """
import sys
from pathlib import Path
from tests.baseline import DEV, PROD
from tests.infra import synthesis
for number in range(int(sys.argv[2])):
    synthesis.assembly(Path(sys.argv[1]) / str(number), (DEV, PROD)[number % 2])
"""
TIMES = 5
# It takes the folder of an assembly of both.
BOTH = """
import sys
from pathlib import Path
from tests.baseline import DEV, PROD
from tests.infra import synthesis
synthesis.assembly(Path(sys.argv[1]), DEV, PROD)
"""


def content(assembly: Path) -> dict[str, str]:
    """Return the hash of each file of an assembly, by name.

    But for the files of metadata, which nobody deploys and which differ (docs/design.md).
    """
    return {
        str(file.relative_to(assembly)): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted(assembly.rglob("*"))
        if file.is_file() and not file.name.endswith(".metadata.json")
    }


@pytest.mark.slow
def test_a_synthesis_in_another_folder_is_the_same_to_the_byte(
    baseline: Path, tmp_path: Path
) -> None:
    """By another seed too: that of a process is random unless it is set."""
    other = copy(tmp_path / "other")
    seed = random.randrange(1, 2**32)
    process = _started(other, seed, "-c", BOTH, str(tmp_path / "there"))
    _, said = process.communicate()
    assert process.returncode == 0, said
    here, there = content(baseline), content(tmp_path / "there")
    assert sum(name.endswith(".template.json") for name in here) == 4
    assert there == here, f"by PYTHONHASHSEED={seed}"


def _started(source: Path, seed: int, *words: str) -> "subprocess.Popen[str]":
    """Start Python with the modules of a folder, and with a seed of hashes."""
    return subprocess.Popen(
        [sys.executable, *words],
        cwd=source,
        env={
            **os.environ,
            "PYTHONHASHSEED": str(seed),
            "PYTHONPATH": os.pathsep.join([str(source), str(source / "lambda_src")]),
        },
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.slow
@pytest.mark.weekly
def test_ten_syntheses_in_two_folders_are_the_same_to_the_byte(tmp_path: Path) -> None:
    other = copy(tmp_path / "other")
    made = {PROJECT: tmp_path / "here", other: tmp_path / "there"}
    # Of which an iteration's order follows. They are said when they find something.
    seeds = random.sample(range(1, 2**32), len(made))
    running = [
        _started(source, seed, "-c", SYNTHESISE, str(folder), str(TIMES))
        for seed, (source, folder) in zip(seeds, made.items(), strict=True)
    ]
    for process in running:
        _, said = process.communicate()
        assert process.returncode == 0, said
    for turn in (0, 1):
        assemblies = [folder / str(n) for folder in made.values() for n in range(turn, TIMES, 2)]
        first, *others = map(content, assemblies)
        assert sum(name.endswith(".template.json") for name in first) == 2
        assert len(others) >= 3
        for each in others:
            assert each == first, f"by PYTHONHASHSEED={seeds}"
