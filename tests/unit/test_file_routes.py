"""Files over HTTP: tags, conditions, ranges, digests and answers of the routes."""

from email.utils import formatdate
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from drive import digests
from drive.quota import Limits
from tests.url import Url

CONTENT = bytes(range(256))
ONE_DRIVE = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


def test_each_version_has_a_tag_of_its_own_and_keeps_it(url: Url) -> None:
    tags = [url("PUT", "/files/a", b"same").headers["etag"] for _ in range(50)]
    assert len(set(tags)) == 50
    assert all(tag.startswith('"') and tag.endswith('"') for tag in tags)
    for method in ("GET", "HEAD"):
        assert url(method, "/files/a").headers["etag"] == tags[-1]
    [entry] = url("GET", "/files/").json["entries"]
    assert entry["etag"] == tags[-1]


def test_a_file_is_described(url: Url) -> None:
    url("PUT", "/files/a.tar.gz", CONTENT)
    for method in ("GET", "HEAD"):
        headers = url(method, "/files/a.tar.gz").headers
        assert headers["accept-ranges"] == "bytes"
        assert headers["content-type"] == "application/gzip"
        assert headers["last-modified"].endswith(" GMT")
        assert headers["cache-control"] == "no-cache"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-file-size"] == "256"
        assert "content-length" not in headers  # Lambda renames it


@ONE_DRIVE
@given(size=st.integers(0, 40), first=st.integers(0, 45), last=st.integers(0, 45))
def test_a_range_is_the_slice(url: Url, size: int, first: int, last: int) -> None:
    url("PUT", "/files/a", CONTENT[:size])
    answer = url("GET", "/files/a", Range=f"bytes={first}-{last}")
    if last < first:
        assert (answer.status, answer.body) == (200, CONTENT[:size])
    elif first >= size:
        assert (answer.status, answer.problem) == (416, "range-not-satisfiable")
        assert answer.headers["content-range"] == f"bytes */{size}"
    else:
        assert (answer.status, answer.body) == (206, CONTENT[:size][first : last + 1])
        end = min(last, size - 1)
        assert answer.headers["content-range"] == f"bytes {first}-{end}/{size}"


def test_what_does_not_fit_is_asked_for_in_parts(url: Url, tmp_path: Path) -> None:
    limit = url.module.web.ANSWER_BYTES
    size = 2 * limit + 7
    with (tmp_path / "large").open("wb") as file:
        file.truncate(size)
        file.seek(limit)
        file.write(b"here")
    refused = url("GET", "/files/large")
    assert (refused.status, refused.problem) == (413, "answer-too-large")
    assert (refused.json["size"], refused.json["limit"]) == (size, limit)
    assert f"Range: bytes=0-{limit - 1}" in refused.json["detail"]
    parts = [url("GET", "/files/large", Range=f"bytes={at}-") for at in (0, limit, 2 * limit)]
    assert [len(part.body) for part in parts] == [limit, limit, 7]
    assert parts[0].headers["content-range"] == f"bytes 0-{limit - 1}/{size}"
    assert parts[1].body.startswith(b"here")
    assert url("HEAD", "/files/large").headers["x-file-size"] == str(size)


def test_a_reader_asks_only_for_what_he_does_not_have(url: Url) -> None:
    tag = url("PUT", "/files/a", b"x").headers["etag"]
    for method in ("GET", "HEAD"):
        same = url(method, "/files/a", If_None_Match=f'"other", {tag}')
        assert (same.status, same.body, same.headers["etag"]) == (304, b"", tag)
        date = url(method, "/files/a").headers["last-modified"]
        assert url(method, "/files/a", If_Modified_Since=date).status == 304
        assert url(method, "/files/a", If_None_Match='"other"').status == 200
        assert url(method, "/files/a", If_Match='"other"').status == 412
        assert url(method, "/files/a", If_Unmodified_Since=formatdate(0, usegmt=True)).status == 412
    assert url("GET", "/files/a", If_Match="nonsense").problem == "invalid-request"


def test_a_range_of_another_version_is_the_whole_file(url: Url) -> None:
    tag = url("PUT", "/files/a", b"0123").headers["etag"]
    assert url("GET", "/files/a", Range="bytes=1-2", If_Range=tag).body == b"12"
    url("PUT", "/files/a", b"4567")
    answer = url("GET", "/files/a", Range="bytes=1-2", If_Range=tag)
    assert (answer.status, answer.body) == (200, b"4567")


def test_a_conditional_write_is_compare_and_set(url: Url) -> None:
    first = url("PUT", "/files/a", b"1", If_None_Match="*")
    assert first.status == 201
    again = url("PUT", "/files/a", b"2", If_None_Match="*")
    assert (again.status, again.problem) == (412, "precondition-failed")
    second = url("PUT", "/files/a", b"2", If_Match=first.headers["etag"])
    assert second.status == 204
    late = url("PUT", "/files/a", b"3", If_Match=first.headers["etag"])
    assert late.status == 412
    assert second.headers["etag"] in late.json["detail"]
    assert url("DELETE", "/files/a", If_Match=first.headers["etag"]).status == 412
    assert url("GET", "/files/a").body == b"2"
    assert url("DELETE", "/files/a", If_Match=second.headers["etag"]).status == 204
    assert url("PUT", "/files/a", b"3", If_Match="*").status == 412


def test_a_refused_write_leaves_no_directory(url: Url, tmp_path: Path) -> None:
    assert url("PUT", "/files/new/a", b"", If_Match="*").status == 412
    assert url("POST", "/files/none", Destination="/files/new/a").status == 404
    assert not (tmp_path / "new").exists()


