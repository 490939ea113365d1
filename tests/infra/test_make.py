"""`make` refuses what nobody should start by mistake."""

import re
import subprocess

import pytest

from tests.infra.conftest import PROJECT

# The Makefile belongs to whoever deploys, as the settings do: they name the stages.
MAKEFILE = (PROJECT / "Makefile").read_text()
STAGES = re.findall(r"^STAGES := (.*)$", MAKEFILE, re.MULTILINE)[0].split()
DESTROYABLE = re.findall(r"^DESTROYABLE := (.*)$", MAKEFILE, re.MULTILINE)[0].split()
PROD = next(stage for stage in STAGES if stage not in DESTROYABLE)


def make(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run make as a user would, with a deploy that cannot happen."""
    return subprocess.run(
        ["make", "--no-print-directory", *arguments],
        check=False,
        cwd=PROJECT,
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize("target", ["diff", "deploy", "smoke"])
@pytest.mark.parametrize("stage", ["Nothing", STAGES[0].lower(), " ".join(STAGES), ""])
def test_an_unknown_stage_is_refused_by_name(target: str, stage: str) -> None:
    result = make(target, f"STAGE={stage}")
    assert result.returncode != 0
    assert f"STAGE must be one of: {' '.join(STAGES)}, got '{stage}'" in result.stderr
    assert result.stdout == ""


def test_production_is_not_destroyed() -> None:
    result = make("destroy", f"STAGE={PROD}")
    assert result.returncode != 0
    assert f"STAGE must be one of: {' '.join(DESTROYABLE)}, got '{PROD}'" in result.stderr


def test_help_names_every_command() -> None:
    result = make("help")
    assert result.returncode == 0
    for command in (
        *("local", "local-down", "test", "check", "synth", "diff", "deploy", "destroy"),
        *("pipeline", "pipeline-local", "github", "reference"),
    ):
        assert f"  make {command} " in result.stdout


def test_a_deployment_is_looked_at_after_synth_and_before_it_starts() -> None:
    printed = make("--dry-run", "deploy", f"STAGE={PROD}", "YES=").stdout
    steps = (
        "cdk synth",
        f"python -m ops images '{PROD}'",
        f"python -m ops guard '{PROD}'",
        f"python -m ops permissions '{PROD}' --assembly 'cdk.out' --ask",
        "cdk deploy",
    )
    positions = [printed.index(step) for step in steps]
    assert positions == sorted(positions)


def test_an_assembly_is_deployed_as_it_is_and_yes_agrees() -> None:
    printed = make("--dry-run", "deploy", f"STAGE={PROD}", "ASSEMBLY=made", "YES=1").stdout
    assert "cdk synth" not in printed
    assert "--ask" not in printed
    for tool in ("images", "guard", "permissions"):
        assert f"python -m ops {tool} '{PROD}' --assembly 'made'" in printed
    assert "cdk deploy --app 'made'" in printed
