"""Pipelines of the tests' own, synthesised under the gate."""

import json
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from ops.pipeline_walk.pipeline_template import Action, PipelineTemplate
from stacks.settings import Settings
from stacks.shared.choices import SelfApproval
from stacks.shipping.pipeline_stack import PipelineStack
from stacks.shipping.settings import Pipeline
from tests.baseline import CONNECTION, DEV, PROD
from tests.infra import nag
from tests.infra.templates import Json, as_list

STACK = "LambdaDrivePipeline"
FOUND = "findings.json"
HERE: Json = {"account": "111111111111", "region": "eu-central-1"}
THERE: Json = {"account": "222222222222", "region": "eu-central-1"}
OTHERS: Json = {
    "packaging": "image",
    "url_auth": "token",
    "permissions_boundary": "boundaries/developer",
}
CASES: dict[str, Json] = {
    "one account": {"stages": (DEV, PROD)},
    "two accounts": {
        "stages": (replace(DEV, **HERE), replace(PROD, **THERE)),
        "subscribers": ("ops@example.com", "arn:aws:sqs:eu-central-1:111111111111:pager"),
        "builds": "x86_64",
        "self_approval": "no-change",
    },
    "images, a token, a boundary": {
        "stages": (replace(DEV, **OTHERS), replace(PROD, **OTHERS)),
        "self_approval": "never",
    },
}


@dataclass(frozen=True)
class Synthesised:
    """A pipeline's template, what it does as the dry walk reads it, and what the gate found."""

    folder: Path
    dev: Settings
    prod: Settings
    subscribers: tuple[str, ...]
    builds: str
    self_approval: SelfApproval
    found: list[str]

    @cached_property
    def resources(self) -> dict[str, Json]:
        template = json.loads((self.folder / f"{STACK}.template.json").read_text())
        found: dict[str, Json] = template["Resources"]
        return found

    @cached_property
    def read(self) -> PipelineTemplate:
        return PipelineTemplate(
            self.folder,
            STACK,
            account=self.dev.account or "999999999999",
            region=self.dev.region or "eu-west-1",
        )

    @cached_property
    def steps(self) -> list[list[Action]]:
        return self.read.actions()

    def stage(self, name: str) -> list[list[str]]:
        """The names of a stage's actions in order; those of one list run side by side."""
        return [[each.name for each in step] for step in self.steps if step[0].stage == name]

    def action(self, stage: str, name: str) -> Action:
        [found] = [a for step in self.steps for a in step if (a.stage, a.name) == (stage, name)]
        return found

    def of_type(self, *types: str) -> dict[str, Json]:
        return {
            name: resource["Properties"]
            for name, resource in self.resources.items()
            if resource["Type"] in types
        }

    def project(self, action: Action) -> str:
        """The logical id of the project that an action builds."""
        return action.configuration["ProjectName"]

    def role_of(self, action: Action) -> str:
        """The logical id of the role in which the commands of a build run."""
        project = self.resources[self.project(action)]["Properties"]
        role: str = project["ServiceRole"]["Fn::GetAtt"][0]
        return role

    def statements(self, role: str) -> list[Json]:
        return [
            statement
            for policy in self.of_type("AWS::IAM::Policy").values()
            if {"Ref": role} in policy["Roles"]
            for statement in policy["PolicyDocument"]["Statement"]
        ]

    def may(self, role: str, action: str) -> list[str]:
        """On what a role may do an action, as text."""
        return sorted(
            self.read.text(resource)
            for statement in self.statements(role)
            if action in as_list(statement["Action"])
            for resource in as_list(statement["Resource"])
        )

    def place(self, settings: Settings) -> str:
        """The end of the names of what `cdk bootstrap` made for a stage."""
        account = settings.account or "999999999999"
        return f"{account}-{settings.region or 'eu-west-1'}"

    def bootstrap_role(self, kind: str, settings: Settings) -> str:
        place = self.place(settings)
        return f"arn:aws:iam::{place[:12]}:role/cdk-hnb659fds-{kind}-role-{place}"


def synthesise(folder: Path, case: str) -> None:
    """Make the assembly of a case, with what the gate finds in it beside it."""
    gated = nag.app(str(folder))
    made = settings(case)
    PipelineStack(gated, STACK, settings=made)
    (folder / FOUND).write_text(json.dumps(nag.findings(gated, made.stages)))


def read(folder: Path, case: str) -> Synthesised:
    """Read what `synthesise` made."""
    made = settings(case)
    return Synthesised(
        folder,
        made.stages[0],
        made.stages[1],
        made.subscribers,
        made.build_architecture,
        made.self_approval,
        json.loads((folder / FOUND).read_text()),
    )


def settings(case: str) -> Pipeline:
    given = {"subscribers": ("ops@example.com",), **CASES[case]}
    return Pipeline(connection_arn=CONNECTION, repository="you/drive", **given)
