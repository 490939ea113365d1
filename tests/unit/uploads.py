"""Uploads of tests: begun, continued and described."""

import os
from pathlib import Path

from drive import file_reads, upload_state, uploads
from drive.conditions import Conditions
from drive.quota import Limits
from drive.upload_state import Upload
from drive.uploads import Progress

NO_LIMITS = Limits()
UNCONDITIONAL = Conditions()
DAY = 86_400.0


def begin(
    root: Path, target: str = "a", length: int = 10, conditions: Conditions = UNCONDITIONAL
) -> Upload:
    return uploads.create(
        root, target=target, length=length, conditions=conditions, limits=NO_LIMITS
    ).upload


def append(root: Path, upload: Upload, offset: int, content: bytes) -> Progress:
    return uploads.append(root, upload.id, offset, content, expiry_seconds=DAY, limits=NO_LIMITS)


def describe(root: Path, upload: Upload) -> Upload:
    return uploads.describe(root, upload.id, expiry_seconds=DAY)


def content_of(root: Path, name: str) -> bytes:
    return file_reads.read(root, name, file_reads.whole(1_000_000))[1]


def kept(root: Path) -> list[str]:
    return sorted(os.listdir(root / upload_state.DIRECTORY))
