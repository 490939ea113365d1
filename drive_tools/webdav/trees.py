"""Acts on directories with all that is in them: removed, moved and copied file by file."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import chain

from wsgidav.dav_error import DAVError

from drive_tools.client.answers import DriveEntry
from drive_tools.client.crew import Crew
from drive_tools.client.download import pieces
from drive_tools.errors import ToolError
from drive_tools.webdav.problems import dav_error
from drive_tools.webdav.storing import store
from drive_tools.webdav.view import DavView


@dataclass
class DavTree:
    """One file, or a directory with all that is in it, as the view of a request lists it.

    What fails is in `failures`, by name, and the rest is done all the same. A file is touched only
    in the version that was listed.
    """

    view: DavView
    top: DriveEntry
    crew: Crew  # reads ahead
    failures: list[tuple[DriveEntry, DAVError]] = field(default_factory=list)

    def remove(self) -> None:
        """Remove it: files side by side, then directories from the innermost out."""
        self._each_file(lambda file: self.view.drive.remove(file.name, file.etag))
        self._directories_out()

    def move(self, to: str, *, overwrite: bool) -> None:
        """Move it, each file in one step; over another file only if `overwrite`."""
        self._make_directories(to)

        def move(file: DriveEntry) -> None:
            condition = {"If-Match": file.etag} if file.etag else {}
            there = self._at(to, file)
            self.view.drive.move(file.name, there, condition, overwrite=overwrite)

        self._each_file(move)
        self._directories_out()

    def copy(self, to: str, over: DriveEntry | None, *, whole: bool) -> None:
        """Copy it through this machine; `over` is the file that a copy may replace.

        Of a directory only itself, unless `whole`.
        """
        self._make_directories(to, whole=whole)
        condition = {"If-Match": over.etag} if over and over.etag else {"If-None-Match": "*"}
        if whole or self.top.kind == "file":
            self._each_file(lambda file: self._copy(file, self._at(to, file), condition))

    def _copy(self, file: DriveEntry, to: str, condition: dict[str, str]) -> None:
        drive = self.view.drive
        parts = pieces(drive, file.name, 0, file.etag, self.crew)
        read = _Reader(part.content for part in parts).read
        store(drive, to, read, file.size, condition)

    def _at(self, to: str, entry: DriveEntry) -> str:
        return to + entry.name.removeprefix(self.top.name)

    def _make_directories(self, to: str, *, whole: bool = True) -> None:
        """Make the directories at `to`: those with files come with them, and others would not."""
        for directory in self._directories() if whole else [self.top]:
            if directory.kind == "directory":
                self._try(
                    lambda made: self.view.drive.make_directory(self._at(to, made)), directory
                )

    def _directories_out(self) -> None:
        """Remove the directories, but not those in which something is left."""
        failed = [entry.name for entry, _ in self.failures]
        for directory in reversed(list(self._directories())):
            if not any(name.startswith(f"{directory.name}/") for name in failed):
                self._try(lambda gone: self.view.drive.remove(gone.name), directory)

    def _each_file(self, act: Callable[[DriveEntry], object]) -> None:
        """Do it with several files at once, on threads of its own: it waits for all of them."""
        files = list(self._files())
        if len(files) == 1:
            self._try(act, files[0])
            return
        with Crew(self.crew.jobs) as crew:
            for file in files:
                crew.do(partial(self._try, act, file))
            crew.finish()

    def _try(self, act: Callable[[DriveEntry], object], entry: DriveEntry) -> None:
        try:
            act(entry)
        except (ToolError, OSError) as error:
            self.failures.append((entry, dav_error(error)))
        except DAVError as error:
            self.failures.append((entry, error))

    def _directories(self) -> Iterator[DriveEntry]:
        """All directories, from the top down."""
        return (entry for entry in self._entries(self.top) if entry.kind == "directory")

    def _files(self) -> Iterator[DriveEntry]:
        return (entry for entry in self._entries(self.top) if entry.kind == "file")

    def _entries(self, entry: DriveEntry) -> Iterator[DriveEntry]:
        yield entry
        if entry.kind == "directory":
            inner = self.view.listing(entry.name)
            yield from chain.from_iterable(self._entries(each) for each in inner)


class _Reader:
    """Reads pieces of one size in pieces of another."""

    def __init__(self, parts: Iterator[bytes]) -> None:
        self._parts, self._left = parts, b""

    def read(self, size: int) -> bytes:
        while len(self._left) < size:
            part = next(self._parts, b"")
            if not part:
                break
            self._left = self._left + part if self._left else part
        content, self._left = self._left[:size], self._left[size:]
        return content
