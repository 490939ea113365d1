"""Whatever a user sets as documented, the gates of the pipeline let it pass.

The gates are the commands of the pipeline's Synth, run in a copy of the project in which a user has
edited the settings. Between them the two stages of the first copy differ from every default; in the
second the settings that change most have changed places. Of the tests those run that look at a
project's own settings: to all others the copy is what is here (tests/unit/test_own_settings.py).
"""

import json
import re
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from ops.local import cdk_cli
from ops.pipeline_walk.pipeline_template import PipelineTemplate
from tests.baseline import CONNECTION
from tests.local.copies import assign, copy, copy_types, set_up
from tests.unit.test_own_settings import READS_OWN_STAGES

ACCOUNT, REGION = CONNECTION.split(":")[4], CONNECTION.split(":")[3]
VPC = "vpc-0a1b2c3d4e5f60718"
CERTIFICATE = f"arn:aws:acm:{REGION}:{ACCOUNT}:certificate/0a1b2c3d"
TARGET = f'account="{ACCOUNT}", region="{REGION}"'
# As people write code who have never heard of this project's linters.
FUNCTION = """
def main(event,context):
  return {'statusCode':200,'body':'hello'}
"""
EXISTING_VPC = f'vpc_id="{VPC}", function_folder="mine", function_handler="app.main"'
IMAGE = 'packaging="image", architecture="x86_64", domain=Domain('
# Prints the fields that have their default in all stages, and in what ships them.
LEFT_ALONE = """
from dataclasses import MISSING, fields
from environments import GITHUB, PIPELINE, STAGES
for those in (STAGES, [PIPELINE], [GITHUB]):
    for field in fields(those[0]):
        factory = field.default_factory
        default = field.default if factory is MISSING else factory()
        if all(getattr(each, field.name) == default for each in those):
            print(field.name)
"""
# With the Node that make finds first.
NAG = 'PATH="$PWD/.venv/bin:$PATH" .venv/bin/python -m tests.infra.nag'
# What `make reference` refreshes that reads no stage: these are the same here as anywhere.
SAME = ("settings_table", "scaling_table", "dashboard_picture")
# Without those that put a fault, or another number of stages, into a copy of the workflows: they do
# the same here as anywhere.
TESTS = (
    f".venv/bin/python -m pytest {' '.join(READS_OWN_STAGES)} --own-assembly ../own"
    " -k 'not is_alive and not any_number_of_stages'"
)
GITHUB = 'repository="acme/files", owner_id=12, repository_id=34, stages=STAGES'
PIPELINE = (
    f'connection_arn="{CONNECTION}", repository="acme/files", stages=STAGES,'
    ' subscribers=("ops@example.com",)'
)


@dataclass(frozen=True)
class Edited:
    """What a user edits: the arguments of each call, as it is typed."""

    dev: str
    prod: str
    github: str
    pipeline: str | None = None
    another: str | None = None  # stage


EVERY_SETTING = Edited(
    dev=f'name="Dev", retain=True, {TARGET}, permissions_boundary="boundaries/dev", zones=3,'
    ' vpc_cidr="10.7.0.0/20", egress="nat-instance", egress_ports=(443,5432), throughput=5,'
    ' replication_region="eu-west-1", backup_days=400, backup_lock="governance",'
    ' backup_copy_to="arn:aws:backup:eu-west-1:111111111111:backup-vault:copies",'
    ' mount_path="/mnt/files", memory_mb=4096, '
    f'{IMAGE}"drive.example.com", "{CERTIFICATE}", "Z0123456789ABCDEFGHIJ", 50),'
    ' timeout_seconds=31, ephemeral_storage_mib=1024, environment={"COLOUR":"blue"},'
    " reserved_concurrency=5, account_concurrency=50, daily_brake=1.5, monthly_ceiling=1500,"
    ' subscribers=("ops@example.com",),'
    ' max_drive_bytes=10**12, max_file_bytes=10**9, url_auth="token",'
    ' upload_expiry_hours=48, trash_days=3, usage_hours=12, cors_origins=("https://app.example",),'
    ' log_level="ERROR", log_retention_days=1',
    prod=f'name="Prod", retain=False, {TARGET}, {EXISTING_VPC}, architecture="x86_64",'
    f' url_invokers=("arn:aws:iam::{ACCOUNT}:role/uploader",)',
    pipeline=f'{PIPELINE}, branch="release", replace_data=("StorageFileSystemFFD87EE1",),'
    ' builds="x86_64", self_approval="no-change"',
    github=f'{GITHUB}, branch="release"',
)
CHANGED_PLACES = Edited(
    # By GitHub, which takes stages that no one pipeline does: of one only it is known where it is.
    dev=f'name="Dev", retain=False, {TARGET}, {EXISTING_VPC}',
    prod=f'name="Prod", retain=True, {IMAGE}"drive.example.com", "{CERTIFICATE}")',
    github=GITHUB,
    another='name="Trial", retain=False, egress="isolated", function_folder="mine",'
    ' function_handler="app.main"',
)


