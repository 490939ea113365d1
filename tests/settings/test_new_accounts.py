"""Nothing is declared of which nobody looked up whether a new account may create it."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from aws_cdk import App

from drive_tools.cloud_assembly import find_stage, stage_names
from stacks.costs.estimate import estimate
from stacks.invariants.check import violations
from stacks.invariants.declared import Declared
from stacks.shipping.github_stack import GitHubStack
from stacks.shipping.pipeline_stack import PipelineStack
from stacks.shipping.settings import GitHub, Pipeline
from stacks.stage import DriveStage
from tests.baseline import CONNECTION, DEV, PROD
from tests.infra.cdk_synth import PROJECT
from tests.infra.flags import FLAGS
from tests.settings.found_vpc import KEY, PINNED, found
from tests.settings.switches import SWITCHES

_STAGES = ("Switched", "Existing", "Own")
RECORD = PROJECT / "docs" / "decisions" / "0022-new-accounts.md"


def reviewed() -> list[str]:
    """Return the types in the first column of the record's table."""
    types, _, _ = RECORD.read_text().partition("## Quotas")
    rows = [line.split("|")[1] for line in types.splitlines() if line.startswith("| `")]
    return re.findall(r"`([\w:]+)`", " ".join(rows))


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An assembly of stages in which each value of each switch is tried in some stage."""
    folder = tmp_path_factory.mktemp("everything")
    app = App(context=FLAGS, outdir=str(folder))
    app.node.set_context(KEY, found(Private="abc"))
    for number in range(max(map(len, SWITCHES.values()))):
        switched = {name: values[number % len(values)] for name, values in SWITCHES.items()}
        DriveStage(app, replace(DEV, name=f"Switched{number}", **switched))
    DriveStage(app, replace(PINNED, name="Existing"))
    DriveStage(app, replace(DEV, name="Own", function_folder="examples/guest_book"))
    dev, prod = (replace(settings, packaging="image") for settings in (DEV, PROD))
    shipped = Pipeline(
        connection_arn=CONNECTION,
        repository="you/drive",
        stages=(dev, prod),
        subscribers=("ops@example.com",),
    )
    PipelineStack(app, "LambdaDrivePipeline", settings=shipped)
    github = GitHub(repository="you/drive", owner_id=12, repository_id=34, stages=(DEV, PROD))
    GitHubStack(app, "Dev-GitHub", settings=github, stage=DEV)
    app.synth()
    return folder


@pytest.fixture(scope="module")
def declared(everything: Path) -> set[str]:
    """Every type in any template."""
    return {
        resource["Type"]
        for template in everything.rglob("*.template.json")
        for resource in json.loads(template.read_text())["Resources"].values()
    }


def test_every_type_was_reviewed_and_none_is_listed_that_is_not_there(declared: set[str]) -> None:
    assert sorted(declared) == sorted(reviewed())


def test_what_is_closed_to_new_customers_is_not_there(declared: set[str]) -> None:
    closed = ("AWS::ServiceCatalogAppRegistry::", "AWS::CodeCommit::", "AWS::CodeStar::")
    assert not [each for each in declared if each.startswith(closed)]


def test_no_stage_breaks_an_invariant(everything: Path) -> None:
    stages = [name for name in stage_names(everything) if name.startswith(_STAGES)]
    assert len(stages) > len(SWITCHES) // 3
    for name in stages:
        assert violations(Declared.of(find_stage(everything, name))) == [], name


def test_every_type_of_a_stage_has_its_price_or_costs_nothing(everything: Path) -> None:
    for name in (each for each in stage_names(everything) if each.startswith(_STAGES)):
        found = estimate(name, find_stage(everything, name))
        assert [each.what for each in found.uncapped if each.what.startswith("AWS::")] == []
        assert found.idle_dollars > 0
