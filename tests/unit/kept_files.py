"""Files that an act takes away, with a trash, and the versions that are kept of them."""

from pathlib import Path

from drive import (
    file_reads,
    file_writes,
    trash,
    trash_names,
)
from drive.trash import Version

LONG = "/".join(["d" * 200] * 12 + ["file"])


def put(root: Path, name: str, content: bytes) -> str:
    return file_writes.write(root, name, content, keep=True).etag


def delete(root: Path, name: str) -> None:
    file_writes.delete(root, name, keep=True)


def read(root: Path, name: str) -> bytes:
    return file_reads.read(root, name, file_reads.whole(10**6))[1]


def versions(root: Path, name: str | None = None) -> list[Version]:
    found = trash.page(root, limit=1000).versions
    return [version for version in found if name in {None, version.path}]


def names(root: Path) -> list[str]:
    """All names in the trash but those of links, which may stay for a day."""
    found = (path.name for path in (root / trash.DIRECTORY).glob("*"))
    return [name for name in found if not trash_names.is_link(name)]
