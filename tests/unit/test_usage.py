"""How much is on the drive, found without a right to write."""

import importlib
import io
import json
import os
import subprocess
import sys
import tempfile
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from drive import file_writes, uploads
from drive.conditions import Conditions
from drive.quota import Limits
from drive.usage import Usage, measure
from tests.patience import PATIENCE_SECONDS
from tests.unit.janitor import DAY, Context, calls, forever, log
from tests.unit.scripts import LAMBDA_SRC


def fill(root: Path) -> float:
    """Two files of 30 bytes, an upload that is done (5 bytes) and one in progress, begun then."""
    file_writes.write(root, "a/b/1", b"x" * 10)
    file_writes.write(root, "2", b"x" * 20)
    (root / "a" / "link").symlink_to("/")
    (root / "a" / ".drive-0123456789abcdef").write_bytes(b"being written")
    for target, length in (("a/done", 5), ("a/waits", 1000)):
        upload = uploads.create(
            root, target=target, length=length, conditions=Conditions(), limits=Limits()
        ).upload
        uploads.append(root, upload.id, 0, b"12345", expiry_seconds=DAY, limits=Limits())
    return upload.created


def test_it_finds_files_and_uploads_in_progress(tmp_path: Path) -> None:
    begun = fill(tmp_path)
    assert measure(tmp_path, time_left=forever) == Usage(
        directories=3,
        files=3,
        bytes=35,
        uploads=1,
        announced_bytes=1000,
        oldest_upload=begun,
        finished=True,
    )


def test_the_oldest_upload_is_the_one_that_began_first(tmp_path: Path) -> None:
    began = [
        uploads.create(
            tmp_path, target="x", length=1, conditions=Conditions(), limits=Limits()
        ).upload.created
        for _ in range(5)
    ]
    assert measure(tmp_path, time_left=forever).oldest_upload == min(began)


def test_an_empty_drive_is_no_special_case(tmp_path: Path) -> None:
    assert measure(tmp_path, time_left=forever) == Usage(directories=1, finished=True)


def test_it_stops_when_the_time_is_up(tmp_path: Path) -> None:
    fill(tmp_path)
    needed = next(n for n in range(100) if measure(tmp_path, time_left=calls(n)).finished)
    assert needed == 2 + 3 + 5  # uploads, directories, names of files and links
    for number in range(needed):
        assert not measure(tmp_path, time_left=calls(number)).finished


@pytest.fixture
def function(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.setenv("MOUNT_PATH", str(tmp_path))
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "usage")
    monkeypatch.setenv("POWERTOOLS_METRICS_NAMESPACE", "LambdaDrive")
    sys.modules.pop("usage.handler", None)
    module = importlib.import_module("usage.handler")
    monkeypatch.setattr(module.metrics.provider, "dimension_set", {})  # all modules share one
    monkeypatch.setattr(module.logger.registered_handler, "stream", io.StringIO())
    return module


UNITS = {
    "DriveBytes": "Bytes",
    "TrashBytes": "Bytes",
    "DriveFiles": "Count",
    "UploadsInProgress": "Count",
    "OldestUploadAge": "Seconds",
    "UsageFinished": "Count",
}


