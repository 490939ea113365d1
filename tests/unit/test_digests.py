"""Digests: RFC 9530 and the checksums of tus."""

import base64
import hashlib
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drive import digests
from drive.errors import ChecksumError, DigestError, InvalidRequestError


def encoded(algorithm: str, content: bytes) -> str:
    return base64.b64encode(hashlib.new(algorithm, content).digest()).decode()


@given(st.binary(max_size=64), st.binary(max_size=64))
def test_only_the_very_bytes_pass(content: bytes, other: bytes) -> None:
    for header in (digests.content_digest(content), f"sha-512=:{encoded('sha512', content)}:"):
        digests.verify(content, header)
        if other != content:
            with pytest.raises(DigestError):
                digests.verify(other, header)
    for algorithm in digests.UPLOAD_ALGORITHMS:
        checksum = f"{algorithm} {encoded(algorithm, content)}"
        digests.verify_upload(content, checksum)
        if other != content:
            with pytest.raises(ChecksumError):
                digests.verify_upload(other, checksum)


def test_the_example_of_the_rfc() -> None:
    # RFC 9530, appendix B.1
    content = b'{"hello": "world"}\n'
    value = "sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:"
    assert digests.content_digest(content) == value


def test_every_digest_that_is_known_must_hold() -> None:
    right, wrong = digests.content_digest(b"x"), f"sha-512=:{encoded('sha512', b'y')}:"
    with pytest.raises(DigestError, match="sha-512"):
        digests.verify(b"x", f"{right}, {wrong}")
    digests.verify(b"x", f"unixsum=:AAA=:, {right}")


@pytest.mark.parametrize(
    "more",
    [
        *("", ";a", ";a;b=1", "; a=?0;  *b-c_d.e=-1.5", ';a="with , and \\" in it"', ";a=:AAAA:"),
        *(" ", "\t, md5=:AAAA:", ", crc32c=12", ", x", ", x=a/b:c;d", ',x=("a" b;c  1.0 );d=2'),
        *(', x="sha-256=:"', ",a=(),b=( )"),
    ],
)
def test_what_else_a_structured_field_holds_is_passed_over(more: str) -> None:
    """RFC 8941 section 3.2: members and parameters of any type; RFC 9530 gives them no meaning."""
    for algorithm, name in (("sha-256", "sha256"), ("sha-512", "sha512")):
        header = f"{algorithm}=:{encoded(name, b'x')}:{more}"
        digests.verify(b"x", header)
        assert digests.can_tell(header)
        assert re.search(digests.FIELD, header)  # which the OpenAPI document says
        with pytest.raises(DigestError):
            digests.verify(b"y", header)
        assert not digests.can_tell(f"id-{header}")


def test_padding_may_be_left_out() -> None:
    # RFC 8941 section 4.2.7
    bare = encoded("sha256", b"x").rstrip("=")
    digests.verify(b"x", f"sha-256=:{bare}:")
    with pytest.raises(DigestError):
        digests.verify(b"y", f"sha-256=:{bare}:")


def test_the_last_digest_of_an_algorithm_counts() -> None:
    # RFC 8941 section 4.2.2; a header that comes twice is one field as well
    right, wrong = digests.content_digest(b"x"), digests.content_digest(b"y")
    digests.verify(b"x", f"{wrong},{right}")
    with pytest.raises(DigestError):
        digests.verify(b"x", f"{right},{wrong}")


@pytest.mark.parametrize(
    "header",
    [
        *("", " ", "sha-256", "sha-256=abc", "sha-256=:a:", "sha-256=:é:", "sha-256=?1"),
        *("sha-256=(:AAAA:)", 'sha-256=":AAAA:"', "SHA-256=:AAAA:", "md5=:AAAA:,", ",md5=:AAAA:"),
        *("md5=:AAAA: md5=:AAAA:", "md5=:AA AA:", "md5=", "md5=:AAAA:;", "md5=:AAAA:;A", "x=(a,b)"),
        *('x="', "x=é", "md5\n=:AAAA:", "md5=:AAAA:\x0b"),
    ],
)
def test_what_is_no_digest_is_the_callers_mistake(header: str) -> None:
    with pytest.raises(InvalidRequestError):
        digests.verify(b"", header)
    assert header.startswith("sha-256") or not re.search(digests.FIELD, header)


@pytest.mark.parametrize(
    "header",
    [
        *("", "sha256", "sha1", "sha1 ", "sha256  ", "md5 AAAA", "sha256 é", "sha256 a"),
        *("SHA256 aaaa", "sha1 AAAA AAAA", "sha1:AAAA"),
    ],
)
def test_what_is_no_checksum_is_the_callers_mistake(header: str) -> None:
    """400, as tus has it of an unknown algorithm; 460 is of bytes that are others."""
    with pytest.raises(InvalidRequestError):
        digests.verify_upload(b"", header)


@pytest.mark.parametrize(
    ("header", "wanted"),
    [
        (None, False),
        ("sha-256=1", True),
        ("sha-256=10, sha-512=3", True),
        ("sha-512=3,sha-256=1", True),
        ("sha-256=0", False),
        ("sha-512=1", False),
        ("sha-256", False),
        ("sha-256=999", False),
        ("sha-256=11", False),
        ("sha-256=1;a=b, x=(1 2)", True),
        ("id-sha-256=1", False),
        ("sha-256=1,", False),
    ],
)
def test_a_digest_is_given_to_who_wants_it(header: str | None, wanted: bool) -> None:
    assert digests.is_wanted(header) is wanted
