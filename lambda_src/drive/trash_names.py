"""Names in the trash: each tells when a version got there, by which act, and the path that it had.

Of a path that is too long for a name, the directory is the target of a symbolic link beside it, or
the whole path if that is not enough. The versions that an instance keeps of one directory within
hours share the link, so only the first of them costs a call more than that of a short path.
"""

import errno
import os
import re
import secrets
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Literal, TypeVar, get_args
from urllib.parse import quote, unquote_to_bytes

from drive import attributes, disk, names

DIRECTORY = names.OWN_PREFIX + "trash"

# What took the version from its path: a `DELETE`, a `PUT`, a move onto it, an upload, a restored
# version that replaced it.
Act = Literal["delete", "put", "move", "upload", "restore"]

_NAME_BYTES = 255
# Nanoseconds since 1970 in hexadecimal, so that names are in the order of time; then random digits.
_ID = re.compile(
    f"([0-9a-f]{{16}})[0-9a-f]{{8}}-({'|'.join(get_args(Act))})(?:-([A-Za-z0-9=._~-]+))?"
)
_OWN_CHARACTERS = 24
# Older code named a link of the whole path `-path`, with the version's own digits, and had no path
# in the version's name. Its janitor would remove a link of that name that it finds no version of,
# so those of now have another, which it leaves alone after a rollback.
_LINK_SUFFIX = "-link"
_OLDER_SUFFIX = "-path"
_LINK = re.compile(f"[0-9a-f]{{{_OWN_CHARACTERS}}}({_LINK_SUFFIX}|{_OLDER_SUFFIX})")
# Begins a path in base64 (RFC 4648 section 5). The other encoding has two digits after each `=`.
_BASE64 = "=_"
# Begins a path whose beginning is the target of a symbolic link: the link's time and random digits,
# and the name in that directory, which is encoded; without it the link has the whole path.
_LINKED = "=."
# New versions use a link for so long; the janitor removes none that is younger than a day.
_LINK_SECONDS = 12 * 60 * 60
_MOST_LINKS = 256

Result = TypeVar("Result")


def new_id(root: Path, path: Path, act: Act) -> str:
    """Return the name in the trash of a file that is at `path` now.

    What a URL would have to encode is encoded here already, with `=` for `%`; or in base64 where
    that is too long, as it is for 25 characters of Chinese.
    """
    below = _below(root, path)
    begin = f"{_own()}-{act}-"
    room = _NAME_BYTES - len(begin)
    for encoded in _encoded(below):
        if len(encoded) <= room:
            return begin + encoded
    directory, _, last = below.rpartition(b"/")
    room -= len(_LINKED) + _OWN_CHARACTERS
    for encoded in _encoded(last) if directory else ():
        if len(encoded) <= room:
            return f"{begin}{_LINKED}{_link_to(root, directory)}{encoded}"
    return f"{begin}{_LINKED}{_link_to(root, below)}"


def hold_link(root: Path, version_id: str, path: Path) -> None:
    """Make the symbolic link of a new version again, if somebody removed it with the whole trash.

    Call it when the version is there: then the client knows the directory that the server has.
    """
    encoded = _path_part(version_id)
    if encoded.startswith(_LINKED):
        link = root / DIRECTORY / _link_of(version_id)
        try:
            attributes.known(link)
        except FileNotFoundError:
            below = _below(root, path)
            is_whole = len(encoded) == len(_LINKED) + _OWN_CHARACTERS
            with suppress(FileExistsError):
                os.symlink(below if is_whole else os.path.dirname(below), link)


def _below(root: Path, path: Path) -> bytes:
    return os.fsencode(str(path).removeprefix(f"{names.real(root)}/"))


def _own() -> str:
    return f"{time.time_ns():016x}{secrets.token_hex(4)}"


def _encoded(path: bytes) -> Iterator[str]:
    yield quote(path, safe="").replace("%", "=")
    yield _BASE64 + urlsafe_b64encode(path).decode().rstrip("=")


def _decoded(encoded: str) -> bytes:
    """Return what was encoded; nothing if that was not done by `_encoded`."""
    if not encoded.startswith(_BASE64):
        return unquote_to_bytes(encoded.replace("=", "%"))
    digits = encoded.removeprefix(_BASE64)
    try:
        return urlsafe_b64decode(digits + "=" * (-len(digits) % 4))
    except ValueError:
        return b""


# The links that this instance has made, by root and target.
_links: dict[tuple[Path, bytes], str] = {}


def _link_to(root: Path, target: bytes) -> str:
    """Return the digits of a symbolic link to `target`, which is made if this instance has none."""
    own = _links.get((root, target))
    if own and abs(time.time() - int(own[:16], 16) / 1e9) < _LINK_SECONDS:
        return own
    own = _own()
    link = root / DIRECTORY / f"{own}{_LINK_SUFFIX}"
    with suppress(FileExistsError):  # the server restarted after it had made it
        in_directory(root, lambda: os.symlink(target, link))
    if len(_links) >= _MOST_LINKS:
        _links.clear()
    _links[root, target] = own
    return own


def _link_of(version_id: str) -> str:
    """Return the name of the link of a version; an empty one if its own name has the whole path."""
    encoded = _path_part(version_id)
    if not encoded:
        return version_id[:_OWN_CHARACTERS] + _OLDER_SUFFIX
    if encoded.startswith(_LINKED):
        return encoded.removeprefix(_LINKED)[:_OWN_CHARACTERS] + _LINK_SUFFIX
    return ""


def _target(link: Path) -> bytes:
    """Return the target of a link; nothing if somebody put something else there."""
    try:
        return os.readlink(os.fsencode(link))
    except OSError as error:
        if error.errno != errno.EINVAL:
            raise
        return b""


def path(root: Path, version_id: str) -> bytes:
    """Return the path that a version had.

    Raises `FileNotFoundError` when it is removed, or when nothing of the drive's made its name.
    """
    encoded = _path_part(version_id)
    if link := _link_of(version_id):
        parts = [_target(root / DIRECTORY / link)]
        if last := encoded[len(_LINKED) + _OWN_CHARACTERS :]:
            parts.append(_decoded(last))
    else:
        parts = [_decoded(encoded)]
    found = b"/".join(parts)
    if not all(parts) or b"\0" in found:
        raise FileNotFoundError(errno.ENOENT, "no version", version_id)
    return found


def _path_part(version_id: str) -> str:
    found = _ID.fullmatch(version_id)
    return (found and found[3]) or ""


def is_version(name: str) -> bool:
    """Say whether this is the name of a version."""
    return _ID.fullmatch(name) is not None


def trashed(name: str) -> float | None:
    """Return when a name got into the trash; None if it is not a version's."""
    found = _ID.fullmatch(name)
    return int(found[1], 16) / 1e9 if found else None


def is_link(name: str) -> bool:
    """Say whether this is the name of a symbolic link that has the beginning of a path."""
    return _LINK.fullmatch(name) is not None


def links_of(versions: Iterable[str]) -> set[str]:
    """Return the names of the symbolic links that have the beginnings of the versions' paths."""
    return {link for name in versions if is_version(name) and (link := _link_of(name))}


def in_directory(root: Path, step: Callable[[], Result]) -> Result:
    """Take a step that makes a name in the trash, whose directory is made with the first one."""
    try:
        return step()
    except FileNotFoundError:
        make_directory(root)
        return step()


def make_directory(root: Path) -> None:
    """Make the directory of the trash. The links that were in the one before are gone."""
    _links.clear()
    for directory in disk.make_directories(root / DIRECTORY):
        disk.flush_directory(directory.parent)
