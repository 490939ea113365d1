"""What ships the stages: what it runs, and in which order."""

import json
import re
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from aws_cdk import App

from drive_tools.cloud_assembly import find_stage
from ops.pipeline_walk.pipeline_template import PipelineTemplate
from stacks.shipping import pins
from stacks.shipping.pipeline_stack import PipelineStack
from stacks.shipping.settings import Pipeline
from tests.baseline import CONNECTION, DEV, PROD
from tests.infra import nag, reference, synthesis
from tests.infra.flags import FLAGS
from tests.infra.pipelines import STACK, Synthesised
from tests.infra.stage_tag import TAG, assert_tagged


def test_it_passes_the_gate_without_a_warning(pipeline: Synthesised) -> None:
    assert pipeline.found == []


def test_it_is_of_version_two_and_changes_itself(pipeline: Synthesised) -> None:
    [properties] = pipeline.of_type("AWS::CodePipeline::Pipeline").values()
    assert properties["PipelineType"] == "V2"
    assert properties["RestartExecutionOnUpdate"] is True
    mutate = pipeline.action("UpdatePipeline", "SelfMutate").build
    assert mutate is not None
    assert mutate.commands[-1].startswith(f"cdk -a . deploy {STACK} ")


def test_the_stages_come_in_order(pipeline: Synthesised) -> None:
    order = [step[0].stage for step in pipeline.steps]
    assert list(dict.fromkeys(order)) == [
        "Source",
        "Build",
        "UpdatePipeline",
        "Assets",
        "Dev",
        "Prod",
    ]


def test_the_source_is_the_one_branch_by_the_connection(pipeline: Synthesised) -> None:
    source = pipeline.action("Source", "Source")
    assert source.provider == "CodeStarSourceConnection"
    assert source.configuration["ConnectionArn"] == CONNECTION
    assert source.configuration["FullRepositoryId"] == "you/drive"
    assert source.configuration["BranchName"] == "main"


def test_synth_checks_and_tests_first(pipeline: Synthesised) -> None:
    synth = pipeline.action("Build", "Synth").build
    assert synth is not None
    assert synth.commands == ("make check-source", "make test-fast", "make pipeline-synth")


@pytest.mark.parametrize("stage", ["Dev", "Prod"])
def test_a_stage_is_guarded_then_deployed_then_proved(pipeline: Synthesised, stage: str) -> None:
    guard, look, *rest = pipeline.stage(stage)
    assert guard == ["Guard"]
    assert sorted(look) == ["ApprovePermissions", "Permissions"]
    assert [rest.pop(0)] == [["Approve"]] if stage == "Prod" else True
    *deployments, protect, smoke = rest
    assert (protect, smoke) == (["Protect"], ["Smoke"])
    assert [sorted(step) for step in deployments] == [
        ["Data.Prepare", "Tester.Prepare"],
        ["Data.Deploy", "Tester.Deploy"],
        ["Service.Prepare"],
        ["Service.Deploy"],
    ]


@pytest.mark.parametrize("stage", ["Dev", "Prod"])
def test_every_tool_reads_the_assembly_that_was_checked(pipeline: Synthesised, stage: str) -> None:
    for name in ("Guard", "Permissions", "Protect", "Smoke"):
        action = pipeline.action(stage, name)
        assert "Synth_Output" in action.inputs
        assert action.build is not None
        assert any(
            '"$CODEBUILD_SRC_DIR_Synth_Output" "cdk.out"' in c for c in action.build.commands
        )


def test_production_gets_the_assets_that_dev_tested(pipeline: Synthesised) -> None:
    outputs = {output for step in pipeline.steps for each in step for output in each.outputs}
    assert outputs == {"you_drive_Source", "Synth_Output"}
    prepared = [
        each.configuration["TemplatePath"]
        for step in pipeline.steps
        for each in step
        if each.name.endswith(".Prepare")
    ]
    assert len(prepared) == 6
    assert {path.partition("::")[0] for path in prepared} == {"Synth_Output"}
    dev, prod = (assets(pipeline, stage) for stage in ("Dev", "Prod"))
    assert prod == dev != set()
    published = {
        digest
        for step in pipeline.steps
        for each in step
        if each.stage == "Assets" and each.build
        for command in each.build.commands
        for digest in re.findall(r'publish "([0-9a-f]{64}):', command)
    }
    assert published == prod


def assets(pipeline: Synthesised, stage: str) -> set[str]:
    """The hashes of a stage's assets that are no templates."""
    return {
        digest
        for stack in find_stage(pipeline.folder, stage).stacks
        for kind in ("files", "dockerImages")
        for digest, asset in json.loads(stack.assets.read_text()).get(kind, {}).items()
        if not asset["source"].get("path", "").endswith(".template.json")
    }


