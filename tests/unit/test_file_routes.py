"""`/files` as an HTTP client sees it: versions, ranges, conditions, digests, moves, limits."""

import json
import time
from email.utils import formatdate
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from drive import digests, directory_listing, file_reads
from drive.directory_listing import Page
from drive.entry import Entry
from drive.quota import Limits
from tests.url import FUNCTION_URL, Url

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


def test_a_file_moves_in_one_step(url: Url) -> None:
    tag = url("PUT", "/files/a%20b", b"x").headers["etag"]
    moved = url("POST", "/files/a%20b", Destination="/files/d/%C3%BC%23")
    assert (moved.status, moved.headers["etag"]) == (201, tag)
    assert moved.headers["location"] == f"https://{FUNCTION_URL}/files/d/%C3%BC%23"
    assert url("GET", "/files/a%20b").status == 404
    assert url("GET", "/files/d/%C3%BC%23").body == b"x"
    url("PUT", "/files/c", b"y")
    back = url("POST", "/files/d/%C3%BC%23", Destination=f"https://{FUNCTION_URL}/files/c")
    assert (back.status, back.headers["location"]) == (204, f"https://{FUNCTION_URL}/files/c")
    assert url("GET", "/files/c").body == b"x"


@pytest.mark.parametrize(
    "destination",
    [
        "/files/b?x=1",
        "/files/b?",
        "/files/b#part",
        "/files/b#",
        "https://elsewhere.example/files/b",
        "//elsewhere.example/files/b",
        f"http://{FUNCTION_URL}/files/b",
        f"https://user@{FUNCTION_URL}/files/b",
        f"https://{FUNCTION_URL}:8443/files/b",
        f"https://{FUNCTION_URL}.example/files/b",
        f"https://{FUNCTION_URL}/elsewhere/files/b",
        "/elsewhere/files/b",
        "files/b",
        "/files/",
        "https:/files/b",
        "/files/b,/files/c",  # as Lambda has a header that came twice
        "/files/b, /files/c",
        f"/files/b,https://{FUNCTION_URL}/files/c",
    ],
)
def test_a_destination_is_of_this_drive_whole_or_refused(url: Url, destination: str) -> None:
    url("PUT", "/files/a", b"a")
    answer = url("POST", "/files/a", Destination=destination)
    assert (answer.status, answer.problem) == (400, "invalid-request")
    assert repr(destination) in answer.json["detail"]
    assert [entry["name"] for entry in url("GET", "/files/").json["entries"]] == ["a"]


def test_a_destination_is_a_path_or_a_url_of_this_drive(url: Url) -> None:
    url("PUT", "/files/0", b"a")
    here = (FUNCTION_URL, FUNCTION_URL.upper(), f"{FUNCTION_URL}:", f"{FUNCTION_URL}:443")
    prefixes = ("", *(f"https://{host}" for host in here), f"HTTPS://{FUNCTION_URL}")
    for number, prefix in enumerate(prefixes):
        moved = url("POST", f"/files/{number}", Destination=f"{prefix}/files/{number + 1}")
        assert moved.status == 201
    domain = Url(url.module, url.log, "drive.example")
    refused = domain("POST", "/files/6", Destination=f"https://{FUNCTION_URL}/files/7")
    assert refused.problem == "invalid-request"
    assert domain("POST", "/files/6", Destination="https://drive.example/files/7").status == 201
    assert url("POST", "/files/7", Destination="/files/a%3Fb%23/files/c").status == 201
    assert url("POST", "/files/a%3Fb%23/files/c", Destination="/files/a,b/c%2C/d").status == 201
    assert url("GET", "/files/a,b/c,/d").body == b"a"


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


@pytest.mark.parametrize(
    ("said", "status"),
    [("T", 204), ("t", 204), ("F", 412), ("f", 412), ("", 400), ("T,F", 400), ("true", 400)],
)
def test_overwrite_has_any_case_and_no_other_value(url: Url, said: str, status: int) -> None:
    url("PUT", "/files/a", b"a")
    url("PUT", "/files/b", b"b")
    assert url("POST", "/files/a", Destination="/files/b", Overwrite=said).status == status
    assert url("GET", "/files/b").body == (b"a" if status == 204 else b"b")


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