def edit(folder: Path, edited: Edited) -> None:
    """Edit the project in `folder`, and commit what the look-up of the VPC found."""
    stages = {"DEV": edited.dev, "PROD": edited.prod}
    settings = {name: f"{name} = Settings({arguments})" for name, arguments in stages.items()}
    another = f", Settings({edited.another})" if edited.another else ""
    assign(
        folder / "environments.py",
        **settings,
        STAGES=f"STAGES = (DEV, PROD{another})",
        PIPELINE=f"PIPELINE = Pipeline({edited.pipeline})"
        if edited.pipeline
        else "PIPELINE: Pipeline | None = None",
        GITHUB=f"GITHUB = GitHub({edited.github})",
    )
    replace(
        folder / "environments.py",
        r"^from stacks.settings import Settings$",
        "from stacks.settings import Domain, Settings",
    )
    (folder / "mine").mkdir(exist_ok=True)
    (folder / "mine" / "app.py").write_text(FUNCTION)
    context = folder / "cdk.context.json"
    known = json.loads(context.read_text()) if context.exists() else {}
    key = f"vpc-provider:account={ACCOUNT}:filter.vpc-id={VPC}:region={REGION}"
    found = {f"{key}:returnAsymmetricSubnets=true": looked_up()}
    context.write_text(json.dumps(known | found, indent=2) + "\n")


def replace(file: Path, line: str, by: str) -> None:
    """Replace the one line of a file."""
    text, times = re.subn(line, by, file.read_text(), flags=re.MULTILINE)
    assert times == 1, f"{file}: {line}"
    file.write_text(text)


def looked_up() -> dict[str, object]:
    """What the CDK CLI writes of a VPC with public and private subnets in two zones."""
    return {
        "vpcId": VPC,
        "vpcCidrBlock": "172.31.0.0/16",
        "ownerAccountId": ACCOUNT,
        "availabilityZones": [],
        "subnetGroups": [
            {
                "name": kind,
                "type": kind,
                "subnets": [
                    {
                        "subnetId": f"subnet-0000000{number}",
                        "cidr": f"172.31.{number}.0/24",
                        "availabilityZone": f"{REGION}{zone}",
                        "routeTableId": f"rtb-0000000{number}",
                    }
                    for number, zone in enumerate("ab", start=first)
                ],
            }
            for kind, first in (("Public", 0), ("Private", 2))
        ],
    }


class Project:
    """A copy of this project that a user has edited, with the tools that are set up here."""

    def __init__(self, folder: Path, home: Path) -> None:
        self.folder = folder
        self._environment = cdk_cli.bare(home)

    def run(self, command: str) -> str:
        """Run a command as a build does, and return what it printed."""
        result = subprocess.run(
            ["/bin/sh", "-c", command],
            check=False,
            cwd=self.folder,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert result.returncode == 0, f"{command}\n{result.stdout}"
        return result.stdout

    def refresh(self) -> None:
        """Do what `make reference` does of what reads the stages; keep its assembly beside it."""
        commands = self.run("make --dry-run reference").splitlines()
        own = [line for line in commands if not any(line.endswith(name) for name in SAME)]
        assert len(own) == len(commands) - len(SAME)
        assert own[-1].endswith("tests.infra.reference")
        self.run(" && ".join(own) + " --assembly ../own")

    def gates(self) -> tuple[str, ...]:
        """The commands of Synth, as the pipeline that is synthesised here has them."""
        self.run("make pipeline-synth")
        pipeline = PipelineTemplate(
            self.folder / "cdk.out", "LambdaDrivePipeline", account=ACCOUNT, region=REGION
        )
        [synth] = [
            action
            for side_by_side in pipeline.actions()
            for action in side_by_side
            if (action.stage, action.name) == ("Build", "Synth")
        ]
        assert synth.build is not None
        return synth.build.commands


@pytest.fixture
def make_project(tmp_path: Path) -> Iterator[Callable[..., Project]]:
    """Return an edited project, of which the user has refreshed the references."""
    with ExitStack() as stack:

        def make(edited: Edited) -> Project:
            folder = stack.enter_context(set_up(copy(tmp_path / "project")))
            edit(folder, edited)
            project = Project(folder, tmp_path)
            project.refresh()
            return project

        yield make


def test_every_setting_goes_through_the_gates(make_project: Callable[..., Project]) -> None:
    project = make_project(EVERY_SETTING)
    assert project.run(f".venv/bin/python -c '{LEFT_ALONE}'").split() == []
    copy_types(project.folder / ".mypy_cache")
    gates = project.gates()
    assert {"make check-source", "make test-fast", "make pipeline-synth"} <= {*gates}
    for command in gates:
        if command != "make pipeline-synth":  # which went through above, and gave the gates
            project.run(TESTS if command == "make test-fast" else command)


@pytest.mark.weekly
def test_what_reads_the_stages_takes_either_of_them_so(
    make_project: Callable[..., Project],
) -> None:
    project = make_project(CHANGED_PLACES)
    project.run(NAG)
    project.run(TESTS)
    project.run("make pipeline-synth")
