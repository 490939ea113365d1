"""A cloud assembly, the folder that `cdk synth` writes (`cdk.out`): its stages, stacks, resources.

https://docs.aws.amazon.com/cdk/v2/guide/deploy.html#deploy-how-synth-app
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from drive_tools.errors import UsageError

Template = dict[str, Any]  # CloudFormation's JSON
Resource = Mapping[str, Any]  # one of a template

_MANIFEST = "manifest.json"


@dataclass(frozen=True)
class StackArtifact:
    """One stack, as synthesised. Without an account and a region it follows the credentials."""

    name: str
    template: Path
    account: str | None
    region: str | None
    lookup_role: str | None
    deploy_role: str | None
    termination_protection: bool
    needs: tuple[str, ...]  # other stacks of the stage, by name

    def body(self) -> Template:
        """Return the template itself."""
        return _json(self.template)

    @property
    def assets(self) -> Path:
        """The list of its assets, beside the template."""
        return self.template.with_name(self.template.name.replace(".template.", ".assets."))


@dataclass(frozen=True)
class StageAssembly:
    """The assembly of one stage: its folder, and its stacks."""

    folder: Path
    stacks: tuple[StackArtifact, ...]

    def image_platforms(self) -> dict[str, str]:
        """Return the platform of each container image of the stage, by the hash of the image."""
        return {
            image: asset["source"]["platform"]
            for file in self.folder.glob("*.assets.json")
            for image, asset in _json(file).get("dockerImages", {}).items()
        }


def stage_names(assembly: Path) -> list[str]:
    """Return the names of the stages in the assembly of an app, or of a pipeline."""
    return sorted(name for name, _ in _stages(assembly))


def find_stage(assembly: Path, stage: str) -> StageAssembly:
    """Find a stage in the assembly of an app, or of a pipeline, in which it is one deeper.

    Raises `UsageError` with the stages that are there.
    """
    found = dict(_stages(assembly))
    if stage not in found:
        known = ", ".join(sorted(found)) or "none"
        raise UsageError(f"{assembly} has no stage {stage!r}, its stages are: {known}")
    return StageAssembly(found[stage], tuple(stacks_in(found[stage])))


def all_stacks(assembly: Path) -> Iterator[StackArtifact]:
    """Yield the stacks of an assembly, and of each assembly that is nested in it.

    Raises `UsageError` if the folder has no assembly.
    """
    manifests = sorted(assembly.rglob(_MANIFEST))
    if not manifests:
        raise UsageError(f"{assembly} is not a cloud assembly: it has no {_MANIFEST}; make synth")
    for manifest in manifests:
        yield from stacks_in(manifest.parent)


def stacks_in(folder: Path) -> list[StackArtifact]:
    """Return the stacks of one assembly, without those of its stages."""
    artifacts = {
        name: artifact
        for name, artifact in _artifacts(folder).items()
        if artifact.get("type") == "aws:cloudformation:stack"
    }
    names = {name: _stack_name(artifact) for name, artifact in artifacts.items()}
    return [
        StackArtifact(
            name=names[artifact_id],
            template=folder / properties["templateFile"],
            account=_known(account),
            region=_known(region),
            lookup_role=properties.get("lookupRole", {}).get("arn"),
            deploy_role=properties.get("assumeRoleArn"),
            termination_protection=bool(properties.get("terminationProtection")),
            needs=tuple(names[each] for each in artifact.get("dependencies", ()) if each in names),
        )
        for artifact_id, artifact in artifacts.items()
        for properties in [artifact["properties"]]
        for account, region in [_environment(artifact)]
    ]


def resources(template: Template, resource_type: str | None = None) -> dict[str, Resource]:
    """Return the resources of a template by logical id: all, or those of one type."""
    found: dict[str, Resource] = template.get("Resources", {})
    return {
        logical_id: resource
        for logical_id, resource in found.items()
        if resource_type in {None, resource.get("Type")}
    }


def construct_path(resource: Resource) -> str | None:
    """Return the path of a resource in the app, as its metadata has it."""
    metadata = resource.get("Metadata")
    path = metadata.get("aws:cdk:path") if isinstance(metadata, dict) else None
    return path if isinstance(path, str) else None


def _artifacts(folder: Path) -> dict[str, dict[str, Any]]:
    if not (folder / _MANIFEST).is_file():
        raise UsageError(f"{folder} is not a cloud assembly; first: make synth")
    found: dict[str, dict[str, Any]] = _json(folder / _MANIFEST).get("artifacts", {})
    return found


def _stages(folder: Path) -> list[tuple[str, Path]]:
    found = []
    for artifact in _artifacts(folder).values():
        if artifact["type"] == "cdk:cloud-assembly":
            nested = folder / artifact["properties"]["directoryName"]
            name = artifact["properties"]["displayName"].rpartition("/")[2]
            found += [(name, nested), *_stages(nested)]
    return found


def _stack_name(artifact: Mapping[str, Any]) -> str:
    return str(artifact["properties"].get("stackName") or artifact.get("displayName", ""))


def _environment(artifact: Mapping[str, Any]) -> list[str]:
    """Return account and region of `aws://account/region`."""
    environment: str = artifact.get("environment", "aws://unknown-account/unknown-region")
    return environment.removeprefix("aws://").split("/")


def _known(value: str) -> str | None:
    return None if value.startswith("unknown-") else value


def _json(file: Path) -> dict[str, Any]:
    try:
        content = json.loads(file.read_text())
    except (OSError, ValueError) as error:
        raise UsageError(f"cannot read {file}: {type(error).__name__}") from None
    if not isinstance(content, dict):
        raise UsageError(f"cannot read {file}: it is not a JSON object")
    return content
