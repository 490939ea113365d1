"""The directories of a drive, for fsspec, and what is removed and moved."""

import errno
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from itertools import groupby
from typing import Any

from drive_tools.client.answers import ConflictStatusError, NotFoundError
from drive_tools.client.names import check_name
from drive_tools.filesystem.listed_drive import MISSING, Info, ListedDrive, directory_info


class DriveDirectories(ListedDrive):
    """What goes through directories, and what changes names and no bytes."""

    def walk(
        self,
        path: str,
        maxdepth: int | None = None,
        topdown: bool = True,
        on_error: str | Callable[[OSError], object] = "omit",
        **kwargs: object,
    ) -> Iterator[tuple[str, Any, Any]]:
        """Yield all directories below `path`, with what is in each.

        By default, what is gone meanwhile is left out, and each other error is raised: half of a
        drive must not pass for the whole.
        """
        on_error = _omit_missing if on_error == "omit" else on_error
        yield from super().walk(path, maxdepth, topdown, on_error, **kwargs)

    def find(
        self,
        path: str,
        maxdepth: int | None = None,
        withdirs: bool = False,
        detail: bool = False,
        **_: object,
    ) -> list[str] | dict[str, Info]:
        """Find all files below `path`, and `withdirs` the directories with `path` itself.

        Directories are listed side by side.
        """
        if maxdepth is not None and maxdepth < 1:
            raise ValueError(f"maxdepth must be at least 1, got {maxdepth}")
        path = self._strip_protocol(path)
        found: dict[str, Info] = {}
        level = [path]
        depth = 0
        while level and depth != maxdepth:
            depth += 1
            below = []
            calls = (partial(self._there, each) for each in level)
            for directory, listed in zip(level, self._connection.in_order(calls), strict=True):
                if listed is None:
                    continue
                entries = {each["name"]: each for each in listed}
                if directory == path != "" and withdirs and path not in entries:
                    found[path] = directory_info(path)
                for name, entry in entries.items():
                    is_directory = entry["type"] == "directory"
                    if withdirs or not is_directory:
                        found[name] = entry
                    if is_directory:
                        below.append(name)
            level = below
        return {name: found[name] for name in sorted(found)} if detail else sorted(found)

    def _there(self, path: str) -> list[Info] | None:
        """List what is there, or None when it is gone."""
        try:
            return self.ls(path)
        except MISSING:
            return None

    def mkdir(self, path: str, create_parents: bool = True, **_: object) -> None:
        """Make a directory. Raises `FileExistsError` if something is there."""
        path = self._strip_protocol(path)
        if not create_parents and not self.isdir(self._parent(path)):
            raise FileNotFoundError(errno.ENOENT, "its directory does not exist", path)
        self.makedirs(path)

    def makedirs(self, path: str, exist_ok: bool = False) -> None:
        """Make a directory and those above it."""
        path = self._strip_protocol(path)
        made = False
        if path:
            with self._errors(path):
                try:
                    made = self._drive.make_directory(path)
                except ConflictStatusError as refused:
                    raise FileExistsError(errno.EEXIST, str(refused), path) from refused
            self.invalidate_cache(path)
        if not made and not exist_ok:
            raise FileExistsError(errno.EEXIST, "it exists", path)

    def rmdir(self, path: str) -> None:
        """Remove an empty directory."""
        path = self._strip_protocol(path)
        if not self.isdir(path):
            missing = not self.exists(path)
            number = errno.ENOENT if missing else errno.ENOTDIR
            raise OSError(number, "it is no directory", path)
        self._remove(path)

    def rm_file(self, path: str) -> None:
        """Remove one file."""
        path = self._strip_protocol(path)
        if self.version(path)["type"] == "directory":
            raise IsADirectoryError(
                errno.EISDIR, "recursive=True removes a directory with what is in it", path
            )
        self._remove(path)

    def _remove(self, path: str) -> None:
        if not path:
            raise PermissionError(
                errno.EPERM, "the root of a drive cannot be removed; name what is in it", path
            )
        with self._errors(path):
            try:
                self._drive.remove(path)
            except ConflictStatusError as refused:
                raise OSError(errno.ENOTEMPTY, str(refused), path) from refused
        self.invalidate_cache(path)

    def rm(
        self, path: str | list[str], recursive: bool = False, maxdepth: int | None = None
    ) -> None:
        """Remove files, and if `recursive` directories with all that is in them."""
        names: list[str] = self.expand_path(path, recursive=recursive, maxdepth=maxdepth)
        if "" in names:
            self._remove("")
        if not recursive:
            for name in names:
                self.rm_file(name)
            return
        names.sort(key=lambda name: name.count("/"), reverse=True)  # what is in it comes first
        for _, level in groupby(names, key=lambda name: name.count("/")):
            for _ in self._connection.in_order(
                partial(self._remove_listed, name, kept=maxdepth is not None) for name in level
            ):
                pass

    def _remove_listed(self, path: str, *, kept: bool) -> None:
        """Remove what was listed; a directory that is not empty stays if `kept`."""
        try:
            self._remove(path)
        except FileNotFoundError:
            """Somebody else was faster."""
        except OSError as error:
            if not kept or error.errno != errno.ENOTEMPTY:
                raise

    def _moved(self, source: str, target: str) -> bool:
        """Move a file in one step; False if it is a directory."""
        with self._errors(target):
            check_name(target)  # which is not the name that the first request is about
            try:
                self._drive.move(source, target, {}, overwrite=True)
            except ConflictStatusError:
                if self._drive.is_directory(source):
                    return False
                raise
            except NotFoundError as missing:
                raise FileNotFoundError(errno.ENOENT, str(missing), source) from missing
        self.invalidate_cache(source)
        self.invalidate_cache(target)
        return True

    def mv(
        self,
        path1: str | list[str],
        path2: str | list[str],
        recursive: bool = False,
        maxdepth: int | None = None,
        **_: object,
    ) -> None:
        """Move files, each in one step; if `recursive`, the files of a directory.

        A directory that is emptied so is removed.
        """
        source, target = self._strip_protocol(path1), self._strip_protocol(path2)
        if source == target:
            return
        if isinstance(source, str) and isinstance(target, str):
            if recursive and f"{target}/".startswith(f"{source}/"):
                raise OSError(errno.EINVAL, f"it cannot be moved into itself, to {target}", source)
            if not recursive and self.isdir(source):
                raise IsADirectoryError(
                    errno.EISDIR, "recursive=True moves the files of a directory", source
                )
        emptied: list[str] = []
        self.copy(
            path1, path2, recursive=recursive, maxdepth=maxdepth, on_error="raise", emptied=emptied
        )
        for directory in sorted(emptied, reverse=True):
            with suppress(FileNotFoundError):
                self._remove_listed(directory, kept=True)


def _omit_missing(error: OSError) -> None:
    if not isinstance(error, MISSING):
        raise error
