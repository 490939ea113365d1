"""What AWS Backup answers about backups and restores of EFS file systems.

https://docs.aws.amazon.com/aws-backup/latest/devguide/API_StartRestoreJob.html
https://docs.aws.amazon.com/aws-backup/latest/devguide/restoring-efs.html
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from ops.local.rules.policies import AccessRequest, Principal, evaluate
from ops.local.rules.roles import Role, ServiceRefusal, trusted

SERVICE = "backup.amazonaws.com"
# Of the metadata of a restore of EFS. The last is for some of the files.
_NEEDED = ("file-system-id", "newFileSystem")
_KNOWN = frozenset(
    {*_NEEDED, "Encrypted", "KmsKeyId", "PerformanceMode", "CreationToken", "ItemsToRestore"}
)


@dataclass(frozen=True, kw_only=True)
class Restore:
    """A restore into a file system that is there: of some items, or of everything."""

    file_system: str
    items: tuple[str, ...] | None


def check_restore(metadata: Mapping[str, str]) -> Restore:
    """Return what a restore job is asked to do. Raises `ServiceRefusal`."""
    unknown = sorted(set(metadata) - _KNOWN)
    missing = [name for name in _NEEDED if name not in metadata]
    if unknown or missing:
        raise _invalid(f"Invalid restore metadata: {', '.join(unknown or missing)}")
    if metadata["newFileSystem"] != "false":
        raise _invalid("Invalid restore metadata. This local cloud restores to the same one only.")
    items = None
    if "ItemsToRestore" in metadata:
        try:
            items = json.loads(metadata["ItemsToRestore"])
        except ValueError:
            items = ()
        if not isinstance(items, list) or not items or not all(map(_is_path, items)):
            raise _invalid("Invalid restore metadata: ItemsToRestore")
        items = tuple(items)
    return Restore(file_system=metadata["file-system-id"], items=items)


def directory_of(now: float) -> str:
    """Return the name of the directory that a restore makes at the root of the file system."""
    time = datetime.fromtimestamp(now, UTC)
    return f"aws-backup-restore_{time:%Y-%m-%dT%H-%M-%S}-{time.microsecond // 1000:03}Z"


def check_assumable(role: Role | None, arn: str) -> None:
    """Refuse a role that AWS Backup cannot assume, as its calls that take one do."""
    assumed = role is not None and trusted(
        role,
        AccessRequest(
            principal=Principal(arn=SERVICE),
            action="sts:AssumeRole",
            resource=role.arn,
            keys=role.keys,
            unknown=role.unknown,
        ),
    )
    if not assumed or not assumed.allowed:
        raise _invalid(f"IAM Role {arn} cannot be assumed by AWS Backup")


def lacking(role: Role, asked: Sequence[tuple[str, str]]) -> str | None:
    """Return why a job fails whose role may not do what is asked: actions on resources."""
    for action, resource in asked:
        if not evaluate(role.request("AWSBackup", action, resource), role.applying()).allowed:
            return f"Access Denied trying to call {action} on {resource}"
    return None


def _is_path(item: object) -> bool:
    return isinstance(item, str) and item.startswith("/") and "*" not in item


def _invalid(message: str) -> ServiceRefusal:
    return ServiceRefusal("InvalidParameterValueException", message)
