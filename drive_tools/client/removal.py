"""The removal of a file of a drive, or of a directory with its contents."""

from contextlib import suppress

from drive_tools.client.answers import NotFoundError
from drive_tools.client.names import check_listed, join
from drive_tools.client.session import ClientSession


def remove(session: ClientSession, name: str, etag: str | None = None) -> None:
    """Remove a file, only of the version `etag` if given, or an empty directory, and say so."""
    session.drive.remove(name, etag)
    session.result(f"removed {name}", removed=name)


def remove_tree(session: ClientSession, name: str, *, listed_only: bool = False) -> None:
    """Remove a directory with all that is in it; with `listed_only` no version but those listed."""
    for entry in session.drive.listing(name):
        with session.one(), suppress(NotFoundError):  # somebody else was faster
            check_listed(entry, name)
            child = join(name, entry.name)
            if entry.kind == "directory":
                remove_tree(session, child, listed_only=listed_only)
            else:
                remove(session, child, entry.etag if listed_only else None)
    remove(session, name)
