"""Digests of what is sent: RFC 9530, and the checksum extension of tus, pure."""

import base64
import binascii
import hashlib
import re

from drive.errors import ChecksumError, DigestError, InvalidRequestError

# What tus clients may choose (https://tus.io/protocols/resumable-upload#checksum).
UPLOAD_ALGORITHMS = ("sha256", "sha1")

_ALGORITHMS = {"sha-256": "sha256", "sha-512": "sha512"}
_MEMBER = re.compile(r"\s*([a-z0-9*._-]+)=:([A-Za-z0-9+/=]*):\s*")
_PREFERENCE = re.compile(r"\s*sha-256\s*=\s*([0-9]{1,2})\s*")


def content_digest(content: bytes) -> str:
    """The value of a `Content-Digest` of `content`."""
    return f"sha-256=:{base64.b64encode(hashlib.sha256(content).digest()).decode()}:"


def is_wanted(preferences: str | None) -> bool:
    """Say whether `Want-Content-Digest` asks for sha-256; weight 0 means no."""
    found = (_PREFERENCE.fullmatch(member) for member in (preferences or "").split(","))
    return any(int(member[1]) > 0 for member in found if member)


def verify(content: bytes, header: str) -> None:
    """Hold `content` to a `Content-Digest` header; digests of unknown algorithms say nothing.

    Raises `DigestError` when they differ, `InvalidRequestError` when the header is no digest.
    """
    for member in header.split(","):
        found = _MEMBER.fullmatch(member)
        if not found:
            raise InvalidRequestError(
                f"Content-Digest is such as sha-256=:<base64>:, got {header!r}"
            )
        algorithm = _ALGORITHMS.get(found[1])
        if algorithm and hashlib.new(algorithm, content).digest() != _decoded(found[2]):
            raise DigestError(
                f"the {len(content)} bytes that arrived do not have the {found[1]} digest that was"
                " sent with them; send them again, as application/octet-stream (text, JSON, XML and"
                " JavaScript may be recoded on their way)"
            )


def verify_upload(content: bytes, header: str) -> None:
    """Hold `content` to an `Upload-Checksum` header.

    Raises `ChecksumError` when they differ, `InvalidRequestError` when the header is no checksum.
    """
    algorithm, _, text = header.strip().partition(" ")
    if algorithm not in UPLOAD_ALGORITHMS:
        raise InvalidRequestError(
            f"Upload-Checksum is one of {', '.join(UPLOAD_ALGORITHMS)}, a space and the checksum"
            f" in base64, got {header!r}"
        )
    # sha1 finds what a line garbles, which is all that it is for here.
    if hashlib.new(algorithm, content, usedforsecurity=False).digest() != _decoded(text.strip()):
        raise ChecksumError(f"the {len(content)} bytes that arrived have another {algorithm}")


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise InvalidRequestError(f"a digest is base64, got {text!r}") from None
