"""A VPC that was looked up: what was found is in the context, as `cdk synth` leaves it there."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from stacks.stage import DriveStage
from tests.infra import nag, templates, test_everything, test_stages
from tests.infra.functions import allowed, functions
from tests.infra.networks import groups, rules
from tests.infra.synthesis import synthesise_stage
from tests.infra.templates import as_list
from tests.settings.found_vpc import KEY, PINNED, VPC, found, subnet
from tests.settings.switches import PROMISES

NOT_HERE = (
    # It reads places that are left open, and this stage has one.
    test_everything.test_keys_rotate_and_serve_this_account_and_its_logs_only,
    # It wants logs in `Data` as well, where none are: flow logs are the owner's.
    test_everything.test_every_log_group_is_encrypted_and_forgets_when_set,
)


def in_vpc(folder: Path, context: dict[str, Any]) -> templates.StageTemplates:
    """Synthesise with what was found."""
    return synthesise_stage(folder, PINNED, **{KEY: context})[0]


def gated(folder: Path, context: dict[str, Any]) -> tuple[templates.StageTemplates, list[str]]:
    """Synthesise under the gate, with what was found; also what the gate found."""
    app = nag.app(str(folder))
    app.node.set_context(KEY, context)
    DriveStage(app, PINNED)
    objections = nag.findings(app, [PINNED])
    return templates.load(folder, PINNED.name), objections


def targets(drive: templates.StageTemplates) -> list[str]:
    """Return the subnets of the mount targets."""
    mounts = drive.data.of_type("AWS::EFS::MountTarget").values()
    return sorted(target["SubnetId"] for target in mounts)


def test_everything_lives_in_it_and_nothing_of_it_is_made(tmp_path: Path) -> None:
    drive, objections = gated(tmp_path, found(Public="abc", Private="abc", Isolated="abc"))
    assert objections == []
    for promise in {*PROMISES, *test_stages.PROMISES} - {*NOT_HERE}:
        promise(drive)
    assert not {*NOT_HERE} & {*test_stages.PROMISES}
    made = {resource["Type"] for resource in drive.data.body["Resources"].values()}
    assert {kind for kind in made if kind.startswith("AWS::EC2::")} == {
        "AWS::EC2::SecurityGroup",
        "AWS::EC2::SecurityGroupEgress",
        "AWS::EC2::SecurityGroupIngress",
    }
    assert targets(drive) == [subnet("Isolated", number) for number in range(3)]
    private = [subnet("Private", number) for number in range(3)]
    for _, function in functions(drive).values():
        assert sorted(function["VpcConfig"]["SubnetIds"]) == private
    for group in drive.data.of_type("AWS::EC2::SecurityGroup").values():
        assert group["VpcId"] == VPC
    server, client = groups(drive)
    assert rules(drive, client, "Egress") == [
        ("tcp", 443, 443, "0.0.0.0/0"),
        ("tcp", 2049, 2049, server),
    ]
    arn = "arn:<Partition>:ec2:<Region>:<AccountId>:subnet/"
    assert subnet_rights(drive) == [f"{arn}{each}" for each in private]


def subnet_rights(drive: templates.StageTemplates) -> list[str]:
    """Return the ARNs of the subnets in which Lambda may make interfaces for the functions."""
    [shared] = [
        policy
        for name, policy in drive.service.of_type("AWS::IAM::ManagedPolicy").items()
        if name.startswith("SharedRights")
    ]
    return sorted(
        drive.text(arn)
        for statement in shared["PolicyDocument"]["Statement"]
        for arn in as_list(statement["Resource"])
        if ":subnet/" in drive.text(arn)
    )


def test_subnets_that_another_account_shares_are_that_accounts(tmp_path: Path) -> None:
    """In AWS RAM the owner of a VPC shares its subnets; groups and interfaces are one's own."""
    shared = {**found(Private="ab"), "ownerAccountId": "999999999999"}
    drive, objections = gated(tmp_path, shared)
    assert objections == []
    arn = "arn:<Partition>:ec2:<Region>:999999999999:subnet/"
    assert subnet_rights(drive) == [arn + subnet("Private", number) for number in range(2)]
    for _, function in functions(drive).values():
        [make] = [
            resources for resources, _ in allowed(drive, function, "ec2:CreateNetworkInterface")
        ]
        others = [resource for resource in make if ":subnet/" not in resource]
        assert len(others) == 2
        assert all(":<AccountId>:" in resource for resource in others)


