"""Mounts of an access point: our policies pass, and each link alone is missed."""

import pytest

from ops.local.rules.mounts import Directory, Mount, Rights, User, check_directory, check_mount
from ops.local.rules.roles import Role
from tests.unit.our_policies import (
    CLIENT,
    EVERYTHING_ELSE,
    FILE_SYSTEM,
    FILE_SYSTEM_POLICY,
    MOUNT,
    OURS,
    POINT,
    THE_MOUNT,
    is_refused,
    policy_of,
    role_of,
)


def test_the_role_mounts_and_writes_and_is_not_root() -> None:
    assert check_mount(THE_MOUNT, OURS, FILE_SYSTEM_POLICY) == Rights(write=True, root=False)
    read_only = role_of({**MOUNT, "Action": CLIENT[0]})
    assert check_mount(THE_MOUNT, read_only, FILE_SYSTEM_POLICY) == Rights(write=False, root=False)


def test_without_a_policy_of_the_file_system_everybody_may_everything() -> None:
    assert check_mount(THE_MOUNT, role_of(), None) == Rights(write=True, root=True)


def test_the_file_system_may_allow_in_place_of_the_role() -> None:
    allow = policy_of("resource", {"Action": CLIENT[:2], "Principal": {"AWS": OURS.arn}})
    assert check_mount(THE_MOUNT, role_of(), allow) == Rights(write=True, root=False)
    everybody = policy_of("resource", {"Action": CLIENT, "Principal": "*"})
    assert check_mount(THE_MOUNT, role_of(), everybody) == Rights(write=True, root=True)


@pytest.mark.parametrize(
    ("mount", "role", "sentence"),
    [
        (THE_MOUNT, role_of(), "because no identity-based policy allows"),
        (
            Mount(file_system_arn=FILE_SYSTEM, access_point_arn=POINT + "x"),
            OURS,
            "because no identity-based policy allows",
        ),
        (
            Mount(file_system_arn=FILE_SYSTEM + "x", access_point_arn=POINT),
            OURS,
            "because no identity-based policy allows",
        ),
        (
            Mount(file_system_arn=FILE_SYSTEM, access_point_arn=POINT, by_mount_target=False),
            OURS,
            "because no identity-based policy allows",
        ),
        (
            Mount(file_system_arn=FILE_SYSTEM, access_point_arn=POINT, encrypted=False),
            OURS,
            "with an explicit deny in a resource-based policy",
        ),
        (
            THE_MOUNT,
            role_of(MOUNT, boundary=EVERYTHING_ELSE),
            "because no permissions boundary allows the elasticfilesystem:ClientMount action",
        ),
    ],
)
def test_a_mount_that_is_not_allowed_is_refused(mount: Mount, role: Role, sentence: str) -> None:
    with is_refused("EFSMountFailureException", "could not mount", sentence):
        check_mount(mount, role, FILE_SYSTEM_POLICY)


@pytest.mark.parametrize(
    ("user", "directory", "enters"),
    [
        (User(uid=1000, gid=1000), Directory(owner_uid=1000, owner_gid=1000, mode=0o750), True),
        (User(uid=1001, gid=1000), Directory(owner_uid=1000, owner_gid=1000, mode=0o750), True),
        (User(uid=1001, gid=1), Directory(owner_uid=1000, owner_gid=1000, mode=0o750), False),
        (User(uid=1001, gid=1), Directory(owner_uid=1000, owner_gid=1000, mode=0o755), True),
        (
            User(uid=1001, gid=1, secondary_gids=(1000,)),
            Directory(owner_uid=1000, owner_gid=1000, mode=0o750),
            True,
        ),
        # The class that the user is of decides, also where the others may more.
        (User(uid=1000, gid=1000), Directory(owner_uid=1000, owner_gid=1000, mode=0o077), False),
        (User(uid=1000, gid=1000), Directory(owner_uid=1000, owner_gid=1000, mode=0o600), False),
        # Root is nobody without ClientRootAccess.
        (User(uid=0, gid=0), Directory(owner_uid=0, owner_gid=0, mode=0o700), False),
        (User(uid=0, gid=0), Directory(owner_uid=0, owner_gid=0, mode=0o755), True),
        (User(uid=1000, gid=1000), None, False),
    ],
)
def test_the_access_points_user_must_enter_its_directory(
    user: User, directory: Directory | None, *, enters: bool
) -> None:
    if enters:
        check_directory(THE_MOUNT, user, directory, root_allowed=False)
        return
    with is_refused("EFSMountFailureException", "root directory"):
        check_directory(THE_MOUNT, user, directory, root_allowed=False)


def test_root_enters_everywhere_where_it_is_allowed() -> None:
    closed = Directory(owner_uid=1000, owner_gid=1000, mode=0o700)
    check_directory(THE_MOUNT, User(uid=0, gid=0), closed, root_allowed=True)
