"""Files and directories of a drive as resources of WsgiDAV."""

import re
from collections.abc import Iterator
from datetime import datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, cast
from urllib.parse import quote

from wsgidav import util
from wsgidav.dav_error import DAVError
from wsgidav.dav_provider import DAVCollection, DAVNonCollection, DAVProvider

from drive_tools.client.answers import DriveEntry, Part
from drive_tools.client.crew import Crew
from drive_tools.client.download import following, pieces
from drive_tools.client.drive_client import DriveClient
from drive_tools.client.names import join
from drive_tools.webdav.paths import lock_url, name_of
from drive_tools.webdav.problems import told
from drive_tools.webdav.view import KnownDirectories, view_of

if TYPE_CHECKING:
    from wsgiref.types import WSGIEnvironment

    from wsgidav.lock_man.lock_manager import LockManager

# https://www.w3.org/TR/xml/#charsets: one other character spoils the whole answer.
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_QUOTA = ("{DAV:}quota-used-bytes", "{DAV:}quota-available-bytes")
_NO_PROPERTIES = (
    "a drive keeps no properties of a file but those it has by itself; its time is that of the"
    " last write"
)


def provider_of(environ: "WSGIEnvironment") -> "DavProvider":
    """Return the provider that answers a request."""
    provider: DavProvider = environ["wsgidav.provider"]
    return provider


def modified_at(entry: DriveEntry) -> float | None:
    """Return the time of the last write in seconds since 1970, if the drive said it."""
    try:
        return datetime.fromisoformat(entry.modified).timestamp()
    except ValueError:
        return None


class DriveProperties:
    """The properties of what is on a drive; dead ones (RFC 4918 section 4) are refused."""

    entry: DriveEntry
    environ: "WSGIEnvironment"
    _ref_url: str | None = None

    def get_display_name(self) -> str:
        """Return the last segment of the name, with U+FFFD for what XML cannot have."""
        return _NOT_XML.sub("\ufffd", self.entry.name.rpartition("/")[2])

    def get_href(self) -> str:
        """Return the path of the URL, below the path that the server is at."""
        directory = self.entry.kind == "directory" and self.entry.name
        path = f"{self.environ['SCRIPT_NAME']}/{self.entry.name}{'/' if directory else ''}"
        return quote(path, safe="/!*'(),$-_|.~")

    def get_ref_url(self) -> str:
        """Return what WsgiDAV calls it; it asks for each property of each entry of a listing."""
        if self._ref_url is None:
            self._ref_url = lock_url(self.entry.name)
        return self._ref_url

    def get_last_modified(self) -> float | None:
        """Return the time of the last write."""
        return modified_at(self.entry)

    def set_property_value(self, name: str, value: object, *, dry_run: bool = False) -> None:
        """Refuse: the drive has no place for it, and what is not kept must not seem to be."""
        del name, value, dry_run
        raise DAVError(HTTPStatus.FORBIDDEN, _NO_PROPERTIES)


class DavFile(DriveProperties, DAVNonCollection):
    """A file of a drive, in the version that the request found."""

    def __init__(self, path: str, environ: "WSGIEnvironment", entry: DriveEntry) -> None:
        super().__init__(path, environ)
        self.entry = entry

    def get_content_length(self) -> int:
        """Return the size."""
        return self.entry.size

    def get_content_type(self) -> str:
        """Return the type by the extension; nobody knows the charset."""
        return str(util.guess_mime_type(self.path))

    def get_etag(self) -> str | None:
        """Return the entity tag without quotes, as WsgiDAV has it."""
        return self.entry.etag.strip('"') if self.entry.etag else None

    def support_etag(self) -> bool:
        """Return True: each version has one."""
        return True

    def support_ranges(self) -> bool:
        """Return True: the drive reads them."""
        return True

    def get_property_value(self, name: str) -> object:
        """Return the value of a property; an entity tag has quotes (RFC 4918 section 15.6)."""
        if name == "{DAV:}getetag" and self.entry.etag:
            return self.entry.etag
        return super().get_property_value(name)

    def get_content(self, start: int = 0, end: int | None = None) -> Iterator[Part]:
        """Yield the bytes from `start` to the one before `end`, all of this version."""
        provider, first = provider_of(self.environ), view_of(self.environ).first
        drive, name, crew = provider.drive, self.entry.name, provider.crew
        stop = self.entry.size if end is None else end
        if start >= stop:
            return iter(())
        if first and not start:
            return following(drive, name, first, crew, stop)
        return pieces(drive, name, start, self.entry.etag, crew, end=stop)


