"""The body of a request is the file, byte for byte, or is refused."""

import pytest

from drive import digests
from tests.url import Url


@pytest.mark.parametrize(
    ("headers", "status", "problem"),
    [
        ({"Content_Encoding": "gzip"}, 415, "unsupported-coding"),
        ({"Content_Encoding": "identity, br"}, 415, "unsupported-coding"),
        ({"Content_Encoding": "aws-chunked"}, 415, "unsupported-coding"),
        ({"Content_Transfer_Encoding": "base64"}, 415, "unsupported-coding"),
        ({"Content_Type": "multipart/form-data; boundary=x"}, 415, "unsupported-media-type"),
        ({"Content_Type": "Multipart/Byteranges; boundary=x"}, 415, "unsupported-media-type"),
        ({"Content_Range": "bytes 0-0/9"}, 400, "invalid-request"),
        ({"Upload_Complete": "?0"}, 400, "invalid-request"),
        ({"Upload_Incomplete": "?1"}, 400, "invalid-request"),
    ],
)
def test_a_body_that_stands_for_other_bytes_is_refused(
    url: Url, headers: dict[str, str], status: int, problem: str
) -> None:
    answer = url("PUT", "/files/a", b"x", **headers)
    assert (answer.status, answer.problem) == (status, problem)
    [(name, value)] = headers.items()
    assert name.replace("_", "-") in answer.json["detail"]
    assert value in answer.json["detail"]
    assert answer.headers.get("accept-encoding") == (
        "identity" if problem == "unsupported-coding" else None
    )
    assert url("GET", "/files/a").status == 404


@pytest.mark.parametrize(
    "headers",
    [
        {"Content_Encoding": "identity"},
        {"Content_Encoding": "Identity"},
        {"Content_Encoding": ""},
        {"Content_Transfer_Encoding": "binary"},
        {"Content_Type": "application/x-www-form-urlencoded"},  # what curl sends when not told
        {"Content_Type": "multipart/related; boundary=x"},  # a page with its pictures, in one file
        {"Upload_Complete": "?1"},
        {"Upload_Incomplete": "?0"},
        {"Content_Language": "de"},
    ],
)
def test_a_body_that_is_the_file_is_taken(url: Url, headers: dict[str, str]) -> None:
    assert url("PUT", "/files/a", b"x\xff", **headers).status == 201
    assert url("GET", "/files/a").body == b"x\xff"


SPOILT = b'{"a": "\xff"}'


@pytest.mark.parametrize(
    "media",
    [
        *("text/plain", "text/x-python; charset=latin-1", "application/json", "application/xml"),
        *("Application/JSON; charset=utf-8", "application/javascript"),
    ],
)
def test_a_digest_catches_what_is_lost_on_the_way_as_text(url: Url, media: str) -> None:
    """As it is in docs/http.md; tests/unit/test_payload.py has what the local front does."""
    digest = digests.content_digest(SPOILT)
    answer = url("PUT", "/files/a", SPOILT, Content_Type=media, Content_Digest=digest)
    assert (answer.status, answer.problem) == (400, "digest-mismatch")
    assert "application/octet-stream" in answer.json["detail"]
    assert url("GET", "/files/a").status == 404
    for text in ("grüße".encode(), "\ufffd, which a file may hold".encode()):
        digest = digests.content_digest(text)
        kept = url("PUT", "/files/a", text, Content_Type=media, Content_Digest=digest)
        assert kept.status in {201, 204}
        assert url("GET", "/files/a").body == text


@pytest.mark.parametrize("media", ["text/csv; charset=latin-1", "application/json"])
@pytest.mark.parametrize(
    "digest",
    [
        {},
        {"Content_Digest": "md5=:AAAA:"},
        {"Content_Digest": "id-sha-256=:AAAA:"},
        {"Content_Digest": 'x="sha-256=:"'},
    ],
)
def test_what_may_be_lost_on_the_way_as_text_is_not_kept(
    url: Url, media: str, digest: dict[str, str]
) -> None:
    tag = url("PUT", "/files/a", b"before").headers["etag"]
    for content in (SPOILT, "gr\xfc\xdfe".encode("latin-1"), "\ufffd".encode()):
        answer = url("PUT", "/files/a", content, Content_Type=media, **digest)
        assert (answer.status, answer.problem) == (415, "unsupported-media-type")
        assert "application/octet-stream" in answer.json["detail"]
        assert media in answer.json["detail"]
    assert url("GET", "/files/a").headers["etag"] == tag
    for content in (b"", "grüße".encode(), b'{"a": "\\ufffd"}'):
        assert url("PUT", "/files/a", content, Content_Type=media, **digest).status == 204
        assert url("GET", "/files/a").body == content


@pytest.mark.parametrize(
    "media",
    [
        *("", "application/octet-stream", "application/ld+json", "image/svg+xml"),
        *("application/x-javascript", "application/x-www-form-urlencoded"),
    ],
)
def test_every_byte_of_another_type_arrives(url: Url, media: str) -> None:
    digest = digests.content_digest(SPOILT)
    answer = url("PUT", "/files/a", SPOILT, Content_Type=media, Content_Digest=digest)
    assert answer.status == 201
    assert url("GET", "/files/a").body == SPOILT
