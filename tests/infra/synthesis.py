"""Stages synthesised in this process, in a tenth of the time that the CLI takes."""

import json
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from aws_cdk import App

from stacks.settings import Settings
from stacks.shipping.pipeline_stack import PipelineStack
from stacks.shipping.settings import Pipeline
from stacks.stage import DriveStage
from tests.baseline import CONNECTION, DEV, PROD
from tests.infra import templates
from tests.infra.flags import FLAGS, OF_THE_CLI
from tests.infra.templates import Json

# What the CDK need not do for who reads templates and warnings: copies of assets, and a stack trace
# for each resource.
TEMPLATES_ALONE = {
    "aws:cdk:disable-asset-staging": True,
    "aws:cdk:disable-creation-stack-traces": True,
}


def app(folder: Path) -> App:
    """Return an empty app, with the project's flags and those that the CLI adds."""
    return App(context=FLAGS | OF_THE_CLI, outdir=str(folder))


def assembly(folder: Path, *stages: Settings) -> Path:
    """Make the assembly of these stages that the CLI would make."""
    return _made(app(folder), folder, stages)


def _made(staged: App, folder: Path, stages: Iterable[Settings]) -> Path:
    for settings in stages:
        DriveStage(staged, settings)
    staged.synth()
    return folder


def shipped(folder: Path) -> Path:
    """Make the assembly of a pipeline that ships both stages."""
    shipping = app(folder)
    settings = Pipeline(
        connection_arn=CONNECTION,
        repository="you/drive",
        stages=(DEV, PROD),
        subscribers=("ops@example.com",),
    )
    PipelineStack(shipping, "LambdaDrivePipeline", settings=settings)
    shipping.synth()
    return folder


def synthesise(folder: Path, **switched: Any) -> tuple[templates.StageTemplates, list[str]]:  # noqa: ANN401
    """Synthesise Dev with other settings, for its templates; also its warnings and errors."""
    return synthesise_stage(folder, replace(DEV, **switched))


def synthesise_stage(
    folder: Path, settings: Settings, **context: Json
) -> tuple[templates.StageTemplates, list[str]]:
    """Synthesise a stage for its templates; also its warnings and errors.

    Its assets stay where they are, and the CDK has some of its own in another place each time, so
    the templates do not say where.
    """
    context = FLAGS | OF_THE_CLI | TEMPLATES_ALONE | context
    _made(App(context=context, outdir=str(folder), tree_metadata=False), folder, [settings])
    drive = templates.load(folder, settings.name)
    for template in drive.templates:
        for resource in template.body["Resources"].values():
            resource.get("Metadata", {}).pop("aws:asset:path", None)
    return drive, warnings(folder)


def warnings(folder: Path) -> list[str]:
    """What constructs of the assembly said in warnings and errors."""
    return _said(folder, "aws:cdk:warning", "aws:cdk:error")


def notes(folder: Path) -> dict[str, str]:
    """Return the texts of all notes in an assembly, by id."""
    found = [
        said.removesuffix("]").split(" [ack: lambda-drive:")
        for said in _said(folder, "aws:cdk:info")
    ]
    assert len({name for _, name in found}) == len(found), "said once"
    return {name: text for text, name in found}


def _said(folder: Path, *kinds: str) -> list[str]:
    return [
        str(message["data"])
        for metadata in folder.rglob("*.metadata.json")
        for messages in json.loads(metadata.read_text()).values()
        for message in messages
        if message["type"] in kinds
    ]
