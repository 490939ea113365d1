"""What the guard takes for a loss, over the project's own templates."""

import copy
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from drive_tools.cloud_assembly import find_stage
from ops.deployment import data_loss_guard
from ops.deployment.data_loss_guard import Loss
from ops.deployment.template_differences import Pair, differences
from ops.review.stateful import STATEFUL
from tests.infra.templates import Json, Template

FILE_SYSTEM = "AWS::EFS::FileSystem"
ACCESS_POINT = "AWS::EFS::AccessPoint"
VAULT = "AWS::Backup::BackupVault"
KEY = "AWS::KMS::Key"
LOG = "AWS::Logs::LogGroup"


def the(template: Json, resource_type: str) -> tuple[str, Json]:
    """The logical id of the one resource of a type, and itself; of keys that of the files."""
    found = Template(template).of_type(resource_type)
    [name] = [name for name in found if not name.startswith("AlarmTopicKey")]
    return name, template["Resources"][name]


def rename(resource_type: str) -> Callable[[Json], None]:
    def change(template: Json) -> None:
        name, resource = the(template, resource_type)
        del template["Resources"][name]
        text = json.dumps(template).replace(name, "Renamed")
        template.clear()
        template.update(json.loads(text))
        template["Resources"]["Renamed"] = json.loads(json.dumps(resource).replace(name, "Renamed"))

    return change


def remove(resource_type: str) -> Callable[[Json], None]:
    def change(template: Json) -> None:
        for name in Template(template).of_type(resource_type):
            del template["Resources"][name]

    return change


def set_to(resource_type: str, **properties: Json) -> Callable[[Json], None]:
    def change(template: Json) -> None:
        the(template, resource_type)[1]["Properties"].update(properties)

    return change


def no_longer_kept(template: Json) -> None:
    """As `retain=False` does to a stage that had it."""
    for resource in template["Resources"].values():
        resource.pop("DeletionPolicy", None)
        resource.pop("UpdateReplacePolicy", None)


# By what a pull request does to `Data`: what would be lost, and how.
LOSSES: dict[str, tuple[Callable[[Json], None], set[tuple[str, str]]]] = {
    "the file system is renamed": (
        rename(FILE_SYSTEM),
        {(FILE_SYSTEM, "gone"), (ACCESS_POINT, "WILL_REPLACE")},
    ),
    "another key": (
        set_to(FILE_SYSTEM, KmsKeyId="arn:aws:kms:eu-west-1:111111111111:key/other"),
        {(FILE_SYSTEM, "WILL_REPLACE"), (ACCESS_POINT, "WILL_REPLACE")},
    ),
    "the key is renamed": (
        rename(KEY),
        {
            (KEY, "gone"),
            *((kind, "WILL_REPLACE") for kind in (FILE_SYSTEM, ACCESS_POINT, VAULT)),
        },
    ),
    "the access point is removed": (remove(ACCESS_POINT), {(ACCESS_POINT, "gone")}),
    "another owner of the files": (
        set_to(ACCESS_POINT, PosixUser={"Uid": "1001", "Gid": "1001"}),
        {(ACCESS_POINT, "WILL_REPLACE")},
    ),
    "another network": (
        set_to("AWS::EC2::VPC", CidrBlock="10.9.0.0/16"),
        {("AWS::EC2::VPC", "WILL_REPLACE")},
    ),
    "the operator's keys are removed": (
        remove("AWS::SSM::Parameter"),
        {("AWS::SSM::Parameter", "gone")},
    ),
}
HARMLESS: dict[str, Callable[[Json], None]] = {
    "nothing": lambda _: None,
    "another lifecycle": set_to(FILE_SYSTEM, LifecyclePolicies=[]),
    "another throughput": set_to(FILE_SYSTEM, ThroughputMode="bursting"),
    "another policy": set_to(FILE_SYSTEM, FileSystemPolicy={}),
    "a rule renamed": rename("AWS::EC2::SecurityGroupIngress"),
    "nothing is kept when the stack goes": no_longer_kept,
}


