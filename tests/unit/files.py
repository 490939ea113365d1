"""What tests of the file code share."""

from pathlib import Path

from drive import directory_listing, file_reads, file_writes, locks
from drive.quota import Limits

COUNTED = Limits(drive_bytes=10**9)


def own_files(root: Path) -> list[Path]:
    """What a write makes for itself; the locks are there to stay."""
    return [path for path in root.rglob(".drive-*") if path.name != locks.DIRECTORY]


def run_operation(operation: str, root: Path, name: str) -> None:
    match operation:
        case "read":
            file_reads.read(root, name, file_reads.whole(10))
        case "describe":
            file_reads.describe(root, name)
        case "write":
            file_writes.write(root, name, b"")
        case "delete":
            file_writes.delete(root, name)
        case "list":
            directory_listing.page(root, name, limit=10)
