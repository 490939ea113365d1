"""Throughput and replication change on a drive that is in use, and change back.

Nothing is slower here and nothing is copied; what is held is what EFS shows.
"""

from dataclasses import replace

from tests.baseline import DEV
from tests.local.assemblies import assembly_of
from tests.local.conftest import LocalCloud


def shown(cloud: LocalCloud) -> tuple[str, float | None, list[str]]:
    """Return mode, MiB/s and the regions of copies of the one file system of the stack."""
    efs = cloud.client("efs")
    known = cloud.outputs["Dev-Data"]["FileSystemId"]
    [found] = efs.describe_file_systems(FileSystemId=known)["FileSystems"]
    regions = [
        destination["Region"]
        for replication in efs.describe_replication_configurations()["Replications"]
        if replication["SourceFileSystemId"] == known
        for destination in replication["Destinations"]
    ]
    return found["ThroughputMode"], found.get("ProvisionedThroughputInMibps"), regions


def test_storage_changes_in_place_and_back(ready: LocalCloud) -> None:
    cloud = ready
    cloud.deploy()
    file_system = cloud.outputs["Dev-Data"]["FileSystemId"]
    assert cloud.drive("PUT", "/files/kept.txt", b"kept").status_code == 201
    assert shown(cloud) == ("elastic", None, [])
    other = replace(DEV, throughput=64, replication_region="eu-west-3")
    cloud.deploy(assembly_of(other))
    assert shown(cloud) == ("provisioned", 64, ["eu-west-3"])
    cloud.deploy()
    mode, _, regions = shown(cloud)
    assert (mode, regions) == ("elastic", [])
    assert cloud.outputs["Dev-Data"]["FileSystemId"] == file_system
    assert cloud.drive("GET", "/files/kept.txt").content == b"kept"
