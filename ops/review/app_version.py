"""One version of a CDK app, as its cloud assembly has it: stacks, their resources, and references.

It is any app's: nothing here knows the stacks of this one.
"""

import hashlib
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from drive_tools.cloud_assembly import StackArtifact, Template, construct_path
from ops.review.python_lines import PythonLine

Json = Any  # CloudFormation's JSON has no types of its own
Key = tuple[str, str]  # the name of a stack, and a logical id in it

NESTED_STACK = "AWS::CloudFormation::Stack"
# What a manifest says of a stack and a template does not, and how people call it.
STACK_SETTINGS = {
    "environment": "is deployed to",
    "assumeRoleArn": "is deployed with the role",
    "cloudFormationExecutionRoleArn": "is made by CloudFormation as the role",
    "tags": "has the tags",
    "parameters": "has the parameters",
    "notificationArns": "tells of its deployments to",
}
# CDK's own, which no person asked for.
_WITHOUT_MEANING = {"AWS::CDK::Metadata"}
_CFN_INIT = ("AWS::CloudFormation::Init", "AWS::CloudFormation::Authentication")
_SUBSTITUTED = re.compile(r"\$\{([^!}][^}]*)\}")
_LAST = re.compile(r"/(Resource|Default)$")


def section(template: Mapping[str, Json], name: str) -> Mapping[str, Json]:
    """Return a section of a template by its entries; one that has none is an entry itself."""
    found = template.get(name)
    return found if isinstance(found, dict) else {name: found} if found else {}


def is_resource(body: Json) -> bool:
    """Say whether an entry of the resources is one: a macro (Fn::ForEach) is none."""
    return isinstance(body, dict) and isinstance(body.get("Type"), str)


def export_name(output: Json) -> str | None:
    """Return under which name an output is exported, if that is known before a deployment."""
    export = output.get("Export") if isinstance(output, dict) else None
    name = export.get("Name") if isinstance(export, dict) else None
    return name if isinstance(name, str) else None


def _imported(value: Json) -> Iterator[str]:
    match value:
        case {"Fn::ImportValue": str(name)}:
            yield name
        case dict():
            for each in value.values():
                yield from _imported(each)
        case list():
            for each in value:
                yield from _imported(each)


def cfn_init(body: Mapping[str, Json]) -> dict[str, Json]:
    """Return what the metadata of a resource tells an instance to do (cfn-init, cfn-hup)."""
    metadata = body.get("Metadata")
    known = metadata if isinstance(metadata, dict) else {}
    return {name: known[name] for name in _CFN_INIT if name in known}


def _said(template: Template) -> dict[str, Json]:
    """Return what a template says to CloudFormation: all but metadata, the CDK's own included."""
    sections = {name: each for name, each in template.items() if name != "Metadata"}
    resources, conditions = template.get("Resources"), template.get("Conditions")
    if isinstance(resources, dict):
        sections["Resources"] = {
            name: {part: each for part, each in body.items() if part != "Metadata"} | cfn_init(body)
            if isinstance(body, dict)
            else body
            for name, body in resources.items()
            if not is_resource(body) or body["Type"] not in _WITHOUT_MEANING
        }
    if isinstance(conditions, dict):
        sections["Conditions"] = {
            name: each for name, each in conditions.items() if name != "CDKMetadataAvailable"
        }
    return {name: each for name, each in sections.items() if each}


def _within(stage: str, path: str) -> str:
    """Return a path without the stage.

    What is deployed may have the stage at another place in the app: inside of a pipeline, or not.
    """
    if not stage:
        return path
    if path.startswith(f"{stage}/"):
        return path[len(stage) + 1 :]
    own = stage.rpartition("/")[2]
    return f"/{path}".partition(f"/{own}/")[2] or path


@dataclass(frozen=True, eq=False)
class DeclaredResource:
    """A resource of a template."""

    stack: "ReviewedStack"
    logical_id: str
    body: Mapping[str, Json]

    @property
    def key(self) -> Key:
        """The name of its stack, and its logical id."""
        return self.stack.name, self.logical_id

    @property
    def type(self) -> str:
        """Its type, such as AWS::EFS::FileSystem."""
        return str(self.body.get("Type", ""))

    @property
    def properties(self) -> Mapping[str, Json]:
        """Its properties."""
        found = self.body.get("Properties")
        return found if isinstance(found, dict) else {}

    @cached_property
    def name(self) -> str:
        """Its name for people: its path in the app without the stage, else its logical id."""
        path = construct_path(self.body)
        if path is None:
            return f"{self.stack.name}/{self.logical_id}"
        return _LAST.sub("", _within(self.stack.stage, path))

    @property
    def line(self) -> PythonLine | None:
        """The line of Python that made it, or its nearest parent, if the assembly says so."""
        return self.stack.lines.get(self.logical_id)


