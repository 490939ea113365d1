"""The janitor: what it removes, what it must never remove, and that it comes to an end."""

import errno
import importlib
import io
import json
import os
import random
import subprocess
import sys
import tempfile
import textwrap
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drive import directories, file_writes, locks, quota, sweep, upload_state, uploads
from drive.conditions import Conditions
from drive.configuration import ConfigurationError
from drive.quota import Limits
from drive.sweep import Report
from tests.patience import PATIENCE_SECONDS, until
from tests.unit.test_files import Remembering

LAMBDA_SRC = Path(__file__).resolve().parents[2] / "lambda_src"
TEMPORARY = ".drive-0123456789abcdef"
LIMITS = {"max_drive_bytes": None, "max_file_bytes": None, "upload_expiry_hours": 24}
HOUR, DAY = 3600.0, 24 * 3600.0
NOW = 1_800_000_000.0


def forever() -> float:
    return 1.0


def calls(number: int) -> Callable[[], float]:
    """Time that is up when it was asked for `number` times."""
    left = iter(range(number, 0, -1))
    return lambda: float(next(left, 0))


def clean(
    root: Path,
    *,
    now: float = NOW,
    time_left: Callable[[], float] = forever,
    limit: int | None = None,
    expiry_seconds: float = DAY,
) -> Report:
    report = sweep.sweep(
        root, now=now, time_left=time_left, expiry_seconds=expiry_seconds, limit=limit
    )
    assert report is not None
    return report


def put(path: Path, content: bytes = b"", *, age: float = 0.0) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    os.utime(path, (NOW - age, NOW - age))
    return path


def begin(root: Path, length: int, content: bytes = b"", *, age: float, limit: int | None) -> str:
    """An upload whose last part came `age` seconds before `NOW`."""
    limits = Limits(drive_bytes=limit)
    upload = uploads.create(
        root, target="file", length=length, conditions=Conditions(), limits=limits
    ).upload
    if content:
        uploads.append(root, upload.id, 0, content, expiry_seconds=DAY, limits=limits)
    for path in (root / upload_state.DIRECTORY).glob(f"{upload.id}*"):
        os.utime(path, (NOW - age, NOW - age))
    return upload.id


def used(root: Path) -> int:
    with locks.locked(root / quota.COUNTER, wait_seconds=0) as descriptor:
        count = quota._read(descriptor)
    assert count is not None
    assert count.used is not None
    return count.used


def kept(root: Path) -> set[str]:
    """All names but those of lock files."""
    found = {str(path.relative_to(root)) for path in root.rglob("*")}
    return {name for name in found if not name.startswith(locks.DIRECTORY)}


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


def test_no_link_is_followed(tmp_path: Path) -> None:
    root = tmp_path / "root"
    outside = put(tmp_path / "outside" / TEMPORARY, b"kept", age=9 * DAY)
    (root / "a").mkdir(parents=True)
    (root / "a" / "out").symlink_to(outside.parent)
    (root / "a" / "loop").symlink_to(root)
    (root / TEMPORARY).symlink_to(outside)
    os.utime(root / TEMPORARY, (0, 0), follow_symlinks=False)
    report = clean(root)
    assert (report.directories, report.files, report.removed_temporaries) == (2, 0, 0)
    assert outside.exists()


def test_a_directory_that_becomes_a_link_while_the_janitor_comes_is_not_entered(
    tmp_path: Path,
) -> None:
    root = tmp_path / "root"
    outside = put(tmp_path / "outside" / "deep" / TEMPORARY, b"kept", age=9 * DAY)
    put(root / "a" / "deep" / "file")
    seen = []
    for directory in directories.directories(root):
        seen.append(directory.segments)
        list(directory.non_directories())
        if directory.segments == ("a",):  # "deep" is known now, and to come
            (root / "a").rename(root / "b")
            (root / "a").symlink_to(outside.parent.parent)
    assert seen == [(), ("a",), ("a", "deep")]
    assert outside.exists()
    with directories.opened(root, ("a", "deep")) as directory:
        assert list(directory.non_directories()) == []


