"""The files function, from a function URL's event to its answer."""

import base64
import json
import logging
import os
import subprocess
import sys
import tracemalloc
from pathlib import Path

import pytest

from drive import quota
from drive.quota import Limits
from tests.unit.disks import READ_ONLY
from tests.unit.scripts import LAMBDA_SRC
from tests.url import Url, path_of

EVERY_BYTE = bytes(range(256))
MIB = 1024 * 1024
# One answer, as documented: what fits into 6 MB of JSON as base64.
ANSWER_BYTES = 4_600_000


def test_a_file_comes_back_byte_for_byte(url: Url) -> None:
    assert url("PUT", "/files/a/b.bin", EVERY_BYTE).status == 201
    assert url("PUT", "/files/a/b.bin", EVERY_BYTE).status == 204
    answer = url("GET", "/files/a/b.bin")
    assert (answer.status, answer.body) == (200, EVERY_BYTE)
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["last-modified"].endswith(" GMT")


def test_text_and_nothing_are_bodies_too(url: Url) -> None:
    url("PUT", "/files/text.txt", "grüß".encode(), Content_Type="text/plain")
    answer = url("GET", "/files/text.txt")
    assert answer.body.decode() == "grüß"
    assert answer.headers["content-type"] == "text/plain"
    assert url("PUT", "/files/empty").status == 201
    assert url("GET", "/files/empty").body == b""


def test_head_says_what_get_would_without_the_bytes(url: Url) -> None:
    url("PUT", "/files/a", EVERY_BYTE)
    answer = url("HEAD", "/files/a")
    assert (answer.status, answer.body, answer.headers["x-file-size"]) == (200, b"", "256")


def test_a_deleted_file_is_gone(url: Url) -> None:
    url("PUT", "/files/a", b"")
    assert url("DELETE", "/files/a").status == 204
    assert url("GET", "/files/a").status == 404


def test_names_are_percent_decoded_once(url: Url, tmp_path: Path) -> None:
    url("PUT", "/files/gr%C3%BC%C3%9Fe%20%2525.txt", b"")
    assert (tmp_path / "grüße %25.txt").is_file()
    assert url("GET", "/files/gr%C3%BC%C3%9Fe%20%2525.txt").status == 200


@pytest.mark.parametrize(
    "name",
    [
        "../x",
        "%2e%2e/x",
        "a/%2E%2E/%2e%2e/x",
        "..",
        "%2Fetc%2Fpasswd",
        "a%00b",
        "%ff",
        "a//b",
        ".drive-1",
    ]
    + ["x" * 256],
)
@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE"])
def test_a_bad_name_is_the_callers_fault(url: Url, tmp_path: Path, method: str, name: str) -> None:
    answer = url(method, f"/files/{name}", b"")
    assert answer.status == 400
    assert list(tmp_path.iterdir()) == []


def test_a_directory_is_listed_in_pages(url: Url) -> None:
    for name in "cab":
        url("PUT", f"/files/d/{name}", b"12")
    first = url("GET", "/files/d/?limit=2").json
    assert [entry["name"] for entry in first["entries"]] == ["a", "b"]
    assert set(first["entries"][0]) == {"name", "kind", "size", "modified", "etag"}
    second = url("GET", f"/files/d/?limit=2&cursor={first['cursor']}").json
    assert [entry["name"] for entry in second["entries"]] == ["c"]
    assert second["cursor"] is None
    assert [entry["kind"] for entry in url("GET", "/files/").json["entries"]] == ["directory"]


