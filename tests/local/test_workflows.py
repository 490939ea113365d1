"""The deployment from GitHub: the commands of its workflows, each job in a clean copy of its own.

The actions that it uses stand for what they do: a copy of the source, a session of the stage's role
for a token of the job, and the artifact that one job hands to the next. The check before them is
the command in which this test runs (tests/infra/test_workflows.py).

Each job uses what is set up here. That each of their commands sets up by itself is held by
tests/infra/test_make.py, and that this takes nothing but an empty folder by test_walk.py.
"""

import json
import os
import re
import shutil
import subprocess
import tarfile
from pathlib import Path
from typing import Any

import pytest
import yaml

from drive_tools.cloud_assembly import find_stage, stage_names
from ops.local import cdk_cli
from ops.local.cdk_cli import Target, target_of
from tests.baseline import SETTINGS
from tests.infra import deploy_workflow
from tests.local import github
from tests.local.conftest import PROJECT, TARGET, LocalCloud
from tests.local.copies import baseline_tree
from tests.patience import PATIENCE_SECONDS
from tests.recipe import JQ

Json = Any  # YAML has no types of its own
WORKFLOWS = PROJECT / ".github" / "workflows"
CHECK = "check.yml"

# What `make` sets up, and its mark of that: a source that is newer would have it set up again.
SET_UP = (".venv", "node_modules")
MARK = PROJECT / ".venv" / ".base"

# As https://docs.github.com/en/rest/deployments/environments#get-an-environment has them.
WAIT = {"id": 3736, "type": "wait_timer", "wait_timer": 30}
BRANCHES = {"id": 3756, "type": "branch_policy"}
REVIEWERS = {
    "id": 3755,
    "type": "required_reviewers",
    "prevent_self_review": False,
    "reviewers": [{"type": "User", "reviewer": {"login": "octocat", "id": 1}}],
}


def load(file: str) -> Json:
    """Return a workflow; the one that deploys is that of the stages of the tests."""
    name = Path(file).name
    deploy = deploy_workflow.written(("Dev", "Prod"), "main")
    text = deploy if name == deploy_workflow.FILE.name else (WORKFLOWS / name).read_text()
    return yaml.load(text, Loader=yaml.BaseLoader)