def test_the_function_publishes_what_is_there(
    function: ModuleType,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    begun = fill(tmp_path)
    monkeypatch.setattr(time, "time", lambda: begun + 40)
    assert function.handler({}, Context())["bytes"] == 35
    emitted = json.loads(capsys.readouterr().out)
    [metrics] = emitted["_aws"]["CloudWatchMetrics"]
    assert (metrics["Namespace"], emitted["service"]) == ("LambdaDrive", "usage")
    assert {metric["Name"]: metric["Unit"] for metric in metrics["Metrics"]} == UNITS
    assert [emitted[name] for name in UNITS] == [[35], [0], [3], [1], [40.0], [1]]
    [line] = log(function)
    assert (line["level"], line["usage"]["files"]) == ("INFO", 3)


def test_without_uploads_the_oldest_has_no_age(
    function: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    function.handler({}, Context())
    assert json.loads(capsys.readouterr().out)["OldestUploadAge"] == [0]


def test_without_the_time_for_everything_no_total_is_published(
    function: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fill(tmp_path)
    function.handler({}, Context(milliseconds=30_000))
    emitted = json.loads(capsys.readouterr().out)
    assert set(UNITS) & set(emitted) == {"UsageFinished"}
    assert emitted["UsageFinished"] == [0]
    [line] = log(function)
    assert line["level"] == "WARNING"
    assert line["usage"]["directories"] == 0


def test_what_fails_is_logged_and_fails_the_function(
    function: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(function, "ROOT", tmp_path / "the lost drive")
    with pytest.raises(FileNotFoundError):
        function.handler({}, Context())
    [line] = log(function)
    assert line["level"] == "ERROR"
    assert "the lost drive" in line["exception"]


@pytest.fixture
def read_only() -> Iterator[Path]:
    """A drive that one without root's rights may look at, and not change."""
    with tempfile.TemporaryDirectory() as name:
        root = Path(name) / "root"
        root.mkdir()
        fill(root)
        Path(name).chmod(0o755)
        everything = [root, *(path for path in root.rglob("*") if not path.is_symlink())]
        for path in everything:
            path.chmod(0o555 if path.is_dir() else 0o444)
        yield root
        for path in everything:
            path.chmod(0o755)


def test_it_works_where_every_write_is_refused_and_tries_none(read_only: Path) -> None:
    script = f"""
        import json, os, sys
        from pathlib import Path

        root = Path({str(read_only)!r})
        os.environ |= {{
            "MOUNT_PATH": str(root),
            "POWERTOOLS_SERVICE_NAME": "usage",
            "POWERTOOLS_METRICS_NAMESPACE": "LambdaDrive",
        }}
        from tests.unit.janitor import Context
        from usage.handler import handler

        if os.getuid() == 0:
            os.setgroups([])
            os.setgid(65534)
            os.setuid(65534)
        for attempt in (
            lambda: (root / "new").write_bytes(b""),
            lambda: (root / "new").mkdir(),
            lambda: (root / "2").unlink(),
            lambda: (root / "a" / "b" / "1").open("r+b"),
        ):
            try:
                attempt()
            except PermissionError:
                continue
            sys.exit("this drive can be written")

        # With descriptors of directories a path may be relative: none is let pass.
        changes = {{"os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.utime", "os.link",
                    "os.symlink", "os.truncate", "os.chmod", "os.chown", "os.setxattr",
                    "fcntl.flock", "fcntl.lockf"}}
        writing = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
        seen, forbidden = set(), []

        def watch(event, arguments):
            seen.add(event)
            if event in changes or (event == "open" and arguments[2] & writing):
                forbidden.append((event, arguments))

        sys.addaudithook(watch)
        usage = handler({{}}, Context())
        assert not forbidden, forbidden
        assert {{"open", "os.scandir"}} <= seen
        try:
            os.open(root / "2", os.O_RDWR)
        except PermissionError:
            assert len(forbidden) == 1, "the watch sleeps"
        sys.stderr.write(json.dumps(usage))
    """
    done = subprocess.run(
        [sys.executable, "-B", "-c", textwrap.dedent(script)],
        check=False,
        env={**os.environ, "PYTHONPATH": f"{LAMBDA_SRC}:{LAMBDA_SRC.parent}"},
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
    )
    assert done.returncode == 0, done.stderr
    usage: dict[str, Any] = json.loads(done.stderr)
    assert (usage["finished"], usage["bytes"], usage["files"]) == (True, 35, 3)
    assert (usage["uploads"], usage["skipped"]) == (1, 0)
    printed = [json.loads(line) for line in done.stdout.splitlines()]
    assert [line["DriveBytes"] for line in printed if "DriveBytes" in line] == [[35]]