@pytest.mark.parametrize(
    ("seen", "gone", "left"),
    [
        ("1", "a/b/2", 2),  # a file that was listed
        ("1", "a/b", 2),  # the directory that is looked at
        ("0", "a/b", 2),  # one that comes next
        ("0", "a", 2),  # with the one above it
    ],
)
@pytest.mark.parametrize("file_instead", [False, True])
def test_what_vanishes_meanwhile_is_no_error(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    seen: str,
    gone: str,
    left: int,
    *,
    file_instead: bool,
) -> None:
    for name in ("a/0", "a/b/1", "a/b/2", "c/3"):
        put(tmp_path / name, b"12")
    if seen == "1":
        (tmp_path / "a" / "0").rename(tmp_path / "0")
    removed = False

    def is_users(name: str, status: os.stat_result) -> bool:
        nonlocal removed
        if not removed and name in {seen, {"1": "2"}.get(seen)}:  # which comes first is the disk's
            target = gone.replace("2", "1") if name == "2" else gone
            subprocess.run(["rm", "-rf", str(tmp_path / target)], check=True)
            if file_instead and target.endswith(("a", "b")):
                put(tmp_path / target)
            removed = True
        return directories.is_users(name, status)

    monkeypatch.setattr(sweep, "is_users", is_users)
    report = clean(tmp_path)
    assert removed
    assert (report.finished, report.skipped) == (True, 0)
    assert report.files >= left
    monkeypatch.undo()
    assert clean(tmp_path).finished


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
            report = json.loads(_python(script))
        finally:
            for directory in ("locked", "listed", "kept"):
                (root / directory).chmod(0o777)
        assert report == {
            "directories": 5,
            "files": 0,
            "bytes": 0,
            "removed_uploads": 0,
            "removed_temporaries": 1,
            "freed_bytes": 3,
            "skipped": 3,
            "finished": True,
        }


def test_a_directory_is_looked_through_and_not_loaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in "abc":
        put(tmp_path / name)
    steps: list[str] = []
    real = os.scandir

    @contextmanager
    def scandir(descriptor: int) -> Iterator[Iterator[os.DirEntry[str]]]:
        with real(descriptor) as found:
            yield (steps.append("found") or entry for entry in found)  # type: ignore[func-returns-value]

    monkeypatch.setattr(os, "scandir", scandir)
    for directory in directories.directories(tmp_path):
        for _ in directory.non_directories():
            assert steps[-1] == "found"
            steps.append("used")
    assert steps == ["found", "used"] * 3


def test_the_deepest_drive_is_walked_to_its_end(tmp_path: Path) -> None:
    deep = 1000
    try:
        file_writes.write(tmp_path, "/".join(["d"] * deep), b"deep")
        bottom = os.open(tmp_path / "/".join(["d"] * (deep - 1)), os.O_RDONLY)
        for name in ("x" * 255, "y" * 255):  # longer than a path in one system call may be
            for _ in range(5):
                os.mkdir(name, dir_fd=bottom)
                below = os.open(name, os.O_RDONLY, dir_fd=bottom)
                os.close(bottom)
                bottom = below
        os.close(bottom)
        report = clean(tmp_path)
        assert (report.directories, report.files, report.bytes) == (deep + 10, 1, 4)
    finally:  # too deep for the recursion with which pytest cleans up
        subprocess.run(["rm", "-rf", str(tmp_path / "d")], check=True)


def test_a_missing_root_is_an_error_and_not_an_empty_drive(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        list(directories.directories(tmp_path / "missing"))


def test_a_disk_that_fails_fails_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path / "a" / "b")

    def fail(_: object) -> Iterator[Any]:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "scandir", fail)
    with pytest.raises(OSError, match="Input/output error"):
        list(next(directories.directories(tmp_path)).non_directories())


