"""When `make local` fails it says why in one line, and leaves nothing running."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ops.local import commands
from ops.local.cloud import Cloud, Running, answers
from ops.local.commands import UpOptions
from tests.local.assemblies import baseline_app, edited
from tests.local.conftest import PROJECT, LocalCloud
from tests.patience import PATIENCE_SECONDS, until


def failure(cloud: LocalCloud, *arguments: str) -> str:
    """Run `up`, which must fail and leave nothing, and return its one line."""
    result = cloud.run("up", *arguments)
    assert result.returncode == 1, result.stdout
    [line] = result.stderr.splitlines()
    assert line.startswith("local: ")
    assert cloud.process.running() is None
    assert not (cloud.folder / "cloud.json").exists()
    return line


def test_a_port_that_is_taken_is_named(cloud: LocalCloud) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        line = failure(cloud, "--port", str(port))
    assert f"port {port} is taken by another program" in line
    assert "make local PORT=" in line


def test_an_app_that_does_not_synthesise_is_quoted(cloud: LocalCloud) -> None:
    fault = "zones must be 2..3 (or a tuple of their names), got 7"
    script = f"raise ValueError('{fault}')"
    line = failure(cloud, "--port", "0", "--app", f'{sys.executable} -c "{script}"')
    assert f"cdk synth failed: ValueError: {fault};" in line


@pytest.mark.weekly
def test_a_stage_that_the_app_does_not_have_is_refused(cloud: LocalCloud) -> None:
    line = failure(cloud, "--port", "0", "--stage", "Test", "--app", baseline_app())
    assert "stage must be one of Dev, Prod, got 'Test'" in line


def test_a_deployment_that_fails_is_explained_and_taken_down(
    cloud: LocalCloud, tmp_path: Path
) -> None:
    with edited(tmp_path / "cdk.out", "Service") as template:
        template["Resources"]["Impossible"] = {
            "Type": "AWS::EC2::SecurityGroupIngress",
            "Properties": {
                "GroupId": "sg-0123456789abcdef0",
                "IpProtocol": "tcp",
                "FromPort": 443,
                "ToPort": 443,
                "CidrIp": "10.0.0.0/8",
            },
        }
    line = failure(cloud, "--port", "0", "--assembly", str(tmp_path / "cdk.out"))
    assert "cdk deploy failed: AWS::EC2::SecurityGroupIngress" in line
    assert "sg-0123456789abcdef0 does not exist" in line
    assert f"all of it is in {cloud.folder / 'deploy.log'}" in line


def begun(cloud: LocalCloud, step: str) -> subprocess.Popen[str]:
    """Start `up`, and return its process when it has begun this step."""
    process = subprocess.Popen(
        cloud.command("up", "--port", "0"),
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    printed = ""
    while step not in printed:
        read = process.stdout.read(1)
        assert read, "it ended before"
        printed += read
    return process


@pytest.mark.parametrize(
    "sent", [signal.SIGINT, pytest.param(signal.SIGTERM, marks=pytest.mark.weekly)]
)
def test_two_at_once_are_refused_and_an_interruption_takes_everything_down(
    cloud: LocalCloud, sent: signal.Signals
) -> None:
    process = begun(cloud, "bootstrap")
    assert cloud.process.running() is not None
    os.killpg(process.pid, signal.SIGSTOP)  # so that it is at work for as long as it takes to look
    second = cloud.run("up")
    assert second.returncode == 1
    assert "another 'make local' is at work" in second.stderr
    os.killpg(process.pid, sent)
    os.killpg(process.pid, signal.SIGCONT)
    _, errors = process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode == 130
    assert errors == "local: interrupted\n"
    assert cloud.process.running() is None


def test_a_stale_state_of_a_process_that_is_gone_is_ignored(cloud: LocalCloud) -> None:
    """Its number may belong to somebody else's process by now: here, to this test's."""
    state = {"pid": os.getpid(), "port": 1, "account": "000000000000", "version": "x"}
    (cloud.folder / "cloud.json").write_text(str(state).replace("'", '"'))
    assert cloud.run("status").stdout == "it does not run\n"
    assert cloud.run("down").stdout == "it was not running\n"
    (cloud.folder / "cloud.json").write_text("{")
    assert cloud.start()


def test_a_cloud_that_hangs_is_replaced(cloud: LocalCloud) -> None:
    """It is ended, and `up` goes on as if none had run."""
    running = cloud.process.running()
    assert running is not None
    options = UpOptions(
        folder=cloud.folder, port=None, stage="Dev", app=None, assembly=None, new_account=False
    )
    assert commands._reusable(cloud.process, options) == running
    os.kill(running.pid, signal.SIGSTOP)
    assert commands._reusable(cloud.process, options) is None
    assert cloud.process.running() is None


def test_a_start_that_is_interrupted_ends_its_own_process_and_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a crash left names this test's process, which has to survive."""
    cloud = Cloud(tmp_path)
    (tmp_path / "cloud.json").write_text(
        f'{{"pid": {os.getpid()}, "port": 1, "account": "000000000000", "version": "x"}}'
    )

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    for step in ("ops.local.cloud.version", "ops.local.cloud.answers"):
        with monkeypatch.context() as patched:
            patched.setattr(step, interrupted)
            with pytest.raises(KeyboardInterrupt):
                cloud.start(port=0, account="000000000000")
        assert cloud.running() is None
        assert not (tmp_path / "cloud.json").exists()


@pytest.fixture(scope="module")
def deploying(cloud: LocalCloud) -> Iterator[tuple[Running, subprocess.Popen[str]]]:
    """A process that was started from other sources, and an `up` that has begun to deploy."""
    cloud.process.stop()
    older = cloud.start()
    state = cloud.folder / "cloud.json"
    state.write_text(re.sub(r'"version": "\w+"', '"version": "older"', state.read_text()))
    with begun(cloud, "deploy Dev") as process:
        yield older, process
        process.kill()


def test_sources_of_yesterday_are_not_served(
    cloud: LocalCloud, deploying: tuple[Running, subprocess.Popen[str]]
) -> None:
    """A process that was started from another emulator module, or version, is replaced."""
    older, _ = deploying
    replaced = cloud.process.running()
    assert replaced is not None
    assert replaced.pid != older.pid
    assert replaced.version == older.version


def test_a_cloud_that_is_killed_during_a_deployment_is_told_and_the_next_one_deploys(
    cloud: LocalCloud, deploying: tuple[Running, subprocess.Popen[str]]
) -> None:
    _, process = deploying
    api = cloud.client("cloudformation")
    until(lambda: "Dev-Data" in {it["StackName"] for it in api.list_stacks()["StackSummaries"]})
    running = cloud.process.running()
    assert running is not None
    os.kill(running.pid, signal.SIGKILL)
    _, errors = process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode == 1
    [line] = errors.splitlines()
    assert line.startswith("local: the local cloud ended while Dev was deployed")
    assert str(cloud.folder / "cloud.log") in line
    assert cloud.process.running() is None
    cloud.start()
    cloud.bootstrap()
    cloud.deploy()
    assert cloud.drive("PUT", "/files/after", b"a crash").status_code == 201


def test_a_cloud_whose_folder_was_removed_ends_by_itself(tmp_path: Path) -> None:
    """Nobody could find it again to stop it, and it would hold its port."""
    cloud = LocalCloud(tmp_path / "folder")
    running = cloud.start()
    shutil.rmtree(cloud.folder)
    until(lambda: not answers(running))
