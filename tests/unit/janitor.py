"""A drive for the janitor, and runs of it."""

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from drive import locks, sweep, upload_state, uploads
from drive.conditions import Conditions
from drive.quota import Limits
from drive.sweep import Report

TEMPORARY = ".drive-0123456789abcdef"
HOUR, DAY = 3600.0, 24 * 3600.0
NOW = 1_800_000_000.0


def forever() -> float:
    return 1.0


def calls(number: int) -> Callable[[], float]:
    """Time that is up when it was asked for `number` times."""
    left = iter(range(number, 0, -1))
    return lambda: float(next(left, 0))


def clean(
    root: Path,
    *,
    now: float = NOW,
    time_left: Callable[[], float] = forever,
    limit: int | None = None,
    expiry_seconds: float = DAY,
) -> Report:
    report = sweep.sweep(
        root, now=now, time_left=time_left, expiry_seconds=expiry_seconds, limit=limit
    )
    assert report is not None
    return report


def put(path: Path, content: bytes = b"", *, age: float = 0.0) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    os.utime(path, (NOW - age, NOW - age))
    return path


def begin(root: Path, length: int, content: bytes = b"", *, age: float, limit: int | None) -> str:
    """An upload whose last part came `age` seconds before `NOW`."""
    limits = Limits(drive_bytes=limit)
    upload = uploads.create(
        root, target="file", length=length, conditions=Conditions(), limits=limits
    ).upload
    if content:
        uploads.append(root, upload.id, 0, content, expiry_seconds=DAY, limits=limits)
    for path in (root / upload_state.DIRECTORY).glob(f"{upload.id}*"):
        os.utime(path, (NOW - age, NOW - age))
    return upload.id


def kept(root: Path) -> set[str]:
    """All names but those of lock files."""
    found = {str(path.relative_to(root)) for path in root.rglob("*")}
    return {name for name in found if not name.startswith(locks.DIRECTORY)}


@dataclass
class Context:
    """What the handler reads of Lambda's context."""

    milliseconds: int = 100_000
    aws_request_id: str = "request-1"
    function_name: str = "janitor"
    memory_limit_in_mb: int = 128
    invoked_function_arn: str = "arn:aws:lambda:eu-west-1:123456789012:function:janitor"

    def get_remaining_time_in_millis(self) -> int:
        return self.milliseconds


def log(module: ModuleType) -> list[dict[str, Any]]:
    printed = module.logger.registered_handler.stream.getvalue()
    return [json.loads(line) for line in printed.splitlines()]
