"""The routes of `/uploads`: resumable uploads by tus 1.0.0.

https://tus.io/protocols/resumable-upload
"""

import base64
import binascii
import re
from contextlib import suppress
from email.utils import formatdate
from http import HTTPStatus

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.metrics import MetricUnit

from drive import digests, uploads
from drive.errors import DriveError, InvalidRequestError, UploadTooLargeError
from drive.upload_state import Upload
from drive.uploads import Progress
from files import bodies, mount, web
from files.web import Success, operation

VERSION = "1.0.0"
EXTENSIONS = ("creation", "creation-with-upload", "termination", "checksum", "expiration")

# Headers of extensions that are not offered, and the values that ask for them. Without a refusal a
# part would become a file, or bytes would be kept without verification.
NOT_OFFERED = {
    "upload-concat": ("", "concatenation"),
    "upload-defer-length": ("", "creation-defer-length"),
    "trailer": ("(?i).*upload-checksum", "checksum-trailer"),
}

_PART_MEDIA = "application/offset+octet-stream"
_PLACED = ("not-configured", "conflict", "precondition-failed", "busy", "no-space", "read-only")
_ALL = ("tus-version", "tus-extension", "invalid-request")
_KNOWN = ("not-configured", "not-found", "upload-expired", *_ALL)
_BODY = ("unsupported-media-type", "unsupported-coding")
_STATE_HEADERS = ("Tus-Resumable", "Upload-Offset", "Upload-Expires")


@operation(
    "OPTIONS",
    "/uploads",
    answers={
        204: Success(
            description="What the service speaks",
            headers=(
                *("Tus-Resumable", "Tus-Version", "Tus-Extension"),
                *("Tus-Max-Size", "Tus-Checksum-Algorithm", "Allow"),
            ),
        )
    },
    problems=("not-configured",),
    in_maintenance=True,
)
def describe_tus() -> Response[str]:
    """Say which version and extensions of tus the service speaks."""
    headers = {
        "Tus-Version": VERSION,
        "Tus-Extension": ",".join(EXTENSIONS),
        "Tus-Checksum-Algorithm": ",".join(digests.UPLOAD_ALGORITHMS),
        "Tus-Max-Size": str(_largest()),
        "Allow": "OPTIONS, POST",
    }
    return web.empty(HTTPStatus.NO_CONTENT, headers)


@operation(
    "POST",
    "/uploads",
    answers={
        201: Success(
            description="The upload has begun; with its last part, the file has its ETag",
            headers=("Location", *_STATE_HEADERS, "ETag"),
        )
    },
    problems=(
        *(*_ALL, *_BODY, "invalid-name"),
        *("upload-too-large", "checksum-mismatch", *_PLACED),
    ),
    parameters=(
        *("Tus-Resumable", "Upload-Length", "Upload-Metadata", "Upload-Checksum"),
        *("If-Match", "If-None-Match"),
    ),
    body=_PART_MEDIA,
)
def create_upload() -> Response[str]:
    """Begin an upload; its metadata `filename` names the file that it becomes.

    Conditions are kept and must hold when the file takes its place. A body is the first part.
    """
    _check_tus()
    content = bodies.body()
    if content:
        _check_media()
    _verify(content)
    metadata = web.header("upload-metadata") or ""
    length = _number("upload-length")
    if length > _largest():
        raise UploadTooLargeError(
            f"Upload-Length must be 0..{_largest()} (the largest file), got {length}",
            limit=_largest(),
        )
    if len(content) > length:  # before an upload of 0 bytes makes its file
        raise UploadTooLargeError(
            f"the upload was announced with {length} bytes, its first part has {len(content)}",
            limit=length,
        )
    progress = uploads.create(
        mount.ROOT,
        target=_target(metadata),
        length=length,
        metadata=metadata,
        conditions=web.conditions(),
        limits=mount.limits(),
        keep=mount.keeps_versions(),
    )
    web.metrics.add_metric("UploadsCreated", MetricUnit.Count, 1)
    if content:
        progress = _first_part(progress.upload.id, content)
    # Absolute, since some clients resolve a relative one wrongly (eventials/go-tus #43,
    # tus/TUSKit #124, rpldy/react-uploady #242).
    location = web.address(f"/uploads/{progress.upload.id}")
    headers = {"Location": location, **_progress_headers(progress)}
    return web.empty(HTTPStatus.CREATED, headers)


@operation(
    "HEAD",
    "/uploads/{id}",
    answers={
        200: Success(
            description="How far the upload is",
            headers=(*_STATE_HEADERS, "Upload-Length", "Upload-Metadata", "Cache-Control"),
        )
    },
    problems=_KNOWN,
    parameters=("Tus-Resumable",),
)
def head_upload() -> Response[str]:
    """Say how far an upload is; a finished one is told until it expires."""
    _check_tus()
    upload = uploads.describe(mount.ROOT, _id(), expiry_seconds=mount.upload_expiry_seconds())
    headers = {
        **_state_headers(upload),
        "Upload-Length": str(upload.length),
        "Cache-Control": "no-store",
    }
    if upload.metadata:
        headers["Upload-Metadata"] = upload.metadata
    return web.empty(HTTPStatus.OK, headers)


