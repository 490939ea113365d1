"""The janitor as a Lambda function: its answer, its log, its time and its limits."""

import importlib
import io
import json
import os
import sys
import time
from pathlib import Path
from types import ModuleType

import pytest

from drive import locks, quota, trash
from drive.configuration import ConfigurationError
from tests.unit.janitor import DAY, HOUR, NOW, TEMPORARY, Context, begin, log, put
from tests.unit.scripts import python

LIMITS = {"max_drive_bytes": None, "max_file_bytes": None, "upload_expiry_hours": 24}


@pytest.fixture
def janitor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.setenv("MOUNT_PATH", str(tmp_path))
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "janitor")
    monkeypatch.setenv("POWERTOOLS_METRICS_NAMESPACE", "LambdaDrive")
    monkeypatch.setenv("LIMITS_PARAMETER", "/limits")
    monkeypatch.setenv("TRASH_DAYS", "7")
    sys.modules.pop("janitor.handler", None)
    module = importlib.import_module("janitor.handler")
    monkeypatch.setattr(module, "read_parameter", lambda: json.dumps(LIMITS))
    monkeypatch.setattr(module.metrics.provider, "dimension_set", {})  # all modules share one
    monkeypatch.setattr(module.logger.registered_handler, "stream", io.StringIO())
    return module


