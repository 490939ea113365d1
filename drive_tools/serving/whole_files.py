"""Files of any size in one answer, though a drive answers with a few megabytes at once."""

import re
from collections.abc import Iterator
from dataclasses import replace
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import unquote

from drive_tools.client import answers
from drive_tools.client.answers import Part
from drive_tools.client.download import following
from drive_tools.errors import ToolError
from drive_tools.serving.messages import Answer, BrokenOffError, Call
from drive_tools.serving.relay import FILES, Relay

if TYPE_CHECKING:
    from botocore.awsrequest import AWSResponse

_WHOLE = "bytes=0-"
_CLOSED = re.compile(r"bytes=[0-9]+-([0-9]{1,18})")
_FIRST = re.compile(r"bytes ([0-9]{1,18})-")


def get(relay: Relay, call: Call, headers: dict[str, str]) -> Answer:
    """Return the answer to a GET of a file: all that was asked for, of one version, verified.

    A file without a range is asked for by one that is open: a small file takes one request, and a
    large one begins with its first. What follows is read ahead. If that fails in the middle, the
    connection breaks, before the length that was told.
    """
    asked = headers.pop("Range", None)
    if asked is None:
        headers.pop("If-Range", None)
    answer, part = _asked(relay, call, {**headers, "Range": asked or _WHOLE})
    if asked and answer.status_code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        # The drive leaves this range away, and the whole file does not fit into one answer.
        asked = None
        headers.pop("If-Range", None)
        answer, part = _asked(relay, call, {**headers, "Range": _WHOLE})
    if not asked and answer.status_code == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
        answer, part = _asked(relay, call, headers)  # no byte of an empty file is in any range
    if part is None or answer.status_code != HTTPStatus.PARTIAL_CONTENT:
        return relay.hand_on(call, answer)
    closed = _CLOSED.fullmatch(asked.strip()) if asked else None
    end = min(part.size, int(closed[1]) + 1) if closed else part.size
    whole = Answer(
        HTTPStatus.PARTIAL_CONTENT if asked else HTTPStatus.OK,
        [
            *_headers(relay, call, answer, of_a_part=part.start + len(part.content) < end),
            *([("Content-Range", f"bytes {part.start}-{end - 1}/{part.size}")] if asked else []),
            ("Content-Length", str(end - part.start)),
        ],
    )
    return replace(whole, body=_streamed(relay, _name(call), part, end))


def _asked(relay: Relay, call: Call, headers: dict[str, str]) -> tuple["AWSResponse", Part | None]:
    """Return an answer, and the verified bytes of one that has any."""

    def attempt() -> tuple["AWSResponse", Part | None]:
        answer = relay.exchange(call, {**headers, "Want-Content-Digest": "sha-256=1"})
        if answer.status_code not in {HTTPStatus.OK, HTTPStatus.PARTIAL_CONTENT}:
            return answer, None
        first = _FIRST.match(answer.headers.get("Content-Range", ""))
        start = int(first[1]) if first else 0
        return answer, answers.part(f"get {_name(call)}", answer, start, None)

    return relay.repeat(attempt)


def _headers(
    relay: Relay, call: Call, answer: "AWSResponse", *, of_a_part: bool
) -> list[tuple[str, str]]:
    """Return the headers of the first answer that are true of all of them together."""
    false = {"content-range", *({"content-digest"} if of_a_part else ())}
    return [each for each in relay.headers(call, answer) if each[0].lower() not in false]


def _name(call: Call) -> str:
    return unquote(call.path.removeprefix(FILES), errors="surrogateescape")


def _streamed(relay: Relay, name: str, part: Part, end: int) -> Iterator[bytes]:
    """Yield the bytes up to `end`. Raises `BrokenOffError`, which breaks the connection."""
    try:
        for piece in following(relay.drive, name, part, relay.crew, end):
            yield piece.content
    except (ToolError, OSError) as failure:
        relay.note(f"{failure}; the answer broke off")
        raise BrokenOffError from failure
