"""`make` refuses what nobody should start by mistake."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from drive_tools.cloud_assembly import find_stage
from tests.conftest import BEGIN_FIRST
from tests.infra.cdk_synth import CDK, PROJECT, activated

# One stage more than the project comes with, which is one line here.
STAGES = ("Dev", "Prod", "Trial")
DESTROYABLE = ("Dev", "Trial")
ENVIRONMENTS = """
from stacks.settings import Settings
from tests.baseline import DEV, PROD
STAGES = (DEV, PROD, Settings(name="Trial", retain=False))
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """This project with stages of the tests' own, for `make`."""
    folder = tmp_path_factory.mktemp("project")
    for path in PROJECT.iterdir():
        if path.name not in {"environments.py", "cdk.out"}:
            (folder / path.name).symlink_to(path)
    (folder / "environments.py").write_text(ENVIRONMENTS)
    return folder


# What each `make` of a build needs: what the tools need, or what the checks need too.
_TOOLS, _CHECKS = "setting up .venv/ and node_modules/", "setting up the checks"
NEEDED = {
    ".venv/.base": {_TOOLS},
    "deploy": {_TOOLS},
    "pipeline-synth": {_TOOLS},
    "review": {_TOOLS},
    "synth": {_TOOLS},
    "check-source": {_TOOLS, _CHECKS},
    "smoke": {_TOOLS, _CHECKS},
    "test-fast": {_TOOLS, _CHECKS},
}
DOES_ALL = {"test", "test-all", "gates-all"}


