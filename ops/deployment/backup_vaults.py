"""The backups in a vault that goes with its stage: AWS deletes no vault that has some."""

import time
from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError

from drive_tools.errors import ToolError
from ops.deployment.vpc_detachment import Polling

Client = Any  # botocore makes clients of AWS Backup at run time
Point = dict[str, Any]

# A backup that is being made can be deleted when it is done.
_NOT_NOW = {"CREATING", "DELETING"}


def points(client: Client, vault: str) -> list[Point]:
    """Return the recovery points in a vault; none if there is no such vault."""
    pages = client.get_paginator("list_recovery_points_by_backup_vault")
    try:
        return [
            point
            for page in pages.paginate(BackupVaultName=vault)
            for point in page["RecoveryPoints"]
        ]
    except ClientError as error:
        if error.response["Error"]["Code"] == "ResourceNotFoundException":
            return []
        raise


def empty(client: Client, vault: str, polling: Polling, say: Callable[[str], None]) -> None:
    """Delete all recovery points of a vault, and wait until AWS has done it.

    Raises `ToolError` if some are left when the time is up.
    """
    deadline = time.monotonic() + polling.timeout_seconds
    asked: set[str] = set()
    while left := points(client, vault):
        for point in left:
            arn = point["RecoveryPointArn"]
            if arn not in asked and point["Status"] not in _NOT_NOW:
                client.delete_recovery_point(BackupVaultName=vault, RecoveryPointArn=arn)
                asked.add(arn)
        if time.monotonic() > deadline:
            raise ToolError(
                f"{len(left)} backups are left in {vault}: {left[0]['RecoveryPointArn']} is"
                f" {left[0]['Status']}; run the same command again"
            )
        time.sleep(polling.interval_seconds)
    if asked:
        say(f"{len(asked)} backups in {vault} are deleted")
