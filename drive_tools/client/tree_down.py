"""The download of a directory, its files side by side."""

import os
import stat
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from drive_tools.client.answers import DriveEntry
from drive_tools.client.digests import Digests, same
from drive_tools.client.names import OWN_PREFIX, check_listed, check_local, join
from drive_tools.client.progress import Tally
from drive_tools.client.session import ClientSession
from drive_tools.client.single import get_file
from drive_tools.errors import ToolError
from drive_tools.exit_codes import CONFLICT


@dataclass(frozen=True)
class TreeDown:
    """The download of a directory by tasks, of which `directory` is the first.

    A local file with the same bytes stays as it is. `delete` removes local files and directories
    that are not on the drive, but no link, no device, and no side file of an unfinished get. A
    `dry_run` reports what would be done, and does nothing.
    """

    session: ClientSession
    digests: Digests
    tally: Tally
    delete: bool = False
    dry_run: bool = False

    def directory(self, name: str, local: Path) -> None:
        """Get the contents of one directory; report an error of it."""
        with self.session.one():
            self.contents(name, local)

    def contents(self, name: str, local: Path) -> None:
        """Get the contents. Raises `HttpStatusError` when the drive has no such directory."""
        there = list(self.session.drive.listing(name))
        if not self.dry_run:
            local.mkdir(parents=True, exist_ok=True)
        sound = [self._one(entry, name, local / entry.name) for entry in there]
        if self.delete and all(sound) and local.is_dir():
            kept = {entry.name for entry in there}
            for path in sorted(local.iterdir()):
                if path.name not in kept and not path.name.startswith(OWN_PREFIX):
                    with self.session.one():
                        self._remove(path)

    def _one(self, entry: DriveEntry, directory: str, local: Path) -> bool:
        """Add the task for one entry. Return False if its name or a local file forbids it."""
        crew = self.session.crew
        with self.session.one():
            check_listed(entry, directory)
            name = join(directory, entry.name)
            check_local(name)
            self._make_room(entry, name, local)
            if entry.kind == "directory":
                crew.do(partial(self.directory, name, local), first=True)
            else:
                self.tally.found(entry.size)
                crew.do(partial(self._file, entry, name, local))
            return True
        return False

    def _make_room(self, entry: DriveEntry, name: str, local: Path) -> None:
        """Remove what has another kind than the entry. Raises `ToolError` without `delete`."""
        status = None
        with suppress(FileNotFoundError, NotADirectoryError):
            status = local.lstat()
        if status is None:
            return
        if stat.S_ISLNK(status.st_mode):
            raise ToolError(f"cannot get {name}: {local} is a symbolic link; remove it")
        is_directory = stat.S_ISDIR(status.st_mode)
        if is_directory == (entry.kind == "directory"):
            return
        if not self.delete:
            kind = "a directory" if is_directory else "a file"
            failure = ToolError(f"cannot get {name}: {local} is {kind}, and no {entry.kind}")
            failure.exit_code = CONFLICT
            raise failure
        self._remove(local)

    def _file(self, entry: DriveEntry, name: str, local: Path) -> None:
        with self.session.one():
            # A get reads the file in any case. A dry run must read it to compare.
            digest = same(self.session, self.digests, local, entry, name, read=self.dry_run)
            if digest:
                self.tally.unchanged(entry.size)
                self.session.unchanged(local, name, digest, entry)
            elif self.dry_run:
                self.session.would("get", name)
            else:
                got = get_file(self.session, name, local, tally=self.tally, size=entry.size)
                self.digests.learn(name, got.etag, got.sha256)
                self.tally.moved()

    def _remove(self, local: Path) -> bool:
        """Remove what is not on the drive. Return False if a part of it stays."""
        mode = local.lstat().st_mode
        if not stat.S_ISDIR(mode) and not stat.S_ISREG(mode):
            link = stat.S_ISLNK(mode)
            kind = "a symbolic link" if link else "neither a file nor a directory"
            self.session.meter.note(f"left out {local}: {kind}")
            return False
        if self.dry_run:
            self.session.would("remove", str(local))
            return True
        if stat.S_ISDIR(mode):
            left = [child for child in sorted(local.iterdir()) if not self._remove(child)]
            if left:
                return False
            local.rmdir()
        else:
            os.unlink(local)
        self.session.result(f"removed {local}", removed=str(local))
        return True
