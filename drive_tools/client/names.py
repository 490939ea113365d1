"""Names on a drive and local paths: how the arguments of a command are read."""

import hashlib
import os
import sys
from contextlib import suppress
from pathlib import Path

from drive_tools.client.answers import DriveEntry
from drive_tools.errors import ToolError, UsageError

# A drive keeps names that begin so for itself. So no file of a drive can ever take the place of
# one that a `get` makes here under such a name.
OWN_PREFIX = ".drive-"


def check_name(name: str) -> None:
    """Hold a name to what a drive can have, before it becomes part of a URL or of a local path."""
    try:
        name.encode()
    except UnicodeEncodeError:
        raise UsageError(f"a name on the drive is UTF-8 text, got {name!r}") from None
    if "\0" in name or any(segment in {"", ".", ".."} for segment in name.split("/")):
        raise UsageError(
            "a name on the drive is segments separated by single slashes, none of them '.' or"
            f" '..', got {name!r}"
        )


def check_listed(entry: DriveEntry, directory: str) -> None:
    """Hold what a drive lists to one segment, so that it leads to no other place here or there."""
    with suppress(UsageError):
        check_name(entry.name)
        if "/" not in entry.name and not entry.name.startswith(OWN_PREFIX):
            return
    raise ToolError(f"left out {entry.name!r} of {directory or '/'}: no name of a file")


def check_local(name: str) -> None:
    """Hold a name to what this machine's files can have, before it becomes part of a path."""
    try:
        os.fsencode(name)
    except UnicodeEncodeError:
        encoding = sys.getfilesystemencoding()
        raise ToolError(
            f"cannot get {name}: names of files are {encoding} on this machine, which has not all"
            " of its letters; set LC_ALL to a locale with UTF-8"
        ) from None


def remote_name(remote: str) -> str:
    """A name on the drive as a person writes it: with a slash before or behind it, or without."""
    name = remote.removeprefix("/").removesuffix("/")
    if name:
        check_name(name)
    return name


def target_name(remote: str, own_name: str) -> str:
    """The name that a file of some name has at `remote`, which may be a directory."""
    if remote in {"", "/"}:
        name = own_name
    else:
        name = remote.removeprefix("/") + (own_name if remote.endswith("/") else "")
    check_name(name)
    return name


def own_name(local: str) -> str:
    """The last segment of a local path."""
    name = Path(local).name
    return Path(local).resolve().name if name in {"", ".."} else name


def local_path(local: str | None, own_name: str) -> Path:
    """The path that a file of some name gets at `local`, which may be a directory."""
    if local is None:
        return Path(own_name)
    path = Path(local)
    return path / own_name if local.endswith("/") or path.is_dir() else path


def local_tree(local: str | None, own_name: str) -> Path:
    """The directory that a tree of some name gets at `local`.

    What is there does not count: the same words lead to the same place again after an interruption.
    """
    if local is None or local.endswith("/") or Path(local).name in {"", ".."}:
        return Path(local or ".") / own_name
    return Path(local)


def join(directory: str, segment: str) -> str:
    """The name of what is in a directory of the drive; "" is the root."""
    return f"{directory}/{segment}" if directory else segment


def side_file(target: Path, kind: str) -> Path:
    """Return the path of a file that is kept for `target` until it is complete, on the same disk.

    The name has the same length whatever that of `target` is.
    """
    known = hashlib.sha256(os.fsencode(target.name)).hexdigest()[:32]
    return target.with_name(f"{OWN_PREFIX}{known}.{kind}")
