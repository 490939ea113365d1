"""`/uploads` as a tus 1.0.0 client sees it (https://tus.io/protocols/resumable-upload)."""

import base64
import hashlib
import json
import os
import re
import time
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import pytest

from drive import uploads
from drive.errors import FullError
from drive.quota import Limits
from tests.url import FUNCTION_URL, Answer, Url

# https://docs.aws.amazon.com/efs/latest/ug/limits.html: 47.9 TiB
LARGEST = 52_673_613_135_872
PART = {"Tus_Resumable": "1.0.0", "Content_Type": "application/offset+octet-stream"}


def metadata(name: str, more: str = "") -> str:
    return f"filename {base64.b64encode(name.encode()).decode()}{more}"


def create(url: Url, name: str = "a", length: int = 6, **headers: str) -> Answer:
    return url(
        "POST",
        "/uploads",
        Tus_Resumable="1.0.0",
        Upload_Length=str(length),
        Upload_Metadata=metadata(name),
        **headers,
    )


def path_of(created: Answer) -> str:
    assert created.status == 201
    location = created.headers["location"]
    assert location.startswith(f"https://{FUNCTION_URL}/uploads/")
    return location.removeprefix(f"https://{FUNCTION_URL}")


def patch(url: Url, path: str, offset: int, content: bytes, **headers: str) -> Answer:
    return url("PATCH", path, content, Upload_Offset=str(offset), **{**PART, **headers})


def head(url: Url, path: str) -> Answer:
    return url("HEAD", path, Tus_Resumable="1.0.0")