@operation(
    "PATCH",
    "/uploads/{id}",
    answers={204: Success(description="The part is kept", headers=(*_STATE_HEADERS, "ETag"))},
    problems=(
        *("offset-conflict", "upload-too-large", *_BODY, "upload-locked"),
        *("checksum-mismatch", "invalid-name", *_PLACED, *_KNOWN),
    ),
    parameters=("Tus-Resumable", "Upload-Offset", "Upload-Checksum"),
    body=_PART_MEDIA,
)
def append_to_upload() -> Response[str]:
    """Add the next part to an upload; the last one puts the file in its place, with its ETag."""
    _check_tus()
    _check_media()
    content = bodies.body()
    offset = _number("upload-offset")
    _verify(content)
    return web.empty(HTTPStatus.NO_CONTENT, _progress_headers(_append(_id(), offset, content)))


@operation(
    "DELETE",
    "/uploads/{id}",
    answers={204: Success(description="The upload is forgotten", headers=("Tus-Resumable",))},
    problems=("upload-locked", *_KNOWN),
    parameters=("Tus-Resumable",),
)
def terminate_upload() -> Response[str]:
    """Give an upload up; the file that a finished one made stays."""
    _check_tus()
    uploads.remove(mount.ROOT, _id(), limits=mount.limits())
    web.metrics.add_metric("UploadsTerminated", MetricUnit.Count, 1)
    return web.empty(HTTPStatus.NO_CONTENT)


def _first_part(upload_id: str, content: bytes) -> Progress:
    """Add the part that came with the creation. If that fails, remove the upload.

    Nobody would know its address, and it would hold its bytes until it expires.
    """
    try:
        return _append(upload_id, 0, content)
    except BaseException:
        with suppress(DriveError, OSError):  # the janitor will remove it
            uploads.remove(mount.ROOT, upload_id, limits=mount.limits())
        raise


def _append(upload_id: str, offset: int, content: bytes) -> Progress:
    progress = uploads.append(
        mount.ROOT,
        upload_id,
        offset,
        content,
        expiry_seconds=mount.upload_expiry_seconds(),
        limits=mount.limits(),
        keep=mount.keeps_versions(),
    )
    if progress.written:
        web.metrics.add_metric("UploadsFinished", MetricUnit.Count, 1)
    return progress


def _check_tus() -> None:
    """Raise `ProblemError` for another version of tus, or an extension that is not offered."""
    version = web.header("tus-resumable")
    if version != VERSION:
        raise web.ProblemError(
            "tus-version",
            f"the header Tus-Resumable must be {VERSION}, got {version!r}",
            {"Tus-Version": VERSION},
        )
    for header, (pattern, extension) in NOT_OFFERED.items():
        value = web.header(header)
        if value is not None and re.match(pattern, value):
            raise web.ProblemError(
                "tus-extension",
                f"tus extensions are {', '.join(EXTENSIONS)}, and not {extension}; got"
                f" {header.title()}: {value}",
            )


def _check_media() -> None:
    if bodies.media() != _PART_MEDIA:
        raise web.ProblemError(
            "unsupported-media-type",
            f"a part of an upload has Content-Type {_PART_MEDIA}, got"
            f" {web.header('content-type')!r}",
        )


def _largest() -> int:
    """Return the most bytes of a file. Raises `ConfigurationError` when that is not known."""
    own = mount.limits().file_bytes
    return mount.LARGEST_FILE_BYTES if own is None else min(own, mount.LARGEST_FILE_BYTES)


def _verify(content: bytes) -> None:
    checksum = web.header("upload-checksum")
    if checksum is not None:
        digests.verify_upload(content, checksum)


def _number(header: str) -> int:
    text = web.header(header)
    if text is None or not text.isascii() or not text.isdecimal() or len(text) > len(str(2**63)):
        name = header.title()
        raise InvalidRequestError(f"{name} must be a number of bytes, got {text!r}")
    return int(text)


def _target(metadata: str) -> str:
    """Return the name of the file. `metadata` must be ASCII, or it could not be sent back."""
    pairs = [pair.strip().partition(" ") for pair in metadata.split(",")]
    found = [value for key, _, value in pairs if key == "filename"]
    if len(found) == 1 and metadata.isascii():
        with suppress(binascii.Error, ValueError):
            return base64.b64decode(found[0], validate=True).decode().removeprefix("/")
    raise InvalidRequestError(
        "Upload-Metadata must be ASCII and name once the file that the upload becomes, as filename"
        f" and its name in base64, got {metadata!r}"
    )


def _id() -> str:
    return web.router.current_event.path.removeprefix("/uploads/")


def _progress_headers(progress: Progress) -> dict[str, str]:
    written = {"ETag": progress.written.etag} if progress.written else {}
    return _state_headers(progress.upload) | written


def _state_headers(upload: Upload) -> dict[str, str]:
    return {
        "Upload-Offset": str(upload.offset),
        "Upload-Expires": formatdate(upload.modified + mount.upload_expiry_seconds(), usegmt=True),
    }