@dataclass(frozen=True, eq=False)
class ReviewedStack:
    """A stack of one version. `stage` is empty outside of a stage."""

    name: str
    stage: str
    template: Template
    lines: Mapping[str, PythonLine] = field(default_factory=dict)
    artifact: StackArtifact | None = None
    settings: Mapping[str, Json] = field(default_factory=dict)
    """What its assembly says of its deployment beside the template: where, as whom, which tags."""

    @cached_property
    def resources(self) -> Mapping[str, DeclaredResource]:
        """Its resources by logical id."""
        return {
            logical_id: DeclaredResource(self, logical_id, body)
            for logical_id, body in section(self.template, "Resources").items()
            if is_resource(body) and body["Type"] not in _WITHOUT_MEANING
        }


@dataclass(frozen=True)
class Reference:
    """A reference of a resource: in which attribute, to which resource, and to what of it."""

    attribute: str  # a property, or DependsOn
    to: Key
    of: str  # the attribute of GetAtt; `Ref` for a Ref


@dataclass(frozen=True, eq=False)
class AppVersion:
    """All stacks of one version of an app. `name` is how its user named it."""

    name: str
    stacks: Mapping[str, ReviewedStack]
    folder: Path | None = None  # of its cloud assembly

    @cached_property
    def resources(self) -> Mapping[Key, DeclaredResource]:
        """The resources of all stacks."""
        return {
            each.key: each for stack in self.stacks.values() for each in stack.resources.values()
        }

    @cached_property
    def exports(self) -> Mapping[str, tuple[str, Json]]:
        """The name of the stack and the value of each export, by its name."""
        found = [
            (name, (stack.name, output.get("Value")))
            for stack in self.stacks.values()
            for output in section(stack.template, "Outputs").values()
            if isinstance(output, dict)
            for name in [export_name(output)]
            if name is not None
        ]
        # One name may be another value in each account and region: of those none is known.
        times = Counter(name for name, _ in found)
        return {name: value for name, value in found if times[name] == 1}

    @cached_property
    def imports(self) -> frozenset[str]:
        """The names of all exports that its stacks import."""
        return frozenset(
            name for stack in self.stacks.values() for name in _imported(stack.template)
        )

    @cached_property
    def references(self) -> Mapping[Key, tuple[Reference, ...]]:
        """What each resource refers to, in its own stack and through exports in others."""
        return {key: tuple(self._of(each)) for key, each in self.resources.items()}

    @cached_property
    def referring(self) -> Mapping[Key, tuple[tuple[Key, Reference], ...]]:
        """Who refers to each resource, and how."""
        found: dict[Key, list[tuple[Key, Reference]]] = defaultdict(list)
        for key, references in self.references.items():
            for reference in references:
                found[reference.to].append((key, reference))
        return {key: tuple(each) for key, each in found.items()}

    def targets(self, stack: str, value: Json) -> Iterator[tuple[Key, str]]:
        """Yield each resource to which a value refers, and what of it (`Ref`, or an attribute)."""
        match value:
            case {"Ref": str(name)}:
                yield from self._target(stack, name, "Ref")
            case {"Fn::GetAtt": [str(name), attribute]}:
                yield from self._target(stack, name, str(attribute))
            case {"Fn::GetAtt": str(name)}:
                yield from self._target(stack, *name.split(".", 1))
            case {"Fn::ImportValue": str(name)}:
                if name in self.exports:
                    yield from self.targets(*self.exports[name])
            case {"Fn::GetStackOutput": {"StackName": str(other), "OutputName": str(name)}}:
                there = self.stacks.get(other)
                output = section(there.template, "Outputs").get(name) if there else None
                yield from self.targets(
                    other, output.get("Value") if isinstance(output, dict) else None
                )
            case {"Fn::Sub": text}:
                variables = text[1] if isinstance(text, list) and len(text) > 1 else {}
                template = text[0] if isinstance(text, list) and text else text
                for name in _SUBSTITUTED.findall(str(template)):
                    if not isinstance(variables, dict) or name not in variables:
                        yield from self._target(stack, *name.split(".", 1))
                yield from self.targets(stack, variables)
            case dict() | list():
                for each in value.values() if isinstance(value, dict) else value:
                    if isinstance(each, dict | list):  # most are text, and refer to nothing
                        yield from self.targets(stack, each)

    @cached_property
    def fingerprint(self) -> str:
        """A SHA-256 of all that the templates say to CloudFormation, the hashes of assets too.

        It is not of metadata, which the CDK writes by its options.
        """
        said = {name: _said(stack.template) for name, stack in self.stacks.items()}
        return hashlib.sha256(json.dumps(said, sort_keys=True, default=str).encode()).hexdigest()

    def named(self, key: Key) -> str:
        """Return the name for people of a resource, or its logical id."""
        found = self.resources.get(key)
        return found.name if found else "/".join(key)

    def _target(self, stack: str, name: str, of: str = "Ref") -> Iterator[tuple[Key, str]]:
        if (stack, name) in self.resources:
            yield (stack, name), of

    def _of(self, resource: DeclaredResource) -> Iterator[Reference]:
        for name, value in resource.properties.items():
            for to, of in self.targets(resource.stack.name, value):
                yield Reference(name, to, of)
        waits = resource.body.get("DependsOn", [])
        for each in waits if isinstance(waits, list) else [waits]:
            if isinstance(each, str) and (resource.stack.name, each) in self.resources:
                yield Reference("DependsOn", (resource.stack.name, each), "Ref")
