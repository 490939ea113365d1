"""The body of a request, which must be the bytes of a file and not an encoding of them."""

import base64
import re

from drive import digests
from drive.errors import InvalidRequestError
from files import web

# Headers that say that the body is encoded, and the values that say that it is not (RFC 9110
# section 8.4). The second is a header of MIME without a meaning in HTTP, but clients send it.
CODINGS = {
    "content-encoding": {"identity"},
    "content-transfer-encoding": {"binary", "8bit", "7bit"},
}
# Headers that say that the body is a part of a file: RFC 9110 section 14.5, and two drafts of
# https://datatracker.ietf.org/doc/draft-ietf-httpbis-resumable-upload/.
PARTIAL = {"content-range": "", "upload-complete": r"\?0", "upload-incomplete": r"\?1"}
# It replaces bytes that are not UTF-8 in a text. A file may contain it as well: a digest decides.
_LOST = "\N{REPLACEMENT CHARACTER}"
# Bodies that contain a file, and are not one.
_ENVELOPES = {"multipart/form-data", "multipart/byteranges"}


def body() -> bytes:
    """Return the body as it was sent. A body that Lambda delivers as text is encoded in UTF-8.

    Raises `ProblemError` or `InvalidRequestError` if the headers say that the body is not the bytes
    of a file, or if bytes of it may be lost.
    """
    _check_coding()
    if media() in _ENVELOPES:
        raise web.ProblemError(
            "unsupported-media-type",
            "the body is kept as it is, and a form is not a file; send the bytes of the file by"
            f" themselves, got Content-Type {web.header('content-type')!r}",
        )
    for name, part in PARTIAL.items():
        value = web.header(name)
        if value is not None and re.match(part, value):
            raise InvalidRequestError(
                "a body is a whole file, or a part of an upload by tus at /uploads;"
                f" got {name.title()}: {value}"
            )
    event = web.router.current_event.raw_event
    text: str = event.get("body") or ""
    if event.get("isBase64Encoded"):
        return base64.b64decode(text)
    if _LOST in text and not digests.can_tell(web.header("content-digest")):
        raise web.ProblemError(
            "unsupported-media-type",
            "the body came as text, and bytes of it that are not UTF-8 may be lost; send it as"
            " application/octet-stream, or with its Content-Digest, got Content-Type"
            f" {web.header('content-type')!r}",
        )
    return text.encode()


def verified() -> bytes:
    """Return what `body` does, held to the `Content-Digest` of the request if it has one.

    Raises `DigestError` where they differ.
    """
    content = body()
    digest = web.header("content-digest")
    if digest is not None:
        digests.verify(content, digest)
    return content


def _check_coding() -> None:
    for name, as_it_is in CODINGS.items():
        value = web.header(name)
        said = {each.strip().lower() for each in (value or "").split(",")} - {""}
        if not said <= as_it_is:
            raise web.ProblemError(
                "unsupported-coding",
                f"the body is kept as it is and never decoded; send it without {name.title()},"
                f" got {value!r}",
                {"Accept-Encoding": "identity"},  # RFC 9110 section 15.5.16
            )


def media() -> str:
    """Return the media type of the body, in lower case, without parameters (RFC 9110, 8.3.1)."""
    return (web.header("content-type") or "").partition(";")[0].strip().lower()
