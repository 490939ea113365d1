"""Conditional requests (RFC 9110 section 13), without input or output."""

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import NamedTuple

from drive.entry import Entry
from drive.errors import InvalidRequestError, PreconditionFailedError

# RFC 9110 section 8.8.3; lists may have empty elements (section 5.6.1).
_TAG = re.compile(r'\s*(W/)?("[\x21\x23-\x7e\x80-\xff]*")\s*(?:,[\s,]*|$)')


class Conditions(NamedTuple):
    """The headers of the same names. An invalid date is ignored (section 13.1.3)."""

    if_match: str | None = None
    if_none_match: str | None = None
    if_modified_since: str | None = None
    if_unmodified_since: str | None = None

    def check_write(self, current: Entry | None) -> None:
        """Raise `PreconditionFailedError` unless `current` (None: no file) may be changed.

        A malformed list of tags raises `InvalidRequestError`, here and in `unchanged`.
        """
        self._check_match(current)
        if self.if_none_match is not None and _matches(self.if_none_match, current, weak=True):
            raise PreconditionFailedError(
                f"If-None-Match is {self.if_none_match}, and the file is there with"
                f" {current.etag if current else None}"
            )

    def unchanged(self, current: Entry) -> bool:
        """Say whether the caller has `current` already (304).

        Raises `PreconditionFailedError` when the caller asked for another version.
        """
        self._check_match(current)
        if self.if_none_match is not None:
            return _matches(self.if_none_match, current, weak=True)
        since = _date(self.if_modified_since)
        return since is not None and int(current.modified) <= since

    def _check_match(self, current: Entry | None) -> None:
        if self.if_match is not None:
            if not _matches(self.if_match, current, weak=False):
                raise PreconditionFailedError(
                    f"If-Match is {self.if_match}, and the file"
                    f" {f'is {current.etag} now' if current else 'is not there'}"
                )
            return
        since = _date(self.if_unmodified_since)
        if since is not None and (current is None or int(current.modified) > since):
            raise PreconditionFailedError(
                f"If-Unmodified-Since is {self.if_unmodified_since}, and the file"
                f" {'changed after it' if current else 'is not there'}"
            )


def range_applies(if_range: str | None, current: Entry) -> bool:
    """Say whether a `Range` applies (section 13.1.5): the entity tag must be that of the version.

    A date never matches: two versions of one second have the same date (section 8.8.2.2), and a
    client that has an entity tag must not send a date.
    """
    return if_range is None or if_range.strip() == current.etag


def _matches(header: str, current: Entry | None, *, weak: bool) -> bool:
    if header.strip() == "*":
        return current is not None
    tags = _tags(header)
    return current is not None and any(
        tag == current.etag and (weak or not is_weak) for is_weak, tag in tags
    )


def _tags(header: str) -> list[tuple[bool, str]]:
    tags = []
    position = len(header) - len(header.lstrip(" \t,"))
    while position < len(header):
        found = _TAG.match(header, position)
        if not found:
            raise InvalidRequestError(
                f'If-Match and If-None-Match are * or entity tags such as "abc", got {header!r}'
            )
        tags.append((bool(found[1]), found[2]))
        position = found.end()
    return tags


def _date(text: str | None) -> int | None:
    if text is None:
        return None
    try:
        date = parsedate_to_datetime(text)
        aware = date if date.tzinfo else date.replace(tzinfo=UTC)
        return int((aware - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds())
    except (ValueError, OverflowError):
        return None
