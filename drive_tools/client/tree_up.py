"""The upload of a directory, its files side by side."""

import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from drive_tools.client.answers import (
    ConflictStatusError,
    DriveEntry,
    NotFoundError,
    RequestError,
)
from drive_tools.client.digests import Digests, same
from drive_tools.client.names import OWN_PREFIX, check_name, join
from drive_tools.client.progress import Tally
from drive_tools.client.session import ClientSession
from drive_tools.client.single import put_file
from drive_tools.client.verbs import remove, remove_tree
from drive_tools.errors import ToolError
from drive_tools.exit_codes import CONFLICT


@dataclass(frozen=True)
class TreeUp:
    """The upload of a directory by tasks, of which `directory` is the first.

    A file that the drive has with the same bytes stays as it is. `delete` removes from the drive
    what is not in the local directory. A `dry_run` reports what would be done, and does nothing.
    """

    session: ClientSession
    digests: Digests
    tally: Tally
    condition: Mapping[str, str]
    delete: bool = False
    dry_run: bool = False

    def directory(self, local: Path, name: str, *, new: bool = False) -> None:
        """Put the contents of one directory. A `new` one is not on the drive, and is not listed."""
        session = self.session
        with session.one():
            with os.scandir(local) as found:
                here = sorted(found, key=lambda entry: entry.name)
            there = {} if new else self._listed(name)
            for entry in here:
                with session.one():
                    self._one(entry, join(name, entry.name), there.get(entry.name))
            if self.delete:
                for other in there.keys() - {entry.name for entry in here}:
                    session.crew.do(partial(self._remove, join(name, other), there[other]))

    def _listed(self, name: str) -> dict[str, DriveEntry]:
        try:
            return {entry.name: entry for entry in self.session.drive.listing(name)}
        except NotFoundError:
            return {}
        except ConflictStatusError:
            file = self._file_in_the_way(name)
            failure = ToolError(f"cannot put {name}/: {file} is a file on the drive; remove it")
            failure.exit_code = CONFLICT
            raise failure from None

    def _file_in_the_way(self, name: str) -> str:
        """Return the file that is in the way of the directory `name`, or of one above it."""
        above = name.split("/")
        for depth in range(1, len(above)):
            with suppress(RequestError):
                return self.session.drive.describe("/".join(above[:depth])).name
        return name

    def _one(self, entry: "os.DirEntry[str]", name: str, other: DriveEntry | None) -> None:
        crew, local = self.session.crew, Path(entry.path)
        if entry.name.startswith(OWN_PREFIX):
            self.session.meter.note(f"left out {local}: what an unfinished get needs")
            return
        is_directory = entry.is_dir(follow_symlinks=False)
        if not is_directory and not entry.is_file(follow_symlinks=False):
            kind = "a symbolic link" if entry.is_symlink() else "neither a file nor a directory"
            self.session.meter.note(f"left out {local}: {kind}")
            return
        check_name(name)
        if other and self.delete and is_directory != (other.kind == "directory"):
            self._remove(name, other)  # before what takes its place
            other = None
        if is_directory:
            task = partial(self.directory, local, name, new=other is None)
            crew.do(task, first=True)
            return
        self.tally.found(entry.stat(follow_symlinks=False).st_size)
        crew.do(partial(self._file, local, name, other))

    def _file(self, local: Path, name: str, other: DriveEntry | None) -> None:
        with self.session.one():
            size = local.stat().st_size
            digest = other and same(self.session, self.digests, local, other, name, read=True)
            if other and digest:
                self.tally.unchanged(size)
                self.session.unchanged(local, name, digest, other)
            elif self.dry_run:
                self.session.would("put", name)
            else:
                sent = put_file(self.session, local, name, self.condition, self.tally)
                self.digests.learn(name, sent.etag, sent.sha256)
                self.tally.moved()

    def _remove(self, name: str, other: DriveEntry) -> None:
        with self.session.one():
            if self.dry_run:
                self.session.would("remove", name)
            elif other.kind == "directory":
                remove_tree(self.session, name, listed_only=True)
            else:
                remove(self.session, name, other.etag)
