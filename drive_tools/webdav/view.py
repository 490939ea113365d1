"""The drive as one request sees it: each fact is asked for once."""

from contextlib import suppress
from typing import TYPE_CHECKING

from drive_tools.client.answers import ConflictStatusError, DriveEntry, DriveHealth, NotFoundError
from drive_tools.client.drive_client import DriveClient
from drive_tools.client.names import check_listed, join
from drive_tools.errors import ToolError

if TYPE_CHECKING:
    from wsgiref.types import WSGIEnvironment

_KEY = "lambda_drive.view"


def view_of(environ: "WSGIEnvironment") -> "DavView":
    """Return the view of a request."""
    view: DavView = environ[_KEY]
    return view


class DavView:
    """The entries that a request has found so far, by their names on the drive ("" is the root).

    A directory has a time only if the listing that it is in was read: the drive describes files.
    """

    def __init__(self, drive: DriveClient, environ: "WSGIEnvironment") -> None:
        self.drive = drive
        # A listing says all that such a request wants, and that there is a directory.
        self._lists = (environ["REQUEST_METHOD"], environ.get("HTTP_DEPTH")) == ("PROPFIND", "1")
        self._known: dict[str, DriveEntry | None] = {"": _directory("")}
        self._listed: dict[str, list[DriveEntry]] = {}
        self._health: DriveHealth | None = None
        environ[_KEY] = self

    def find(self, name: str) -> DriveEntry | None:
        """Return the file or directory with a name, or None. Its entry has the whole name."""
        if name not in self._known:
            self._know(name, self._found(name))
        return self._known[name]

    def is_directory(self, name: str) -> bool:
        """Say whether a directory has this name."""
        if name not in self._known and self.drive.is_directory(name):
            self._know(name, _directory(name))
        entry = self._known.get(name)
        return entry is not None and entry.kind == "directory"

    def listing(self, name: str) -> list[DriveEntry]:
        """Return what is in a directory, each with its whole name."""
        if name not in self._listed:
            entries = []
            for entry in self.drive.listing(name):
                with suppress(ToolError):
                    check_listed(entry, name)
                    whole = DriveEntry(
                        join(name, entry.name), entry.kind, entry.size, entry.modified, entry.etag
                    )
                    entries.append(whole)
                    self._known[whole.name] = whole
            self._listed[name] = entries
        return self._listed[name]

    def health(self) -> DriveHealth:
        """Return how full the drive is."""
        if self._health is None:
            self._health = self.drive.health()
        return self._health

    def forget(self, name: str) -> None:
        """Ask for `name` again: this request has written it."""
        self._known.pop(name, None)

    def _found(self, name: str) -> DriveEntry | None:
        if self._lists:
            try:
                self.listing(name)
            except NotFoundError:
                return None
            except ConflictStatusError:
                pass  # a file, or nothing below a file
            else:
                return _directory(name)
        try:
            return self.drive.describe(name)
        except NotFoundError:
            return None
        except ConflictStatusError:  # a directory, or nothing below a file
            return _directory(name) if self.drive.is_directory(name) else None

    def _know(self, name: str, entry: DriveEntry | None) -> None:
        self._known[name] = entry
        while entry and name:  # so there are those above it
            name = name.rpartition("/")[0]
            self._known.setdefault(name, _directory(name))


def _directory(name: str) -> DriveEntry:
    return DriveEntry(name, "directory", 0, "", None)