def test_a_cursor_that_is_remembered_is_not_gone_on_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another instance has ended that pass since."""
    for number in range(4):
        put(tmp_path / str(number) / "file", b"12345")
    assert not clean(tmp_path, time_left=calls(4), limit=1000).finished
    old = put(tmp_path / ".drive-old", (tmp_path / sweep.CURSOR).read_bytes())
    assert clean(tmp_path, limit=1000).finished
    put(tmp_path / "more", b"12345")
    with monkeypatch.context() as patch:
        Remembering(set(), patch, {tmp_path / sweep.CURSOR: old})
        assert clean(tmp_path, limit=1000).files == 5
    assert used(tmp_path) == 25


def test_uploads_that_were_missing_are_looked_for_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin(tmp_path, 70, age=0, limit=1000)
    with monkeypatch.context() as patch:
        Remembering({tmp_path / upload_state.DIRECTORY}, patch)
        assert clean(tmp_path, now=NOW - DAY, limit=1000).finished
    assert used(tmp_path) == 70


def test_a_file_that_is_replaced_before_it_is_looked_at_is_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path / "a", b"12345")

    class Stale:
        """An entry of a directory whose file was replaced since."""

        def __init__(self, entry: os.DirEntry[str]) -> None:
            self.name, self.is_dir = entry.name, entry.is_dir

        def stat(self, **_: object) -> os.stat_result:
            raise OSError(errno.ESTALE, "Stale file handle")

    real = os.scandir

    @contextmanager
    def scandir(path: int) -> Iterator[Iterator[Stale]]:
        with real(path) as found:
            yield map(Stale, found)

    monkeypatch.setattr(os, "scandir", scandir)
    found = directories.directories(tmp_path)
    [(name, status)] = next(found).non_directories()
    assert (name, status.st_size) == ("a", 5)


def test_a_second_janitor_leaves_the_drive_to_the_first(tmp_path: Path) -> None:
    orphan = put(tmp_path / TEMPORARY, age=2 * DAY)
    inner: list[Report | None] = []

    def time_left() -> float:
        inner.append(
            sweep.sweep(tmp_path, now=NOW, time_left=forever, expiry_seconds=DAY, limit=None)
        )
        assert orphan.exists()
        return 1.0

    report = clean(tmp_path, time_left=time_left)
    assert set(inner) == {None}
    assert report.removed_temporaries == 1


# Names around the slash in any order of characters, and bytes that are not UTF-8.
SEGMENT = st.sampled_from(["a", "a ", "a!", "a-b", "a.b", "b", "ü", "\udcff", "z\udce9", "\n"])
TREE = st.lists(st.lists(SEGMENT, min_size=1, max_size=5).map("/".join), max_size=12)


@settings(max_examples=100)
@given(
    tree=TREE,
    numbers=st.lists(st.integers(1, 25), max_size=12),
    limit=st.sampled_from([None, 10**9]),
)
def test_however_often_it_is_stopped_it_does_what_one_run_does(
    tree: list[str], numbers: list[int], limit: int | None
) -> None:
    with tempfile.TemporaryDirectory() as once, tempfile.TemporaryDirectory() as resumed:
        for root in (Path(once), Path(resumed)):
            for index, name in enumerate(tree):
                with suppress(FileExistsError, NotADirectoryError):
                    put(root / name / "file", b"x" * index)
                    put(root / name / TEMPORARY, b"y" * 10, age=2 * DAY)
            begin(root, 50, age=0, limit=limit)
            begin(root, 70, age=2 * DAY, limit=limit)
        whole = clean(Path(once), limit=limit)
        reports = [clean(Path(resumed), limit=limit, time_left=calls(n)) for n in numbers]
        reports = reports[: next((i + 1 for i, r in enumerate(reports) if r.finished), None)]
        if not reports or not reports[-1].finished:
            reports.append(clean(Path(resumed), limit=limit))
        last = reports[-1]
        assert (last.directories, last.files, last.bytes) == (
            whole.directories,
            whole.files,
            whole.bytes,
        )
        for name in ("removed_uploads", "removed_temporaries", "freed_bytes", "skipped"):
            assert sum(asdict(r)[name] for r in reports) == asdict(whole)[name]
        assert kept(Path(once)).isdisjoint({sweep.CURSOR})
        if limit:
            assert used(Path(once)) == used(Path(resumed)) == whole.bytes + 50


@settings(max_examples=200)
@given(tree=TREE, data=st.data())
def test_a_walk_goes_on_behind_any_directory_with_those_that_one_walk_would_give(
    tree: list[str], data: st.DataObject
) -> None:
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        for path in tree:
            (root / path).mkdir(parents=True, exist_ok=True)
        (root / upload_state.DIRECTORY / "never").mkdir(parents=True)
        everything = _walked(root)
        wanted = {(), *(tuple(p.split("/")[:n]) for p in tree for n in range(1, 6))}
        assert everything == sorted(wanted)
        after = data.draw(st.sampled_from(everything) | st.lists(SEGMENT, max_size=5).map(tuple))
        assert _walked(root, after) == [segments for segments in everything if segments > after]


def _walked(root: Path, after: directories.Segments | None = None) -> list[directories.Segments]:
    seen = []
    for directory in directories.directories(root, after=after):
        list(directory.non_directories())
        seen.append(directory.segments)
    return seen


def test_a_run_goes_on_behind_a_directory_that_was_removed(tmp_path: Path) -> None:
    for name in ("a/1", "b/c/2", "d/3"):
        put(tmp_path / name)
    # root: 1 + 0 files, a: 1 + 1, b: 1, b/c: 1 + 1, and the time is up before d
    assert not clean(tmp_path, time_left=calls(6)).finished
    subprocess.run(["rm", "-rf", str(tmp_path / "b")], check=True)
    report = clean(tmp_path)
    assert (report.directories, report.files, report.finished) == (5, 3, True)
    assert not (tmp_path / sweep.CURSOR).exists()


def test_a_run_without_any_time_changes_nothing(tmp_path: Path) -> None:
    put(tmp_path / "a" / TEMPORARY, age=2 * DAY)
    begin(tmp_path, 3, age=2 * DAY, limit=None)
    before = kept(tmp_path)
    report = clean(tmp_path, time_left=lambda: 0.0)
    assert not report.finished
    assert kept(tmp_path) == before


@pytest.mark.parametrize(
    "cursor", [b"", b"{", b"[]", b"null", b"{}", b'{"after": 1, "mark": 2}', b"\xff"]
)
def test_a_cursor_that_is_none_begins_a_new_pass(tmp_path: Path, cursor: bytes) -> None:
    put(tmp_path / "a" / "b")
    put(tmp_path / sweep.CURSOR, cursor)
    report = clean(tmp_path)
    assert (report.directories, report.files, report.finished) == (2, 1, True)
    assert not (tmp_path / sweep.CURSOR).exists()


def test_the_quotas_count_becomes_what_is_there(tmp_path: Path) -> None:
    file_writes.write(tmp_path, "a", b"x" * 10, limits=Limits(drive_bytes=1000))
    put(tmp_path / "by others" / "b", b"x" * 200)
    assert used(tmp_path) == 10
    clean(tmp_path, limit=1000)
    assert used(tmp_path) == 210


def test_what_is_written_behind_the_janitor_is_in_the_count(tmp_path: Path) -> None:
    limits = Limits(drive_bytes=10_000)
    for name in ("a/1", "b/1"):
        file_writes.write(tmp_path, name, b"x" * 100, limits=limits)
    assert not clean(tmp_path, time_left=calls(4), limit=10_000).finished
    file_writes.write(tmp_path, "a/2", b"x" * 50, limits=limits)
    file_writes.delete(tmp_path, "a/1", limits=limits)
    assert clean(tmp_path, limit=10_000).finished
    assert used(tmp_path) == 150


def test_a_limit_that_comes_in_the_middle_of_a_pass_begins_a_new_one(tmp_path: Path) -> None:
    put(tmp_path / "a" / "1", b"123")
    put(tmp_path / "b" / "2", b"45")
    assert not clean(tmp_path, time_left=calls(4)).finished
    report = clean(tmp_path, limit=1000)
    assert (report.files, report.finished) == (2, True)
    assert used(tmp_path) == 5


def test_a_counter_that_others_began_anew_in_the_middle_of_a_pass_begins_a_new_one(
    tmp_path: Path,
) -> None:
    for name in ("a/1", "b/2"):
        put(tmp_path / name, b"123")
    assert not clean(tmp_path, time_left=calls(4), limit=1000).finished
    (tmp_path / quota.COUNTER).write_bytes(b"torn")
    quota.change(tmp_path, 1, limit=1000)
    put(tmp_path / "a" / "3", b"4567")
    report = clean(tmp_path, limit=1000)
    assert (report.files, report.finished) == (3, True)
    assert used(tmp_path) == 10


def test_a_limit_that_goes_takes_the_counter_with_it(tmp_path: Path) -> None:
    put(tmp_path / "a" / "1", b"123")
    put(tmp_path / "b" / "2", b"45")
    assert not clean(tmp_path, time_left=calls(4), limit=1000).finished
    assert (tmp_path / quota.COUNTER).exists()
    report = clean(tmp_path)
    assert (report.files, report.finished) == (2, True)
    assert (tmp_path / quota.COUNTER).read_bytes() == b""


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


@dataclass
class Context:
    """What the handler reads of Lambda's context."""

    milliseconds: int = 100_000
    aws_request_id: str = "request-1"
    function_name: str = "janitor"
    memory_limit_in_mb: int = 128
    invoked_function_arn: str = "arn:aws:lambda:eu-west-1:123456789012:function:janitor"

    def get_remaining_time_in_millis(self) -> int:
        return self.milliseconds


