"""The mount of the disk, its access and its limits, from the environment and from a parameter.

The limits are in the parameter that `LIMITS_PARAMETER` names. They are read when a request needs
them, and again after a minute; to read a file needs no limits. Where no parameter is named, as in
tests, they are environment variables.
"""

import json
import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from drive.configuration import ConfigurationError, Source
from drive.quota import Limits

if TYPE_CHECKING:
    from botocore.config import Config

ROOT = Path(os.environ["MOUNT_PATH"])
WRITABLE = os.environ["MOUNT_ACCESS"] == "read-write"
PARAMETER = os.environ.get("LIMITS_PARAMETER")
# The largest file of EFS: https://docs.aws.amazon.com/efs/latest/ug/limits.html (47.9 TiB).
LARGEST_FILE_BYTES = 52_673_613_135_872
# For how many days a version that was deleted or replaced is kept; 0: not at all.
TRASH_DAYS = int(os.environ.get("TRASH_DAYS") or 0)
# Powertools' own variable for it.
FRESH_SECONDS = float(os.environ.get("POWERTOOLS_PARAMETERS_MAX_AGE") or 60)


def sdk_config() -> "Config":
    """Return botocore's settings for calls during a request: they end within seconds."""
    from botocore.config import Config  # noqa: PLC0415

    return Config(
        connect_timeout=2, read_timeout=5, retries={"mode": "standard", "total_max_attempts": 2}
    )


def _read() -> str:
    if PARAMETER is None:
        names = {"max_drive_bytes": None, "max_file_bytes": None, "upload_expiry_hours": 24}
        return json.dumps(
            {name: int(os.environ.get(name.upper()) or 0) or usual for name, usual in names.items()}
        )
    # Imported late: it takes time, and most requests do not need it. What Powertools has for this
    # imports the SDK of further services.
    import boto3  # noqa: PLC0415

    global _client  # noqa: PLW0603 - made once
    if _client is None:
        _client = boto3.client("ssm", config=sdk_config())
    return str(_client.get_parameter(Name=PARAMETER)["Parameter"]["Value"])


_client: Any = None
configuration = Source(_read, fresh_seconds=FRESH_SECONDS)


def limits() -> Limits:
    """Return the limits of writes. Raises `ConfigurationError` when they are not known."""
    return configuration.current().limits


def upload_expiry_seconds() -> int:
    """Return how long an upload is kept. Raises `ConfigurationError` when that is not known."""
    return configuration.current().upload_expiry_seconds


def keeps_versions() -> bool:
    """Say whether a version that is deleted or replaced goes to the trash."""
    return TRASH_DAYS > 0


def trouble() -> str | None:
    """Return why the current limits are not those of the parameter; None if they are."""
    with suppress(ConfigurationError):
        configuration.current()
    said = configuration.trouble
    return f"the parameter {PARAMETER}: {said}" if said else None


def in_maintenance() -> bool:
    """Say whether an operator has switched maintenance on: by any value but 0."""
    return os.environ.get("MAINTENANCE_MODE", "") not in {"", "0"}
