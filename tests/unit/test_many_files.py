"""Many small files in one request: each as a PUT of its own writes it, and none stops another."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from drive import digests
from drive.quota import Limits
from tests.unit.files import own_files
from tests.url import Answer, Context, Url

MEDIA = "application/vnd.lambda-drive.files"


def sent(url: Url, *files: tuple[str, bytes, dict[str, str]], **headers: str) -> Answer:
    described = [{"path": path, "size": len(content), **said} for path, content, said in files]
    content = b"".join(content for _, content, _ in files)
    return raw(url, json.dumps(described).encode() + b"\n" + content, **headers)


def raw(url: Url, body: bytes, **headers: str) -> Answer:
    return url("POST", "/files/", body, **{"Content_Type": MEDIA, **headers})


def statuses(answer: Answer) -> list[int]:
    assert answer.status == 200, answer.body
    return [file["status"] for file in answer.json["files"]]


def kinds(answer: Answer) -> list[str | None]:
    told = [file.get("problem", {}).get("type") for file in answer.json["files"]]
    return [kind and kind.removeprefix("urn:lambda-drive:") for kind in told]


def test_each_file_arrives_byte_for_byte_with_its_tag_and_its_directories(url: Url) -> None:
    names = ["a", "deep/in/here", "ü 日?#%41", "empty"]
    contents = [bytes(range(256)), b"\n\n[{}]\n", b"\xff\xfe", b""]
    url("PUT", "/files/a", b"old")
    answer = sent(
        url, *((name, content, {}) for name, content in zip(names, contents, strict=True))
    )
    assert statuses(answer) == [204, 201, 201, 201]
    assert [file["path"] for file in answer.json["files"]] == names
    for path, content, file in zip(
        ("a", "deep/in/here", "%C3%BC%20%E6%97%A5%3F%23%2541", "empty"),
        contents,
        answer.json["files"],
        strict=True,
    ):
        there = url("GET", f"/files/{path}")
        assert (there.body, there.headers["etag"]) == (content, file["etag"])


def test_one_that_fails_stops_no_other_and_says_what_a_put_would(url: Url) -> None:
    tag = url("PUT", "/files/kept", b"mine").headers["etag"]
    url("PUT", "/files/folder/x", b"")
    wrong = digests.content_digest(b"other")
    answer = sent(
        url,
        ("first", b"1", {}),
        ("kept", b"2", {"if_none_match": "*"}),
        ("kept/below", b"3", {}),
        ("folder", b"4", {}),
        ("a/../b", b"5", {}),
        ("\ud800", b"6", {}),
        ("digest", b"7", {"digest": wrong}),
        ("tags", b"8", {"if_match": "nonsense"}),
        ("last", b"9", {"digest": digests.content_digest(b"9")}),
    )
    assert kinds(answer) == [
        *(None, "precondition-failed", "conflict", "conflict", "invalid-name", "invalid-name"),
        *("digest-mismatch", "invalid-request", None),
    ]
    assert statuses(answer) == [201, 412, 409, 409, 400, 400, 400, 400, 201]
    alone = url("PUT", "/files/kept", b"2", If_None_Match="*")
    assert answer.json["files"][1]["problem"] == alone.json
    assert url("GET", "/files/kept").headers["etag"] == tag
    listed = url("GET", "/files/").json["entries"]
    assert [entry["name"] for entry in listed] == ["first", "folder", "kept", "last"]


def test_a_condition_is_on_the_version_that_was_seen(url: Url) -> None:
    tag = url("PUT", "/files/a", b"old").headers["etag"]
    assert statuses(sent(url, ("a", b"new", {"if_match": tag}))) == [204]
    assert statuses(sent(url, ("a", b"late", {"if_match": tag}))) == [412]
    assert url("GET", "/files/a").body == b"new"


def test_a_limit_refuses_the_file_that_is_over_it(
    url: Url, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits = Limits(drive_bytes=100, file_bytes=60)
    monkeypatch.setattr(url.module.mount, "limits", lambda: limits)
    url.module.quota.change(tmp_path, 0, limit=100)
    answer = sent(
        url,
        ("large", bytes(61), {}),
        ("half", bytes(50), {}),
        ("more", bytes(51), {}),
        ("rest", bytes(50), {}),
    )
    assert statuses(answer) == [507, 201, 507, 201]
    assert answer.json["files"][0]["problem"]["limit"] == 60


def test_a_version_that_is_replaced_is_in_the_trash(
    url: Url, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(url.module.mount, "TRASH_DAYS", 7)
    url("PUT", "/files/a", b"old")
    assert statuses(sent(url, ("a", b"new", {}), ("b", b"", {}))) == [204, 201]
    [version] = url("GET", "/trash/").json["versions"]
    assert (version["path"], version["size"], version["act"]) == ("a", 3, "put")


def _line(*files: object) -> bytes:
    return json.dumps(files).encode() + b"\n"


A: dict[str, object] = {"path": "a", "size": 1}


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "no end"),
        (b'[{"path": "a", "size": 1}]', "no end"),
        (b"\xff\n", "no JSON in UTF-8"),
        (b"[" * 100_000 + b"\n", "no JSON in UTF-8"),
        (b"[" + b" " * 600_000 + b"\n", "600001 bytes"),
        (b"{}\n", "got {}"),
        (b"[]\n", "one of 0"),
        (_line(*({"path": str(number), "size": 0} for number in range(101))), "one of 101"),
        (_line("a"), 'file 0 is "a"'),
        (_line({"path": "a"}) + b"1", "file 0 is"),
        (_line(A, {**A, "path": "b", "mode": "x" * 900}) + b"11", '..." where'),
        (_line({**A, "size": -1}), "got -1"),
        (_line({**A, "size": True}) + b"1", "got true"),
        (_line({**A, "size": 1.0}) + b"1", "got 1.0"),
        (_line({**A, "path": 1}) + b"1", "got 1"),
        (_line({**A, "if_match": None}) + b"1", "got null"),
        (_line(A), "make 1, got 0 bytes"),
        (_line(A) + b"12", "make 1, got 2 bytes"),
        (_line(A, {"path": "b", "size": 1}, A) + b"123", "got 'a' 2 times"),
    ],
)
def test_a_body_that_is_wrong_as_a_whole_writes_nothing(
    url: Url, tmp_path: Path, body: bytes, said: str
) -> None:
    answer = raw(url, body)
    assert (answer.status, answer.problem) == (400, "invalid-request")
    assert said.partition('..." where')[0] in answer.json["detail"]
    assert len(answer.json["detail"]) < 1000
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("headers", "status", "problem"),
    [
        ({"Content_Type": "application/octet-stream"}, 415, "unsupported-media-type"),
        ({"Content_Type": "application/json"}, 415, "unsupported-media-type"),
        ({"Content_Encoding": "gzip"}, 415, "unsupported-coding"),
        ({"Content_Range": "bytes 0-0/9"}, 400, "invalid-request"),
        ({"Content_Digest": digests.content_digest(b"other")}, 400, "digest-mismatch"),
    ],
)
def test_a_body_of_another_kind_writes_nothing(
    url: Url, tmp_path: Path, headers: dict[str, str], status: int, problem: str
) -> None:
    answer = sent(url, ("a", b"1", {}), **headers)
    assert (answer.status, answer.problem) == (status, problem)
    assert list(tmp_path.iterdir()) == []


def test_what_the_time_does_not_suffice_for_is_busy_and_unwritten(
    url: Url, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = iter([5000, 4999, 4998])
    monkeypatch.setattr(Context, "get_remaining_time_in_millis", lambda _: next(left))
    answer = sent(url, *((name, b"x", {}) for name in "abcd"))
    assert statuses(answer) == [201, 201, 503, 503]
    assert kinds(answer)[2] == "busy"
    assert [entry["name"] for entry in url("GET", "/files/").json["entries"]] == ["a", "b"]


def test_a_function_with_little_time_writes_the_first_file_all_the_same(
    url: Url, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Context, "get_remaining_time_in_millis", lambda _: 100)
    assert statuses(sent(url, ("a", b"x", {}), ("b", b"x", {}))) == [201, 503]


def test_a_crash_in_the_middle_leaves_whole_files(
    url: Url, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write: Callable[..., Any] = url.module.many_files_route.file_writes.write

    def dying(root: Path, name: str, content: bytes, **options: Any) -> Any:  # noqa: ANN401
        if name == "c":
            raise RuntimeError("inside")
        return write(root, name, content, **options)

    monkeypatch.setattr(url.module.many_files_route.file_writes, "write", dying)
    answer = sent(url, *((name, name.encode() * 9, {}) for name in "abcd"))
    assert (answer.status, answer.problem) == (500, "internal")
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()} == {
        "a": b"a" * 9,
        "b": b"b" * 9,
    }
    assert own_files(tmp_path) == []


def test_it_is_one_line_of_the_log_and_failures_are_counted_by_kind(
    url: Url, capsys: pytest.CaptureFixture[str]
) -> None:
    sent(url, ("a", b"", {}), ("b/", b"", {}), ("c//d", b"", {}))
    [line] = [json.loads(line) for line in url.log.getvalue().splitlines()]
    assert (line["method"], line["path"], line["status"]) == ("POST", "/files/", 200)
    errors, request = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert (errors["Errors"], errors["kind"]) == ([2], "invalid-name")
    assert request["Requests"] == [1]


def test_maintenance_stops_it(url: Url, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAINTENANCE_MODE", "1")
    answer = sent(url, ("a", b"", {}))
    assert (answer.status, answer.problem) == (503, "maintenance")
    assert list(tmp_path.iterdir()) == []
