"""Digests of bodies (RFC 9530) and the checksum extension of tus, without input or output."""

import base64
import binascii
import hashlib
import re

from drive.errors import ChecksumError, DigestError, InvalidRequestError

# What tus clients may choose (https://tus.io/protocols/resumable-upload#checksum).
UPLOAD_ALGORITHMS = ("sha256", "sha1")

_ALGORITHMS = {"sha-256": "sha256", "sha-512": "sha512"}

# A dictionary of structured fields (RFC 8941 section 3.2).
_KEY = r"[a-z*][a-z0-9_.*-]*"
_BARE = (
    r'(?:-?[0-9]{1,15}(?:\.[0-9]{1,3})?|"(?:[ !#-\[\]-~]|\\["\\])*"'
    r"|[A-Za-z*][A-Za-z0-9!#$%&'*+.^_`|~:/-]*|:[A-Za-z0-9+/=]*:|\?[01])"
)
_PARAMETERS = rf"(?:; *{_KEY}(?:={_BARE})?)*"
_ITEM = rf"{_BARE}{_PARAMETERS}"
_VALUE = rf"(?:{_BARE}|\( *(?:{_ITEM}(?: +{_ITEM})*)? *\))"
_MEMBER = rf"({_KEY})(?:=({_VALUE}))?{_PARAMETERS}[ \t]*(?:(,)[ \t]*|$)"
# What a `Content-Digest` is, for who describes the service.
FIELD = (
    rf"^ *{_KEY}(?:={_VALUE})?{_PARAMETERS}"
    rf"(?:[ \t]*,[ \t]*{_KEY}(?:={_VALUE})?{_PARAMETERS})*[ \t]*$"
)


def content_digest(content: bytes) -> str:
    """The value of a `Content-Digest` of `content`."""
    return f"sha-256=:{base64.b64encode(hashlib.sha256(content).digest()).decode()}:"


def is_wanted(preferences: str | None) -> bool:
    """Say whether `Want-Content-Digest` asks for sha-256; weight 0 means no."""
    asked = (_members(preferences or "") or {}).get("sha-256", "")
    return re.fullmatch("[1-9]|10", asked) is not None  # RFC 9530 section 4


def can_tell(header: str | None) -> bool:
    """Say whether a `Content-Digest` has a digest that `verify` holds the content to."""
    return not _ALGORITHMS.keys().isdisjoint(_members(header or "") or {})


def verify(content: bytes, header: str) -> None:
    """Verify `content` against a `Content-Digest` header; unknown algorithms are ignored.

    Raises `DigestError` when they differ, `InvalidRequestError` when the header is not a digest.
    """
    members = _members(header)
    if not members:
        raise InvalidRequestError(f"Content-Digest is such as sha-256=:<base64>:, got {header!r}")
    for name, algorithm in _ALGORITHMS.items():
        if name not in members:
            continue
        value = members[name]
        if not value.startswith(":"):
            raise InvalidRequestError(
                f"{name} of a Content-Digest is base64 between two colons, got {value!r}"
            )
        if hashlib.new(algorithm, content).digest() != _decoded(_padded(value.strip(":"))):
            raise DigestError(
                f"the {len(content)} bytes that arrived do not have the {name} digest that was"
                " sent with them; send them again, as application/octet-stream (text, JSON, XML and"
                " JavaScript may be recoded on their way)"
            )


def verify_upload(content: bytes, header: str) -> None:
    """Verify `content` against an `Upload-Checksum` header.

    Raises `ChecksumError` when they differ, `InvalidRequestError` for a header without a checksum.
    """
    algorithm, _, text = header.strip().partition(" ")
    if algorithm not in UPLOAD_ALGORITHMS or not text.strip():
        raise InvalidRequestError(
            f"Upload-Checksum is one of {', '.join(UPLOAD_ALGORITHMS)}, a space and the checksum"
            f" in base64, got {header!r}"
        )
    # sha1 detects errors of transmission, and has no other purpose here.
    if hashlib.new(algorithm, content, usedforsecurity=False).digest() != _decoded(text.strip()):
        raise ChecksumError(f"the {len(content)} bytes that arrived have another {algorithm}")


def _members(header: str) -> dict[str, str] | None:
    """The members of a dictionary of structured fields, as text; None when it is none.

    Of one key the last member counts. A member without a value is true (`?1`). Parameters are left
    out: RFC 9530 defines none, and what is not known is ignored (RFC 8941 section 2).
    """
    text = header.strip(" ")
    members: dict[str, str] = {}
    position, comma = 0, False
    while position < len(text) or comma:
        found = re.compile(_MEMBER).match(text, position)  # compiled at the first digest only
        if not found:
            return None
        members[found[1]] = found[2] or "?1"
        position, comma = found.end(), bool(found[3])
    return members


def _padded(text: str) -> str:
    """Base64 with the padding that a sender may leave out (RFC 8941 section 4.2.7)."""
    return text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4)


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise InvalidRequestError(f"a digest is base64, got {text!r}") from None
