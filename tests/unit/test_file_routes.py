"""`/files` as an HTTP client sees it: versions, ranges, conditions, digests, moves, limits."""

import json
from email.utils import formatdate
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from drive import digests
from drive.files import Limits
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


def test_a_part_is_not_put(url: Url) -> None:
    answer = url("PUT", "/files/a", b"x", Content_Range="bytes 0-0/9")
    assert (answer.status, answer.problem) == (400, "invalid-request")
    assert url("GET", "/files/a").status == 404


def test_a_file_moves_in_one_step(url: Url) -> None:
    tag = url("PUT", "/files/a%20b", b"x").headers["etag"]
    moved = url("POST", "/files/a%20b", Destination="/files/d/%C3%BC%23")
    assert (moved.status, moved.headers["etag"]) == (201, tag)
    assert moved.headers["location"] == "./d/%C3%BC%23"
    assert url("GET", "/files/a%20b").status == 404
    assert url("GET", "/files/d/%C3%BC%23").body == b"x"
    url("PUT", "/files/c", b"y")
    back = url("POST", "/files/d/%C3%BC%23", Destination="https://host/behind/files/c")
    assert (back.status, back.headers["location"]) == (204, "../c")
    assert url("GET", "/files/c").body == b"x"


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
    assert url("POST", "/files/none", Destination="/files/c").status == 404
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
    assert url("DELETE", "/files/").headers["allow"] == "GET, OPTIONS"
    assert url("GET", "/elsewhere").problem == "no-route"


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

    monkeypatch.setattr(url.module.files, "read", fail)
    answer = url("GET", "/files/a")
    assert (answer.status, answer.problem) == (500, "internal")
    assert "inside" not in answer.body.decode()
    [line] = url.log.getvalue().splitlines()
    logged = json.loads(line)
    assert logged["level"] == "ERROR"
    assert "RuntimeError: inside" in logged["exception"]
