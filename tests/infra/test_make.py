"""`make` refuses what nobody should start by mistake."""

import re
import subprocess
from pathlib import Path

import pytest

from drive_tools.cloud_assembly import find_stage
from tests.infra.conftest import CDK, PIPELINE, PROJECT, activated, synthesise

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


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The assembly that a pipeline makes and keeps."""
    folder = tmp_path_factory.mktemp("shipped")
    return synthesise(folder, "--app", PIPELINE).assembly


@pytest.mark.parametrize("made_by", ["assembly", "shipped"])
def test_a_stage_of_an_assembly_is_found_by_the_cli_as_by_our_tools(
    made_by: str, request: pytest.FixtureRequest
) -> None:
    """Of the app's, and of a pipeline's, as a rollback in a hurry has it."""
    folder: Path = request.getfixturevalue(made_by)
    asked = {
        re.findall(rf"cdk {target} --app '(.+?)' .*?'(.+?)'$", printed, re.MULTILINE)[0]
        for target in ("diff", "deploy")
        for printed in [make("--dry-run", target, "STAGE=Prod", f"ASSEMBLY={folder}").stdout]
    }
    [(app, pattern)] = asked
    listed = subprocess.run(
        [CDK, "list", "--app", app, pattern],
        check=True,
        cwd=PROJECT,
        env=activated(),
        capture_output=True,
        text=True,
    )
    names = re.findall(r"\((\S+)\)$", listed.stdout, re.MULTILINE)
    assert sorted(names) == sorted(stack.name for stack in find_stage(folder, "Prod").stacks)
    assert {"Prod-Data", "Prod-Service"} <= {*names}


def test_a_stage_leaves_as_it_is_synthesised_and_yes_agrees() -> None:
    printed = make("--dry-run", "destroy", "STAGE=Dev", "YES=").stdout
    tool = "python -m ops destroy 'Dev' --assembly 'cdk.out'"
    assert printed.index("cdk synth") < printed.index(tool)
    assert "--yes" not in printed
    agreed = make("--dry-run", "destroy", "STAGE=Dev", "ASSEMBLY=made", "YES=1").stdout
    assert "cdk synth" not in agreed
    assert "python -m ops destroy 'Dev' --assembly 'made' --yes" in agreed
