"""The deployment from GitHub: the commands of its workflows, each job in a clean copy of its own.

The actions that it uses stand for what they do: a copy of the source, credentials for an hour (here
those of the local cloud), and the artifact that one job hands to the next. The check before them is
the command in which this test runs (tests/infra/test_workflows.py).
"""

import shutil
import subprocess
from pathlib import Path
from typing import Any

import yaml

from ops import assembly
from ops.local import deploy
from ops.local.deploy import Assembly, Place
from tests.local.conftest import PROJECT, LocalCloud
from tests.local.working_tree import working_tree

Json = Any  # YAML has no types of its own
WORKFLOWS = PROJECT / ".github" / "workflows"


def load(file: str) -> Json:
    return yaml.load((WORKFLOWS / Path(file).name).read_text(), Loader=yaml.BaseLoader)


class Runner:
    """Runs jobs, as GitHub's machines do, as far as these workflows need."""

    def __init__(self, cloud: LocalCloud, folder: Path) -> None:
        self._cloud = cloud
        self._folder = folder
        self._tree = working_tree(folder / "index")
        self.printed: dict[str, str] = {}

    def job(self, name: str, job: Json) -> None:
        if "uses" in job:
            [called] = load(job["uses"])["jobs"].values()
            self._steps(name, called, job.get("with", {}))
        else:
            self._steps(name, job, {})

    def _steps(self, name: str, job: Json, inputs: dict[str, str]) -> None:
        workspace = self._folder / name
        workspace.mkdir()
        environment = self._bare(job.get("env", {}), inputs)
        for step in job["steps"]:
            options = step.get("with", {})
            match step.get("uses", "").partition("@")[0]:
                case "":
                    self._run(name, step["run"], workspace, environment)
                case "actions/checkout":
                    archive = workspace.with_suffix(".tar")
                    command = ["git", "archive", "--output", str(archive), self._tree]
                    subprocess.run(command, check=True, cwd=PROJECT)
                    shutil.unpack_archive(archive, workspace, filter="data")
                case "actions/setup-python":
                    pass  # the machine's own; its version is held elsewhere
                case "aws-actions/configure-aws-credentials":
                    running = self._cloud.process.running()
                    assert running is not None
                    place = place_of(self._artifact("cdk.out"), inputs["stage"])
                    environment |= deploy.credentials(running, place)
                case "actions/upload-artifact":
                    shutil.copytree(workspace / options["path"], self._artifact(options["name"]))
                case "actions/download-artifact":
                    shutil.copytree(self._artifact(options["name"]), workspace / options["path"])
                case unknown:
                    raise AssertionError(f"what does {unknown} do?")

    def _artifact(self, name: str) -> Path:
        return self._folder / "artifacts" / name

    def _bare(self, given: dict[str, str], inputs: dict[str, str]) -> dict[str, str]:
        """A machine that has this Python, and what the job sets."""
        return deploy.bare(self._folder) | {
            name: inputs[value.removeprefix("${{ inputs.").removesuffix(" }}")]
            for name, value in given.items()
        }

    def _run(self, job: str, command: str, folder: Path, environment: dict[str, str]) -> None:
        # https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#jobsjob_idstepsshell
        result = subprocess.run(
            ["bash", "-e", "-c", command],
            check=False,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=300,
        )
        assert result.returncode == 0, f"{job}: {command}\n{result.stdout}"
        self.printed[job] = self.printed.get(job, "") + result.stdout


def place_of(folder: Path, stage: str) -> Place:
    """Where a stage belongs, as its role in GitHub does."""
    [stack, *_] = assembly.find(folder, stage).stacks
    return Place(stack.account, stack.region) if stack.account and stack.region else Place()


def test_a_commit_goes_to_production(cloud: LocalCloud, tmp_path: Path) -> None:
    running = cloud.start()
    jobs = load("deploy.yml")["jobs"]
    runner = Runner(cloud, tmp_path)
    done = {"check"}
    runner.job("synth", jobs["synth"])
    synthesised = tmp_path / "artifacts" / "cdk.out"
    for place in {place_of(synthesised, stage) for stage in ("Dev", "Prod")}:
        bare = Assembly(synthesised, "", place, frozenset())
        deploy.bootstrap(bare, running, cloud.folder, cloud.folder / "bootstrap.log")
    done.add("synth")
    for name in ("dev", "prod"):
        assert jobs[name]["needs"] in done
        runner.job(name, jobs[name])
        done.add(name)
    assert done == set(jobs)
    assert runner.printed["synth"].startswith("setting up .venv/ and node_modules/")
    for job, stage in (("dev", "Dev"), ("prod", "Prod")):
        assert f"guard: {stage} loses no data" in runner.printed[job]
        assert "3 passed" in runner.printed[job]
    functions = cloud.client("lambda").list_functions()["Functions"]
    hashes = {
        stage: sorted(f["CodeSha256"] for f in functions if f["FunctionName"].startswith(stage))
        for stage in ("Dev-Service", "Prod-Service")
    }
    assert hashes["Dev-Service"] == hashes["Prod-Service"] != []
