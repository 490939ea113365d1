"""Runs of the real CDK CLI against the local cloud."""

import json
import os
import re
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from drive_tools.cloud_assembly import StackArtifact, find_stage, resources, stage_names
from drive_tools.errors import ToolError
from ops.isolation import without_aws
from ops.local.cloud import SECRET_ACCESS_KEY, Running
from ops.project import PROJECT
from stacks.shared.installers import without_steering

_CDK = PROJECT / ".venv" / "bin" / "cdk"
_OUTPUTS = "outputs.json"  # the name of the file
_LOOK_SECONDS = 1


@dataclass(frozen=True)
class Target:
    """The account and the region of a deployment; the local cloud takes any."""

    account: str = "000000000000"
    region: str = "us-east-1"


@dataclass(frozen=True)
class SynthesisedStage:
    """A stage in the cloud assembly `assembly`, and the types of its resources."""

    assembly: Path
    name: str
    target: Target
    types: frozenset[str]


def synth(app: str | None, stage: str, folder: Path, log: Path) -> SynthesisedStage:
    """Synthesise the app (by default that of cdk.json), and find the stage in it."""
    assembly = folder / "cdk.out"
    # Without a pattern the CLI does not print what validation found inside of stages.
    command = ["synth", "**", "--quiet", "--output", str(assembly)]
    cdk([*command, *(["--app", app] if app else [])], log=log, environment=isolated(folder))
    stages = stage_names(assembly)
    if stage not in stages:
        raise ToolError(f"stage must be one of {', '.join(stages)}, got {stage!r}")
    return stage_in(assembly, stage)


def stage_in(assembly: Path, stage: str) -> SynthesisedStage:
    """Find the stage in an assembly."""
    stacks = find_stage(assembly, stage).stacks
    types = {resource["Type"] for stack in stacks for resource in resources(stack.body()).values()}
    return SynthesisedStage(assembly, stage, target_of(stacks[0]), frozenset(types))


def target_of(stack: StackArtifact) -> Target:
    """Return the target of a stack; the default one if the stack has no account."""
    return Target(stack.account, stack.region or "") if stack.account else Target()


def deploy(
    stage: SynthesisedStage,
    cloud: Running,
    folder: Path,
    log: Path,
    *,
    in_vain: Callable[[], bool],
) -> dict[str, dict[str, str]]:
    """Deploy the stage's stacks and return their outputs, by stack name.

    `in_vain` says whether the local cloud has ended, and so will the deployment then.

    Without change sets: nobody reads them here, and for each the CLI loads all that it knows of
    CloudFormation's types, which is a third of its time.
    """
    # In the assembly of a pipeline, a stage is one deeper.
    command = ["deploy", f"**/{stage.name}/*", "--app", str(stage.assembly), "--method", "direct"]
    cdk(
        [*command, "--require-approval", "never", "--outputs-file", str(folder / _OUTPUTS)],
        log=log,
        environment=isolated(folder) | credentials(cloud, stage.target),
        in_vain=in_vain,
    )
    return outputs(folder)


def outputs(folder: Path) -> dict[str, dict[str, str]]:
    """Return the outputs of the latest deployment from a folder, by stack name; none before one."""
    try:
        found: dict[str, dict[str, str]] = json.loads((folder / _OUTPUTS).read_text())
    except FileNotFoundError:
        return {}
    return found


def credentials(cloud: Running, target: Target) -> dict[str, str]:
    """Return the environment variables with which any AWS client calls the local cloud."""
    return {
        "AWS_ENDPOINT_URL": cloud.endpoint,
        "AWS_ACCESS_KEY_ID": target.account,
        "AWS_SECRET_ACCESS_KEY": SECRET_ACCESS_KEY,
        "AWS_REGION": target.region,
        "AWS_DEFAULT_REGION": target.region,
    }


def isolated(folder: Path) -> dict[str, str]:
    """Return this environment without access to an account, and without settings for tools.

    The CLI gets a home of its own. Validation can still be turned off: nothing is deployed to AWS
    from here, and tests have no time for it.
    """
    validation = {name: os.environ[name] for name in ("CDK_VALIDATION",) if name in os.environ}
    return {
        **without_steering(without_aws(os.environ)),
        **validation,
        "CDK_DISABLE_CLI_TELEMETRY": "true",
        "CDK_HOME": str(folder / "cdk-home"),
        "PATH": f"{_CDK.parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
    }


def bare(folder: Path) -> dict[str, str]:
    """Return the isolated environment without this project's tools and variables of make."""
    kept = isolated(folder)
    path = [entry for entry in kept["PATH"].split(os.pathsep) if Path(entry) != _CDK.parent]
    dropped = (
        *("CDK_VALIDATION", "VIRTUAL_ENV"),
        *("MAKEFLAGS", "MAKELEVEL", "MFLAGS"),
    )
    left = {name: value for name, value in kept.items() if name not in dropped}
    return left | {"PATH": os.pathsep.join(path)}


def cdk(
    arguments: list[str],
    *,
    log: Path,
    environment: dict[str, str],
    folder: Path = PROJECT,
    in_vain: Callable[[], bool] = lambda: False,
) -> None:
    """Run the CLI with its output in `log`. Raises `ToolError` with the line of the reason.

    `in_vain` says whether what it calls is gone. Then it is ended: by itself it tries for minutes.
    """
    options = ["--no-notices", "--no-color", "--ci"]
    with log.open("ab") as file:
        before = file.tell()  # the output of earlier commands
        process = subprocess.Popen(
            [str(_CDK), *arguments, *options],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
        )
        try:
            code = _ended(process, in_vain)
        except BaseException:
            process.kill()
            process.wait()
            raise
    if code:
        why = _reason(log.read_bytes()[before:].decode(errors="replace"))
        why = why or f"it printed nothing, and ended with exit code {code}"
        raise ToolError(f"cdk {arguments[0]} failed: {why}; all of it is in {log}")


def _ended(process: subprocess.Popen[bytes], in_vain: Callable[[], bool]) -> int:
    """Wait for a process, or end it when it works in vain, and return its exit code."""
    while True:
        try:
            return process.wait(_LOOK_SECONDS)
        except subprocess.TimeoutExpired:
            if in_vain():
                process.kill()


# Lines of the CLI that have the reason of a failure, the most precise first: the resource that
# CloudFormation could not make, the exception of the app, the validation, the CLI's last word.
_TELLING = (
    re.compile(r"_FAILED +\| (\S+ +\| .+)"),
    re.compile(r"^\W*((?:\w+\.)*\w*(?:Error|Exception): .+)"),
    re.compile(r"^ERROR (.+)"),
    re.compile(r"❌ *(.+)"),
    re.compile(r"(.*\S.*)"),
)


def _reason(said: str) -> str | None:
    # Python 3.13 colours tracebacks where the CLI asks for colour, whatever we ask of the CLI.
    lines = re.sub(r"\x1b\[[0-9;]*m", "", said).splitlines()
    for telling in _TELLING:
        found = [match[1] for match in map(telling.search, lines) if match]
        if found:
            return re.sub(r" {2,}", " ", found[-1]).strip()
    return None