def log(**attributes: str) -> Json:
    return {"Resources": {"Log": {"Type": LOG, "Properties": {}, **attributes}}}


def vpc(tenancy: str) -> Json:
    properties = {"CidrBlock": "10.0.0.0/16", "InstanceTenancy": tenancy}
    return {"Resources": {"Vpc": {"Type": "AWS::EC2::VPC", "Properties": properties}}}


EMPTY: Json = {"Resources": {}}
# Small deployments: each stands for a stack, by its name.
SMALL: list[Pair] = [
    ("Retain", log(DeletionPolicy="Retain"), EMPTY),
    ("RetainExceptOnCreate", log(DeletionPolicy="RetainExceptOnCreate"), EMPTY),
    ("forgotten", log(), EMPTY),
    ("another tenancy", vpc("default"), vpc("dedicated")),
]


def deployments(assembly: Path, stage: str) -> list[Pair]:
    """Each change of a stage's `Data`, as the deployment of a stack of that name."""
    [data] = [stack for stack in find_stage(assembly, stage).stacks if stack.name.endswith("-Data")]
    deployed = data.body()
    pairs = []
    for name, change in {
        **{name: change for name, (change, _) in LOSSES.items()},
        **HARMLESS,
    }.items():
        changed = copy.deepcopy(deployed)
        change(changed)
        pairs.append((f"{stage} {name}", deployed, changed))
    return pairs


@pytest.fixture(scope="module")
def losses(assembly: Path) -> dict[str, list[Loss]]:
    """What the guard says of each deployment."""
    pairs = [*deployments(assembly, "Dev"), *deployments(assembly, "Prod"), *SMALL]
    return {pair[0]: data_loss_guard.losses([pair], differences([pair])) for pair in pairs}


@pytest.fixture(scope="module", params=["Dev", "Prod"])
def found(
    request: pytest.FixtureRequest, losses: dict[str, list[Loss]]
) -> Callable[[str], list[Loss]]:
    """What the guard says of a change of a stage's `Data`."""
    return lambda change: losses[f"{request.param} {change}"]


@pytest.mark.parametrize("change", LOSSES)
def test_what_loses_data_is_found(change: str, found: Callable[[str], list[Loss]]) -> None:
    gone = {"WILL_DESTROY": "gone", "WILL_ORPHAN": "gone"}
    said = {(loss.type, gone.get(loss.impact, loss.impact)) for loss in found(change)}
    precious = {(kind, impact) for kind, impact in said if kind in STATEFUL}
    assert precious == LOSSES[change][1]


@pytest.mark.parametrize("change", HARMLESS)
def test_what_loses_nothing_passes(change: str, found: Callable[[str], list[Loss]]) -> None:
    assert found(change) == []


@pytest.mark.parametrize("policy", ["Retain", "RetainExceptOnCreate"])
def test_what_a_policy_keeps_is_found_whatever_it_is(
    policy: str, losses: dict[str, list[Loss]]
) -> None:
    assert [loss.impact for loss in losses[policy]] == ["WILL_ORPHAN"]
    assert losses["forgotten"] == []


def test_what_may_be_replaced_is_found(losses: dict[str, list[Loss]]) -> None:
    [loss] = losses["another tenancy"]
    assert (loss.impact, loss.properties) == ("MAY_REPLACE", ("InstanceTenancy",))


def test_a_loss_says_what_and_why() -> None:
    loss = Loss(
        stack="Prod-Data",
        logical_id="StorageFileSystem1A",
        type=FILE_SYSTEM,
        path="Prod/Data/Storage/FileSystem/Resource",
        impact="WILL_REPLACE",
        properties=("Encrypted", "KmsKeyId"),
    )
    assert str(loss) == (
        "Prod-Data StorageFileSystem1A (AWS::EFS::FileSystem,"
        " Prod/Data/Storage/FileSystem/Resource): would be replaced by a new one, because of"
        " Encrypted and KmsKeyId"
    )
