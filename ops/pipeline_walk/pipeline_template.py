"""The actions of a pipeline, read from its synthesised template."""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from drive_tools.cloud_assembly import resources, stacks_in

Json = Any  # CloudFormation's JSON has no types of its own


@dataclass(frozen=True)
class ProjectRole:
    """The role of a project: its name, and the documents of its policies by name."""

    name: str
    policies: dict[str, Json]


@dataclass(frozen=True)
class Build:
    """A project of CodeBuild: its commands in order, its environment variables, and its role."""

    role: ProjectRole
    commands: tuple[str, ...]
    runtimes: dict[str, str]
    environment: dict[str, str]
    artifact: str | None  # the folder of its output artifact


@dataclass(frozen=True)
class Action:
    """One action of a stage."""

    stage: str
    name: str
    provider: str
    run_order: int
    configuration: dict[str, str]
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    role: str
    build: Build | None = None
    owner: ProjectRole | None = None  # that role, if the template makes it


class PipelineTemplate:
    """The actions of the one pipeline in a template of a cloud assembly.

    Pseudo parameters are those of one account and region. A reference to another resource becomes
    its logical id.
    """

    def __init__(self, assembly: Path, stack: str, *, account: str, region: str) -> None:
        self._assembly = assembly
        self._filled = {"Partition": "aws", "AccountId": account, "Region": region}
        [template] = [each.body() for each in stacks_in(assembly) if each.name == stack]
        self._resources = resources(template)
        [self.name] = resources(template, "AWS::CodePipeline::Pipeline")

    def actions(self) -> list[list[Action]]:
        """Return the actions in order; those of one list run side by side."""
        steps = []
        for stage in self._resources[self.name]["Properties"]["Stages"]:
            actions = [self._action(stage["Name"], action) for action in stage["Actions"]]
            steps += [
                [action for action in actions if action.run_order == run_order]
                for run_order in sorted({action.run_order for action in actions})
            ]
        return steps

    def _action(self, stage: str, action: Json) -> Action:
        configuration = {
            name: self.text(value) for name, value in action.get("Configuration", {}).items()
        }
        project = configuration.get("ProjectName")
        return Action(
            stage=stage,
            name=action["Name"],
            provider=action["ActionTypeId"]["Provider"],
            run_order=action["RunOrder"],
            configuration=configuration,
            inputs=tuple(each["Name"] for each in action.get("InputArtifacts", [])),
            outputs=tuple(each["Name"] for each in action.get("OutputArtifacts", [])),
            role=(role := self.text(action.get("RoleArn", ""))),
            build=self._build(project, configuration) if project else None,
            owner=self._role(role) if role in self._resources else None,
        )

    def _build(self, project: str, configuration: dict[str, str]) -> Build:
        properties = self._resources[project]["Properties"]
        text = properties["Source"]["BuildSpec"]
        spec = json.loads(text if text.startswith("{") else (self._assembly / text).read_text())
        variables = properties["Environment"].get("EnvironmentVariables", [])
        return Build(
            role=self._role(self.text(properties["ServiceRole"])),
            commands=tuple(
                command
                for phase in ("install", "pre_build", "build", "post_build")
                for command in spec["phases"].get(phase, {}).get("commands", [])
            ),
            runtimes=spec["phases"].get("install", {}).get("runtime-versions", {}),
            environment={each["Name"]: self.text(each["Value"]) for each in variables}
            | {
                each["name"]: each["value"]
                for each in json.loads(configuration.get("EnvironmentVariables", "[]"))
            },
            artifact=spec.get("artifacts", {}).get("base-directory"),
        )

    def _role(self, logical_id: str) -> ProjectRole:
        own = self._resources[logical_id]["Properties"]
        attached = {self.text(each) for each in own.get("ManagedPolicyArns", [])}
        policies = {each["PolicyName"]: each["PolicyDocument"] for each in own.get("Policies", [])}
        for name, resource in self._resources.items():
            if resource["Type"] in {"AWS::IAM::ManagedPolicy", "AWS::IAM::Policy"}:
                properties = resource["Properties"]
                roles = [self.text(each) for each in properties.get("Roles", [])]
                if logical_id in roles or name in attached:
                    policies[name] = properties["PolicyDocument"]
        name = self.text(own["RoleName"]) if "RoleName" in own else logical_id[-64:]
        return ProjectRole(name, {key: self._filled_in(each) for key, each in policies.items()})

    def _filled_in(self, value: Json) -> Json:
        """Return a policy with its references resolved."""
        match value:
            case {"Ref": _} | {"Fn::GetAtt": _} | {"Fn::Join": _} | {"Fn::Sub": _}:
                return self.text(value)
            case dict():
                return {key: self._filled_in(each) for key, each in value.items()}
            case list():
                return [self._filled_in(each) for each in value]
        return value

    def text(self, value: Json) -> str:
        """Return a value as text, with pseudo parameters resolved."""
        match value:
            case {"Ref": str(name)} if name.startswith("AWS::"):
                return self._filled[name.removeprefix("AWS::")]
            case {"Ref": str(name)} | {"Fn::GetAtt": [str(name), _]}:
                return name
            case {"Fn::Join": ["", list(parts)]}:
                return "".join(map(self.text, parts))
            case {"Fn::Sub": str(text)}:
                return re.sub(r"\$\{AWS::(\w+)\}", lambda name: self._filled[name[1]], text)
            case _:
                return str(value)
