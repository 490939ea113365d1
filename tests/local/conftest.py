"""A local cloud of the test's own, on a free port, with its files in a temporary folder."""

import functools
import io
import itertools
import json
import os
import random
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.credentials import Credentials

from drive_tools.client.http_client import SignedClient
from drive_tools.cloud_assembly import find_stage
from ops.__main__ import main
from ops.local.bootstrap import bootstrap
from ops.local.cdk_cli import Target, credentials
from ops.local.cloud import SECRET_ACCESS_KEY, Cloud, Running
from tests.local import assemblies, deployment
from tests.local.assemblies import baseline
from tests.local.small_stacks import Stacks, make_role
from tests.made_once import root_of_the_run
from tests.patience import PATIENCE_SECONDS
from tests.service.env.person import LOADER

PROJECT = Path(__file__).resolve().parents[2]
TARGET = Target()
# Each takes about a minute or more in `make test`.
_LONGEST = {
    Path(__file__).with_name(name).resolve(strict=True)
    for name in (
        "test_deployments.py",
        "test_local_cloud.py",
        "test_shipped_settings.py",
        "test_users_machine.py",
        "test_walk.py",
    )
}
_NUMBERS = itertools.count()


@dataclass(frozen=True)
class LocalCloud:
    """`python -m ops local` on one folder."""

    folder: Path

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run one command as a user would, and return what it printed."""
        return subprocess.run(
            self.command(*arguments),
            check=False,
            cwd=PROJECT,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
        )

    def call(
        self, *command: str, environment: dict[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run any command as somebody whose AWS this is."""
        return subprocess.run(
            command,
            check=False,
            cwd=PROJECT,
            env=self.environment | {"CDK_HOME": str(self.folder)} | (environment or {}),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
        )

    def ops(
        self, *words: str, environment: dict[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run one of our tools in this process, whose start costs more than most of them do.

        Nobody answers what it asks: a tool that asks is a process of `call`.
        """
        said, failed = io.StringIO(), io.StringIO()
        with pytest.MonkeyPatch.context() as patch:
            for name, value in (self.environment | (environment or {})).items():
                patch.setenv(name, value)
            patch.setattr("botocore.session.create_loader", LOADER)
            with redirect_stdout(said), redirect_stderr(failed):
                try:
                    code = main([*words])
                except SystemExit as end:  # of a wrong use
                    code = int(end.code or 0)
        return subprocess.CompletedProcess(words, code, said.getvalue(), failed.getvalue())

    def smoke(
        self, *options: str, environment: dict[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run the smoke test on what was deployed."""
        pytest_of = (sys.executable, "-m", "pytest", "--quiet", "tests/smoke")
        return self.call(*pytest_of, *options, environment=environment)

    def command(self, *arguments: str) -> list[str]:
        """Return the command line; what goes up are the stages that tests vary, or others named."""
        verb, *rest = arguments
        if verb == "up" and not {"--app", "--assembly"} & {*rest}:
            rest += ["--assembly", str(baseline())]
        return [sys.executable, "-m", "ops", "local", verb, "--folder", str(self.folder), *rest]

    def up(self, *arguments: str) -> str:
        """Bring it up, at first on a free port, and return what it printed."""
        port = [] if self.process.last_port else ["--port", str(lasting_port())]
        result = self.run("up", *port, *arguments)
        assert result.returncode == 0, result.stdout + result.stderr
        return result.stdout

    def deploy(self, assembly: Path | None = None) -> None:
        """Deploy Dev of an assembly as the CLI does, without its start, and without that of `up`.

        By default that of the stages that tests vary. It is in `cdk.out` then, as after `up`.
        """
        running = self.process.running()
        assert running is not None
        deployed = self.folder / "cdk.out"
        shutil.rmtree(deployed, ignore_errors=True)
        shutil.copytree(assembly or baseline(), deployed)
        outputs = deployment.deploy(find_stage(deployed, "Dev"), running, TARGET)
        (self.folder / "outputs.json").write_text(json.dumps(outputs))

    def start(self) -> Running:
        """Start it on a free port with nothing in it, from a process of its own."""
        script = (
            "import sys; from pathlib import Path; from ops.local.cloud import Cloud;"
            "Cloud(Path(sys.argv[1])).start(port=int(sys.argv[2]), account=sys.argv[3])"
        )
        port = str(lasting_port())
        command = [sys.executable, "-c", script, str(self.folder), port, TARGET.account]
        subprocess.run(command, check=True, cwd=PROJECT, timeout=PATIENCE_SECONDS)
        running = self.process.running()
        assert running is not None
        return running

    def bootstrap(self) -> None:
        """Prepare the account for CDK, as `up` does."""
        running = self.process.running()
        assert running is not None
        bootstrap(TARGET, running)

    @property
    def process(self) -> Cloud:
        """The process, as the commands see it."""
        return Cloud(self.folder)

    @property
    def outputs(self) -> dict[str, dict[str, str]]:
        """The outputs of the last deployment, by stack."""
        found: dict[str, dict[str, str]] = json.loads((self.folder / "outputs.json").read_text())
        return found

    @property
    def url(self) -> str:
        """The URL of the files function on this machine."""
        running = self.process.running()
        assert running is not None
        [url_id] = re.findall(r"https://(\w+)\.", self.outputs["Dev-Service"]["FilesUrl"])
        return f"http://localhost:{running.port}/_aws/lambda-url/{url_id}"

    @property
    def disk(self) -> Path:
        """Where the files of the drive are on this machine."""
        [found] = self.folder.glob("efs/Dev-Data/*")
        return found

    @property
    def drive(self) -> SignedClient:
        """A client of the files function."""
        keys = Credentials(TARGET.account, SECRET_ACCESS_KEY)
        return SignedClient(self.url, keys, TARGET.region)

    @property
    def environment(self) -> dict[str, str]:
        """What an AWS client needs to reach it."""
        running = self.process.running()
        assert running is not None
        return {**os.environ, **credentials(running, TARGET)}

    def client(self, service: str, region: str = TARGET.region) -> Any:  # noqa: ANN401 - boto3 makes its types at run time
        """Return a boto3 client of one of its APIs."""
        return _client(self.environment["AWS_ENDPOINT_URL"], service, region)

    def role(self, name: str, trusted: dict[str, str], *statements: dict[str, Any]) -> str:
        """Make a role that these may assume and that may do this; return its ARN."""
        trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": trusted}
        iam = self.client("iam")
        made = iam.create_role(RoleName=name, AssumeRolePolicyDocument=policy_of(trust))
        if statements:
            iam.put_role_policy(
                RoleName=name, PolicyName="may", PolicyDocument=policy_of(*statements)
            )
        arn: str = made["Role"]["Arn"]
        return arn


@functools.cache
def _client(endpoint: str, service: str, region: str) -> Any:  # noqa: ANN401 - boto3 makes its types at run time
    """Make a client once: a new one costs more than most of its calls."""
    return boto3.client(
        service,  # type: ignore[call-overload]  # any service
        config=Config(read_timeout=PATIENCE_SECONDS),
        endpoint_url=endpoint,
        region_name=region,
        aws_access_key_id=TARGET.account,
        aws_secret_access_key=SECRET_ACCESS_KEY,
    )


LAMBDA = {"Service": "lambda.amazonaws.com"}
ACCOUNT = {"AWS": TARGET.account}


def policy_of(*statements: dict[str, Any]) -> str:
    """Return a policy of these statements."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def in_process(module: str, *arguments: str | Path) -> str:
    """Run a module of this folder on the interpreter of the local cloud, which has MiniStack.

    There is no server. Return what it printed.
    """
    python = PROJECT / ".venv/local-cloud/bin/python"
    ran = subprocess.run(
        [python, "-m", f"tests.local.{module}_in_process", *arguments],
        check=False,
        cwd=PROJECT,
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def lasting_port() -> int:
    """A free port below those that systems give to connections, so that it stays free."""
    while True:
        port = random.randrange(20_000, 30_000)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the longest files first: where files run side by side, short ones end together."""
    items.sort(key=lambda item: item.path not in _LONGEST)


@pytest.fixture(scope="session", autouse=True)
def shared(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Let the workers of a run share the assemblies that are made in it."""
    assemblies.share(root_of_the_run(request, tmp_path_factory))


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCloud]:
    """A local cloud that is not up yet, and is taken down at the end whatever happens."""
    local = LocalCloud(tmp_path_factory.mktemp("local"))
    yield local
    local.process.stop()


@pytest.fixture(scope="module")
def ready(cloud: LocalCloud) -> LocalCloud:
    """One that runs, and is bootstrapped: for tests of what is deployed to it."""
    cloud.start()
    cloud.bootstrap()
    return cloud


@pytest.fixture(scope="module")
def stacks(cloud: LocalCloud) -> Stacks:
    """Stacks on one that runs, and has nothing in it but the role of their functions."""
    cloud.start()
    found = Stacks(functools.cache(cloud.client))
    make_role(found.client("iam"))
    return found


@pytest.fixture
def name() -> str:
    """The name of a stack, and of what is in it, that no other test of the file has."""
    return f"stack{next(_NUMBERS)}"
