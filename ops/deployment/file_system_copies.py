"""Copies of a file system that AWS keeps when it is deleted: EFS replicas and backups."""

import time
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from drive_tools.errors import ToolError
from stacks.shared import prices

_GB = 10**9
# The end of a replication takes minutes.
_END_SECONDS = 1800

Client = Any  # botocore makes clients of EFS and Backup at run time


@dataclass(frozen=True)
class FileSystem:
    """A file system, and its size in bytes."""

    id: str
    arn: str
    size: int


@dataclass(frozen=True)
class Replica:
    """The destination of a replication: another file system with a copy."""

    id: str
    region: str
    status: str

    def __str__(self) -> str:
        """Return the line that a person reads."""
        return (
            f"the copy in {self.region}, {self.id}, a file system of its own then"
            f" (${prices.EFS_STANDARD_GB_MONTH:.2f} a GB-month): aws efs delete-file-system"
            f" --region {self.region} --file-system-id {self.id}"
        )


def file_system(client: Client, file_system_id: str) -> FileSystem | None:
    """Return a file system, or None if it is gone."""
    try:
        [found] = client.describe_file_systems(FileSystemId=file_system_id)["FileSystems"]
    except ClientError as error:
        if error.response["Error"]["Code"] == "FileSystemNotFound":
            return None
        raise
    return FileSystem(file_system_id, found["FileSystemArn"], found["SizeInBytes"]["Value"])


def replicas(client: Client, file_system_id: str) -> list[Replica]:
    """Return the replicas of a file system."""
    try:
        found = client.describe_replication_configurations(FileSystemId=file_system_id)
    except ClientError as error:
        if error.response["Error"]["Code"] in {"ReplicationNotFound", "FileSystemNotFound"}:
            return []
        raise
    return [
        Replica(destination["FileSystemId"], destination["Region"], destination["Status"])
        for replication in found["Replications"]
        if replication["SourceFileSystemId"] == file_system_id
        for destination in replication["Destinations"]
    ]


def end_replication(client: Client, file_system_id: str) -> None:
    """Ask EFS to end a replication, which takes minutes. Until then EFS refuses a deletion.

    https://docs.aws.amazon.com/efs/latest/ug/API_DeleteFileSystem.html
    """
    if any(replica.status != "DELETING" for replica in replicas(client, file_system_id)):
        client.delete_replication_configuration(SourceFileSystemId=file_system_id)


def wait_until_replication_ended(client: Client, file_system_id: str, every: float) -> None:
    """Wait until the replication has ended. Raises `ToolError` after half an hour."""
    deadline = time.monotonic() + _END_SECONDS
    while replicas(client, file_system_id):
        if time.monotonic() > deadline:
            raise ToolError(
                f"the replication of {file_system_id} does not end within"
                f" {_END_SECONDS / 60:.0f} min; run the same command again"
            )
        time.sleep(every)


def backups(client: Client, found: FileSystem, *, but_in: list[str]) -> str | None:
    """Return a line about the recovery points of a file system, or None if there are none.

    Without those in the vaults `but_in`.
    """
    pages = client.get_paginator("list_recovery_points_by_resource").paginate(ResourceArn=found.arn)
    points = [
        point
        for page in pages
        for point in page["RecoveryPoints"]
        if point["BackupVaultName"] not in but_in
    ]
    if not points:
        return None
    size = sum(point.get("BackupSizeBytes", 0) for point in points)
    vaults = ", ".join(sorted({point["BackupVaultName"] for point in points}))
    return (
        f"{len(points)} recovery points of {found.id}, of {size / _GB:.1f} GB at most, in {vaults}"
        f" (${prices.BACKUP_GB_MONTH:.2f} a GB-month); each expires at its time"
    )
