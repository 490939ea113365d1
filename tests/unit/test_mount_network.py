"""A disk that lacks a part, or a way to it, is refused by Lambda's error, which names the link."""

from dataclasses import replace
from typing import Any

import pytest

from ops.local.rules.mount_network import (
    AccessPoint,
    Disks,
    FileSystem,
    MountTarget,
    check_configuration,
    check_connection,
)
from ops.local.rules.network import Network
from ops.local.rules.reach import Caller
from ops.local.rules.roles import ServiceRefusal
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


def configure(disks: Disks, network: Network = BASE) -> None:
    check_configuration(network, disks, ["subnet-private"], ARN)


def mount(disks: Disks, network: Network = BASE) -> None:
    check_connection(network, disks, CALLER, ARN)


def targets(**changes: Any) -> Disks:  # noqa: ANN401 - of a dataclass
    return replace(DISKS, mount_targets=by_id(replace(TARGET, **changes)))


def test_a_target_of_the_same_address_in_another_vpc_is_not_reached() -> None:
    """The route of the function's VPC has the address as well, and stays in the VPC."""
    elsewhere = replace(BASE.subnets["subnet-isolated"], id="subnet-9", vpc="vpc-2")
    network = replace(BASE, subnets={**BASE.subnets, elsewhere.id: elsewhere})
    with pytest.raises(ServiceRefusal, match=r"is in vpc-2, and the route of .* stays in vpc-1"):
        mount(targets(subnet="subnet-9"), network)


def test_a_whole_disk_is_not_refused() -> None:
    configure(DISKS)
    mount(DISKS)


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
    with pytest.raises(ServiceRefusal) as refused:
        configure(disks)
    assert refused.value.name == "InvalidParameterValueException"
    assert refused.value.message.endswith(f" ({link})")
    assert message in refused.value.message
    assert ARN in refused.value.message


CONNECTIVITY, FAILURE = "EFSMountConnectivityException", "EFSMountFailureException"


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
    disks: Disks, change: dict[str, tuple[str, Any]], error: str, link: str
) -> None:
    network = BASE
    for group, (side, only) in change.items():
        network = changed(network, "groups", group, **{side: (only,)})
    with pytest.raises(ServiceRefusal) as refused:
        mount(disks, network)
    assert refused.value.name == error
    assert ARN in refused.value.message
    assert link in refused.value.message


def test_a_mount_target_in_another_subnet_of_the_zone_serves() -> None:
    """EFS has one mount target in a zone at most, for all of its subnets."""
    assert BASE.subnets["subnet-private"].zone == TARGET.zone
    assert TARGET.subnet != CALLER.subnet
    mount(DISKS)


def test_a_subnet_that_is_not_there_is_named() -> None:
    with pytest.raises(ServiceRefusal, match="subnet subnet-private is not there"):
        mount(DISKS, replace(BASE, subnets={}))
