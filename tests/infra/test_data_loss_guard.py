"""What the guard takes for a loss, and for an export in use, over the project's own templates."""

import copy
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from drive_tools.cloud_assembly import find_stage
from ops.deployment import data_loss_guard, parameter_overwrites
from ops.deployment import exports_in_use as in_stacks
from ops.deployment.data_loss_guard import Loss
from ops.deployment.exports_in_use import InUse
from ops.deployment.template_differences import Pair, differences
from tests.infra.synthesis import synthesise
from tests.infra.templates import Drive, Json, Template

FILE_SYSTEM = "AWS::EFS::FileSystem"
ACCESS_POINT = "AWS::EFS::AccessPoint"
KEY = "AWS::KMS::Key"
LOG = "AWS::Logs::LogGroup"


def the(template: Json, resource_type: str) -> tuple[str, Json]:
    """The logical id of the one resource of a type, and itself."""
    name, _ = Template(template).only(resource_type)
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
        {(KEY, "gone"), (FILE_SYSTEM, "WILL_REPLACE"), (ACCESS_POINT, "WILL_REPLACE")},
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


@pytest.fixture(scope="module", params=["Dev", "Prod"])
def found(request: pytest.FixtureRequest, assembly: Path) -> dict[str, list[Loss]]:
    """What the guard says of each change of a stage's `Data`."""
    [data] = [
        stack
        for stack in find_stage(assembly, request.param).stacks
        if stack.name.endswith("-Data")
    ]
    deployed = data.body()
    pairs = []
    for name, change in {
        **{name: change for name, (change, _) in LOSSES.items()},
        **HARMLESS,
    }.items():
        changed = copy.deepcopy(deployed)
        change(changed)
        pairs.append((name, deployed, changed))
    # All in one call of the library; each stands for a stack.
    losses = data_loss_guard.losses(pairs, differences(pairs))
    return {name: [loss for loss in losses if loss.stack == name] for name, *_ in pairs}


@pytest.mark.parametrize("change", LOSSES)
def test_what_loses_data_is_found(change: str, found: dict[str, list[Loss]]) -> None:
    gone = {"WILL_DESTROY": "gone", "WILL_ORPHAN": "gone"}
    said = {(loss.type, gone.get(loss.impact, loss.impact)) for loss in found[change]}
    precious = {(kind, impact) for kind, impact in said if kind in data_loss_guard.STATEFUL}
    assert precious == LOSSES[change][1]


@pytest.mark.parametrize("change", HARMLESS)
def test_what_loses_nothing_passes(change: str, found: dict[str, list[Loss]]) -> None:
    assert found[change] == []


@pytest.mark.parametrize("policy", ["Retain", "RetainExceptOnCreate"])
def test_what_a_policy_keeps_is_found_whatever_it_is(policy: str) -> None:
    kept = {"Resources": {"Log": {"Type": LOG, "Properties": {}, "DeletionPolicy": policy}}}
    forgotten = {"Resources": {"Log": {"Type": LOG, "Properties": {}}}}
    empty: Json = {"Resources": {}}
    pairs = [("Kept", kept, empty), ("Forgotten", forgotten, empty)]
    losses = data_loss_guard.losses(pairs, differences(pairs))
    assert [(loss.stack, loss.impact) for loss in losses] == [("Kept", "WILL_ORPHAN")]


def test_what_may_be_replaced_is_found() -> None:
    def vpc(tenancy: str) -> Json:
        properties = {"CidrBlock": "10.0.0.0/16", "InstanceTenancy": tenancy}
        return {"Resources": {"Vpc": {"Type": "AWS::EC2::VPC", "Properties": properties}}}

    pairs = [("Dev-Data", vpc("default"), vpc("dedicated"))]
    [loss] = data_loss_guard.losses(pairs, differences(pairs))
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


def in_use(*pairs: Pair) -> list[InUse]:
    """What of the pairs is in use, as the guard asks."""
    return in_stacks.in_use(list(pairs), differences(list(pairs)))


@pytest.fixture(scope="module")
def by_zones(tmp_path_factory: pytest.TempPathFactory) -> dict[int, dict[str, Json]]:
    """The templates of Dev in two zones and in three, by number of zones and name of the stack."""
    folder = tmp_path_factory.mktemp("zones")
    found = {}
    for zones in (2, 3):
        drive, _ = synthesise(folder / str(zones), zones=zones)
        found[zones] = {"Dev-Data": drive.data.body, "Dev-Service": drive.service.body}
    return found


def deployment(before: dict[str, Json], after: dict[str, Json]) -> list[Pair]:
    return [(name, before[name], after[name]) for name in ("Dev-Data", "Dev-Service")]


def test_a_zone_less_is_refused_with_the_way_there(by_zones: dict[int, dict[str, Json]]) -> None:
    found = in_use(*deployment(by_zones[3], by_zones[2]))
    assert {(each.stack, each.impact, each.user, each.alone) for each in found} == {
        ("Dev-Data", "deleted", "Dev-Service", True)
    }
    [subnet] = found
    assert subnet.resource.startswith("NetworkVpcPrivateSubnet3Subnet")
    functions = Template(by_zones[3]["Dev-Service"]).of_type("AWS::Lambda::Function")
    assert set(functions) <= set(subnet.used_by)
    said = in_stacks.refusal("Dev", found)
    at = "Dev/Data/Network/Vpc/PrivateSubnet3/Subnet"
    assert f"(AWS::EC2::Subnet, {at}): would no longer be exported; Dev-Service uses it: " in said
    assert "cdk deploy --exclusively 'Dev/Service' && make deploy STAGE=Dev" in said