class Runner:
    """Runs workflows, as GitHub and its machines do, as far as these workflows need.

    `rules` protect the environment Prod, and `event` is what started the run.
    """

    def __init__(
        self,
        folder: Path,
        tree: str,
        *,
        cloud: LocalCloud | None = None,
        rules: tuple[Json, ...] = (REVIEWERS,),
        event: str = "push",
    ) -> None:
        self._cloud = cloud
        self._folder = folder
        self._tree = tree
        self._event = event
        self.printed: dict[str, str] = {}
        self.machines: dict[str, str] = {}
        self._roles: dict[str, str] = {}
        programs = folder / "programs"
        programs.mkdir(parents=True)
        environment = programs / "environment.json"
        protected = {"protection_rules": rules} if rules else {}
        environment.write_text(json.dumps({"name": "Prod"} | protected))
        gh = programs / "gh"
        gh.write_text(
            '#!/bin/sh\nset -- "$@" "$GH_TOKEN"\n'
            '[ "$1 $2 $3 $5" = "api repos/you/drive/environments/Prod --jq token" ] || exit 1\n'
            f'exec {JQ} "$4" <{environment}\n'
        )
        gh.chmod(0o755)

    def workflow(
        self, file: str, *, inputs: dict[str, str] | None = None, caller: str = ""
    ) -> dict[str, str]:
        """Run the jobs of a workflow in order, and return its outputs."""
        loaded = load(file)
        jobs: dict[str, dict[str, str]] = {}
        context = {
            "github": {"event_name": self._event, "token": "token"},
            "inputs": inputs or {},
            "vars": {"AWS_REGION": "eu-central-1"},
        }
        for name, job in loaded["jobs"].items():
            needed = job.get("needs", [])
            needs = needed if isinstance(needed, list) else [needed]
            if {*needs} - {*jobs}:
                continue  # what needs a job that was skipped is skipped
            here = context | {"needs": {each: {"outputs": jobs[each]} for each in needs}}
            if not evaluate(job.get("if", "true"), here):
                continue
            path = f"{caller}{name}"
            if "uses" in job and Path(job["uses"]).name == CHECK:
                jobs[name] = {}
            elif "uses" in job:
                given = {key: fill(value, here) for key, value in job.get("with", {}).items()}
                jobs[name] = self.workflow(job["uses"], inputs=given, caller=f"{path}/")
            else:
                jobs[name] = self.job(path, job, here)
        returned = (loaded["on"].get("workflow_call") or {}).get("outputs", {})
        outputs = {"jobs": {name: {"outputs": of} for name, of in jobs.items()}}
        return {name: fill(each["value"], outputs) for name, each in returned.items()}

    def job(self, name: str, job: Json, context: Json) -> dict[str, str]:
        """Run the steps of a job, and return its outputs."""
        self.machines[name] = fill(job["runs-on"], context)
        workspace = self._workspace()
        environment = self._bare() | {
            key: fill(value, context) for key, value in job.get("env", {}).items()
        }
        outputs: dict[str, dict[str, dict[str, str]]] = {}
        for step in job["steps"]:
            options = step.get("with", {})
            match step.get("uses", "").partition("@")[0]:
                case "":
                    own = {key: fill(value, context) for key, value in step.get("env", {}).items()}
                    said = self._run(name, step["run"], workspace, environment | own)
                    outputs[step.get("id", "")] = {"outputs": said}
                case "actions/checkout":
                    self._check_out(workspace)
                case "actions/setup-python":
                    pass  # the machine's own; its version is held elsewhere
                case "aws-actions/configure-aws-credentials":
                    assert self._cloud is not None
                    where = target(self._artifact("cdk.out"), context["inputs"]["stage"])
                    stage = fill(job["environment"], context)
                    environment |= github.session(
                        self._cloud, self._roles[stage], github.claims(stage), where
                    )
                case "actions/upload-artifact":
                    shutil.copytree(workspace / options["path"], self._artifact(options["name"]))
                    self.synthesised(self._artifact(options["name"]))
                case "actions/download-artifact":
                    shutil.copytree(self._artifact(options["name"]), workspace / options["path"])
                case unknown:
                    raise AssertionError(f"what does {unknown} do?")
        return {
            key: fill(value, {"steps": outputs}) for key, value in job.get("outputs", {}).items()
        }

    def synthesised(self, folder: Path) -> None:
        """Bootstrap the one target, and deploy GitHub's roles, as a person has done before."""
        assert self._cloud is not None
        assert {target(folder, stage) for stage in stage_names(folder)} == {TARGET}
        self._cloud.bootstrap()
        for name in stage_names(folder):
            self._roles[name] = github.deploy_role(self._cloud, SETTINGS[name])

    def _workspace(self) -> Path:
        """Return the folder of a job, in which nothing is but what is set up here.

        Each job of a repository has the same path:
        https://docs.github.com/en/actions/reference/workflows-and-actions/variables
        """
        folder = self._folder / "workspace"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        for name in SET_UP:
            (folder / name).symlink_to(PROJECT / name)
        return folder

    def _check_out(self, workspace: Path) -> None:
        """Put the source into a job's folder; its files are older than what is set up."""
        archive = self._folder / "source.tar"
        if not archive.exists():
            command = ["git", "archive", "--output", str(archive), self._tree]
            subprocess.run(command, check=True, cwd=PROJECT)
        shutil.unpack_archive(archive, workspace, filter="data")
        older = MARK.stat().st_mtime - 1
        with tarfile.open(archive) as files:
            for name in files.getnames():
                os.utime(workspace / name, (older, older))

    def _artifact(self, name: str) -> Path:
        return self._folder / "artifacts" / name

    def _bare(self) -> dict[str, str]:
        """A machine that has this Python, the CLI of GitHub, and what GitHub sets."""
        bare = cdk_cli.bare(self._folder)
        return bare | {
            "GITHUB_REPOSITORY": "you/drive",
            "PATH": f"{self._folder / 'programs'}{os.pathsep}{bare['PATH']}",
        }

    def _run(
        self, job: str, command: str, folder: Path, environment: dict[str, str]
    ) -> dict[str, str]:
        """Run the command of a step, and return the outputs that it sets."""
        written = folder.with_suffix(".outputs")
        written.write_text("")
        # https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#jobsjob_idstepsshell
        result = subprocess.run(
            ["bash", "-e", "-c", command],
            check=False,
            cwd=folder,
            env=environment | {"GITHUB_OUTPUT": str(written)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=PATIENCE_SECONDS,
        )
        assert result.returncode == 0, f"{job}: {command}\n{result.stdout}"
        self.printed[job] = self.printed.get(job, "") + result.stdout
        lines = [line.partition("=") for line in written.read_text().splitlines()]
        return {name: value for name, _, value in lines}


def evaluate(expression: str, context: Json) -> Json:
    """Return the value of an expression of GitHub, with the operators that these workflows use.

    https://docs.github.com/en/actions/reference/workflows-and-actions/expressions
    """

    def operand(found: re.Match[str]) -> str:
        if found[0].startswith("'"):
            return found[0]
        value = context | {"true": True}
        for name in found[0].split("."):
            value = value.get(name, "")
        return repr(value)

    translated = re.sub(r"'[^']*'|\b(?!fromJSON)(?<!\)\.)[A-Za-z_][\w.-]*", operand, expression)
    translated = re.sub(r"(?<=\))\.(\w+)", r"['\1']", translated)
    known = {"__builtins__": {}, "fromJSON": json.loads}
    return eval(translated.replace("||", " or ").replace("&&", " and "), known)


def fill(text: str, context: Json) -> str:
    return re.sub(r"\$\{\{ (.+?) \}\}", lambda found: str(evaluate(found[1], context)), text)


def target(folder: Path, stage: str) -> Target:
    """Where a stage belongs, as its role in GitHub does."""
    return target_of(find_stage(folder, stage).stacks[0])


@pytest.mark.weekly
def test_a_commit_goes_to_production(cloud: LocalCloud, tmp_path: Path) -> None:
    cloud.start()
    runner = Runner(tmp_path / "run", baseline_tree(tmp_path / "source"), cloud=cloud)
    runner.workflow("deploy.yml")
    assert runner.machines == dict.fromkeys(
        ("Dev/synth", "Dev/ship/ship", "Prod-reviewers", "Prod/ship"), "ubuntu-24.04"
    )
    assert not [job for job, printed in runner.printed.items() if "setting up" in printed]
    for job, stage in (("Dev/ship/ship", "Dev"), ("Prod/ship", "Prod")):
        assert f"guard: {stage} loses no data" in runner.printed[job]
        assert "6 passed" in runner.printed[job]
    functions = cloud.client("lambda").list_functions()["Functions"]
    hashes = {
        stage: sorted(f["CodeSha256"] for f in functions if f["FunctionName"].startswith(stage))
        for stage in ("Dev-Service", "Prod-Service")
    }
    assert hashes["Dev-Service"] == hashes["Prod-Service"] != []


@pytest.mark.parametrize(
    ("rules", "event", "deployed"),
    [
        ((REVIEWERS,), "push", True),
        ((WAIT, REVIEWERS, BRANCHES), "push", True),
        ((), "push", False),
        ((WAIT, BRANCHES), "push", False),
        ((), "workflow_dispatch", True),
    ],
)
def test_production_waits_for_a_reviewer_or_is_started_by_hand(
    rules: tuple[Json, ...], event: str, deployed: bool, tmp_path: Path
) -> None:
    jobs = load("deploy.yml")["jobs"]
    runner = Runner(tmp_path, "", rules=rules, event=event)
    github = {"event_name": event, "token": "token"}
    outputs = runner.job("reviewers", jobs["Prod-reviewers"], {"github": github})
    needs = {"Prod-reviewers": {"outputs": outputs}}
    assert evaluate(jobs["Prod"]["if"], {"github": github, "needs": needs}) is deployed
    assert ("start this workflow by hand" in runner.printed["reviewers"]) is (
        REVIEWERS not in rules
    )


def test_production_is_not_deployed_when_nobody_knows_who_reviews_it(tmp_path: Path) -> None:
    runner = Runner(tmp_path, "")
    refused = {"github": {"event_name": "push", "token": "none"}}
    with pytest.raises(AssertionError, match="reviewers: asked="):
        runner.job("reviewers", load("deploy.yml")["jobs"]["Prod-reviewers"], refused)