def test_a_move_that_may_not_be_is_refused(url: Url) -> None:
    tag = url("PUT", "/files/a", b"a").headers["etag"]
    url("PUT", "/files/b", b"b")
    url("PUT", "/files/d/x", b"")
    refused = [
        ({"Destination": "/files/b", "Overwrite": "F"}, "precondition-failed"),
        ({"Destination": "/files/c", "If-Match": '"other"'}, "precondition-failed"),
        ({"Destination": "/files/a"}, "conflict"),
        ({"Destination": "/files/d"}, "conflict"),
        ({"Destination": "/files/b/c"}, "conflict"),
        ({"Destination": "/files/../x"}, "invalid-name"),
        ({"Destination": "/elsewhere"}, "invalid-request"),
        ({"Destination": "http://[/files/b"}, "invalid-request"),
        ({"Destination": "/files/c", "Overwrite": "maybe"}, "invalid-request"),
        ({}, "invalid-request"),
    ]
    for headers, problem in refused:
        named = {name.replace("-", "_"): value for name, value in headers.items()}
        assert url("POST", "/files/a", **named).problem == problem, headers
    for destination in ("/files/c", "/files/none"):  # its own name, too
        assert url("POST", "/files/none", Destination=destination).status == 404
    assert url("POST", "/files/no/ne", Destination="/files/no/ne").status == 404
    assert url("POST", "/files/d", Destination="/files/c").problem == "conflict"
    assert url("GET", "/files/b").body == b"b"
    assert (
        url("POST", "/files/a", Destination="/files/c", If_Match=tag, Overwrite="F").status == 201
    )


def test_a_listing_pages_through_everything(url: Url, tmp_path: Path) -> None:
    for number in range(25):
        (tmp_path / f"{number:02}").touch()
    found: list[str] = []
    path = "/files/?limit=10"
    while True:
        page = url("GET", path).json
        found += [entry["name"] for entry in page["entries"]]
        if page["cursor"] is None:
            break
        path = f"/files/?limit=10&cursor={page['cursor']}"
    assert found == [f"{number:02}" for number in range(25)]


@pytest.mark.parametrize(
    "limit",
    [
        *("", "0", "-1", "+1", " 1", "1 ", "1.0", "1e2", "0x1", "\u0661", "\xb2", "1,2", "all"),
        *("1001", "000000001999", "000000001" + "9" * 40, "000000001" + "9" * 5000, "9" * 5000),
    ],
)
def test_a_page_has_1_to_1000_entries(url: Url, limit: str) -> None:
    answer = url("GET", f"/files/?limit={limit.replace('+', '%2B')}")
    assert (answer.status, answer.problem) == (400, "invalid-request")
    assert repr(limit) in answer.json["detail"]
    for right in ("1", "1000", "000000001"):
        assert url("GET", f"/files/?limit={right}").status == 200


