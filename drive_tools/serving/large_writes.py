"""Writes that are too large for one request: a PUT of a file, and a part of an upload by tus."""

import base64
import hashlib
import re
import tempfile
from http import HTTPStatus
from typing import IO
from urllib.parse import unquote_to_bytes

from drive_tools.client.answers import NotFoundError
from drive_tools.client.drive_client import CHUNK_BYTES
from drive_tools.client.names import check_name
from drive_tools.client.upload import FileUpload
from drive_tools.serving import problems
from drive_tools.serving.messages import Answer, Call
from drive_tools.serving.relay import FILES, UPLOADS, Relay, is_file

_CONDITIONS = ("If-Match", "If-None-Match", "If-Unmodified-Since")
# What says that a body is not the bytes of a file, and the values that say that it is: the drive
# refuses such a PUT (docs/http.md), and never sees the headers of this one.
_OTHER_BYTES = {
    "Content-Encoding": r"(?i)identity",
    "Content-Transfer-Encoding": r"(?i)binary|8bit|7bit",
    "Content-Range": r"(?!)",
    "Content-Type": r"(?!multipart/).*",
    "Upload-Complete": r"(?!\?0).*",
    "Upload-Incomplete": r"(?!\?1).*",
}
_DIGEST = re.compile(r"(?:^|,)\s*(sha-256|sha-512)=:([A-Za-z0-9+/=]*):")


def send(relay: Relay, call: Call, headers: dict[str, str], begun: bytes) -> Answer:
    """Send a request whose body is longer than `CHUNK_BYTES`; `begun` was read of it already.

    Raises what the client raises, and `OSError` when the temporary directory is full.
    """
    override = call.headers.get("X-Http-Method-Override", "") if call.method == "POST" else ""
    if call.method == "PUT" and is_file(call.path):
        return _put(relay, call, headers, begun)
    if "PATCH" in {call.method, override.upper()} and call.path.startswith(f"{UPLOADS}/"):
        return _patch(relay, call, headers, begun)
    return problems.problem(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        problems.TOO_LARGE,
        f"a {call.method} of {call.path} has at most {CHUNK_BYTES} bytes, and this one has more;"
        " larger files go by PUT, or by PATCH of an upload",
    )


def _put(relay: Relay, call: Call, headers: dict[str, str], begun: bytes) -> Answer:
    """Keep the file in the temporary directory until it is whole, and send it in parts."""
    for name, as_it_is in _OTHER_BYTES.items():
        if name in headers and not re.fullmatch(as_it_is, headers[name].strip()):
            return problems.problem(
                HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
                "unsupported-coding",
                "the body is kept as it is and never decoded; send it without"
                f" {name}, got {headers[name]!r}",
            )
    name = unquote_to_bytes(call.path.removeprefix(FILES)).decode(errors="surrogateescape")
    check_name(name)
    with tempfile.TemporaryFile() as spool:
        told = _spooled(call, begun, spool, headers.get("Content-Digest"))
        if told is not None:
            return told
        try:
            relay.drive.describe(name)
            status = HTTPStatus.NO_CONTENT
        except NotFoundError:
            status = HTTPStatus.CREATED
        condition = {each: headers[each] for each in _CONDITIONS if each in headers}
        sent = FileUpload(
            relay.drive, spool.fileno(), name, condition, None, lambda _done, _size: None
        ).send()
    tags = [("ETag", sent.etag)] if sent.etag else []
    length = [] if status == HTTPStatus.NO_CONTENT else [("Content-Length", "0")]
    return Answer(status, [*tags, *length])


def _spooled(call: Call, begun: bytes, spool: IO[bytes], header: str | None) -> Answer | None:
    """Write the body to a file. Return the answer to one that has another digest than was told."""
    told = dict(_DIGEST.findall(header)) if header else {}
    if header and not told:
        return problems.problem(
            HTTPStatus.BAD_REQUEST,
            "invalid-request",
            f"Content-Digest is such as sha-256=:<base64>:, got {header!r}",
        )
    digests = {name: hashlib.new(name.replace("-", "")) for name in told}
    part = begun or call.body.read(CHUNK_BYTES)
    while part:
        spool.write(part)
        for digest in digests.values():
            digest.update(part)
        part = call.body.read(CHUNK_BYTES)
    spool.flush()
    for name, digest in digests.items():
        found = base64.b64encode(digest.digest()).decode()
        if found.rstrip("=") != told[name].rstrip("="):
            return problems.problem(
                HTTPStatus.BAD_REQUEST,
                problems.DIGEST_MISMATCH,
                f"the bytes that arrived do not have the {name} digest that was sent with them;"
                " send them again",
            )
    return None


def _patch(relay: Relay, call: Call, headers: dict[str, str], begun: bytes) -> Answer:
    """Send a long part of an upload as several; the answer is that of the last one.

    If that fails in the middle, the client of tus asks for the offset, and resumes from there.
    """
    offset = headers.get("Upload-Offset", "")
    if "Upload-Checksum" in headers or not re.fullmatch("[0-9]{1,18}", offset):
        return problems.problem(
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
            problems.TOO_LARGE,
            "a part with an Upload-Checksum, or without an Upload-Offset, has at most"
            f" {CHUNK_BYTES} bytes; set the chunk size of the client to 4 MiB",
        )
    at = int(offset)
    part = begun or call.body.read(CHUNK_BYTES)
    while True:
        answer = relay.exchange(call, {**headers, "Upload-Offset": str(at)}, part)
        at += len(part)
        if answer.status_code != HTTPStatus.NO_CONTENT:
            break
        part = call.body.read(CHUNK_BYTES)
        if not part:
            break
    return relay.hand_on(call, answer)
