"""What a deployment would take from a stack that still imports it."""

import copy
from pathlib import Path

import pytest

from ops.deployment import exports_in_use as in_stacks
from ops.deployment.exports_in_use import InUse
from ops.deployment.template_differences import Pair, differences
from tests.baseline import DEV
from tests.infra import templates
from tests.infra.synthesis import synthesise
from tests.infra.templates import Json, Template


@pytest.fixture(scope="module")
def by_zones(
    baseline: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[int, dict[str, Json]]:
    """The templates of Dev in two zones and in three, by number of zones and name of the stack."""
    assert DEV.zones == 2
    three, _ = synthesise(tmp_path_factory.mktemp("zones"), zones=3)
    return {
        zones: {"Dev-Data": drive.data.body, "Dev-Service": drive.service.body}
        for zones, drive in ((2, templates.load(baseline, "Dev")), (3, three))
    }


def deployment(before: dict[str, Json], after: dict[str, Json]) -> list[Pair]:
    return [(name, before[name], after[name]) for name in ("Dev-Data", "Dev-Service")]


def with_another_client_group(before: dict[str, Json]) -> dict[str, Json]:
    after = copy.deepcopy(before)
    for name, group in after["Dev-Data"]["Resources"].items():
        if name.startswith("StorageClientGroup") and group["Type"] == "AWS::EC2::SecurityGroup":
            group["Properties"]["GroupDescription"] = "Another"
    return after


@pytest.fixture(scope="module")
def found(by_zones: dict[int, dict[str, Json]]) -> dict[str, list[InUse]]:
    """What is in use, by deployment."""
    two, three = by_zones[2], by_zones[3]
    between = {**three, "Dev-Service": two["Dev-Service"]}
    deployments = {
        "a zone less": deployment(three, two),
        "a zone less, Service first": [("Dev-Service", three["Dev-Service"], two["Dev-Service"])],
        "a zone less, then Data": deployment(between, two),
        "a zone more": deployment(two, three),
        "another client group": deployment(two, with_another_client_group(two)),
    }
    return {
        name: in_stacks.in_use(pairs, differences(pairs)) for name, pairs in deployments.items()
    }


def test_a_zone_less_is_refused_with_the_way_there(
    by_zones: dict[int, dict[str, Json]], found: dict[str, list[InUse]]
) -> None:
    [subnet] = found["a zone less"]
    assert (subnet.stack, subnet.impact) == ("Dev-Data", "deleted")
    assert (subnet.user, subnet.alone) == ("Dev-Service", True)
    assert subnet.resource.startswith("NetworkVpcPrivateSubnet3Subnet")
    all_of_them = Template(by_zones[3]["Dev-Service"]).of_type("AWS::Lambda::Function")
    functions = [name for name, function in all_of_them.items() if "VpcConfig" in function]
    assert functions
    assert set(functions) <= set(subnet.used_by)
    said = in_stacks.refusal("Dev", [subnet])
    at = "Dev/Data/Network/Vpc/PrivateSubnet3/Subnet"
    assert f"(AWS::EC2::Subnet, {at}): would no longer be exported; Dev-Service uses it: " in said
    assert "cdk deploy --exclusively 'Dev/Service' && make deploy STAGE=Dev" in said


def test_the_way_there_is_not_refused(found: dict[str, list[InUse]]) -> None:
    """Deployed alone, `Service` misses nothing that it imports; then nothing is in use."""
    assert found["a zone less, Service first"] == []
    assert found["a zone less, then Data"] == []


def test_a_zone_more_is_not_refused(found: dict[str, list[InUse]]) -> None:
    assert found["a zone more"] == []


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
    found: dict[str, list[InUse]],
) -> None:
    [group] = found["another client group"]
    assert group.resource.startswith("StorageClientGroup")
    assert (group.impact, group.why, group.alone) == ("replaced", ("GroupDescription",), False)
    assert "would be replaced by a new one, because of GroupDescription; Dev-Service uses" in str(
        group
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
