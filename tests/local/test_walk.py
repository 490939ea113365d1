"""The pipeline, walked: what each action's commands do, in a clean folder.

The commands are those of the synthesised template; CodeBuild and CodePipeline themselves are not
here. `make test` walks with what is set up here, and its Synth synthesises. Each week builds start
from nothing, and Synth checks as well, which test_shipped_settings.py holds otherwise.
"""

import json
import re
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from drive_tools.errors import ToolError, UsageError
from ops.local.cdk_cli import Target
from ops.local.cloud import take
from ops.pipeline_walk import walk
from ops.pipeline_walk.messages import Messages
from ops.pipeline_walk.pipeline_template import Action, PipelineTemplate
from ops.pipeline_walk.walk import Walk
from stacks.shipping import sentences
from tests.local.assemblies import OTHER_SETTINGS, assembly_of
from tests.local.conftest import PROJECT, policy_of
from tests.local.copies import baseline_tree
from tests.local.walks import Walked, leave_out_checks, shorten, walk_of
from tests.patience import PATIENCE_SECONDS, until

STEPS = [
    "Source: Source",
    "Build: Synth",
    "UpdatePipeline: SelfMutate",
    "Assets: FileAssets",
    "Dev: Guard",
    "Dev: Permissions",
    "Dev: ApprovePermissions",
    "Dev: Data.Prepare",
    "Dev: Tester.Prepare",
    "Dev: Data.Deploy",
    "Dev: Tester.Deploy",
    "Dev: Service.Prepare",
    "Dev: Service.Deploy",
    "Dev: Protect",
    "Dev: Smoke",
    "Prod: Guard",
    "Prod: Permissions",
    "Prod: ApprovePermissions",
    "Prod: Approve",
    "Prod: Data.Prepare",
    "Prod: Tester.Prepare",
    "Prod: Data.Deploy",
    "Prod: Tester.Deploy",
    "Prod: Service.Prepare",
    "Prod: Service.Deploy",
    "Prod: Protect",
    "Prod: Smoke",
]


@pytest.fixture(scope="module")
def from_nothing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walked]:
    """A walk of what is here, as users make it."""
    types = tmp_path_factory.mktemp("types")
    source = tmp_path_factory.mktemp("source")
    tree = baseline_tree(source, lambda tree: shorten(tree, types), checked=True)
    yield from walk_of(tmp_path_factory.mktemp("walk"), tree, "ops", "local", "pipeline")


@pytest.fixture(scope="module")
def set_up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walked]:
    """One that uses what is set up here, and checks nothing."""
    tree = baseline_tree(tmp_path_factory.mktemp("source"), leave_out_checks)
    program = "tests.local.walk_with_set_up"
    yield from walk_of(tmp_path_factory.mktemp("walk"), tree, program)


@pytest.fixture(
    scope="module", params=["set_up", pytest.param("from_nothing", marks=pytest.mark.weekly)]
)
def walked(request: pytest.FixtureRequest) -> Walked:
    """Either of them."""
    found: Walked = request.getfixturevalue(request.param)
    return found


def test_every_action_is_done_in_order_up_to_the_smoke_test_of_production(walked: Walked) -> None:
    assert re.findall(r"(?:^|\? |\] )(\w+: [\w.]+)(?: \.\.\.|\?)", walked.printed, re.M) == STEPS
    assert "went all the way" in walked.printed


def test_a_build_uses_what_is_set_up_here(set_up: Walked) -> None:
    for action in ("Build-Synth", "Dev-Guard", "Prod-Smoke"):
        assert "setting up" not in set_up.log(action)


@pytest.mark.weekly
def test_the_source_is_checked_with_nothing_but_what_it_installs(from_nothing: Walked) -> None:
    log = from_nothing.log("Build-Synth")
    assert log.startswith("$ make check-source\nsetting up .venv/ and node_modules/")
    assert "cdk-nag: 0 findings" in log
    assert "$ make test-fast" in log
    assert re.search(r"= \d+ passed in ", log)


def test_the_pipeline_and_its_stages_are_synthesised(walked: Walked) -> None:
    log = walked.log("Build-Synth")
    assert "$ make pipeline-synth" in log
    # The real CLI says nothing else of the pipeline and of both its stages.
    said = log.partition("$ make pipeline-synth\n")[2].strip().splitlines()
    assert [line.split(" (")[0].split(" to ")[0] for line in said] == [
        "Successfully synthesized",
        "Supply a stack id",
    ]


