"""Where the disk is and what may be done with it: the function's environment, and its parameter.

The limits are in the parameter that `LIMITS_PARAMETER` names. They are read when a request needs
them, which reading files does not, and again after a minute. Where no parameter is named, as in
tests, they are variables of the environment.
"""

import json
import os
from contextlib import suppress
from pathlib import Path
from typing import Any

from drive.configuration import ConfigurationError, Source
from drive.write_limits import Limits

ROOT = Path(os.environ["MOUNT_PATH"])
WRITABLE = os.environ["MOUNT_ACCESS"] == "read-write"
PARAMETER = os.environ.get("LIMITS_PARAMETER")
# The largest file of EFS: https://docs.aws.amazon.com/efs/latest/ug/limits.html (47.9 TiB).
LARGEST_FILE_BYTES = 52_673_613_135_872
# Powertools' own variable for it.
FRESH_SECONDS = float(os.environ.get("POWERTOOLS_PARAMETERS_MAX_AGE") or 60)


def _read() -> str:
    if PARAMETER is None:
        names = {"max_drive_bytes": None, "max_file_bytes": None, "upload_expiry_hours": 24}
        return json.dumps(
            {name: int(os.environ.get(name.upper()) or 0) or usual for name, usual in names.items()}
        )
    # It imports the AWS SDK, which a request that needs no limit does not wait for.
    from aws_lambda_powertools.utilities.parameters import SSMProvider  # noqa: PLC0415
    from botocore.config import Config  # noqa: PLC0415

    global _provider  # noqa: PLW0603 - made once
    if _provider is None:
        attempts = Config(
            connect_timeout=2,
            read_timeout=5,
            retries={"mode": "standard", "total_max_attempts": 2},
        )
        _provider = SSMProvider(boto_config=attempts)
    return str(_provider.get(PARAMETER, force_fetch=True))


_provider: Any = None
configuration = Source(_read, fresh_seconds=FRESH_SECONDS)


def limits() -> Limits:
    """How much may be written. Raises `ConfigurationError` when that cannot be known."""
    return configuration.current().limits


def upload_expiry_seconds() -> int:
    """How long an upload is kept. Raises `ConfigurationError` when that cannot be known."""
    return configuration.current().upload_expiry_seconds


def trouble() -> str | None:
    """Why the limits of this moment are not those of the parameter; None when they are."""
    with suppress(ConfigurationError):
        configuration.current()
    said = configuration.trouble
    return f"the parameter {PARAMETER}: {said}" if said else None


def in_maintenance() -> bool:
    """Say whether an operator has the files for himself at the moment: what is not 0 says so."""
    return os.environ.get("MAINTENANCE_MODE", "") not in {"", "0"}
