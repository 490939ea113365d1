"""File systems as a drive meets them: one that takes nothing, and NFS as its clients see it."""

import errno
import io
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from drive import attributes

# A file system that takes no new file from anyone, root included: Linux's, or that of macOS.
READ_ONLY = Path("/proc") if Path("/proc").exists() else Path("/usr")


class Remembering:
    """An NFS client that remembers what names were, until their directory is opened.

    Some were missing; `files` are those that were a file which has another name by now.
    """

    def __init__(
        self, missing: set[Path], patch: pytest.MonkeyPatch, files: dict[Path, Path] | None = None
    ) -> None:
        self.missing = missing
        self.files = files or {}
        # So that each look at attributes is one of these calls.
        patch.setattr(attributes, "_statx", None)
        for name in ("open", "lstat", "stat", "scandir"):
            patch.setattr(os, name, self._call(name, getattr(os, name)))
        patch.setattr(io, "open", self._call("io.open", io.open))

    def _call(self, name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(path: Any, *arguments: Any, **named: Any) -> Any:  # noqa: ANN401
            if isinstance(path, str | Path):
                there = Path(path)
                if self.missing & {there, *there.parents}:
                    raise FileNotFoundError(errno.ENOENT, "remembered", str(path))
                if name == "scandir" or (name == "open" and arguments[0] & os.O_DIRECTORY):
                    self.missing -= {below for below in self.missing if below.parent == there}
                    for known in [known for known in self.files if known.parent == there]:
                        del self.files[known]
                path = str(self.files.get(there, path))
            return real(path, *arguments, **named)

        return call


class Stale:
    """A file system on which files are replaced again and again while they are looked at."""

    def __init__(self, times: int, name: str, patch: pytest.MonkeyPatch) -> None:
        self.times, self.name = times, name
        patch.setattr(attributes, "_statx", None)  # as above
        for call in ("open", "lstat", "stat"):
            patch.setattr(os, call, self._call(getattr(os, call)))

    def _call(self, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(path: Any, *arguments: Any, **named: Any) -> Any:  # noqa: ANN401
            if self.times and os.path.basename(path) == self.name:
                self.times -= 1
                raise OSError(errno.ESTALE, "Stale file handle")
            return real(path, *arguments, **named)

        return call