@pytest.mark.parametrize("limit", ["0", "1001", "-1", "x", "", "²"])
def test_a_bad_limit_is_shown(url: Url, limit: str) -> None:
    answer = url("GET", f"/files/?limit={limit}")
    assert answer.status == 400
    assert answer.json["detail"] == f"limit must be 1..1000, got {limit!r}"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/files/missing", 404),
        ("GET", "/files/missing/", 404),
        ("GET", "/files/directory", 409),
        ("PUT", "/files/directory", 409),
        ("PUT", "/files/directory/file/below", 409),
        ("DELETE", "/files/directory", 409),
        ("PUT", "/files/", 405),
        ("POST", "/files/a", 400),
        ("GET", "/index.html", 404),
        ("GET", "/elsewhere", 404),
    ],
)
def test_an_error_is_a_problem_document(url: Url, method: str, path: str, status: int) -> None:
    url("PUT", "/files/directory/file", b"")
    answer = url(method, path, b"")
    assert answer.status == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json["status"] == status
    assert answer.json["detail"]


def test_a_file_that_fits_no_answer_is_413(url: Url, tmp_path: Path) -> None:
    with (tmp_path / "large").open("wb") as file:
        file.truncate(ANSWER_BYTES + 1)
    assert url("GET", "/files/large").status == 413
    assert url("HEAD", "/files/large").status == 200


