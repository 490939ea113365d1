"""The route that takes many small files in one request.

A request costs its caller and Lambda more than a small file does: a browser has six connections,
and each invocation is paid.
"""

import json
from collections import Counter
from http import HTTPStatus
from typing import NamedTuple

from aws_lambda_powertools import single_metric
from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.metrics import MetricUnit

from drive import digests, file_writes
from drive.conditions import Conditions
from drive.errors import BusyError, DriveError, InvalidRequestError
from drive.file_writes import Written
from drive.quota import Limits
from files import bodies, failures, mount, web
from files.web import Success, operation

MEDIA = "application/vnd.lambda-drive.files"
MOST_FILES = 100
# The answer repeats what the line says, in up to six times its bytes, and has 6 MB.
LINE_BYTES = 512 * 1024
# What is left of the function's time when no other file is begun: more than one write takes.
RESERVE_MILLISECONDS = 5000

_OPTIONAL = ("if_match", "if_none_match", "digest")
_MEMBERS = {"path", "size", *_OPTIONAL}


class _File(NamedTuple):
    path: str
    size: int
    conditions: Conditions
    digest: str | None


@operation(
    "POST",
    "/files/",
    answers={
        200: Success(
            description="What became of each file",
            media="application/json",
            schema="FilesWritten",
        )
    },
    problems=(
        *("invalid-request", "digest-mismatch", "unsupported-coding", "unsupported-media-type"),
        "not-configured",
    ),
    parameters=("Content-Digest",),
    body=MEDIA,
)
def put_files() -> Response[str]:
    """Create or replace many small files, each whole or not at all.

    The body is a line of JSON, which describes the files, and their bytes. A file that fails stops
    no other. Those for which the time of the function does not suffice are answered `busy`.
    """
    if bodies.media() != MEDIA:
        raise web.ProblemError(
            "unsupported-media-type",
            f"the body is {MEDIA}, and a single file goes by PUT to its own path; got Content-Type"
            f" {web.header('content-type')!r}",
        )
    files, content = _parts(bodies.verified())
    limits = mount.limits()  # whose absence refuses all of them
    told: list[dict[str, object]] = []
    failed: Counter[str] = Counter()
    at = 0
    for file in files:
        try:
            if told and _left() < RESERVE_MILLISECONDS:  # the first one always: no standstill
                raise BusyError("the time of this request is used up; send this file again")
            written = _write(file, content[at : at + file.size], limits)
        except DriveError as error:
            failed[failures.kind_of(error)] += 1
            answer = failures.answer_to(error)
            problem = json.loads(str(answer.body))
            told.append({"path": file.path, "status": answer.status_code, "problem": problem})
        else:
            status = HTTPStatus.CREATED if written.created else HTTPStatus.NO_CONTENT
            told.append({"path": file.path, "status": int(status), "etag": written.etag})
        at += file.size
    _count(failed)
    return web.as_json({"files": told})


def _left() -> int:
    milliseconds: int = web.router.lambda_context.get_remaining_time_in_millis()
    return milliseconds


def _write(file: _File, content: bytes, limits: Limits) -> Written:
    if file.digest is not None:
        digests.verify(content, file.digest)
    return file_writes.write(
        mount.ROOT,
        file.path,
        content,
        conditions=file.conditions,
        limits=limits,
        keep=mount.keeps_versions(),
    )


def _count(failed: Counter[str]) -> None:
    """Count what failed, as it is counted where it fails a request of its own."""
    for kind, number in failed.items():
        with single_metric("Errors", MetricUnit.Count, number) as metric:
            metric.add_dimension("kind", kind)


def _parts(body: bytes) -> tuple[list[_File], bytes]:
    """Return the files that the first line of a body describes, and the bytes behind it."""
    line, end, content = body.partition(b"\n")
    if not end or len(line) > LINE_BYTES:
        raise InvalidRequestError(
            f"the body begins with a line of JSON of at most {LINE_BYTES} bytes, which describes"
            f" the files; the first line has {len(line)} bytes and {'an' if end else 'no'} end"
        )
    files = [_file(number, said) for number, said in enumerate(_array(line))]
    [(path, times)] = Counter(file.path for file in files).most_common(1)
    if times > 1:
        raise InvalidRequestError(f"each path stands once, got {path!r} {times} times")
    size = sum(file.size for file in files)
    if size != len(content):
        raise InvalidRequestError(
            "the bytes of the files follow the line, one file after the other; their sizes make"
            f" {size}, got {len(content)} bytes"
        )
    return files, content


def _array(line: bytes) -> list[object]:
    try:
        said: object = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise InvalidRequestError(f"the first line is no JSON in UTF-8: {error}") from None
    if not isinstance(said, list) or not 1 <= len(said) <= MOST_FILES:
        got = f"one of {len(said)}" if isinstance(said, list) else _short(said)
        raise InvalidRequestError(f"the first line is an array of 1..{MOST_FILES} files, got {got}")
    return said


def _file(number: int, said: object) -> _File:
    if not isinstance(said, dict) or not {"path", "size"} <= said.keys() <= _MEMBERS:
        raise InvalidRequestError(
            'a file is an object of "path" and "size", and of'
            f" {', '.join(_OPTIONAL)} where it has them; file {number} is {_short(said)}"
        )
    size = said["size"]
    if not isinstance(size, int) or isinstance(size, bool) or size < 0:
        raise InvalidRequestError(
            f"the size of file {number} must be a number of bytes, got {_short(size)}"
        )
    for name in sorted(said.keys() - {"size"}):
        if not isinstance(said[name], str):
            raise InvalidRequestError(
                f"{name} of file {number} must be a text, got {_short(said[name])}"
            )
    conditions = Conditions(said.get("if_match"), said.get("if_none_match"))
    return _File(said["path"], size, conditions, said.get("digest"))


def _short(value: object) -> str:
    text = json.dumps(value)
    return text if len(text) <= 200 else f"{text[:200]}..."  # noqa: PLR2004 - enough to know it by