def test_the_way_there_is_not_refused(by_zones: dict[int, dict[str, Json]]) -> None:
    """Deployed alone, `Service` misses nothing that it imports; then nothing is in use."""
    between = {**by_zones[3], "Dev-Service": by_zones[2]["Dev-Service"]}
    assert in_use(("Dev-Service", by_zones[3]["Dev-Service"], by_zones[2]["Dev-Service"])) == []
    assert in_use(*deployment(between, by_zones[2])) == []


def test_a_zone_more_is_not_refused(by_zones: dict[int, dict[str, Json]]) -> None:
    assert in_use(*deployment(by_zones[2], by_zones[3])) == []


def test_each_export_that_goes_while_it_is_in_use_is_found(
    by_zones: dict[int, dict[str, Json]],
) -> None:
    before = by_zones[2]
    exported = {
        name: output["Export"]["Name"]
        for name, output in before["Dev-Data"]["Outputs"].items()
        if "Export" in output
    }
    assert exported
    for name, export in exported.items():
        after = copy.deepcopy(before)
        del after["Dev-Data"]["Outputs"][name]
        data, service = deployment(before, after)  # in which no resource changes
        found = in_stacks.in_use([data, service], [{}, {}])
        assert [(each.export, each.alone) for each in found] == [(export, False)]
        assert "make deploy" not in in_stacks.refusal("Dev", found)
        # Nobody is in the way of what nobody imports.
        assert in_stacks.in_use([data], [{}]) == []


def test_what_is_exported_may_not_be_replaced_while_it_is_in_use(
    by_zones: dict[int, dict[str, Json]],
) -> None:
    after = copy.deepcopy(by_zones[2])
    client = {
        name: group
        for name, group in after["Dev-Data"]["Resources"].items()
        if name.startswith("StorageClientGroup") and group["Type"] == "AWS::EC2::SecurityGroup"
    }
    for group in client.values():
        group["Properties"]["GroupDescription"] = "Another"
    [found] = in_use(*deployment(by_zones[2], after))
    assert found.resource.partition(" ")[0] in client
    assert (found.impact, found.why, found.alone) == ("replaced", ("GroupDescription",), False)
    assert "would be replaced by a new one, because of GroupDescription; Dev-Service uses" in str(
        found
    )


def test_what_is_exported_may_not_get_another_value_while_it_is_in_use() -> None:
    def exporting(value: str) -> Json:
        output = {"Value": value, "Export": {"Name": {"Fn::Sub": "${AWS::StackName}-x"}}}
        return {"Outputs": {"X": output}}

    user = {"Outputs": {"Y": {"Value": {"Fn::ImportValue": {"Fn::Sub": "${AWS::StackName}-x"}}}}}
    pairs = [("A", exporting("1"), exporting("2")), ("B", user, user)]
    [found] = in_stacks.in_use(pairs, [{}, {}])
    assert (found.impact, found.user, found.used_by) == ("changed", "B", ("Y",))
    assert in_stacks.in_use([("A", exporting("1"), exporting("1")), pairs[1]], [{}, {}]) == []


def test_what_waits_for_an_export_that_is_not_there_yet_is_not_sent_first() -> None:
    """Alone it would fail: it imports what only the next deployment of the other stack exports."""

    def exporting(*names: str) -> Json:
        return {"Outputs": {name: {"Value": name, "Export": {"Name": name}} for name in names}}

    def using(*names: str) -> Json:
        return {"Outputs": {name: {"Value": {"Fn::ImportValue": name}} for name in names}}

    moved = [
        ("A", exporting("old"), exporting("new")),
        ("B", using("old"), using("new")),
    ]
    assert [each.alone for each in in_stacks.in_use(moved, [{}, {}])] == [False]
    gone = [("A", exporting("old", "kept"), exporting("kept")), ("B", using("old"), using("kept"))]
    assert [each.alone for each in in_stacks.in_use(gone, [{}, {}])] == [True]


PARAMETER = "AWS::SSM::Parameter"


def other_value(text: str) -> str:
    return text.replace("24", "48") if text.startswith("{") else f"{text} changed"


def test_a_parameter_is_written_when_anything_of_it_but_its_tags_changes(
    drive: Drive,
) -> None:
    deployed = drive.data.body
    for name in drive.data.of_type(PARAMETER):
        before = deployed["Resources"][name]["Properties"]
        changes: list[tuple[Json, tuple[str, ...]]] = [
            ({"Tags": {"colour": "blue"}}, ()),
            ({"Description": "x"}, ("Description",)),
            ({"Tier": "Advanced", "Tags": {}}, ("Tier",)),
            ({"Value": other_value(before["Value"])}, ("Value",)),
            ({"Name": "/elsewhere"}, ()),  # another parameter, which the guard tells of otherwise
            ({"Value": {"Ref": "Other"}}, ()),
        ]
        for properties, because in changes:
            after = copy.deepcopy(deployed)
            after["Resources"][name]["Properties"].update(properties)
            found = parameter_overwrites.parameter_writes(deployed, after)
            assert {key: each.because for key, each in found.items()} == (
                {name: because} if because else {}
            )
        del after["Resources"][name]
        assert parameter_overwrites.parameter_writes(deployed, after) == {}