@pytest.mark.parametrize(
    ("zones", "expected"),
    [
        ("a" * 8 + "b" * 8, {"a": 8, "b": 8}),
        ("a" * 16 + "b" * 4, {"a": 12, "b": 4}),
        ("a" * 20 + "b" * 20 + "c", {"a": 8, "b": 7, "c": 1}),
    ],
    ids=["16", "20", "41"],
)
def test_functions_live_in_as_many_subnets_as_lambda_takes_of_every_zone(
    zones: str, expected: dict[str, int], tmp_path: Path
) -> None:
    drive, objections = gated(tmp_path, found(Private=zones))
    assert objections == []
    of = {subnet("Private", number): zone for number, zone in enumerate(zones)}
    for _, function in functions(drive).values():
        used = function["VpcConfig"]["SubnetIds"]
        assert len({*used}) == len(used) == 16
        assert Counter(of[each] for each in used) == expected
        assert [arn.rpartition("/")[2] for arn in subnet_rights(drive)] == sorted(used)


def test_the_first_of_each_zone_stay_when_others_are_added(tmp_path: Path) -> None:
    """So the mount targets, one in each zone, do not move."""
    few = in_vpc(tmp_path / "few", found(Private="ab"))
    many = in_vpc(tmp_path / "many", found(Private="ab" * 10))
    assert targets(few) == targets(many)


def test_the_files_have_the_ids_that_they_have_elsewhere(tmp_path: Path) -> None:
    drive = in_vpc(tmp_path, found(Private="ab"))
    drive.data.body["Resources"]["NetworkVpc7FB7348F"] = {"Type": "AWS::EC2::VPC"}  # not ours here
    test_everything.test_changing_this_line_replaces_production_data(drive)


@pytest.mark.parametrize(
    ("kinds", "expected"),
    [
        ({"Private": "ab"}, ("Private", 0, 1)),
        ({"Private": "ab", "Isolated": "a"}, ("Private", 0, 1)),
        ({"Private": "ab", "Isolated": "abc"}, ("Isolated", 0, 1)),
        ({"Private": "aabb"}, ("Private", 0, 2)),
        ({"Private": "ab", "Isolated": "aabb"}, ("Isolated", 0, 2)),
    ],
    ids=str,
)
def test_each_zone_of_the_functions_has_one_mount_target(
    kinds: dict[str, str], expected: tuple[str, int, int], tmp_path: Path
) -> None:
    drive = in_vpc(tmp_path, found(**kinds))
    kind, *numbers = expected
    assert targets(drive) == [subnet(str(kind), int(number)) for number in numbers]


@pytest.mark.parametrize(
    ("kinds", "message"),
    [
        ({}, "public in 0, private in 0, isolated in 0 zones"),
        ({"Public": "abc"}, "public in 3, private in 0, isolated in 0 zones"),
        ({"Isolated": "abc"}, "public in 0, private in 0, isolated in 3 zones"),
        ({"Private": "aa", "Isolated": "ab"}, "public in 0, private in 1, isolated in 2 zones"),
    ],
    ids=str,
)
def test_a_vpc_without_the_subnets_is_refused_by_what_it_has(
    kinds: dict[str, str], message: str, tmp_path: Path
) -> None:
    with pytest.raises(ValueError, match=rf"vpc_id must be of a VPC with .* got {VPC}.*{message}"):
        in_vpc(tmp_path, found(**kinds))


def test_without_context_the_cli_is_asked_to_look_it_up(tmp_path: Path) -> None:
    drive, _ = synthesise_stage(tmp_path, PINNED)
    manifest = (tmp_path / f"assembly-{drive.name}" / "manifest.json").read_text()
    assert f'"{KEY}"' in manifest