@pytest.fixture
def janitor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.setenv("MOUNT_PATH", str(tmp_path))
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "janitor")
    monkeypatch.setenv("POWERTOOLS_METRICS_NAMESPACE", "LambdaDrive")
    monkeypatch.setenv("LIMITS_PARAMETER", "/limits")
    sys.modules.pop("janitor.handler", None)
    module = importlib.import_module("janitor.handler")
    monkeypatch.setattr(module, "read_parameter", lambda: json.dumps(LIMITS))
    monkeypatch.setattr(module.metrics.provider, "dimension_set", {})  # all modules share one
    monkeypatch.setattr(module.logger.registered_handler, "stream", io.StringIO())
    return module


def log(module: ModuleType) -> list[dict[str, Any]]:
    printed = module.logger.registered_handler.stream.getvalue()
    return [json.loads(line) for line in printed.splitlines()]


def test_the_function_reports_in_its_answer_its_log_and_its_metrics(
    janitor: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    now = time.time()
    os.utime(put(tmp_path / "a" / TEMPORARY, b"123"), (now - 2 * DAY, now - 2 * DAY))
    begin(tmp_path, 10, b"x" * 4, age=NOW - now + 2 * DAY, limit=None)
    report = janitor.handler({}, Context())
    assert report == {
        "directories": 2,
        "files": 0,
        "bytes": 0,
        "removed_uploads": 1,
        "removed_temporaries": 1,
        "freed_bytes": 7,
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
        "BytesFreed": "Bytes",
        "JanitorFinished": "Count",
    }
    assert [emitted[metric["Name"]] for metric in metrics["Metrics"]] == [[1], [1], [7], [1]]


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


def test_the_function_is_imported_without_boto3() -> None:
    script = """
        import os, sys
        os.environ |= {"MOUNT_PATH": "/x", "LIMITS_PARAMETER": "/limits"}
        import janitor.handler
        assert not {"boto3", "botocore.session"} & set(sys.modules)
    """
    _python(script)


def _python(script: str) -> str:
    return subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)],
        check=True,
        cwd=LAMBDA_SRC,
        stdout=subprocess.PIPE,
        text=True,
        timeout=PATIENCE_SECONDS,
    ).stdout
