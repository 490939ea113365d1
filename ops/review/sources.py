"""Where the versions of a review come from: assemblies, git revisions, or what is deployed."""

import json
import os
import shlex
import subprocess
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from drive_tools.cloud_assembly import all_stacks
from drive_tools.errors import ToolError, UsageError
from ops.project import PROJECT
from ops.review.app_version import NESTED_STACK, STACK_SETTINGS, AppVersion, Json, ReviewedStack
from ops.review.python_lines import python_lines
from ops.revisions import unpack

DEPLOYED = "deployed"
_TRACED = {"JSII_HOST_STACK_TRACES": "1"}
_DEEPEST = 20  # of nested stacks, which may lead to themselves
# What the CLI asks for beside the context of cdk.json: by it a resource has its path as a name.
_PATHS = {"aws:cdk:enable-path-metadata": True}


@contextmanager
def versions(
    before: str, after: str, tell: Callable[[str], None], stage: str | None = None
) -> Iterator[tuple[AppVersion, AppVersion]]:
    """Find both versions. A folder is a cloud assembly or an app; another word is a git revision.

    `deployed` as the first is what the stacks of the second have in AWS. With a `stage`, both have
    its stacks alone. `tell` is given a line before what takes a while. Raises `UsageError` if one
    is nothing of that, and `ToolError` if it cannot be synthesised or read.
    """
    with tempfile.TemporaryDirectory() as scratch:
        second = _of_stage(_local(after, Path(scratch) / "after", tell), stage)
        if before == DEPLOYED:
            tell("reading what is deployed ...")
            second = _without_nested(second)
            first = deployed(second)
        else:
            first = _of_stage(_local(before, Path(scratch) / "before", tell), stage)
        yield first, second


@contextmanager
def local_folder(named: str, tell: Callable[[str], None]) -> Iterator[Path]:
    """Find the cloud assembly of a version that is not `deployed`, as `versions` does."""
    with tempfile.TemporaryDirectory() as scratch:
        found = _local(named, Path(scratch), tell)
        assert found.folder
        yield found.folder


def _of_stage(version: AppVersion, stage: str | None) -> AppVersion:
    """Keep the stacks of a stage, which is one deeper in the assembly of a pipeline."""
    if stage is None:
        return version
    stacks = {
        name: each
        for name, each in version.stacks.items()
        if each.stage == stage or each.stage.endswith(f"/{stage}")
    }
    if not stacks:
        known = ", ".join(sorted({each.stage for each in version.stacks.values()})) or "none"
        raise UsageError(f"{version.name} has no stage {stage!r}, its stages are: {known}")
    return AppVersion(version.name, stacks, version.folder)


def from_assembly(folder: Path, name: str, source: Path | None = None) -> AppVersion:
    """Read a cloud assembly. `source` is the folder of the app that was synthesised."""
    try:
        return AppVersion(name, _stacks(folder, source), folder)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise UsageError(f"{folder} is no cloud assembly that can be read: {error!r}") from error


def _stacks(folder: Path, source: Path | None) -> dict[str, ReviewedStack]:
    """Return the stacks by their names; of several of one name also where each is deployed."""
    artifacts = _artifacts(folder)
    found = list(all_stacks(folder))
    names = Counter(each.name for each in found)
    stacks: dict[str, ReviewedStack] = {}
    for artifact in found:
        settings = artifacts.get(artifact.template, {})
        display = str(settings.get("displayName", artifact.name))
        stage = display.rpartition("/")[0]
        name = artifact.name
        if names[name] > 1:
            name = f"{name} ({settings.get('environment', '')})"
        if name in stacks:
            name = f"{name} ({display})"
        metadata = artifact.template.with_name(
            artifact.template.name.replace(".template.", ".metadata.")
        )
        lines = python_lines(metadata, source)
        stack = ReviewedStack(name, stage, artifact.body(), lines, artifact, settings)
        for each in (stack, *_nested(stack, artifact.template.parent)):
            stacks[each.name] = each
    return stacks


