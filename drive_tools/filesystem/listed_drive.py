"""What is on a drive, for fsspec: how it is named, what is listed, and what is remembered of it."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from hashlib import sha256
from typing import Any

from fsspec.spec import AbstractFileSystem, make_instance
from fsspec.utils import tokenize

from drive_tools.client.answers import ConflictStatusError, DriveEntry
from drive_tools.client.drive_client import CHUNK_BYTES, DriveClient
from drive_tools.client.names import check_listed, check_name, join
from drive_tools.errors import ToolError
from drive_tools.filesystem.connection import LOG, DriveAddress, DriveConnection
from drive_tools.filesystem.failures import os_errors

Info = dict[str, Any]

_SERVICES = (None, "lambda", "execute-api")
# Nothing is there.
MISSING = (FileNotFoundError, NotADirectoryError)


class _DriveUrl:
    """The variable DRIVE_URL, as an attribute of a class, by which fsspec tells instances apart."""

    def __get__(self, instance: object, owner: type) -> str | None:
        return os.environ.get("DRIVE_URL")


class ListedDrive(AbstractFileSystem):
    """The names on a drive, with what is known of each."""

    protocol = "drive"
    root_marker = ""
    blocksize = CHUNK_BYTES
    default_url = _DriveUrl()
    _extra_tokenize_attributes = ("default_url",)  # type: ignore[assignment]  # fsspec's own is empty

    def __init__(
        self,
        *,
        drive_url: str | None = None,
        stage: str | None = None,
        profile: str | None = None,
        region: str | None = None,
        service: str | None = None,
        token_file: str | None = None,
        patience: float | None = None,
        use_listings_cache: bool = False,
        listings_expiry_time: float | None = None,
        max_paths: int | None = None,
        asynchronous: bool = False,
        loop: object = None,
    ) -> None:
        """Name the drive as the command line does: `drive_url`, `stage`, or the variable DRIVE_URL.

        (`url` is a name that fsspec takes for itself.) Credentials are those of the AWS CLI
        (`profile`, `region`), or the token in `token_file` or in DRIVE_TOKEN. `service` is what
        calls are signed for, where the host does not say it. Requests are repeated for `patience`
        seconds, a minute unless it is given.

        Listings are remembered with `use_listings_cache` only: where others write, they are wrong
        soon. `listings_expiry_time` in seconds and `max_paths` are fsspec's own. `asynchronous` and
        `loop` are what fsspec's wrapper for asyncio passes; they change nothing.

        The drive is called when something is asked of it. Raises `ValueError` for options that name
        no drive.
        """
        super().__init__(
            use_listings_cache=use_listings_cache,
            listings_expiry_time=listings_expiry_time,
            max_paths=max_paths,
        )
        if drive_url and stage:
            raise ValueError(
                f"a drive is named by drive_url or by stage, got both: {drive_url!r}, {stage!r}"
            )
        if service not in _SERVICES:
            raise ValueError(f"service must be one of lambda, execute-api, got {service!r}")
        if patience is not None and not patience >= 0:
            raise ValueError(f"patience is a number of seconds, got {patience!r}")
        self.url = drive_url or (None if stage else self.default_url)
        if not self.url and not stage:
            raise ValueError(
                "say which drive: storage_options={'drive_url': 'https://...'} or {'stage': 'Dev'},"
                " or the variable DRIVE_URL"
            )
        self._address = DriveAddress(
            url=self.url,
            stage=stage,
            profile=profile,
            region=region,
            service=service,
            token_file=token_file,
        )
        self._connection = DriveConnection(self._address, patience)

    @property
    def fsid(self) -> str:
        """An id of the drive that is the same in other processes."""
        return f"drive_{tokenize(self.url or self._address.stage)}"

    def __eq__(self, other: object) -> bool:
        """Say whether the other one calls the same drive as the same caller."""
        return isinstance(other, ListedDrive) and self._address == other._address

    def __hash__(self) -> int:
        return hash(self._address)

    def __reduce__(self) -> tuple[Any, ...]:
        """Go to other processes with the URL, whatever their own DRIVE_URL is."""
        return make_instance, (type(self), self.storage_args, self._options())

    def to_dict(self, *, include_password: bool = True) -> dict[str, Any]:
        """Return what `from_dict` makes this file system of. It has no secret of its own."""
        return {**super().to_dict(include_password=include_password), **self._options()}

    def _options(self) -> dict[str, Any]:
        return {**self.storage_options, **({"drive_url": self.url} if self.url else {})}

    @property
    def _drive(self) -> DriveClient:
        return self._connection.drive

    @contextmanager
    def _errors(self, path: str, *, exclusive: bool = False) -> Iterator[None]:
        """Check a name; raise errors of the client as those of it.

        If `exclusive`, what asks for the name asks that nothing has it.
        """
        with os_errors(
            path,
            conflict=partial(self._conflict, path),
            precondition=errno.EEXIST if exclusive else errno.ESTALE,
        ):
            if path:
                check_name(path)
            yield

    def _conflict(self, path: str) -> int:
        return errno.EISDIR if self._drive.is_directory(path) else errno.ENOTDIR

    @classmethod
    def _strip_protocol(cls, path: Any) -> Any:  # noqa: ANN401 - one path or a list, as its base has it
        """Return the name on the drive. A slash at its beginning or its end changes nothing."""
        if isinstance(path, list):
            return [cls._strip_protocol(each) for each in path]
        return super()._strip_protocol(path).lstrip("/")

    def ls(self, path: str, detail: bool = True, refresh: bool = False, **_: object) -> list[Any]:
        """List a directory, or one file; `refresh` asks the drive whatever is remembered."""
        path = self._strip_protocol(path)
        listed: list[Info] | None = None if refresh else self.dircache.get(path)
        if listed is None:
            listed = self._listing(path)
        return listed if detail else [each["name"] for each in listed]

    def _listing(self, path: str) -> list[Info]:
        with self._errors(path):
            try:
                entries = list(self._drive.listing(path))
            except ConflictStatusError:
                return [_described(self._drive.describe(path), path)]
        listed = []
        for entry in entries:
            try:
                check_listed(entry, path)
            except ToolError as error:
                LOG.warning("%s", error)
                continue
            listed.append(_described(entry, join(path, entry.name)))
        self.dircache[path] = listed
        return listed

    def info(self, path: str, **_: object) -> Info:
        """Describe a file or a directory: `name`, `size`, `type`; of a file `ETag` and `mtime`."""
        path = self._strip_protocol(path)
        if not path or path in self.dircache:
            return directory_info(path)
        known = self._ls_from_cache(path)
        return known[0] if known else self.version(path)

    def version(self, path: str, etag: str | None = None) -> Info:
        """Describe what is there now; if `etag` is given, raise ESTALE if it is another version."""
        if not path:
            return directory_info(path)
        with self._errors(path):
            try:
                return _described(self._drive.describe(path, etag=etag), path)
            except ConflictStatusError:
                if not self._drive.is_directory(path):
                    raise
                return directory_info(path)

    def exists(self, path: str, **kwargs: object) -> bool:
        """Say whether something is there. Raises `OSError` when nobody can say it."""
        try:
            self.info(path, **kwargs)
        except MISSING:
            return False
        return True

    def isdir(self, path: str) -> bool:
        """Say whether a directory is there. Raises `OSError` when nobody can say it."""
        return self._type(path) == "directory"

    def isfile(self, path: str) -> bool:
        """Say whether a file is there. Raises `OSError` when nobody can say it."""
        return self._type(path) == "file"

    def _type(self, path: str) -> str | None:
        try:
            return str(self.info(path)["type"])
        except MISSING:
            return None

    def modified(self, path: str) -> datetime:
        """Return the time at which a file was written."""
        return datetime.fromtimestamp(self._file(path)["mtime"], UTC)

    def created(self, path: str) -> datetime:
        """Refuse: a drive keeps no time of creation."""
        raise NotImplementedError(f"a drive keeps no time of creation ({path}); modified() tells")

    def checksum(self, path: str) -> int:
        """Return a number of the version of a file: other bytes have another one."""
        return int(self.ukey(path), 16)

    def ukey(self, path: str) -> str:
        """Return a text of the version of a file: other bytes have another one."""
        return sha256(self._file(path)["ETag"].encode()).hexdigest()

    def _file(self, path: str) -> Info:
        info = self.info(path)
        if info["type"] == "directory":
            raise IsADirectoryError(errno.EISDIR, "a directory has no version", info["name"])
        return info

    def invalidate_cache(self, path: str | None = None) -> None:
        """Forget what was listed of `path`, below it and above it, or all."""
        if path is None:
            self.dircache.clear()
        else:
            name = self._strip_protocol(path)
            for known in list(self.dircache):
                if f"{name}/".startswith(f"{known}/" if known else "") or known.startswith(
                    f"{name}/" if name else ""
                ):
                    self.dircache.pop(known, None)
        super().invalidate_cache(path)


def _described(entry: DriveEntry, path: str) -> Info:
    if entry.kind == "directory":
        return directory_info(path)
    # Listings tell parts of a second, and what describes one file does not.
    written = datetime.fromisoformat(entry.modified) if entry.modified else None
    return {
        "name": path,
        "size": entry.size,
        "type": "file",
        "mtime": written and float(int(written.timestamp())),
        "ETag": entry.etag,
    }


def directory_info(path: str) -> Info:
    """Describe a directory: its time is not told."""
    return {"name": path, "size": 0, "type": "directory", "mtime": None, "ETag": None}
