"""`cdk synth`, run as a user runs it."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.infra.flags import FLAGS, OF_THE_CLI

PROJECT = Path(__file__).resolve().parents[2]
CDK = PROJECT / ".venv" / "bin" / "cdk"
BASELINE = f"{sys.executable} -m tests.infra.baseline_app"


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


def run_app(folder: Path, text: str) -> subprocess.CompletedProcess[str]:
    """Run an app with this text as the CLI would, without the second that it takes to start."""
    program = folder / "app.py"
    program.write_text(text)
    return _run(program, folder / "cdk.out")


def synthesise_own(folder: Path) -> None:
    """Run `app.py` as the CLI would, for a user whose umask keeps from others what is made."""
    result = _run(PROJECT / "app.py", folder, umask=0o077)
    assert result.returncode == 0, result.stderr


def _run(program: Path, folder: Path, *, umask: int = -1) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-OO", str(program)],
        check=False,
        cwd=PROJECT,
        env=activated(
            PYTHONPATH=str(PROJECT),
            CDK_OUTDIR=str(folder),
            CDK_CONTEXT_JSON=json.dumps(FLAGS | OF_THE_CLI),
        ),
        umask=umask,
        capture_output=True,
        text=True,
    )


def synthesise_program(folder: Path, text: str) -> subprocess.CompletedProcess[str]:
    """Run `cdk synth` of an app with this text, which may fail; `folder` takes app and assembly."""
    program = folder / "app.py"
    program.write_text(text)
    return subprocess.run(
        [str(CDK), "synth", "**", "--quiet", "--output", str(folder / "cdk.out")]
        + ["--app", f"python3 {program}"],
        check=False,
        cwd=PROJECT,
        env=activated(PYTHONPATH=str(PROJECT)),
        capture_output=True,
        text=True,
    )