def make(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run make as a user would, with a deploy that cannot happen."""
    return subprocess.run(
        ["make", "--no-print-directory", *arguments],
        check=False,
        cwd=folder,
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize("target", ["diff", "deploy", "smoke"])
@pytest.mark.parametrize("stage", ["Nothing", STAGES[0].lower(), " ".join(STAGES), ""])
def test_an_unknown_stage_is_refused_by_name(target: str, stage: str, project: Path) -> None:
    result = make(project, target, f"STAGE={stage}")
    assert result.returncode != 0
    assert f"STAGE must be one of: {' '.join(STAGES)}, got '{stage}'" in result.stderr
    assert result.stdout == ""


def test_a_stage_that_is_retained_is_not_destroyed(project: Path) -> None:
    result = make(project, "destroy", "STAGE=Prod")
    assert result.returncode != 0
    assert f"STAGE must be one of: {' '.join(DESTROYABLE)}, got 'Prod'" in result.stderr


def test_help_names_every_command(project: Path) -> None:
    result = make(project, "help")
    assert result.returncode == 0
    for command in (
        *("local", "local-down", "test", "check", "synth", "diff", "deploy", "destroy"),
        *("pipeline", "pipeline-local", "github", "reference"),
    ):
        assert f"  make {command} " in result.stdout


def test_a_deployment_is_looked_at_after_synth_and_before_it_starts(project: Path) -> None:
    printed = make(project, "--dry-run", "deploy", "STAGE=Prod", "YES=").stdout
    steps = (
        "cdk synth",
        "python -m ops checks 'Prod' --assembly 'cdk.out'  --ask\n",
        "cdk deploy",
    )
    positions = [printed.index(step) for step in steps]
    assert positions == sorted(positions)


def test_an_assembly_is_deployed_as_it_is_and_yes_agrees(project: Path) -> None:
    printed = make(project, "--dry-run", "deploy", "STAGE=Prod", "ASSEMBLY=made", "YES=1").stdout
    assert "cdk synth" not in printed
    assert "--ask" not in printed
    assert "python -m ops checks 'Prod' --assembly 'made'" in printed
    assert "cdk deploy --app 'made'" in printed


def test_what_was_reviewed_is_deployed_unasked_and_nothing_else(project: Path) -> None:
    printed = make(project, "--dry-run", "deploy", "ASSEMBLY=made", "REVIEWED=a1").stdout
    assert "python -m ops checks 'Dev' --assembly 'made'  --expect 'a1'\n" in printed
    assert "--ask" not in printed
    agreed = make(project, "--dry-run", "deploy", "ASSEMBLY=made", "REVIEWED=a1", "YES=1").stdout
    assert agreed == printed


def test_a_review_compares_what_scanners_find_when_it_is_asked_to(project: Path) -> None:
    plain = make(project, "--dry-run", "review").stdout
    assert "python -m ops review 'main' '.' --folder review" in plain
    assert "scans" not in plain
    assert "tests.gates" not in plain
    printed = make(project, "--dry-run", "review", "BEFORE=one", "SCAN=1").stdout
    steps = (
        "python -m tests.gates 'one' --sarif review/before.sarif",
        "python -m tests.gates '.' --sarif review/after.sarif",
        "--scans-before review/before.sarif --scans review/after.sarif",
    )
    positions = [printed.index(step) for step in steps]
    assert positions == sorted(positions)
    deployed = make(project, "--dry-run", "review", "BEFORE=deployed", "SCAN=1").stdout
    assert "before.sarif" not in deployed
    assert "--scans review/after.sarif" in deployed


@pytest.mark.slow
@pytest.mark.parametrize("made_by", ["assembly", "shipped"])
def test_a_stage_of_an_assembly_is_found_by_the_cli_as_by_our_tools(
    made_by: str, project: Path, request: pytest.FixtureRequest
) -> None:
    """Of the app's, and of a pipeline's, as a rollback in a hurry has it."""
    folder: Path = request.getfixturevalue(made_by)
    asked = {
        re.findall(rf"cdk {target} --app '(.+?)' .*?'(.+?)'$", printed, re.MULTILINE)[0]
        for target in ("diff", "deploy")
        for printed in [
            make(project, "--dry-run", target, "STAGE=Prod", f"ASSEMBLY={folder}").stdout
        ]
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


def test_a_stage_leaves_as_it_is_synthesised_and_yes_agrees(project: Path) -> None:
    printed = make(project, "--dry-run", "destroy", "STAGE=Dev", "YES=").stdout
    tool = "python -m ops destroy 'Dev' --assembly 'cdk.out'"
    assert printed.index("cdk synth") < printed.index(tool)
    assert "--yes" not in printed
    agreed = make(project, "--dry-run", "destroy", "STAGE=Dev", "ASSEMBLY=made", "YES=1").stdout
    assert "cdk synth" not in agreed
    assert "python -m ops destroy 'Dev' --assembly 'made' --yes" in agreed


def test_a_change_of_settings_is_refreshed_wherever_it_is_written_down(project: Path) -> None:
    """Of these the ones that read the stages are run in tests/local/test_shipped_settings.py."""
    printed = make(project, "--dry-run", "reference").stdout
    assert re.findall(r"python -m tests\.infra\.(\w+)$", printed, re.MULTILINE) == [
        *("settings_table", "deploy_workflow", "scaling_table", "dashboard_picture", "reference")
    ]


def test_make_test_leaves_out_the_weekly_tests_and_make_test_all_none(project: Path) -> None:
    daily, every = (
        make(project, "--dry-run", target).stdout.splitlines() for target in ("test", "test-all")
    )
    [run] = [line for line in every if "-m pytest --numprocesses" in line]
    assert run.endswith(" --no-loadscope-reorder"), "make test-all leaves something out"
    assert daily == [line + " -m 'not weekly'" if line == run else line for line in every]


def test_make_test_fast_leaves_out_the_slow_tests_and_the_weekly_ones(project: Path) -> None:
    fast = make(project, "--dry-run", "test-fast").stdout
    left_out = "-m 'not slow and not weekly'"
    assert f"--no-loadscope-reorder {left_out} tests/infra tests/review tests/unit\n" in fast


def test_what_begins_first_is_there() -> None:
    assert [file for file in BEGIN_FIRST if not (PROJECT / file).is_file()] == []


def test_make_check_runs_all_that_the_pipeline_checks(project: Path) -> None:
    """Its `gates` runs cdk-nag too, in the same synth (tests/infra/test_nag.py)."""
    every, shipped = (
        {line for line in make(project, "--dry-run", target).stdout.splitlines() if "/bin/" in line}
        for target in ("check", "check-source")
    )
    assert every < {*make(project, "--dry-run", "test").stdout.splitlines()}
    nag, gates = (f".venv/bin/python -m tests.{each}" for each in ("infra.nag", "gates"))
    assert len(shipped) == 7
    assert shipped - every == {nag}
    assert gates in every


@pytest.mark.parametrize("target", NEEDED)
def test_what_a_build_makes_sets_up_what_it_needs(target: str, tmp_path: Path) -> None:
    """On a machine that has the source and nothing else."""
    shutil.copy(PROJECT / "Makefile", tmp_path)
    for lock in ("requirements.txt", "requirements-dev.txt", "package-lock.json"):
        (tmp_path / lock).touch()
    (tmp_path / "ops").mkdir()
    for loaded in ("cdk_code.cjs", "compile_cache.cjs", "no_user_settings.cjs"):
        (tmp_path / "ops" / loaded).touch()
    printed = make(tmp_path, "--dry-run", "STAGES=Dev", "STAGE=Dev", target).stdout
    assert printed.startswith(f"echo '{_TOOLS}")
    assert {each for each in (_TOOLS, _CHECKS) if each in printed} == NEEDED[target]


def test_each_make_of_a_build_is_known_here() -> None:
    """Of GitHub's jobs but what does all (`DOES_ALL`), and of the pipeline's builds."""
    sources = [*PROJECT.glob(".github/workflows/*.yml"), *PROJECT.glob("stacks/shipping/*.py")]
    text = "".join(source.read_text() for source in sources)
    assert set(re.findall(r"""(?:run: |["'])make ([\w./-]+)""", text)) == {*NEEDED} | DOES_ALL
