"""What a function's disk needs before permissions count: that its parts exist, and a way to them.

Lambda names what lacks at a cold start so
(https://docs.aws.amazon.com/lambda/latest/dg/troubleshooting-invocation.html, statuses of
https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html):

- `EFSMountFailureException` (403): file system or access point is not there or not ready, or the
  mount is not permitted;
- `EFSMountConnectivityException` (408): nothing is reached on TCP 2049;
- `EFSMountTimeoutException` (408): it is reached, and the mount takes too long; `EFSIOException`
  (410): a call to the disk takes too long. Both are of load, and follow from no state.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from ops.local.rules.mounts import not_mounted
from ops.local.rules.network import Network, Resource
from ops.local.rules.reach import Caller, Interface, Way, to_interface
from ops.local.rules.roles import ServiceRefusal

NFS = 2049
AVAILABLE = "available"


@dataclass(frozen=True, kw_only=True)
class FileSystem(Resource):
    """A file system."""

    arn: str
    state: str


@dataclass(frozen=True, kw_only=True)
class AccessPoint(Resource):
    """An access point, and the id of its file system."""

    arn: str
    file_system: str
    state: str


@dataclass(frozen=True, kw_only=True)
class MountTarget(Resource):
    """A mount target: the address of a file system in a zone."""

    file_system: str
    subnet: str
    zone: str
    address: str
    groups: frozenset[str]
    state: str


@dataclass(frozen=True, kw_only=True)
class Disks:
    """All disks of a region: access points by their ARNs, the rest by ids."""

    file_systems: Mapping[str, FileSystem] = field(default_factory=dict)
    access_points: Mapping[str, AccessPoint] = field(default_factory=dict)
    mount_targets: Mapping[str, MountTarget] = field(default_factory=dict)


def check_configuration(
    network: Network, disks: Disks, subnets: Iterable[str], access_point: str
) -> None:
    """Refuse the ARN of an access point for a function in these subnets, as Lambda's API does.

    Lambda looks at the mount targets when it is called to make or change a function
    (https://docs.aws.amazon.com/lambda/latest/dg/configuration-filesystem-efs.html). Its words
    about targets that are not available are in https://github.com/aws/aws-cdk/issues/8835; those
    about what does not exist were not found, and are in the same form here.
    """
    found = disks.access_points.get(access_point)
    if found is None or found.file_system not in disks.file_systems:
        raise _invalid(f"EFS access point {access_point} does not exist.", _gone(found))
    for part in (found, disks.file_systems[found.file_system]):
        if part.state != AVAILABLE:
            raise _invalid(
                f"EFS access point {access_point} is not in the available life cycle state yet.",
                f"the state of {part} is {part.state}",
            )
    zones = {network.subnets[each].zone for each in subnets if each in network.subnets}
    targets = {each.zone: each for each in _targets(disks, found)}
    of_disk = (
        f"EFS file system {disks.file_systems[found.file_system].arn} referenced by access point"
        f" {access_point}"
    )
    if lacking := sorted(zones - targets.keys()):
        raise _invalid(
            f"{of_disk} does not have mount targets created in all availability zones the function"
            " will execute in.",
            f"{found.file_system} has no mount target in {', '.join(lacking)}",
        )
    unready = [targets[zone] for zone in sorted(zones) if targets[zone].state != AVAILABLE]
    if unready:
        raise _invalid(
            f"{of_disk} has mount targets created in all availability zones the function will"
            " execute in, but not all are in the available life cycle state yet. Please wait for"
            " them to become available and try the request again.",
            f"the state of {unready[0]} is {unready[0].state}",
        )


def check_connection(network: Network, disks: Disks, caller: Caller, access_point: str) -> None:
    """Refuse the start of a function's instance in a subnet from which its disk is not reached."""
    found = disks.access_points.get(access_point)
    parts = [found, disks.file_systems.get(found.file_system) if found else None]
    for part in parts:
        if part is None or part.state != AVAILABLE:
            link = f"the state of {part} is {part.state}" if part else _gone(found)
            raise not_mounted(access_point, link)
    assert found
    way = way_to_disk(network, disks, caller, found)
    if not way.open:
        raise ServiceRefusal(
            "EFSMountConnectivityException",
            "The function couldn't connect to the Amazon EFS file system with access point"
            f" {access_point}. Check your network configuration and try again. ({way.missing})",
        )


def way_to_disk(network: Network, disks: Disks, caller: Caller, access_point: AccessPoint) -> Way:
    """Return the way to the mount target in the caller's zone."""
    subnet = network.subnets.get(caller.subnet)
    if subnet is None:
        return Way((), f"subnet {caller.subnet} is not there")
    in_zone = [each for each in _targets(disks, access_point) if each.zone == subnet.zone]
    if not in_zone:
        name = access_point.file_system
        return Way((str(subnet),), f"{name} has no mount target in {subnet.zone}, {subnet}'s zone")
    target = in_zone[0]
    if target.state != AVAILABLE:
        return Way((str(subnet),), f"the state of mount target {target} is {target.state}")
    interface = Interface(
        hop="mount target",
        what=f"mount target {target}",
        subnet=target.subnet,
        groups=target.groups,
        address=target.address,
    )
    return to_interface(network, caller, interface, NFS)


def _targets(disks: Disks, access_point: AccessPoint) -> list[MountTarget]:
    """Return the mount targets of an access point's file system; a zone has one at most."""
    return [
        each
        for each in disks.mount_targets.values()
        if each.file_system == access_point.file_system
    ]


def _invalid(message: str, link: str) -> ServiceRefusal:
    return ServiceRefusal("InvalidParameterValueException", f"{message} ({link})")


def _gone(access_point: AccessPoint | None) -> str:
    if access_point is None:
        return "the access point is not there"
    return f"{access_point.file_system}, the file system of {access_point}, is not there"
