"""The conditions of a request: If-Match and its like (RFC 9110 section 13), and If (RFC 4918 10.4).

WsgiDAV's own take an If of another URL than the request's for true, and If-Match of nothing too.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import unquote_to_bytes, urlsplit

from wsgidav.dav_error import DAVError

from drive_tools.client.answers import DriveEntry
from drive_tools.webdav.paths import decoded, name_of
from drive_tools.webdav.resources import modified_at

if TYPE_CHECKING:
    from wsgiref.types import WSGIEnvironment

_TAG = re.compile(r'\s*(W/)?("[^"]*"|[^\s",]+)\s*(?:,[\s,]*|$)')
_TOKEN = re.compile(r'\s*(?:<([^<>]*)>|(\()|(\))|\[(W/)?("[^"]*")\]|([Nn][Oo][Tt])\b)')
_KINDS = ("MATCH", "NONE_MATCH", "UNMODIFIED_SINCE", "MODIFIED_SINCE")
_SAFE = frozenset({"GET", "HEAD", "PROPFIND", "OPTIONS"})


@dataclass(frozen=True)
class IfCondition:
    """One condition of a list in If: a lock token, or an entity tag."""

    wanted: bool
    token: str | None
    etag: str | None


@dataclass(frozen=True)
class IfList:
    """Conditions that must all hold, of the resource with a name (None: that of the request)."""

    name: str | None
    conditions: tuple[IfCondition, ...]


def parse_if(header: str, base: str) -> list[IfList]:
    """Return the lists of an If header; its URLs are below the path `base`.

    Raises `DAVError` with 400 for what is no If header.
    """
    lists: list[IfList] = []
    name: str | None = None
    conditions: list[IfCondition] | None = None
    wanted, unused = True, False
    for found in _tokens(header):
        url, opens, closes, weak, etag, negation = found.groups()
        if opens and conditions is None:
            conditions = []
        elif closes and conditions:
            lists.append(IfList(name, tuple(conditions)))
            conditions, unused = None, False
        elif negation and conditions is not None:
            wanted = False
        elif url is not None and conditions is None:
            name, unused = _named(url, base), True
        elif conditions is not None and (url is not None or etag):
            # A weak tag says nothing of the bytes.
            conditions.append(
                IfCondition(wanted, url, None if etag is None else f"{weak or ''}{etag}")
            )
            wanted = True
        else:
            break
    else:
        if lists and conditions is None and not unused:
            return lists
    raise DAVError(HTTPStatus.BAD_REQUEST, f"If is no list of conditions, got {header!r}")


def _tokens(header: str) -> Iterator[re.Match[str]]:
    position, end = 0, len(header.rstrip())
    while position < end:
        found = _TOKEN.match(header, position)
        if not found:
            raise DAVError(HTTPStatus.BAD_REQUEST, f"If is no list of conditions, got {header!r}")
        position = found.end()
        yield found


def _named(url: str, base: str) -> str:
    path = decoded(unquote_to_bytes(urlsplit(url).path))
    return name_of(path.removeprefix(base))


def check(
    environ: "WSGIEnvironment",
    name: str,
    find: Callable[[str], DriveEntry | None],
    tokens: Callable[[str], set[str]],
) -> None:
    """Raise `DAVError` with 412, or 304, unless all conditions of a request for `name` hold.

    `tokens` returns the lock tokens that cover a name.
    """
    if any(f"HTTP_IF_{kind}" in environ for kind in _KINDS):
        _check_http(environ, find(name))
    if "HTTP_IF" in environ:
        lists = parse_if(environ["HTTP_IF"], environ["SCRIPT_NAME"])
        if not any(_holds(each, name, find, tokens) for each in lists):
            raise DAVError(
                HTTPStatus.PRECONDITION_FAILED, f"If is {environ['HTTP_IF']}, and none of it holds"
            )


def _holds(
    each: IfList,
    requested: str,
    find: Callable[[str], DriveEntry | None],
    tokens: Callable[[str], set[str]],
) -> bool:
    name = requested if each.name is None else each.name
    for state in each.conditions:
        if state.token is not None:
            holds = state.token in tokens(name)
        else:
            entry = find(name)
            holds = entry is not None and entry.etag is not None and entry.etag == state.etag
        if holds != state.wanted:
            return False
    return True


def _check_http(environ: "WSGIEnvironment", entry: DriveEntry | None) -> None:
    match, none_match, unmodified_since, modified_since = (
        environ.get(f"HTTP_IF_{kind}") for kind in _KINDS
    )
    now = f"is {entry.etag} now" if entry else "is not there"
    if match and not _matches(match, entry, weak=False):
        raise DAVError(HTTPStatus.PRECONDITION_FAILED, f"If-Match is {match}, and it {now}")
    modified = modified_at(entry) if entry else None
    since = _date(unmodified_since)
    if not match and since is not None and (modified is None or int(modified) > since):
        raise DAVError(
            HTTPStatus.PRECONDITION_FAILED, f"If-Unmodified-Since is {unmodified_since}: it changed"
        )
    reads = environ["REQUEST_METHOD"] in _SAFE
    if none_match and _matches(none_match, entry, weak=True):
        if reads:
            raise DAVError(HTTPStatus.NOT_MODIFIED)
        raise DAVError(HTTPStatus.PRECONDITION_FAILED, f"If-None-Match is {none_match}: it {now}")
    since = _date(modified_since) if reads and not none_match else None
    if since is not None and modified is not None and int(modified) <= since:
        raise DAVError(HTTPStatus.NOT_MODIFIED)


def _matches(header: str, entry: DriveEntry | None, *, weak: bool) -> bool:
    if header.strip() == "*":
        return entry is not None
    etag = entry.etag if entry else None
    position = 0
    while position < len(header):
        found = _TAG.match(header, position)
        if not found:
            raise DAVError(
                HTTPStatus.BAD_REQUEST,
                f'If-Match and If-None-Match are * or entity tags such as "abc", got {header!r}',
            )
        # Programs that take a tag out of XML may forget its quotes.
        quoted = found[2] if found[2].startswith('"') else f'"{found[2]}"'
        if quoted == etag and (weak or not found[1]):
            return True
        position = found.end()
    return False


def _date(text: str | None) -> int | None:
    try:
        return int(parsedate_to_datetime(text).timestamp()) if text else None
    except (ValueError, OverflowError):
        return None
