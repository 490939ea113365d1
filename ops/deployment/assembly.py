"""A stage in a cloud assembly (`cdk.out`), and the way to where it is deployed."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from drive_tools.errors import UsageError

Template = dict[str, Any]  # CloudFormation's JSON

PROJECT = Path(__file__).resolve().parents[2]
DEFAULT = PROJECT / "cdk.out"


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
        template: Template = json.loads(self.template.read_text())
        return template

    @property
    def assets(self) -> Path:
        """The list of its assets, beside the template."""
        return self.template.with_name(self.template.name.replace(".template.", ".assets."))


@dataclass(frozen=True)
class StageAssembly:
    """The assembly of one stage: its folder, and its stacks."""

    folder: Path
    stacks: tuple[StackArtifact, ...]


def stages(assembly: Path) -> list[str]:
    """Return the names of the stages in the assembly of an app, or of a pipeline."""
    return sorted(name for name, _ in _stages(assembly))


def find(assembly: Path, stage: str) -> StageAssembly:
    """Find a stage in the assembly of an app, or of a pipeline, in which it is one deeper.

    Raises `UsageError` with the stages that are there.
    """
    if not (assembly / "manifest.json").is_file():
        raise UsageError(f"{assembly} is no cloud assembly; first: make synth")
    found = dict(_stages(assembly))
    if stage not in found:
        known = ", ".join(sorted(found)) or "none"
        raise UsageError(f"{assembly} has no stage {stage!r}, its stages are: {known}")
    return StageAssembly(found[stage], tuple(_stacks(found[stage])))


def _artifacts(folder: Path) -> dict[str, dict[str, Any]]:
    # https://docs.aws.amazon.com/cdk/v2/guide/deploy.html#deploy-how-synth-app
    found: dict[str, dict[str, Any]] = json.loads((folder / "manifest.json").read_text()).get(
        "artifacts", {}
    )
    return found


def _stages(folder: Path) -> list[tuple[str, Path]]:
    found = []
    for artifact in _artifacts(folder).values():
        if artifact["type"] == "cdk:cloud-assembly":
            nested = folder / artifact["properties"]["directoryName"]
            name = artifact["properties"]["displayName"].rpartition("/")[2]
            found += [(name, nested), *_stages(nested)]
    return found


def _stacks(folder: Path) -> list[StackArtifact]:
    artifacts = _artifacts(folder)
    names = {
        name: artifact["properties"]["stackName"]
        for name, artifact in artifacts.items()
        if artifact["type"] == "aws:cloudformation:stack"
    }
    return [
        StackArtifact(
            name=properties["stackName"],
            template=folder / properties["templateFile"],
            account=_known(account),
            region=_known(region),
            lookup_role=properties.get("lookupRole", {}).get("arn"),
            deploy_role=properties.get("assumeRoleArn"),
            termination_protection=bool(properties.get("terminationProtection")),
            needs=tuple(names[each] for each in artifact.get("dependencies", ()) if each in names),
        )
        for artifact in artifacts.values()
        if artifact["type"] == "aws:cloudformation:stack"
        for properties in [artifact["properties"]]
        for account, region in [artifact["environment"].removeprefix("aws://").split("/")]
    ]


def _known(place: str) -> str | None:
    return None if place.startswith("unknown-") else place
