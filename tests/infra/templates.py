"""The synthesised stage as the template tests read it."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Json = Any  # CloudFormation's JSON has no types of its own


@dataclass(frozen=True)
class Template:
    """One stack's template."""

    body: dict[str, Json]

    def of_type(self, resource_type: str) -> dict[str, Json]:
        """Return the properties of all resources of the type, by logical id."""
        return {
            logical_id: resource.get("Properties", {})
            for logical_id, resource in self.body["Resources"].items()
            if resource["Type"] == resource_type
        }

    def only(self, resource_type: str) -> tuple[str, Json]:
        """Return the logical id and the properties of the one resource of the type."""
        found = self.of_type(resource_type)
        assert len(found) == 1, f"one {resource_type}, not {sorted(found)}"
        return next(iter(found.items()))


@dataclass(frozen=True)
class StageTemplates:
    """A stage: its two templates, and how it deploys them."""

    name: str
    data: Template
    service: Template
    stacks: dict[str, Json]  # the manifest's artifacts, by stack name
    place: dict[str, str]  # what the settings name of it, and what stands for that elsewhere

    @property
    def templates(self) -> tuple[Template, Template]:
        """Both."""
        return self.data, self.service

    def target(self, value: Json) -> str:
        """Return the logical id that a reference points to, through an export if need be."""
        match value:
            case {"Ref": str(logical_id)}:
                return logical_id
            case {"Fn::GetAtt": [str(logical_id), _]}:
                return logical_id
            case {"Fn::ImportValue": str(export)}:
                for output in self.data.body["Outputs"].values():
                    if output.get("Export", {}).get("Name") == export:
                        return self.target(output["Value"])
        raise AssertionError(f"not a reference: {value}")

    def text(self, value: Json) -> str:
        """Return a value as text, with the logical id of what it refers to in angle brackets.

        So are account and region, whether CloudFormation fills them in or the settings did.
        """
        match value:
            case str(text):
                for named, general in self.place.items():
                    text = text.replace(named, general)
                return text
            case {"Fn::Join": ["", list(parts)]}:
                return "".join(map(self.text, parts))
            case {"Ref": str(name)} if name.startswith("AWS::"):
                return f"<{name.removeprefix('AWS::')}>"
            case _:
                return f"<{self.target(value)}>"


def load(assembly: Path, name: str) -> StageTemplates:
    """Read one stage from a cloud assembly (`cdk.out`)."""
    folder = assembly / f"assembly-{name}"
    artifacts = json.loads((folder / "manifest.json").read_text())["artifacts"]
    stacks = {
        artifact["properties"]["stackName"]: {**artifact, "id": artifact_id}
        for artifact_id, artifact in artifacts.items()
        if artifact["type"] == "aws:cloudformation:stack"
    }

    def template(stack: str) -> Template:
        file = folder / stacks[f"{name}-{stack}"]["properties"]["templateFile"]
        return Template(json.loads(file.read_text()))

    account, region = stacks[f"{name}-Data"]["environment"].removeprefix("aws://").split("/")
    place = {"arn:aws:": "arn:<Partition>:", account: "<AccountId>", region: "<Region>"}
    pinned = not account.startswith("unknown-")
    return StageTemplates(
        name, template("Data"), template("Service"), stacks, place if pinned else {}
    )


def as_list(value: Json) -> list[Json]:
    """Return what IAM writes as one value or a list, as a list."""
    return value if isinstance(value, list) else [value]


def text(value: Json) -> str:
    """An ARN with what CloudFormation fills in left out."""
    match value:
        case {"Fn::Join": ["", list(parts)]}:
            return "".join(map(text, parts))
        case {"Fn::Sub": str(name)}:
            return name
        case {"Ref": str(name)}:
            return f"<{name}>"
    return str(value)
