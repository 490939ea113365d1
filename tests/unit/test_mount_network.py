"""A disk that lacks a part, or a way to it, is refused by Lambda's error, which names the link."""

from collections.abc import Callable
from dataclasses import replace
from http import HTTPStatus
from typing import Any

import pytest

from ops.local.rules.mount_network import (
    AccessPoint,
    Disks,
    FileSystem,
    MountTarget,
    Refusal,
    refused_configuration,
    refused_mount,
)
from ops.local.rules.network import Network
from ops.local.rules.reach import Caller
from tests.unit.networks import BASE, DISK, EVERYWHERE, FUNCTION, by_id, changed, rule

ARN = "arn:aws:elasticfilesystem:us-east-1:123456789012:access-point/fsap-1"
CALLER = Caller(subnet="subnet-private", groups=frozenset({FUNCTION}))
POINT = AccessPoint(id="fsap-1", arn=ARN, file_system="fs-1", state="available")
TARGET = MountTarget(
    id="fsmt-1",
    file_system="fs-1",
    subnet="subnet-isolated",
    zone="us-east-1a",
    address="10.0.2.10",
    groups=frozenset({DISK}),
    state="available",
)
DISKS = Disks(
    file_systems=by_id(FileSystem(id="fs-1", arn="arn:fs-1", state="available")),
    access_points={ARN: POINT},
    mount_targets=by_id(TARGET),
)
WAITING = "not all are in the available life cycle state yet. Please wait for them to become"


def configured(disks: Disks, network: Network = BASE) -> Refusal | None:
    return refused_configuration(network, disks, ["subnet-private"], ARN)


def mounted(disks: Disks, network: Network = BASE) -> Refusal | None:
    return refused_mount(network, disks, CALLER, ARN)


def targets(**changes: Any) -> Disks:  # noqa: ANN401 - of a dataclass
    return replace(DISKS, mount_targets=by_id(replace(TARGET, **changes)))


def test_a_whole_disk_is_not_refused() -> None:
    assert configured(DISKS) is None
    assert mounted(DISKS) is None


@pytest.mark.parametrize(
    ("disks", "link", "message"),
    [
        (replace(DISKS, access_points={}), "the access point is not there", "does not exist"),
        (
            replace(DISKS, file_systems={}),
            "fs-1, the file system of fsap-1, is not there",
            "does not exist",
        ),
        (
            replace(DISKS, access_points={ARN: replace(POINT, state="creating")}),
            "the state of fsap-1 is creating",
            "not in the available life cycle state",
        ),
        (
            replace(
                DISKS, file_systems=by_id(FileSystem(id="fs-1", arn="arn:fs-1", state="deleting"))
            ),
            "the state of fs-1 is deleting",
            "not in the available life cycle state",
        ),
        (
            replace(DISKS, mount_targets={}),
            "fs-1 has no mount target in us-east-1a",
            "does not have mount targets created in all availability zones",
        ),
        (
            targets(file_system="fs-2"),
            "fs-1 has no mount target in us-east-1a",
            "does not have mount targets",
        ),
        (
            targets(zone="us-east-1b"),
            "fs-1 has no mount target in us-east-1a",
            "does not have mount targets",
        ),
        (targets(state="creating"), "the state of fsmt-1 is creating", WAITING),
    ],
)
def test_a_function_is_not_configured_with_half_a_disk(
    disks: Disks, link: str, message: str
) -> None:
    refused = configured(disks)
    assert refused
    assert refused.error == "InvalidParameterValueException"
    assert refused.status == HTTPStatus.BAD_REQUEST
    assert refused.link == link
    assert message in refused.message
    assert ARN in refused.message


CONNECTIVITY = ("EFSMountConnectivityException", HTTPStatus.REQUEST_TIMEOUT)
FAILURE = ("EFSMountFailureException", HTTPStatus.FORBIDDEN)


@pytest.mark.parametrize(
    ("disks", "change", "error", "link"),
    [
        (replace(DISKS, access_points={}), {}, FAILURE, "the access point is not there"),
        (replace(DISKS, file_systems={}), {}, FAILURE, "fs-1, the file system of fsap-1, is not"),
        (
            replace(DISKS, access_points={ARN: replace(POINT, state="deleting")}),
            {},
            FAILURE,
            "the state of fsap-1 is deleting",
        ),
        (replace(DISKS, mount_targets={}), {}, CONNECTIVITY, "no mount target in us-east-1a"),
        (targets(zone="us-east-1b"), {}, CONNECTIVITY, "no mount target in us-east-1a"),
        (targets(state="deleting"), {}, CONNECTIVITY, "mount target fsmt-1 is deleting"),
        (DISKS, {FUNCTION: ("outbound", rule(443, EVERYWHERE))}, CONNECTIVITY, "no outbound rule"),
        (DISKS, {DISK: ("inbound", rule(443, EVERYWHERE))}, CONNECTIVITY, "no inbound rule"),
    ],
)
def test_an_instance_does_not_start_without_its_disk(
    disks: Disks, change: dict[str, tuple[str, Any]], error: tuple[str, int], link: str
) -> None:
    network = BASE
    for group, (side, only) in change.items():
        network = changed(network, "groups", group, **{side: (only,)})
    refused = mounted(disks, network)
    assert refused
    assert (refused.error, refused.status) == error
    assert link in refused.link
    assert str(refused) == f"{refused.message} ({refused.link})"


def test_a_mount_target_in_another_subnet_of_the_zone_serves() -> None:
    """EFS has one mount target in a zone at most, for all of its subnets."""
    assert BASE.subnets["subnet-private"].zone == TARGET.zone
    assert TARGET.subnet != CALLER.subnet
    assert mounted(DISKS) is None


@pytest.mark.parametrize("refuse", [configured, mounted])
def test_a_subnet_that_is_not_there_is_no_reason_to_crash(
    refuse: Callable[[Disks, Network], Refusal | None],
) -> None:
    refuse(DISKS, replace(BASE, subnets={}))
