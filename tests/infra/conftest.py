"""Stages, synthesised once a session."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.baseline import DEV, PROD
from tests.infra import synthesis, templates

PROJECT = Path(__file__).resolve().parents[2]
CDK = PROJECT / ".venv" / "bin" / "cdk"
BASELINE = f"{sys.executable} -m tests.infra.baseline_app"
PIPELINE = f"{sys.executable} -m tests.infra.pipeline_app"


@dataclass(frozen=True)
class Synth:
    """One run of `cdk synth`: where its assembly is, and all that it printed."""

    assembly: Path
    printed: str


def activated(**environment: str) -> dict[str, str]:
    """The variables of a user who activated the environment."""
    return {
        **os.environ,
        "PATH": f"{CDK.parent}{os.pathsep}{os.environ['PATH']}",
        **environment,
    }


def synthesise(folder: Path, *options: str, **environment: str) -> Synth:
    """Run `cdk synth` as a user of the activated environment would."""
    result = subprocess.run(
        [str(CDK), "synth", "**", "--quiet", "--output", str(folder), *options],
        check=False,
        cwd=PROJECT,
        env=activated(**environment),
        umask=0o077,  # as some set on their machines
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert result.returncode == 0, result.stdout
    return Synth(folder, result.stdout)


@pytest.fixture(scope="session")
def synth(tmp_path_factory: pytest.TempPathFactory) -> Synth:
    """The project's own assembly, made now."""
    return synthesise(tmp_path_factory.mktemp("assembly"))


@pytest.fixture(scope="session")
def assembly(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The assembly under test: that of `--assembly DIR`, or that of the baseline.

    What is promised of each setting is tried with settings of the tests' own, so that a project
    with others passes; what holds for all is held to the project's own in `test_stages.py`.
    """
    given: Path | None = request.config.getoption("--assembly")
    if given is not None:
        return given
    return synthesis.assembly(tmp_path_factory.mktemp("baseline"), DEV, PROD)


@pytest.fixture(scope="session", params=["Dev", "Prod"])
def drive(request: pytest.FixtureRequest, assembly: Path) -> templates.Drive:
    """Each stage of the assembly under test in turn."""
    return templates.load(assembly, request.param)
