"""What must be true of the file system in every stage, and examples that break it."""

from pathlib import Path

import pytest

from drive_tools.cloud_assembly import find_stage
from stacks.invariants import storage
from stacks.invariants.check import Invariant
from stacks.invariants.declared import Declared
from tests.infra.invariants.changes import (
    BY_ACCESS_POINT,
    BY_TARGET,
    DENIALS,
    FILES,
    KEY,
    MOUNT,
    POLICY,
    ROLE,
    VAULT,
    Change,
    added,
    cases,
    check_that_it_is_said,
    of,
    part,
    statement,
    with_,
    without,
)

BROKEN: list[tuple[Invariant, Change]] = [
    (storage.every_file_system_has_a_key_of_the_stage, without(FILES, "KmsKeyId")),
    (storage.every_file_system_has_a_key_of_the_stage, with_(FILES, Encrypted=False)),
    (
        storage.no_file_system_policy_allows_anybody,
        statement(FILES, "FileSystemPolicy", Action="elasticfilesystem:ClientMount"),
    ),
    *(
        (storage.no_file_system_policy_allows_anybody, part(FILES, *DENIALS, number, value=None))
        for number in range(3)
    ),
    (storage.no_file_system_policy_allows_anybody, without(FILES, "FileSystemPolicy")),
    *(
        (
            storage.only_roles_of_functions_mount_and_by_the_access_point,
            statement(POLICY, "PolicyDocument", **MOUNT, Condition=condition),
        )
        for condition in (BY_ACCESS_POINT, BY_TARGET, {})
    ),
    (
        storage.only_roles_of_functions_mount_and_by_the_access_point,
        statement(
            POLICY,
            "PolicyDocument",
            Action="elasticfilesystem:ClientRoot*",
            Condition=BY_ACCESS_POINT | BY_TARGET,
        ),
    ),
    (
        storage.only_roles_of_functions_mount_and_by_the_access_point,
        part(
            ROLE,
            *("Properties", "AssumeRolePolicyDocument", "Statement", 0, "Principal"),
            value={"Service": "ec2.amazonaws.com"},
            prefix="FilesRightsRole",
        ),
    ),
    *(
        (
            storage.an_access_point_is_no_root_and_not_open_to_all,
            part("AWS::EFS::AccessPoint", "Properties", *path, value=value),
        )
        for path, value in (
            (("PosixUser", "Uid"), "0"),
            (("PosixUser", "Gid"), "0"),
            (("PosixUser",), None),
            (("RootDirectory", "Path"), "/"),
            (("RootDirectory", "CreationInfo", "Permissions"), "755"),
        )
    ),
    (
        storage.an_access_point_is_no_root_and_not_open_to_all,
        with_(
            "AWS::Lambda::Url",
            TargetFunctionArn={"Fn::GetAtt": ["JanitorFunction820277F8", "Arn"]},
        ),
    ),
    (
        storage.an_access_point_is_no_root_and_not_open_to_all,
        added(
            "-Service",
            "AWS::ApiGatewayV2::Integration",
            IntegrationUri={"Fn::GetAtt": ["JanitorFunction820277F8", "Arn"]},
        ),
    ),
    *(
        (storage.what_is_kept_is_retained, part(kind, name, value="Delete"))
        for kind in (FILES, KEY, VAULT, "AWS::Logs::LogGroup")
        for name in ("DeletionPolicy", "UpdateReplacePolicy")
    ),
    *(
        (
            storage.what_is_kept_is_retained,
            part(kind, "DeletionPolicy", value="Delete", prefix="Backups"),
        )
        for kind in (ROLE, POLICY)
    ),
]


@pytest.mark.parametrize(**cases(BROKEN))
def test_what_breaks_it_is_said(invariant: Invariant, change: Change, prod: Declared) -> None:
    check_that_it_is_said(invariant, change, prod)


def test_each_invariant_has_an_example_that_breaks_it() -> None:
    assert {invariant for invariant, _ in BROKEN} == of(storage)


def test_dev_may_lose_its_data(baseline: Path) -> None:
    dev = Declared.of(find_stage(baseline, "Dev"))
    assert not dev.retained
    assert list(storage.what_is_kept_is_retained(dev)) == []