class DavDirectory(DriveProperties, DAVCollection):
    """A directory of a drive."""

    def __init__(self, path: str, environ: "WSGIEnvironment", entry: DriveEntry) -> None:
        super().__init__(path, environ)
        self.entry = entry

    def get_member_list(self) -> list["DavFile | DavDirectory"]:
        """Return what is in it, by one listing."""
        entries = view_of(self.environ).listing(self.entry.name)
        return [resource(entry, self.environ) for entry in entries]

    def get_member_names(self) -> list[str]:
        """Return the names of what is in it."""
        return [member.name for member in self.get_member_list()]

    def get_property_names(self, *, is_allprop: bool) -> list[str]:
        """Return the properties that it has; those that cost a request only by their names.

        RFC 4331 section 2: a server should leave these out of `allprop`.
        """
        names: list[str] = super().get_property_names(is_allprop=is_allprop)
        return names if is_allprop else [*names, *_QUOTA]

    def get_property_value(self, name: str) -> object:
        """Return the value of a property. Raises `DAVError` with 404 for what is not known."""
        if name not in _QUOTA:
            return super().get_property_value(name)
        with told():
            health = view_of(self.environ).health()
        used, limit = health.used_bytes, health.max_drive_bytes
        if used is None or (name == _QUOTA[1] and limit is None):
            raise DAVError(HTTPStatus.NOT_FOUND)
        return str(used if limit is None or name == _QUOTA[0] else max(0, limit - used))

    def create_collection(self, name: str) -> None:
        """Make a directory in it."""
        view = view_of(self.environ)
        if not view.drive.make_directory(join(self.entry.name, name)):
            raise DAVError(HTTPStatus.METHOD_NOT_ALLOWED, f"{name!r} is there by now")

    def create_empty_resource(self, name: str) -> DavFile:
        """Make an empty file in it, for LOCK of a name that is not there (RFC 4918 section 7.3).

        WsgiDAV looks at the locks of the directory only after it.
        """
        environ, view = self.environ, view_of(self.environ)
        hold_unlocked(environ, self.entry.name)
        whole = join(self.entry.name, name)
        view.drive.put(whole, b"", {"If-None-Match": "*"})
        view.forget(whole)
        entry = view.find(whole)
        if entry is None or entry.kind != "file":
            raise DAVError(HTTPStatus.CONFLICT, f"{whole!r} is gone again")
        return DavFile(f"/{whole}", environ, entry)


def hold_unlocked(environ: "WSGIEnvironment", name: str, depth: str = "0") -> None:
    """Raise `DAVError` with 423 if there is a lock on a name whose token was not sent."""
    provider_of(environ).locks.check_write_permission(
        url=lock_url(name),
        depth=depth,
        token_list=environ["wsgidav.ifLockTokenList"],
        principal=environ["wsgidav.user_name"],
    )


class DavProvider(DAVProvider):
    """The files of one drive."""

    def __init__(self, drive: DriveClient, crew: Crew) -> None:
        super().__init__()
        self.drive, self.crew, self.directories = drive, crew, KnownDirectories()

    @property
    def locks(self) -> "LockManager":
        """The locks of this session; nothing outside of it knows them."""
        return cast("LockManager", self.lock_manager)  # WsgiDAV sets it before any request

    def get_resource_inst(
        self, path: str, environ: "WSGIEnvironment"
    ) -> "DavFile | DavDirectory | None":
        """Return what is at a path."""
        entry = view_of(environ).find(name_of(path))
        return None if entry is None else resource(entry, environ)

    def is_collection(self, path: str, environ: "WSGIEnvironment") -> bool:
        """Say whether a directory is at a path."""
        return view_of(environ).is_directory(name_of(path))


def resource(entry: DriveEntry, environ: "WSGIEnvironment") -> DavFile | DavDirectory:
    """Return the resource of an entry with its whole name."""
    kind = DavDirectory if entry.kind == "directory" else DavFile
    return kind(f"/{entry.name}", environ, entry)