@pytest.mark.parametrize("pipeline", ["one account"], indirect=True)
def test_it_ships_what_reviewers_saw(pipeline: Synthesised, tmp_path: Path) -> None:
    """Data and Service are those of `app.py`, but for the names that CDK makes of paths."""
    synthesis.assembly(tmp_path, pipeline.dev, pipeline.prod)
    shipped, seen = (reference.references(folder) for folder in (pipeline.folder, tmp_path))
    for name, text in seen.items():
        assert shipped[name].replace(f"{STACK}/", "") == text
    assert set(shipped) - set(seen) == {"Dev-Tester.json", "Prod-Tester.json"}


@pytest.mark.parametrize("stage", ["Dev", "Prod"])
def test_all_of_a_stage_has_its_tag_and_so_has_what_the_pipeline_adds_to_it(
    pipeline: Synthesised, stage: str
) -> None:
    stacks = find_stage(pipeline.folder, stage).stacks
    assert f"{stage}-Tester" in {stack.name for stack in stacks}
    for stack in stacks:
        assert_tagged(stack.body(), stage)
        [deploy] = [
            action
            for step in pipeline.steps
            for action in step
            if action.configuration.get("StackName") == stack.name
            and action.configuration["ActionMode"] == "CHANGE_SET_REPLACE"
        ]
        tags = deploy.configuration["TemplateConfiguration"].partition("::")[2]
        assert json.loads((pipeline.folder / tags).read_text())["Tags"] == {TAG: stage}


def test_builds_use_the_versions_that_the_project_pins(pipeline: Synthesised) -> None:
    installed = set()
    for step in pipeline.steps:
        for action in step:
            if action.build:
                assert action.build.runtimes == {"python": pins.python(), "nodejs": pins.node()}
                installed |= {c for c in action.build.commands if "install" in c}
    assert installed == {
        f"npm install -g aws-cdk@{pins.npm('aws-cdk')}",
        f"npm install -g cdk-assets@{pins.npm('cdk-assets')}",
    }
    images = {
        project["Environment"]["Image"]
        for project in pipeline.of_type("AWS::CodeBuild::Project").values()
    }
    machines = {"arm64": "aarch64-standard:3.0", "x86_64": "x86_64-standard:5.0"}
    assert images == {f"aws/codebuild/amazonlinux-{machines[pipeline.builds]}"}


@pytest.mark.slow
def test_the_pinned_cdk_assets_reads_this_library_s_assembly(pipeline: Synthesised) -> None:
    """It lags behind the library at times (https://github.com/aws/aws-cdk/issues/32744)."""
    for stack in find_stage(pipeline.folder, "Dev").stacks:
        result = subprocess.run(
            [
                *(nag.PROJECT / ".venv/bin/node", nag.PROJECT / "node_modules/.bin/cdk-assets"),
                *("--path", stack.assets, "ls"),
            ],
            check=False,
            capture_output=True,
            text=True,
        )
        assert result.returncode == 0, result.stderr
    version = json.loads((nag.PROJECT / "node_modules/cdk-assets/package.json").read_text())
    assert version["version"] == pins.npm("cdk-assets")


def test_the_build_that_checks_has_the_memory_for_it(pipeline: Synthesised) -> None:
    """And the others are small."""
    synth = pipeline.project(pipeline.action("Build", "Synth"))
    for name, project in pipeline.of_type("AWS::CodeBuild::Project").items():
        size = "MEDIUM" if name == synth else "SMALL"
        assert project["Environment"]["ComputeType"] == f"BUILD_GENERAL1_{size}", name


def test_it_runs_one_build_at_a_time(pipeline: Synthesised) -> None:
    """A new account has no more (docs/decisions/0022-new-accounts.md)."""
    for step in pipeline.steps:
        builds = [action for action in step if action.build]
        if step[0].stage == "Assets":  # one for all files, and one for all images
            assert len(builds) <= 2
        else:
            assert len(builds) <= 1, [action.name for action in builds]


@pytest.mark.slow
def test_a_third_stage_is_shipped_after_an_approval_of_its_own(tmp_path: Path) -> None:
    stages = (DEV, replace(DEV, name="Trial"), PROD)
    app = App(context=FLAGS, outdir=str(tmp_path))
    settings = Pipeline(
        connection_arn=CONNECTION,
        repository="you/drive",
        stages=stages,
        subscribers=("ops@example.com",),
    )
    PipelineStack(app, STACK, settings=settings)
    app.synth()
    read = PipelineTemplate(tmp_path, STACK, account="999999999999", region="eu-west-1")
    shipped: dict[str, set[str]] = {}
    for step in read.actions():
        shipped.setdefault(step[0].stage, set()).update(action.name for action in step)
    assert list(shipped)[-3:] == ["Dev", "Trial", "Prod"]
    assert [name for name, actions in shipped.items() if "Approve" in actions] == ["Trial", "Prod"]
    for stage in ("Dev", "Trial", "Prod"):
        assert {"Guard", "Permissions", "ApprovePermissions", "Protect", "Smoke"} <= shipped[stage]