def test_a_digest_is_verified_and_given(url: Url) -> None:
    right = digests.content_digest(b"right")
    assert url("PUT", "/files/a", b"right", Content_Digest=right).status == 201
    wrong = url("PUT", "/files/a", b"wrong", Content_Digest=right)
    assert (wrong.status, wrong.problem) == (400, "digest-mismatch")
    assert url("PUT", "/files/a", b"", Content_Digest="sha-256=x").problem == "invalid-request"
    answer = url("GET", "/files/a", Want_Content_Digest="sha-256=1")
    assert answer.headers["content-digest"] == right
    part = url("GET", "/files/a", Want_Content_Digest="sha-256=1", Range="bytes=0-1")
    assert part.headers["content-digest"] == digests.content_digest(b"ri")
    assert "content-digest" not in url("GET", "/files/a").headers


@pytest.mark.parametrize("name", ["\xfc", "\xc3\xbc", "u\u0308", "\ufffd", "a/\xfc/b"])
def test_a_name_comes_in_ascii_or_not_at_all(url: Url, tmp_path: Path, name: str) -> None:
    """What a client sent as UTF-8 would be read as Latin-1, and be another name."""
    for method in ("GET", "HEAD", "PUT", "POST", "DELETE"):
        answer = url(method, f"/files/{name}", Destination="/files/b")
        assert (answer.status, method == "HEAD" or answer.problem) in {
            (400, True),
            (400, "invalid-name"),
        }
    assert url("GET", f"/files/{name}/").problem == "invalid-name"
    assert list(tmp_path.iterdir()) == []
    url("PUT", "/files/a", b"a")
    refused = url("POST", "/files/a", Destination=f"/files/{name}")
    assert (refused.status, refused.problem) == (400, "invalid-name")
    assert "%C3%BC" in refused.json["detail"]
    assert [entry["name"] for entry in url("GET", "/files/").json["entries"]] == ["a"]


@pytest.mark.parametrize("path", ["/files/", "/files/d/", "/files/d/a", "/health", "/openapi.json"])
def test_head_is_wherever_get_is(url: Url, path: str) -> None:
    url("PUT", "/files/d/a", b"12345")
    got, told = url("GET", path), url("HEAD", path)
    assert (told.status, told.body) == (got.status, b"") == (200, b"")
    assert told.headers == got.headers
    assert "HEAD" in url("OPTIONS", path).headers["allow"]


def test_head_answers_what_get_would_refuse(url: Url, monkeypatch: pytest.MonkeyPatch) -> None:
    url("PUT", "/files/a", b"")
    for path in ("/files/none/", "/files/a/", "/files/?limit=0", "/files/none", "/nowhere"):
        got, told = url("GET", path), url("HEAD", path)
        assert (told.status, told.headers, told.body) == (got.status, got.headers, b"")
    monkeypatch.setattr(url.module.mount, "trouble", lambda: "none")
    assert (url("HEAD", "/health").status, url("HEAD", "/health").body) == (503, b"")


def test_every_get_is_declared_with_its_head(url: Url) -> None:
    declared = {(known.method, known.path) for known in url.module.web.operations}
    assert {path for method, path in declared if method == "GET"} == {
        path
        for method, path in declared
        if method == "HEAD" and path.startswith("/uploads") is False
    }


def test_limits_answer_507(url: Url, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(url.module.mount, "limits", lambda: Limits(drive_bytes=10, file_bytes=6))
    large = url("PUT", "/files/a", b"1234567")
    assert (large.status, large.problem, large.json["limit"]) == (507, "no-space", 6)
    assert url("PUT", "/files/a", b"123456").status == 201
    full = url("PUT", "/files/b", b"12345")
    assert (full.status, full.problem) == (507, "no-space")
    assert (full.json["used"], full.json["limit"]) == (6, 10)
    assert url("PUT", "/files/a", b"123").status == 204  # what goes makes room
    assert url("PUT", "/files/b", b"12345").status == 201
    url("POST", "/files/b", Destination="/files/a")
    assert url("PUT", "/files/b", b"12345").status == 201
    url("DELETE", "/files/b")
    assert url("PUT", "/files/c", b"12345").status == 201


def test_a_method_that_is_not_there_is_told_with_those_that_are(url: Url) -> None:
    answer = url("PATCH", "/files/a", b"")
    assert (answer.status, answer.problem) == (405, "method-not-allowed")
    assert answer.headers["allow"] == "DELETE, GET, HEAD, OPTIONS, POST, PUT"
    options = url("OPTIONS", "/files/a")
    assert (options.status, options.headers["allow"]) == (204, answer.headers["allow"])
    assert url("DELETE", "/files/").headers["allow"] == "GET, HEAD, OPTIONS, POST"
    assert url("GET", "/elsewhere").problem == "no-route"


@pytest.mark.parametrize(
    ("method", "path", "hint"),
    [
        ("GET", "/files", "; /files/ takes GET"),
        ("DELETE", "/files/a/b/", "; /files/a/b takes DELETE"),
        ("POST", "/files/a/", "; /files/a takes POST"),
        ("GET", "/health/", "; /health takes GET"),
        ("PATCH", "/files/a/", "got PATCH"),
        ("DELETE", "/files/", "got DELETE"),
        ("GET", "/elsewhere", "see /openapi.json"),
    ],
)
def test_a_slash_too_many_or_too_few_is_told(url: Url, method: str, path: str, hint: str) -> None:
    assert url(method, path).json["detail"].endswith(hint)