@pytest.mark.weekly
def test_each_kind_of_build_starts_from_nothing(from_nothing: Walked) -> None:
    """That a smoke test would too, which comes after a check here, is held by test_make.py."""
    for action in ("Build-Synth", "Dev-Guard"):
        assert "setting up .venv/ and node_modules/" in from_nothing.log(action)
    # What guards a stage needs no more than what the tools need.
    assert "setting up the checks" not in from_nothing.log("Dev-Guard")


@pytest.mark.parametrize("stage", ["Dev", "Prod"])
def test_each_stage_was_guarded_and_proved(walked: Walked, stage: str) -> None:
    assert f"guard: {stage} loses no data (0 of 3 stacks are deployed" in walked.log(
        f"{stage}-Guard"
    )
    look = walked.log(f"{stage}-Permissions")
    assert f"permissions: {stage} waits for a person's approval" in look
    assert "may elasticfilesystem:ClientMount and elasticfilesystem:ClientWrite on" in look
    assert "permissions: told arn:aws:sns:us-east-1:" in look
    console = r"https://us-east-1\.console\.aws\.amazon\.com/s3/object/"
    put = rf"^page: {console}([a-z0-9-]+)\?.*&prefix=reviews%2F{stage}\.html&versionId=(.+)$"
    found = re.search(rf"{put}\ndigest: (\w{{64}})$", look, re.MULTILINE)
    assert found, look
    bucket, version, digest = found.groups()
    page = {"Bucket": bucket, "Key": f"reviews/{stage}.html", "VersionId": version}
    assert digest in walked.cloud.client("s3").get_object(**page)["Body"].read().decode()
    assert "6 passed" in walked.log(f"{stage}-Smoke")
    kept = "protected from deletion" if stage == "Prod" else "not protected"
    assert f"{stage}-Data: {kept}" in walked.log(f"{stage}-Protect")


def test_production_runs_the_very_code_that_dev_was_tested_with(walked: Walked) -> None:
    found = walked.cloud.client("lambda").list_functions()["Functions"]
    hashes = {
        stage: sorted(
            function["CodeSha256"]
            for function in found
            if function["FunctionName"].startswith(f"{stage}-Service")
        )
        for stage in ("Dev", "Prod")
    }
    assert len(hashes["Dev"]) == 4
    assert hashes["Prod"] == hashes["Dev"]


def test_it_changed_itself_before_anything_else(walked: Walked) -> None:
    stacks = walked.cloud.client("cloudformation").describe_stacks()["Stacks"]
    state = {stack["StackName"]: stack["StackStatus"] for stack in stacks}
    assert state["LambdaDrivePipeline"] == "CREATE_COMPLETE"
    assert "npm install -g aws-cdk@" in walked.log("UpdatePipeline-SelfMutate")