def test_the_function_reports_in_its_answer_its_log_and_its_metrics(
    janitor: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    now = time.time()
    os.utime(put(tmp_path / "a" / TEMPORARY, b"123"), (now - 2 * DAY, now - 2 * DAY))
    begin(tmp_path, 10, b"x" * 4, age=NOW - now + 2 * DAY, limit=None)
    for days in (6, 8):
        put(tmp_path / trash.DIRECTORY / version(now - days * DAY), b"y" * 20)
    report = janitor.handler({}, Context())
    assert report == {
        "directories": 2,
        "files": 0,
        "bytes": 0,
        "removed_uploads": 1,
        "removed_temporaries": 1,
        "removed_versions": 1,
        "freed_bytes": 27,
        "skipped": 0,
        "finished": True,
    }
    [line] = log(janitor)
    assert line["report"] == report
    assert line["correlation_id"] == "request-1"
    emitted = json.loads(capsys.readouterr().out)
    [metrics] = emitted["_aws"]["CloudWatchMetrics"]
    assert metrics["Namespace"] == "LambdaDrive"
    assert metrics["Dimensions"] == [["service"]]
    assert emitted["service"] == "janitor"
    assert {metric["Name"]: metric["Unit"] for metric in metrics["Metrics"]} == {
        "UploadsExpired": "Count",
        "TemporariesRemoved": "Count",
        "VersionsRemoved": "Count",
        "BytesFreed": "Bytes",
        "JanitorFinished": "Count",
    }
    assert [emitted[metric["Name"]] for metric in metrics["Metrics"]] == [[1], [1], [1], [27], [1]]


def test_without_a_number_of_days_versions_stay(
    janitor: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Code and variables of a function change in two calls."""
    monkeypatch.delenv("TRASH_DAYS")
    old = put(tmp_path / trash.DIRECTORY / version(1.0))
    module = importlib.reload(janitor)
    monkeypatch.setattr(module, "read_parameter", lambda: json.dumps(LIMITS))
    assert module.handler({}, Context())["removed_versions"] == 0
    assert old.exists()


def version(trashed: float) -> str:
    """The name of a version that got into the trash then."""
    return f"{int(trashed * 1e9):016x}01234567-delete-name"


def test_the_function_stops_in_time(
    janitor: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    put(tmp_path / "a")
    assert janitor.handler({}, Context(milliseconds=30_000))["finished"] is False
    assert json.loads(capsys.readouterr().out)["JanitorFinished"] == [0]
    assert janitor.handler({}, Context(milliseconds=30_001))["finished"] is True


def test_a_second_function_says_that_it_is_the_second(
    janitor: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with locks.locked(tmp_path / locks.DIRECTORY / "janitor", wait_seconds=0):
        assert janitor.handler({}, Context()) == {"finished": False, "busy": True}
    [line] = log(janitor)
    assert line["message"] == "another janitor is at work"
    assert capsys.readouterr().out == ""


def test_what_fails_is_logged_and_fails_the_function(
    janitor: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(janitor, "sweep", lambda *_, **__: os.stat(tmp_path / "the lost file"))
    with pytest.raises(FileNotFoundError):
        janitor.handler({}, Context())
    [line] = log(janitor)
    assert line["level"] == "ERROR"
    assert "the lost file" in line["exception"]


def test_the_limits_of_the_moment_are_those_that_count(
    janitor: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    swept: list[tuple[float, int | None]] = []

    def remember(*_: object, expiry_seconds: float, limit: int | None, **__: object) -> None:
        swept.append((expiry_seconds, limit))

    monkeypatch.setattr(janitor, "sweep", remember)
    for limit, hours in ((None, 24), (10, 1)):
        text = json.dumps(LIMITS | {"max_drive_bytes": limit, "upload_expiry_hours": hours})
        monkeypatch.setattr(janitor, "read_parameter", lambda text=text: text)
        janitor.handler({}, Context())
    assert swept == [(DAY, None), (HOUR, 10)]


def test_without_its_limits_it_removes_nothing_and_fails(
    janitor: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path / TEMPORARY, b"", age=10 * DAY)
    put(tmp_path / quota.COUNTER, b"")
    monkeypatch.setattr(janitor, "read_parameter", lambda: "{}")
    with pytest.raises(ConfigurationError):
        janitor.handler({}, Context())
    assert {path.name for path in tmp_path.iterdir()} == {TEMPORARY, quota.COUNTER}
    [line] = log(janitor)
    assert "max_drive_bytes must be null or a whole number" in line["exception"]


def of_the_whole(monkeypatch: pytest.MonkeyPatch, module: ModuleType) -> ModuleType:
    """The janitor that mounts the whole file system, with the drive in it."""
    monkeypatch.setenv("DRIVE_FOLDER", "drive")
    again = importlib.reload(module)
    monkeypatch.setattr(again, "read_parameter", lambda: json.dumps(LIMITS))
    monkeypatch.setattr(again.logger.registered_handler, "stream", io.StringIO())
    return again


def test_what_a_backup_restored_comes_into_the_drive_when_it_is_asked_to(
    janitor: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = of_the_whole(monkeypatch, janitor)
    old = time.time() - 2 * DAY
    os.utime(put(tmp_path / "drive" / TEMPORARY, b"123"), (old, old))
    put(tmp_path / "aws-backup-restore_t" / "drive" / "a.txt", b"old")
    assert module.handler({}, Context())["removed_temporaries"] == 1
    assert not (tmp_path / "drive" / "restored").exists(), "by itself it would meet a running one"
    report = {"directory": "restored/t", "names": 1, "skipped": 0, "missing_bytes": 0}
    assert module.handler({"bring_back": True}, Context()) == {"recovered": [report]}
    assert (tmp_path / "drive" / "restored" / "t" / "a.txt").read_bytes() == b"old"
    assert log(module)[-1]["recovered"] == [report]


def test_a_file_system_whose_drive_nobody_used_yet_is_swept_without_an_error(
    janitor: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """EFS makes the directory of an access point when the first function mounts it."""
    module = of_the_whole(monkeypatch, janitor)
    assert module.handler({}, Context()) == {"finished": True}
    assert module.handler({"bring_back": True}, Context()) == {"recovered": []}
    assert list(tmp_path.iterdir()) == []


def test_a_janitor_that_mounts_the_drive_alone_brings_nothing_back(
    janitor: ModuleType, tmp_path: Path
) -> None:
    """Code and variables of a function change in two calls."""
    users = put(tmp_path / "aws-backup-restore_t" / tmp_path.name / "a.txt")
    with pytest.raises(RuntimeError, match="DRIVE_FOLDER is not set"):
        janitor.handler({"bring_back": True}, Context())
    assert users.exists()


def test_the_function_is_imported_without_boto3() -> None:
    script = """
        import os, sys
        os.environ |= {"MOUNT_PATH": "/x", "LIMITS_PARAMETER": "/limits"}
        import janitor.handler
        assert not {"boto3", "botocore.session"} & set(sys.modules)
    """
    run = python(script)
    assert run.returncode == 0, run.stderr
