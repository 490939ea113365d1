"""Where the disk is and what may be done with it: the function's environment, read once."""

import os
from pathlib import Path

from drive.files import Limits

ROOT = Path(os.environ["MOUNT_PATH"])
WRITABLE = os.environ["MOUNT_ACCESS"] == "read-write"
LIMITS = Limits(
    drive_bytes=int(os.environ.get("MAX_DRIVE_BYTES") or 0) or None,
    file_bytes=int(os.environ.get("MAX_FILE_BYTES") or 0) or None,
)
UPLOAD_EXPIRY_SECONDS = int(os.environ.get("UPLOAD_EXPIRY_HOURS") or 24) * 3600


def in_maintenance() -> bool:
    """Say whether an operator has the files for himself at the moment."""
    return os.environ.get("MAINTENANCE_MODE") == "1"
