"""The drive as one request sees it: each fact is asked for once."""

import time
from contextlib import suppress
from typing import TYPE_CHECKING

from drive_tools.client.answers import (
    ConflictStatusError,
    DriveEntry,
    DriveHealth,
    NotFoundError,
    Part,
)
from drive_tools.client.drive_client import DriveClient
from drive_tools.client.names import check_listed, join
from drive_tools.errors import ToolError

if TYPE_CHECKING:
    from wsgiref.types import WSGIEnvironment

_KEY = "lambda_drive.view"
_KNOWN_SECONDS, _MOST_KNOWN = 30.0, 10_000


def view_of(environ: "WSGIEnvironment") -> "DavView":
    """Return the view of a request."""
    view: DavView = environ[_KEY]
    return view


class DavView:
    """The entries that a request has found so far, by their names on the drive ("" is the root).

    A directory has a time only if the listing that it is in was read: the drive describes files.
    """

    def __init__(
        self, drive: DriveClient, directories: "KnownDirectories", environ: "WSGIEnvironment"
    ) -> None:
        """Look at `drive` for one request. `first` is the begin of the file that it reads."""
        self.drive = drive
        # A listing says all that such a request wants, and that there is a directory.
        self._lists = (environ["REQUEST_METHOD"], environ.get("HTTP_DEPTH")) == ("PROPFIND", "1")
        # A read of a whole file is one request with what it wants to know of the file.
        self._reads = environ["REQUEST_METHOD"] == "GET" and not any(
            name == "HTTP_RANGE" or name.startswith("HTTP_IF_") for name in environ
        )
        self.first: Part | None = None
        self._directories = directories
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

    def may_hold(self, name: str) -> bool:
        """Say whether a file may be written into a directory: it is there, or was a moment ago."""
        return self._directories.has(name) or self.is_directory(name)

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
        self._directories.forget(name)

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
            if self._reads:
                self.first = first = self.drive.read(name, 0, None)
                return DriveEntry(name, "file", first.size, first.modified, first.etag)
            return self.drive.describe(name)
        except NotFoundError:
            return None
        except ConflictStatusError:  # a directory, or nothing below a file
            return _directory(name) if self.drive.is_directory(name) else None

    def _know(self, name: str, entry: DriveEntry | None) -> None:
        self._known[name] = entry
        if entry and entry.kind == "directory":
            self._directories.add(name)
        while entry and name:  # so there are those above it
            name = name.rpartition("/")[0]
            self._known.setdefault(name, _directory(name))
            self._directories.add(name)


class KnownDirectories:
    """The directories that a session has lately seen, so that a write need not ask for its own.

    If somebody removed one in the meantime, the write makes it again: a drive makes directories as
    needed.
    """

    def __init__(self) -> None:
        self._seen: dict[str, float] = {}

    def add(self, name: str) -> None:
        """Know a directory from now on, for a while."""
        if len(self._seen) > _MOST_KNOWN:
            self._seen.clear()
        self._seen[name] = time.monotonic()

    def has(self, name: str) -> bool:
        """Say whether a directory was seen lately."""
        return time.monotonic() - self._seen.get(name, -_KNOWN_SECONDS) < _KNOWN_SECONDS

    def forget(self, name: str) -> None:
        """Know no directory with this name, nor below it."""
        below = [each for each in list(self._seen) if f"{each}/".startswith(f"{name}/")]
        for each in below:
            self._seen.pop(each, None)


def _directory(name: str) -> DriveEntry:
    return DriveEntry(name, "directory", 0, "", None)
