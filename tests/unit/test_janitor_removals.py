"""What the janitor removes, and when."""

import json
import os
import random
import subprocess
import sys
import tempfile
import textwrap
import time
from pathlib import Path

import pytest

from drive import locks, quota, upload_state
from drive.sweep import Report
from tests.patience import until
from tests.unit.counter import used
from tests.unit.disks import Remembering
from tests.unit.janitor import DAY, HOUR, NOW, TEMPORARY, begin, calls, clean, kept, put
from tests.unit.scripts import LAMBDA_SRC, python


def test_temporaries_go_a_day_after_they_were_written_and_no_other_file(tmp_path: Path) -> None:
    put(tmp_path / TEMPORARY, b"123", age=DAY + 1)
    put(tmp_path / "a" / TEMPORARY, b"45", age=100 * DAY)
    put(tmp_path / upload_state.DIRECTORY / TEMPORARY, b"6", age=DAY + 1)
    stays = {
        put(tmp_path / ".drive-00000000000000aa", age=DAY - 1),
        put(tmp_path / "a" / ".drive-00000000000000bb", age=0),
        put(tmp_path / "a" / ".drive-00000000000000cc", age=-DAY),
        put(tmp_path / "a" / ".drive-00000000000000CC", age=2 * DAY),
        put(tmp_path / "a" / ".drive-other", age=2 * DAY),
        put(tmp_path / "a" / f"{TEMPORARY}0", age=2 * DAY),
        put(tmp_path / "a" / f"x{TEMPORARY}", age=2 * DAY),
        put(tmp_path / "a" / "old file", age=1000 * DAY),
        put(tmp_path / "a" / f"{'0' * 32}.part", age=1000 * DAY),
    }
    (tmp_path / "b" / TEMPORARY).mkdir(parents=True)
    os.utime(tmp_path / "b" / TEMPORARY, (0, 0))
    report = clean(tmp_path)
    assert report == Report(
        directories=3,
        files=3,
        bytes=0,
        removed_uploads=0,
        removed_temporaries=3,
        freed_bytes=6,
        skipped=0,
        finished=True,
    )
    assert all(path.exists() for path in stays)
    assert kept(tmp_path) == {str(path.relative_to(tmp_path)) for path in stays} | {
        "a",
        "b",
        f"b/{TEMPORARY}",
        upload_state.DIRECTORY,
    }


def test_what_nfs_left_of_removed_files_goes_a_day_after_it_was_left(tmp_path: Path) -> None:
    """A file keeps the time when it was written; when it was renamed, the time of change says."""
    silly = ".nfs0000000000a1b2c300000001"
    left = [
        put(tmp_path / folder / silly, b"123", age=100 * DAY)
        for folder in ("a", upload_state.DIRECTORY)
    ]
    kept_ones = [
        put(tmp_path / "a" / name, b"123", age=100 * DAY)
        for name in (f"{silly}0", silly[:-1], ".nfs", f"x{silly}", silly.replace("a", "A"))
    ]
    report = clean(tmp_path, now=time.time() + DAY - 60)
    assert (report.files, report.removed_temporaries) == (len(kept_ones), 0)
    report = clean(tmp_path, now=time.time() + DAY + 60)
    assert (report.files, report.bytes) == (len(kept_ones), 3 * len(kept_ones))
    assert (report.removed_temporaries, report.freed_bytes) == (2, 6)
    assert [path.exists() for path in (*left, *kept_ones)] == [False] * 2 + [True] * len(kept_ones)


def test_uploads_go_when_they_expire_and_give_their_quota_back(tmp_path: Path) -> None:
    limit = 10_000
    begin(tmp_path, 1000, b"x" * 10, age=5 * HOUR, limit=limit)
    young = begin(tmp_path, 300, b"x" * 10, age=3 * HOUR, limit=limit)
    assert used(tmp_path) == 1300
    report = clean(tmp_path, expiry_seconds=4 * HOUR, limit=limit)
    assert (report.removed_uploads, report.freed_bytes, report.finished) == (1, 10, True)
    assert used(tmp_path) == 300
    assert {upload.id for upload in upload_state.in_progress(tmp_path)} == {young}
    assert kept(tmp_path) == {
        upload_state.DIRECTORY,
        f"{upload_state.DIRECTORY}/{young}",
        f"{upload_state.DIRECTORY}/{young}.part",
        quota.COUNTER,
    }


def test_of_a_finished_upload_the_state_goes_and_the_file_stays(tmp_path: Path) -> None:
    limit = 10_000
    begin(tmp_path, 3, b"abc", age=2 * DAY, limit=limit)
    report = clean(tmp_path, limit=limit)
    assert (report.removed_uploads, report.freed_bytes) == (1, 0)
    assert (tmp_path / "file").read_bytes() == b"abc"
    assert used(tmp_path) == 3
    assert kept(tmp_path) == {upload_state.DIRECTORY, quota.COUNTER, "file"}


def test_an_upload_that_somebody_writes_stays(tmp_path: Path) -> None:
    limit = 10_000
    upload = begin(tmp_path, 100, age=5 * DAY, limit=limit)
    with locks.locked(tmp_path / upload_state.DIRECTORY / upload, wait_seconds=0):
        report = clean(tmp_path, limit=limit)
    assert (report.removed_uploads, report.finished) == (0, True)
    assert used(tmp_path) == 100
    assert clean(tmp_path, limit=limit).removed_uploads == 1
    assert used(tmp_path) == 0