def test_the_server_says_what_it_speaks(url: Url, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = url("OPTIONS", "/uploads")
    assert answer.status == 204
    assert answer.headers["tus-version"] == "1.0.0"
    assert set(answer.headers["tus-extension"].split(",")) == {
        *("creation", "creation-with-upload", "termination", "checksum", "expiration")
    }
    assert answer.headers["tus-checksum-algorithm"] == "sha256,sha1"
    assert answer.headers["tus-max-size"] == str(LARGEST)
    for set_, told in ((99, 99), (LARGEST, LARGEST), (LARGEST + 1, LARGEST)):
        limits = Limits(file_bytes=set_)
        monkeypatch.setattr(url.module.mount, "limits", lambda limits=limits: limits)
        assert url("OPTIONS", "/uploads").headers["tus-max-size"] == str(told)


def test_no_file_is_begun_that_efs_cannot_hold(url: Url, tmp_path: Path) -> None:
    for length in (LARGEST + 1, 2**62):
        answer = create(url, length=length)
        assert (answer.status, answer.problem) == (413, "upload-too-large")
        assert (answer.json["limit"], str(length) in answer.json["detail"]) == (LARGEST, True)
    assert list(tmp_path.iterdir()) == []
    assert create(url, length=LARGEST).status == 201


@pytest.mark.parametrize(
    ("header", "value", "extension"),
    [
        ("Upload_Concat", "partial", "concatenation"),
        ("Upload_Concat", "final;/uploads/a /uploads/b", "concatenation"),
        ("Upload_Defer_Length", "1", "creation-defer-length"),
        ("Trailer", "Upload-Checksum", "checksum-trailer"),
        ("Trailer", "Expires, upload-checksum", "checksum-trailer"),
    ],
)
def test_an_extension_that_is_not_offered_is_refused_by_its_name(
    url: Url, tmp_path: Path, header: str, value: str, extension: str
) -> None:
    answer = create(url, "a", 6, **{header: value})
    assert (answer.status, answer.problem) == (400, "tus-extension")
    assert f"not {extension}; got {header.replace('_', '-')}: {value}" in answer.json["detail"]
    assert list(tmp_path.iterdir()) == []
    path = path_of(create(url))
    assert patch(url, path, 0, b"abc", **{header: value}).problem == "tus-extension"
    assert head(url, path).headers["upload-offset"] == "0"
    assert extension not in url("OPTIONS", "/uploads").headers["tus-extension"]
    assert patch(url, path, 0, b"abc", Trailer="Expires").status == 204


@pytest.mark.parametrize(
    "media",
    [
        "Application/Offset+Octet-Stream",
        "application/offset+octet-stream; charset=utf-8",
        "application/offset+octet-stream ;x=y",
    ],
)
def test_a_media_type_has_any_case_and_parameters(url: Url, media: str) -> None:
    path = path_of(create(url))
    assert patch(url, path, 0, b"abcdef", Content_Type=media).status == 204
    assert url("GET", "/files/a").body == b"abcdef"


def test_an_encoded_part_is_refused(url: Url) -> None:
    path = path_of(create(url))
    answer = patch(url, path, 0, b"abc", Content_Encoding="gzip")
    assert (answer.status, answer.problem) == (415, "unsupported-coding")
    first = url(
        *("POST", "/uploads", b"abc"),
        Upload_Length="3",
        Upload_Metadata=metadata("b"),
        Content_Encoding="gzip",
        **PART,
    )
    assert first.problem == "unsupported-coding"
    assert url("GET", "/files/b").status == 404
    assert head(url, path).headers["upload-offset"] == "0"


def test_a_file_arrives_in_parts(url: Url) -> None:
    path = path_of(create(url, "docs/ü.bin"))
    answer = head(url, path)
    assert (answer.headers["upload-offset"], answer.headers["upload-length"]) == ("0", "6")
    assert answer.headers["upload-metadata"] == metadata("docs/ü.bin")
    assert answer.headers["cache-control"] == "no-store"
    first = patch(url, path, 0, b"\0\xffc")
    assert (first.status, first.headers["upload-offset"]) == (204, "3")
    assert url("GET", "/files/docs/%C3%BC.bin").status == 404
    assert head(url, path).headers["upload-offset"] == "3"
    last = patch(url, path, 3, b"def")
    assert (last.status, last.headers["upload-offset"]) == (204, "6")
    got = url("GET", "/files/docs/%C3%BC.bin")
    assert (got.body, got.headers["etag"]) == (b"\0\xffcdef", last.headers["etag"])
    assert head(url, path).headers["upload-offset"] == "6"  # should the answer have been lost
    assert url("GET", "/files/").json["entries"][0]["name"] == "docs"  # and nothing of the drive's


def test_the_first_part_may_come_with_the_creation(url: Url) -> None:
    whole = url(
        *("POST", "/uploads", b"abc"),
        Upload_Length="3",
        Upload_Metadata=metadata("/a"),
        Upload_Checksum=f"sha1 {base64.b64encode(hashlib.sha1(b'abc').digest()).decode()}",
        **PART,
    )
    assert (whole.status, whole.headers["upload-offset"]) == (201, "3")
    assert url("GET", "/files/a").headers["etag"] == whole.headers["etag"]
    empty = create(url, "empty", 0)
    assert empty.status == 201
    assert url("GET", "/files/empty").body == b""


@pytest.mark.parametrize(("length", "body"), [(0, b"x"), (0, b"x" * 99), (1, b"xy")])
def test_a_creation_with_more_than_it_announces_changes_nothing(
    url: Url, tmp_path: Path, length: int, body: bytes
) -> None:
    """One of 0 bytes is done when it is begun: it replaced a file, and was refused then."""
    tag = url("PUT", "/files/a", b"there").headers["etag"]
    answer = url(
        *("POST", "/uploads", body),
        Upload_Length=str(length),
        Upload_Metadata=metadata("a"),
        **PART,
    )
    assert (answer.status, answer.problem) == (413, "upload-too-large")
    assert (answer.json["limit"], "location" in answer.headers) == (length, False)
    assert url("GET", "/files/a").headers["etag"] == tag
    assert url("GET", "/files/a").body == b"there"
    assert not (tmp_path / ".drive-uploads").exists()


@pytest.mark.parametrize("failure", ["changed", "no space", "crash"])
def test_a_creation_whose_first_part_fails_holds_nothing(
    url: Url, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failure: str
) -> None:
    """Its address is in no answer, and its length would count as used until it expires."""
    append = uploads.append
    limits = Limits(drive_bytes=1000)
    monkeypatch.setattr(url.module.mount, "limits", lambda: limits)

    def fail(*args: Any, **named: Any) -> uploads.Progress:  # noqa: ANN401 - those of append
        if failure == "changed":
            url("PUT", "/files/a", b"other")
        elif failure == "no space":
            raise FullError("no space")
        elif failure == "crash":
            raise RuntimeError
        return append(*args, **named)

    monkeypatch.setattr(uploads, "append", fail)
    answer = url(
        *("POST", "/uploads", b"x" * 900),
        Upload_Length="900",
        Upload_Metadata=metadata("a"),
        If_None_Match="*",
        **PART,
    )
    assert (
        answer.problem
        == {
            "changed": "precondition-failed",
            "no space": "no-space",
            "crash": "internal",
        }[failure]
    )
    assert "location" not in answer.headers
    assert os.listdir(tmp_path / ".drive-uploads") == []
    url("DELETE", "/files/a")
    assert url("PUT", "/files/b", b"x" * 1000).status == 201


def test_a_location_is_absolute_by_either_door(url: Url) -> None:
    """Clients that resolve a relative one wrongly: eventials/go-tus #43, tus/TUSKit #124."""
    domain = "drive.example"
    for door, name in ((url, FUNCTION_URL), (Url(url.module, url.log, domain), domain)):
        for path in ("/uploads", "/uploads/"):
            made = door(
                *("POST", path),
                Tus_Resumable="1.0.0",
                Upload_Length="1",
                Upload_Metadata=metadata("a"),
                Host="elsewhere.example",
            )
            base = f"https://{name}"
            assert re.fullmatch(rf"{base}/uploads/[0-9a-f]{{32}}", made.headers["location"])
            assert head(door, made.headers["location"].removeprefix(base)).status == 200


def test_another_offset_is_a_conflict_that_tells_the_right_one(url: Url) -> None:
    path = path_of(create(url))
    patch(url, path, 0, b"abc")
    for offset in (0, 2, 4, 6, 99):
        answer = patch(url, path, offset, b"x")
        assert (answer.status, answer.problem) == (409, "offset-conflict")
        assert answer.headers["upload-offset"] == "3"
        assert answer.json["offset"] == 3


def test_a_checksum_guards_each_part(url: Url) -> None:
    path = path_of(create(url))
    right = base64.b64encode(hashlib.sha256(b"abc").digest()).decode()
    wrong = patch(url, path, 0, b"xyz", Upload_Checksum=f"sha256 {right}")
    assert (wrong.status, wrong.problem) == (460, "checksum-mismatch")
    unknown = patch(url, path, 0, b"abc", Upload_Checksum="crc32 AAAA")
    assert (unknown.status, unknown.problem) == (400, "invalid-request")
    assert head(url, path).headers["upload-offset"] == "0"
    assert patch(url, path, 0, b"abc", Upload_Checksum=f"sha256 {right}").status == 204
    assert create(url, Upload_Checksum=f"sha256 {right}").problem == "checksum-mismatch"


def test_a_terminated_upload_is_gone(url: Url, tmp_path: Path) -> None:
    path = path_of(create(url))
    patch(url, path, 0, b"abc")
    assert url("DELETE", path, Tus_Resumable="1.0.0").status == 204
    for answer in (head(url, path), patch(url, path, 3, b"d")):
        assert answer.status == 404
    assert url("DELETE", path, Tus_Resumable="1.0.0").problem == "not-found"
    assert os.listdir(tmp_path / ".drive-uploads") == []


def test_an_upload_expires_when_it_says(
    url: Url, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 1_800_000_000.0
    monkeypatch.setattr(time, "time", lambda: now)
    created = create(url)
    path = path_of(created)
    expires = parsedate_to_datetime(created.headers["upload-expires"]).timestamp()
    assert expires == now + 24 * 3600
    state = tmp_path / ".drive-uploads" / path.rpartition("/")[2]
    os.utime(state, (now - 25 * 3600,) * 2)
    assert (head(url, path).status, patch(url, path, 0, b"x").problem) == (410, "upload-expired")


def test_conditions_are_kept_with_the_upload(url: Url) -> None:
    path = path_of(create(url, "a", 1, If_None_Match="*"))
    url("PUT", "/files/a", b"other")
    late = patch(url, path, 0, b"x")
    assert (late.status, late.problem) == (412, "precondition-failed")
    assert url("GET", "/files/a").body == b"other"
    refused = create(url, "a", 1, If_None_Match="*")
    assert (refused.status, refused.problem) == (412, "precondition-failed")


def test_another_version_of_tus_is_refused(url: Url) -> None:
    path = path_of(create(url))
    for version in ({}, {"Tus_Resumable": "0.2.2"}):
        for method, at in (("HEAD", path), ("DELETE", path), ("PATCH", path), ("POST", "/uploads")):
            answer = url(method, at, **version)
            assert answer.status == 412
            assert method == "HEAD" or answer.problem == "tus-version"
            assert answer.headers["tus-version"] == "1.0.0"
            assert answer.headers["tus-resumable"] == "1.0.0"


@pytest.mark.parametrize(
    ("headers", "problem"),
    [
        ({"Upload_Metadata": metadata("a")}, "invalid-request"),
        ({"Upload_Length": "-1", "Upload_Metadata": metadata("a")}, "invalid-request"),
        ({"Upload_Length": "²", "Upload_Metadata": metadata("a")}, "invalid-request"),
        ({"Upload_Length": "9" * 30, "Upload_Metadata": metadata("a")}, "invalid-request"),
        ({"Upload_Defer_Length": "1", "Upload_Metadata": metadata("a")}, "tus-extension"),
        ({"Upload_Length": "1"}, "invalid-request"),
        ({"Upload_Length": "1", "Upload_Metadata": "filename"}, "invalid-name"),
        ({"Upload_Length": "1", "Upload_Metadata": "filename !"}, "invalid-request"),
        ({"Upload_Length": "1", "Upload_Metadata": "filename /w=="}, "invalid-request"),
        ({"Upload_Length": "1", "Upload_Metadata": "other YQ=="}, "invalid-request"),
        (
            {"Upload_Length": "1", "Upload_Metadata": metadata("a", ",filename YQ==")},
            "invalid-request",
        ),
        ({"Upload_Length": "1", "Upload_Metadata": metadata("a", ",filename")}, "invalid-request"),
        ({"Upload_Length": "1", "Upload_Metadata": metadata("a", ",note \xfc")}, "invalid-request"),
        ({"Upload_Length": "1", "Upload_Metadata": metadata("../x")}, "invalid-name"),
        ({"Upload_Length": "1", "Upload_Metadata": metadata(".drive-x")}, "invalid-name"),
    ],
)
def test_what_cannot_be_begun_is_refused(
    url: Url, tmp_path: Path, headers: dict[str, str], problem: str
) -> None:
    answer = url("POST", "/uploads", Tus_Resumable="1.0.0", **headers)
    assert answer.problem == problem
    assert list(tmp_path.iterdir()) == []


def test_a_part_is_of_its_media_type_and_fits(url: Url) -> None:
    path = path_of(create(url))
    typed = patch(url, path, 0, b"x", Content_Type="text/plain")
    assert (typed.status, typed.problem) == (415, "unsupported-media-type")
    long = patch(url, path, 0, b"1234567")
    assert (long.status, long.problem) == (413, "upload-too-large")
    missing = url("PATCH", path, b"x", **PART)
    assert (missing.status, missing.problem) == (400, "invalid-request")
    assert head(url, path).headers["upload-offset"] == "0"


def test_limits_hold_at_the_creation(url: Url, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(url.module.mount, "limits", lambda: Limits(drive_bytes=10, file_bytes=8))
    assert create(url, "a", 9).problem == "upload-too-large"  # Tus-Max-Size asks for 413
    path = path_of(create(url, "a", 8))
    full = create(url, "b", 3)
    assert (full.status, full.problem) == (507, "no-space")
    url("DELETE", path, Tus_Resumable="1.0.0")
    assert create(url, "b", 3).status == 201


def test_a_client_that_knows_post_only_may_override(url: Url) -> None:
    path = path_of(create(url))
    answer = url(
        *("POST", path, b"abcdef"), X_HTTP_Method_Override="PATCH", Upload_Offset="0", **PART
    )
    assert answer.status == 204
    assert url("POST", path, X_HTTP_Method_Override="DELETE", Tus_Resumable="1.0.0").status == 204
    assert url("POST", "/files/a", X_HTTP_Method_Override="DELETE").problem == "invalid-request"


def test_sessions_are_counted(url: Url, capsys: pytest.CaptureFixture[str]) -> None:
    path = path_of(create(url, length=1))
    patch(url, path, 0, b"x")
    url("DELETE", path, Tus_Resumable="1.0.0")
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    counted = ["UploadsCreated", "UploadsFinished", "UploadsTerminated"]
    assert [[name for name in counted if name in line] for line in lines] == [[c] for c in counted]