@pytest.mark.parametrize(
    ("modified", "listed", "last"),
    [
        (-(10.0**12), "0001-01-01T00:00:00+00:00", "Mon, 01 Jan 0001 00:00:00 GMT"),
        (-1.0, "1969-12-31T23:59:59+00:00", "Wed, 31 Dec 1969 23:59:59 GMT"),
        # No later than the answer: RFC 9110 section 8.8.2.1.
        (1.8e9 + 1, "2027-01-15T08:00:01+00:00", "Fri, 15 Jan 2027 08:00:00 GMT"),
        (10.0**12, "9999-12-31T23:59:59+00:00", "Fri, 15 Jan 2027 08:00:00 GMT"),
    ],
)
def test_a_time_that_somebody_set_is_told_as_far_as_a_date_can(
    url: Url, monkeypatch: pytest.MonkeyPatch, modified: float, listed: str, last: str
) -> None:
    """A disk keeps times of 64 bits, and others who use it may set any."""
    url("PUT", "/files/a", b"a")
    listing, read, describe = directory_listing.page, file_reads.read, file_reads.describe

    def set_by_somebody(entry: Entry) -> Entry:
        return entry._replace(modified=modified)

    def page(*args: Any, **named: Any) -> Page:  # noqa: ANN401 - those of listing
        found = listing(*args, **named)
        return found._replace(entries=[set_by_somebody(entry) for entry in found.entries])

    def reading(*args: Any) -> tuple[Entry, bytes]:  # noqa: ANN401 - those of read
        entry, content = read(*args)
        return set_by_somebody(entry), content

    monkeypatch.setattr(directory_listing, "page", page)
    monkeypatch.setattr(file_reads, "read", reading)
    monkeypatch.setattr(file_reads, "describe", lambda *args: set_by_somebody(describe(*args)))
    monkeypatch.setattr(time, "time", lambda: 1.8e9)
    [entry] = url("GET", "/files/").json["entries"]
    assert entry["modified"] == listed
    for method in ("GET", "HEAD"):
        answer = url(method, "/files/a")
        assert (answer.status, answer.headers["last-modified"]) == (200, last)


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
    assert url("DELETE", "/files/").headers["allow"] == "GET, HEAD, OPTIONS"
    assert url("GET", "/elsewhere").problem == "no-route"


@pytest.mark.parametrize(
    ("method", "path", "hint"),
    [
        ("GET", "/files", "; /files/ takes GET"),
        ("DELETE", "/files/a/b/", "; /files/a/b takes DELETE"),
        ("PUT", "/files/a/", "; /files/a takes PUT"),
        ("GET", "/health/", "; /health takes GET"),
        ("PATCH", "/files/a/", "got PATCH"),
        ("DELETE", "/files/", "got DELETE"),
        ("GET", "/elsewhere", "see /openapi.json"),
    ],
)
def test_a_slash_too_many_or_too_few_is_told(url: Url, method: str, path: str, hint: str) -> None:
    assert url(method, path).json["detail"].endswith(hint)


def test_a_request_is_measured(url: Url, capsys: pytest.CaptureFixture[str]) -> None:
    url("PUT", "/files/a", b"12345")
    url("GET", "/files/a")
    url("GET", "/files/none")
    printed = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    for line in printed:
        [declared] = line["_aws"]["CloudWatchMetrics"]
        assert declared["Namespace"] == "LambdaDrive"
    put, get, error, missing = printed
    assert (put["Requests"], put["BytesIn"], put["BytesOut"]) == ([1], [5], [0])
    assert (get["BytesIn"], get["BytesOut"]) == ([0], [5])
    assert (error["Errors"], error["kind"]) == ([1], "not-found")
    assert missing["Requests"] == [1]


def test_a_line_of_the_log_says_what_happened(url: Url, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("_X_AMZN_TRACE_ID", "Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1")
    url("GET", "/files/none", Authorization="AWS4-HMAC-SHA256 Credential=secret")
    [line] = url.log.getvalue().splitlines()
    logged = json.loads(line)
    assert (logged["status"], logged["problem"]) == (404, "not-found")
    assert logged["detail"] == "'none' does not exist"
    assert logged["xray_trace_id"] == "1-5759e988-bd862e3fe1be46a994272793"
    assert logged["milliseconds"] > 0
    assert "secret" not in line


def test_an_unknown_error_is_one_line_with_its_trace(
    url: Url, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("inside")

    monkeypatch.setattr(url.module.file_routes.file_reads, "read", fail)
    answer = url("GET", "/files/a")
    assert (answer.status, answer.problem) == (500, "internal")
    assert "inside" not in answer.body.decode()
    [line] = url.log.getvalue().splitlines()
    logged = json.loads(line)
    assert logged["level"] == "ERROR"
    assert "RuntimeError: inside" in logged["exception"]