def test_the_largest_answer_fits_into_lambdas_payload(url: Url, tmp_path: Path) -> None:
    with (tmp_path / "large").open("wb") as file:
        file.truncate(ANSWER_BYTES)
    encoded = base64.b64encode(url("GET", "/files/large").body)
    assert len(encoded) + 64 * 1024 < 6 * 1024 * 1024


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE"])
def test_maintenance_sends_callers_away_for_now(
    url: Url, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    url("PUT", "/files/a", b"kept")
    monkeypatch.setenv("MAINTENANCE_MODE", "1")
    answer = url(method, "/files/a", b"lost")
    assert answer.status == 503
    assert int(answer.headers["retry-after"]) > 0
    assert url("GET", "/files/").status == 503
    assert url("GET", "/health").json["maintenance"] is True
    monkeypatch.setenv("MAINTENANCE_MODE", "0")
    assert url("GET", "/files/a").body == b"kept"


@pytest.mark.parametrize(
    ("value", "closed"),
    [("0", False), ("", False), ("1", True), ("yes", True), ("true", True), (" 1", True)],
)
def test_what_is_not_0_closes_the_drive(
    url: Url, monkeypatch: pytest.MonkeyPatch, value: str, closed: bool
) -> None:
    monkeypatch.setenv("MAINTENANCE_MODE", value)
    assert url("GET", "/files/").status == (503 if closed else 200)
    assert url("GET", "/health").json["maintenance"] is closed


@pytest.mark.parametrize(
    ("level", "used"), [("debug", "DEBUG"), ("", "INFO"), ("LOUD", "INFO"), ("1", "INFO")]
)
def test_a_mistyped_log_level_stops_nothing_and_is_told(level: str, used: str) -> None:
    program = "from files import handler; print(handler.logger.log_level)"
    run = subprocess.run(
        [sys.executable, "-c", program],
        check=True,
        capture_output=True,
        text=True,
        cwd=LAMBDA_SRC,
        env={"MOUNT_PATH": "/", "MOUNT_ACCESS": "read-write", "LOG_LEVEL": level},
    )
    *told, last = run.stdout.splitlines()
    assert getattr(logging, used) == int(last)
    assert any(f"got {level!r}; INFO is used" in line for line in told) is (level in {"LOUD", "1"})


def test_health_passes_on_a_disk_that_can_be_written(
    url: Url, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(url.module.disk, "used_bytes", lambda root: 12 if root == tmp_path else 0)
    answer = url("GET", "/health")
    assert answer.status == 200
    assert answer.json == {
        "status": "pass",
        "mount": str(tmp_path),
        "access": "read-write",
        "maintenance": False,
        "trash_days": 0,
        "used_bytes": 12,
        "max_drive_bytes": None,
        "max_file_bytes": None,
    }


def test_without_a_limit_the_disk_says_how_full_it_is(
    url: Url, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If it is one: a folder of a disk is as full as its files, which nobody has counted."""
    assert url("GET", "/health").json["used_bytes"] is None
    monkeypatch.setattr(os.path, "ismount", lambda path: path == tmp_path)
    said = os.statvfs(tmp_path)
    used = url("GET", "/health").json["used_bytes"]
    assert type(used) is int
    assert 0 < used <= said.f_blocks * said.f_frsize


def test_with_a_limit_the_count_of_the_drive_says_how_full_it_is(
    url: Url, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits = Limits(drive_bytes=1000, file_bytes=100)
    monkeypatch.setattr(url.module.mount, "limits", lambda: limits)
    monkeypatch.setattr(url.module.disk, "used_bytes", lambda root: 12)
    # Nothing was counted yet.
    assert url("GET", "/health").json["used_bytes"] == 12
    url("PUT", "/files/a", b"x" * 60)
    url("PUT", "/files/b/", b"")
    told = url("GET", "/health").json
    assert [told[name] for name in ("used_bytes", "max_drive_bytes", "max_file_bytes")] == [
        *(60, 1000, 100)
    ]
    (tmp_path / quota.COUNTER).write_bytes(b"cut off")
    assert url("GET", "/health").json["used_bytes"] == 12


def test_limits_that_are_not_known_are_not_told(url: Url, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown() -> Limits:
        raise url.module.ConfigurationError("no limits")

    monkeypatch.setattr(url.module.mount, "limits", unknown)
    monkeypatch.setattr(url.module.mount, "trouble", lambda: "no limits")
    answer = url("GET", "/health")
    assert (answer.status, answer.json["max_drive_bytes"]) == (503, None)


def test_health_fails_on_a_disk_that_cannot(url: Url, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(url.module.mount, "ROOT", READ_ONLY)
    answer = url("GET", "/health")
    assert (answer.status, answer.json["status"]) == (503, "fail")
    monkeypatch.setattr(url.module.mount, "WRITABLE", False)
    assert url("GET", "/health").status == 200


def test_an_unknown_error_is_logged_and_not_told(url: Url, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError(5, "the secret of the disk")

    monkeypatch.setattr(url.module.file_routes.file_reads, "read", fail)
    answer = url("GET", "/files/a")
    assert answer.status == 500
    assert answer.json["detail"] == "see the log of request request-1"
    printed = url.log.getvalue()
    assert "the secret of the disk" in printed
    assert "request-1" in printed


def test_a_request_is_one_line_of_json_without_content(url: Url) -> None:
    url("PUT", "/files/a", b"confidential")
    [line] = url.log.getvalue().splitlines()
    logged = json.loads(line)
    assert (logged["method"], logged["path"], logged["status"]) == ("PUT", "/files/a", 201)
    assert logged["correlation_id"] == "request-1"
    assert "confidential" not in line


def test_memory_does_not_grow_with_the_file(url: Url, tmp_path: Path) -> None:
    peaks = []
    for size in (8 * MIB, 8 * 1024 * MIB):
        with (tmp_path / "sparse").open("wb") as file:
            file.truncate(size)
        begun = url(
            *("POST", "/uploads"),
            Tus_Resumable="1.0.0",
            Upload_Length=str(size),
            Upload_Metadata="filename YQ==",
        )
        tracemalloc.start()
        url("GET", "/files/sparse", Range=f"bytes={size // 2}-{size // 2 + MIB}")
        part = url(
            *("PATCH", path_of(begun.headers["location"]), bytes(MIB)),
            Tus_Resumable="1.0.0",
            Upload_Offset="0",
            Content_Type="application/offset+octet-stream",
        )
        assert part.status == 204
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] * 1.1


def test_a_cold_start_does_not_load_the_aws_sdk(tmp_path: Path) -> None:
    environment = {
        "PYTHONPATH": str(LAMBDA_SRC),
        "MOUNT_PATH": str(tmp_path),
        "MOUNT_ACCESS": "read-write",
    }
    heavy = {"boto3", "botocore.session", "pydantic"}
    code = f"import files.handler, sys; print({heavy} & set(sys.modules))"
    printed = subprocess.check_output([sys.executable, "-c", code], env=environment, text=True)
    assert printed == "set()\n"