def _nested(stack: ReviewedStack, folder: Path) -> Iterator[ReviewedStack]:
    """Yield the nested stacks whose templates are assets of the assembly, and those in them."""
    for logical_id, each in stack.resources.items():
        metadata = each.body.get("Metadata")
        path = metadata.get("aws:asset:path") if isinstance(metadata, dict) else None
        if each.type != NESTED_STACK or not isinstance(path, str):
            continue
        file = folder / path
        depth = stack.name.count("/")
        if path.endswith(".json") and file.is_file() and depth < _DEEPEST:
            lines = {
                name: line for name, line in stack.lines.items() if name not in stack.resources
            }
            name = f"{stack.name}/{logical_id}"
            nested = ReviewedStack(name, stack.stage, json.loads(file.read_text()), lines)
            yield nested
            yield from _nested(nested, folder)


def _without_nested(version: AppVersion) -> AppVersion:
    """Leave out nested stacks, of which AWS is not asked: that one differs its parent says."""
    stacks = {name: each for name, each in version.stacks.items() if each.artifact}
    return AppVersion(version.name, stacks, version.folder)


def deployed(after: AppVersion) -> AppVersion:
    """Read from AWS what the stacks of a version have there; one that is not there is left out."""
    from ops.deployment.bootstrap_roles import deployed_template  # noqa: PLC0415 - with boto3; not for --help

    stacks = {
        stack.name: ReviewedStack(stack.name, stack.stage, template)
        for stack in after.stacks.values()
        if stack.artifact and (template := deployed_template(stack.artifact)) is not None
    }
    return AppVersion(DEPLOYED, stacks)


def _local(named: str, scratch: Path, tell: Callable[[str], None]) -> AppVersion:
    folder = Path(named)
    if (folder / "manifest.json").is_file():
        return from_assembly(folder, named, PROJECT)
    source, assembly = scratch / "source", scratch / "cdk.out"
    if folder.is_dir():
        if not (folder / "cdk.json").is_file():
            raise UsageError(
                f"{named} has no manifest.json, so it is no cloud assembly, and no cdk.json, so it"
                " is no app; first: make synth"
            )
        source = folder.resolve()
    else:
        try:
            unpack(named, source)
        except ToolError as error:
            raise UsageError(
                f"{named!r} is neither the folder of a cloud assembly or an app nor a git"
                f" revision: {error}"
            ) from error
    tell(f"synthesising {named} ...")
    synthesise(source, assembly)
    return from_assembly(assembly, "the working tree" if named == "." else named, source)


def synthesise(source: Path, assembly: Path) -> None:
    """Synthesise the app in a folder with the installed CDK, and with the lines of Python.

    It runs the `app` of cdk.json as `cdk` does
    (https://docs.aws.amazon.com/cdk/v2/guide/cli.html#cli-app-command). Raises `ToolError` with the
    last line of what the app printed.
    """
    try:
        asked = json.loads((source / "cdk.json").read_text())
        app, context = asked["app"], asked.get("context", {})
    except (OSError, ValueError, KeyError, AttributeError) as error:
        raise UsageError(f"{source} has no cdk.json with an app: {error!r}") from error
    binaries = PROJECT / ".venv" / "bin"
    done = subprocess.run(
        shlex.split(app),
        check=False,
        cwd=source,
        env={
            **os.environ,
            **_TRACED,
            "PATH": os.pathsep.join([str(binaries), os.environ.get("PATH", "")]),
            "CDK_OUTDIR": str(assembly),
            "CDK_CONTEXT_JSON": json.dumps(_PATHS | context),
        },
        capture_output=True,
        text=True,
    )
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["nothing was printed"])[-1]
        raise ToolError(f"cannot synthesise {source.name}: {last}")


def _artifacts(folder: Path) -> dict[Path, dict[str, Json]]:
    """Return what manifests say of each stack, by the file of its template."""
    found = {}
    for manifest in sorted(folder.rglob("manifest.json")):
        for artifact in json.loads(manifest.read_text()).get("artifacts", {}).values():
            if artifact.get("type") == "aws:cloudformation:stack":
                properties = artifact["properties"]
                template = manifest.parent / properties["templateFile"]
                found[template] = {
                    "displayName": artifact.get("displayName", ""),
                    "environment": artifact.get("environment", ""),
                    **{name: properties[name] for name in STACK_SETTINGS if name in properties},
                }
    return found