def test_who_is_to_hear_is_told_of_an_approval_and_of_a_failed_stage(walked: Walked) -> None:
    """And what to do, by the rule, alarm, topic and roles that the pipeline deployed."""
    cloud = walked.cloud
    sqs, sns = cloud.client("sqs"), cloud.client("sns")
    queue = sqs.create_queue(QueueName="pager")["QueueUrl"]
    [topic] = [
        each["TopicArn"]
        for each in sns.list_topics()["Topics"]
        if ":LambdaDrivePipeline-" in each["TopicArn"]
    ]
    arn = f"arn:aws:sqs:{topic.split(':')[3]}:{topic.split(':')[4]}:pager"
    let_in = {
        "Effect": "Allow",
        "Principal": {"Service": "sns.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": arn,
        "Condition": {"ArnEquals": {"aws:SourceArn": topic}},
    }
    sqs.set_queue_attributes(QueueUrl=queue, Attributes={"Policy": policy_of(let_in)})
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    running = Walk(cloud.folder, lambda _: True).cloud.running()
    assert running is not None
    target = Target(topic.split(":")[4], topic.split(":")[3])
    messages = Messages("LambdaDrivePipeline", running, target)

    def heard() -> dict[str, Any]:
        taken = until(lambda: sqs.receive_message(QueueUrl=queue).get("Messages"), seldom=True)
        sqs.delete_message(QueueUrl=queue, ReceiptHandle=taken[0]["ReceiptHandle"])
        found: dict[str, Any] = json.loads(taken[0]["Body"])
        return found

    read = PipelineTemplate(
        cloud.folder / "deployed",
        "LambdaDrivePipeline",
        account=target.account,
        region=target.region,
    )
    for action in (each for step in read.actions() for each in step if each.provider == "Manual"):
        messages.approval_waits(action, "LambdaDrivePipeline")  # the quiet ones say nothing
    told = heard()
    assert told["Subject"].endswith("LambdaDrivePipeline for action Approve")
    assert sentences.APPROVE in told["Message"]
    assert "newer commits wait before Prod" in told["Message"]
    messages.stage_failed("Prod", "12345678-1234-5678-abcd-12345678abcd")
    told = heard()
    assert told["Subject"].startswith("ALARM: ")
    assert sentences.FAILED in told["Message"]


@pytest.mark.weekly
def test_a_stage_goes_back_to_what_the_walk_shipped(from_nothing: Walked) -> None:
    """After a later deployment, with all that guards a stage; the files stay.

    So does a stage that goes back by hand (tests/local/test_deployments.py).
    """
    cloud = from_nothing.cloud

    def run(*words: str) -> str:
        result = cloud.ops(*words, environment={"DRIVE_URL": ""})
        assert result.returncode == 0, result.stdout + result.stderr
        return result.stdout

    def variables() -> dict[str, str]:
        [found] = [
            function["Environment"]["Variables"]
            for function in cloud.client("lambda").list_functions()["Functions"]
            if function["FunctionName"].startswith("Dev-Service-Files")
        ]
        values: dict[str, str] = found
        return values

    before = variables()
    cloud.deploy(assembly_of(OTHER_SETTINGS))
    assert variables()["COLOUR"] == "blue"
    file = cloud.folder / "newer.txt"
    file.write_text("written by the version that is taken back")
    run("drive", "put", "--stage", "Dev", str(file), "newer.txt")
    rolled = [sys.executable, "-m", "ops", "local", "pipeline", "--folder", str(cloud.folder)]
    printed = subprocess.check_output(
        [*rolled, "--roll-back", "Dev"], cwd=PROJECT, text=True, timeout=PATIENCE_SECONDS
    )
    assert "Dev: ApprovePermissions was given by itself: Approved: no permission is" in printed
    assert "Dev was rolled back in " in printed
    assert "Prod" not in printed
    assert variables() == before
    file.unlink()
    run("drive", "get", "--stage", "Dev", "newer.txt", str(file))
    assert file.read_text() == "written by the version that is taken back"


def test_there_must_be_a_walk_to_go_back_to(walked: Walked, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"no walk was left running in .*; make one with --keep"):
        Walk(tmp_path, lambda _: True).roll_back("Dev")
    with pytest.raises(UsageError, match=r"can be rolled back is Build, .*, Prod, got 'Test'"):
        Walk(walked.cloud.folder, lambda _: True).roll_back("Test")


def test_a_folder_of_somebody_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "efs").mkdir()
    (tmp_path / "efs" / "file").write_text("precious")
    with pytest.raises(UsageError, match=r"has files of others; empty it, or name another folder"):
        Walk(tmp_path, lambda _: True).run("HEAD")
    assert (tmp_path / "efs" / "file").read_text() == "precious"


def test_an_unknown_commit_is_named(tmp_path: Path) -> None:
    with pytest.raises(ToolError, match="cannot take the commit 'nothing': "):
        Walk(tmp_path, lambda _: True).run("nothing")


@pytest.mark.parametrize("name", ["Approve", "ApprovePermissions"])
def test_what_is_rejected_ends_the_walk(tmp_path: Path, name: str) -> None:
    action = Action("Prod", name, "Manual", 1, {"CustomData": "Look."}, (), (), "")
    asked: list[str] = []

    def confirm(question: str) -> bool:
        asked.append(question)
        return False

    with pytest.raises(ToolError, match=f"Prod/{name} was rejected"):
        Walk(tmp_path, confirm)._approve(action)
    assert asked == [f"Prod: {name}? Look."]


def test_what_an_action_started_ends_with_an_interrupted_walk(tmp_path: Path) -> None:
    lock, ready = tmp_path / "lock", tmp_path / "ready"
    holder = (
        f"import fcntl, time; held = open({str(lock)!r}, 'w'); fcntl.flock(held, fcntl.LOCK_EX);"
        f"open({str(ready)!r}, 'w').close(); time.sleep(600)"
    )
    script = f"{shlex.quote(sys.executable)} -c {shlex.quote(holder)} & wait"

    def interrupt(*_: object) -> None:
        if ready.exists():
            raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, interrupt)
    signal.setitimer(signal.ITIMER_REAL, 0.1, 0.1)
    try:
        with (tmp_path / "log").open("w") as log, pytest.raises(KeyboardInterrupt):
            walk._run(["/bin/sh", "-c", script], tmp_path, {}, log)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    with lock.open("w") as held:
        until(lambda: take(held.fileno()))  # it ends