def test_a_part_without_its_state_goes_after_a_day(tmp_path: Path) -> None:
    directory = tmp_path / upload_state.DIRECTORY
    put(directory / f"{'a' * 32}.part", b"12", age=DAY + 1)
    young = put(directory / f"{'b' * 32}.part", b"34", age=DAY - 1)
    upload = begin(tmp_path, 10, age=0, limit=None)
    os.utime(directory / f"{upload}.part", (0, 0))
    report = clean(tmp_path)
    assert (report.removed_temporaries, report.freed_bytes) == (1, 2)
    assert young.exists()
    assert (directory / f"{upload}.part").exists()


def test_an_orphan_that_another_one_removes_is_not_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path / TEMPORARY, b"123", age=2 * DAY)
    real = os.unlink

    def unlink(path: str, *, dir_fd: int | None = None) -> None:
        real(path, dir_fd=dir_fd)
        real(path, dir_fd=dir_fd)

    monkeypatch.setattr(os, "unlink", unlink)
    report = clean(tmp_path)
    monkeypatch.undo()
    assert (report.removed_temporaries, report.freed_bytes, report.skipped) == (0, 0, 0)


def test_what_is_refused_is_reported_and_the_rest_is_done() -> None:
    """A refusal by the kernel, in a process without root's rights."""
    with tempfile.TemporaryDirectory() as name:
        root = Path(name) / "root"
        put(root / "locked" / "file", b"x")
        put(root / "listed" / "file", b"x")
        put(root / "kept" / TEMPORARY, age=2 * DAY)
        put(root / "z" / TEMPORARY, b"123", age=2 * DAY)
        for path in (root, *root.rglob("*")):
            path.chmod(0o777)
        (root / "locked").chmod(0)
        (root / "listed").chmod(0o444)
        (root / "kept").chmod(0o555)
        Path(name).chmod(0o755)
        script = f"""
            import json, os
            from dataclasses import asdict
            from pathlib import Path
            from drive.sweep import sweep
            if os.getuid() == 0:
                os.setgid(65534), os.setuid(65534)
            report = sweep(Path({str(root)!r}), now={NOW}, time_left=lambda: 1.0,
                           expiry_seconds=1.0, limit=None)
            print(json.dumps(asdict(report)))
        """
        try:
            run = python(script)
            assert run.returncode == 0, run.stderr
            report = json.loads(run.stdout)
        finally:
            for directory in ("locked", "listed", "kept"):
                (root / directory).chmod(0o777)
        assert report == {
            "directories": 5,
            "files": 0,
            "bytes": 0,
            "removed_uploads": 0,
            "removed_temporaries": 1,
            "removed_versions": 0,
            "freed_bytes": 3,
            "skipped": 3,
            "finished": True,
        }


def test_uploads_that_were_missing_are_looked_for_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin(tmp_path, 70, age=0, limit=1000)
    with monkeypatch.context() as patch:
        Remembering({tmp_path / upload_state.DIRECTORY}, patch)
        assert clean(tmp_path, now=NOW - DAY, limit=1000).finished
    assert used(tmp_path) == 70


@pytest.mark.slow
def test_live_writers_and_uploads_never_notice_the_janitor(tmp_path: Path) -> None:
    root, stop = tmp_path / "drive", tmp_path / "stop"
    root.mkdir()
    script = f"""
        import sys
        from pathlib import Path
        from drive import file_writes, uploads
        from drive.conditions import Conditions
        from drive.quota import Limits
        root, me = Path({str(root)!r}), sys.argv[1]
        limits = Limits(drive_bytes=10**9)
        content = me.encode() * 20_000
        while not Path({str(stop)!r}).exists():
            for n in range(5):
                file_writes.write(root, f"{{me}}/{{n}}/file", content, limits=limits)
                upload = uploads.create(root, target=f"{{me}}/up", length=4,
                                        conditions=Conditions(), limits=limits).upload
                for at in (0, 2):
                    uploads.append(root, upload.id, at, b"ab", expiry_seconds={DAY},
                                   limits=limits)
            file_writes.delete(root, f"{{me}}/3/file", limits=limits)
    """
    command = [sys.executable, "-c", textwrap.dedent(script)]
    writers = [subprocess.Popen([*command, me], cwd=LAMBDA_SRC) for me in "ab"]
    until(lambda: all((root / me / "up").exists() for me in "ab"))
    stops = random.Random(1)
    for _ in range(200):
        clean(root, now=time.time(), time_left=calls(stops.randint(1, 200)), limit=10**9)
    assert [writer.poll() for writer in writers] == [None, None]
    stop.touch()
    assert [writer.wait() for writer in writers] == [0, 0]
    while not clean(root, now=time.time(), limit=10**9).finished:
        pass
    clean(root, now=time.time(), limit=10**9)
    for me in "ab":
        for n in (0, 1, 2, 4):
            assert (root / me / str(n) / "file").read_bytes() == me.encode() * 20_000
        assert (root / me / "up").read_bytes() == b"abab"
    assert used(root) == 2 * (4 * 20_000 + 4)
