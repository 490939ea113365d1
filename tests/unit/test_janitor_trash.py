"""The janitor empties the trash by age, and clears what dead writers left in it."""

import os
import subprocess
import time
from contextlib import suppress
from pathlib import Path

import pytest

from drive import file_writes, sweep, trash, trash_emptying, trash_names, trash_restore
from drive.directories import Directory
from drive.errors import MissingError
from drive.quota import Limits
from tests.patience import PATIENCE_SECONDS
from tests.unit.counter import used
from tests.unit.janitor import DAY, HOUR, calls, clean, forever
from tests.unit.scripts import LAMBDA_SRC, command

LIMIT = 10**9
LIMITS = Limits(drive_bytes=LIMIT)
LONG = "/".join(["d" * 200] * 3 + ["file"])


def put(root: Path, name: str, content: bytes) -> None:
    file_writes.write(root, name, content, limits=LIMITS, keep=True)


def drop(root: Path, name: str, content: bytes = b"12345", *, age: float = 0.0) -> None:
    """Delete a file, so many seconds ago."""
    put(root, name, content)
    with pytest.MonkeyPatch.context() as patch:
        then = time.time_ns() - int(age * 1e9)
        patch.setattr(time, "time_ns", lambda: then)
        file_writes.delete(root, name, limits=LIMITS, keep=True)


def paths(root: Path) -> list[str]:
    return [version.path for version in trash.page(root, limit=1000).versions]


def names(root: Path) -> list[str]:
    return os.listdir(root / trash.DIRECTORY)


def run(
    root: Path, *, days: float = 7, later: float = 0.0, limit: int | None = LIMIT
) -> sweep.Report:
    report = sweep.sweep(
        root,
        now=time.time() + later,
        time_left=forever,
        expiry_seconds=DAY,
        trash_seconds=days * DAY,
        limit=limit,
    )
    assert report is not None
    assert report.finished
    return report


@pytest.mark.parametrize("limit", [None, LIMIT])
def test_versions_go_by_their_age_and_the_rest_stays(tmp_path: Path, limit: int | None) -> None:
    for name in ("a", LONG):
        drop(tmp_path, name, age=7 * DAY + HOUR)
        drop(tmp_path, f"{name}-young", age=7 * DAY - HOUR)
    put(tmp_path, "here", b"1")
    report = run(tmp_path, limit=limit)
    assert (report.removed_versions, report.freed_bytes, report.skipped) == (2, 10, 0)
    assert (report.files, report.bytes) == (1, 1)
    assert sorted(paths(tmp_path)) == ["a-young", f"{LONG}-young"]
    assert len(names(tmp_path)) == 4  # and the links of the long ones
    if limit:
        assert used(tmp_path) == 11
    report = run(tmp_path, later=2 * HOUR)
    assert (report.removed_versions, paths(tmp_path), used(tmp_path)) == (2, [], 1)
    run(tmp_path, later=DAY + HOUR)
    assert names(tmp_path) == []


def test_the_link_that_older_code_made_of_a_long_path_stays_with_its_version(
    tmp_path: Path,
) -> None:
    drop(tmp_path, "a")
    own = f"{time.time_ns():016x}01234567"
    os.symlink(LONG, tmp_path / trash.DIRECTORY / f"{own}-path")
    (tmp_path / trash.DIRECTORY / f"{own}-put").write_bytes(b"1")
    run(tmp_path, later=6 * DAY)
    assert paths(tmp_path) == [LONG, "a"]
    run(tmp_path, later=8 * DAY)
    run(tmp_path, later=8 * DAY)
    assert names(tmp_path) == []


def test_without_a_number_of_days_nothing_goes_and_with_none_all(tmp_path: Path) -> None:
    drop(tmp_path, "a", age=1000 * DAY)
    drop(tmp_path, "b", age=1)
    clean(tmp_path, now=time.time())
    assert paths(tmp_path) == ["b", "a"]
    assert run(tmp_path, days=0).removed_versions == 2
    assert names(tmp_path) == []


def test_what_dead_writers_left_goes_after_a_day(tmp_path: Path) -> None:
    drop(tmp_path, LONG)
    for name in ("a", f"{LONG}-other"):
        put(tmp_path, name, b"in place")
        trash._link(tmp_path, tmp_path / name, "put")
    trash_names.new_id(tmp_path, tmp_path / "x" / LONG, "put")  # a link, and no version
    (tmp_path / trash.DIRECTORY / ".nfs0123456789abcdef01234567").write_bytes(b"1")
    left = len(names(tmp_path))
    assert (left, paths(tmp_path)) == (6, [LONG])
    run(tmp_path, later=DAY - HOUR)
    assert len(names(tmp_path)) == left
    assert used(tmp_path) == 21  # a second name takes no bytes
    report = run(tmp_path, later=DAY + HOUR)
    assert (report.removed_temporaries, report.freed_bytes) == (1, 1)
    assert paths(tmp_path) == [LONG]
    assert len(names(tmp_path)) == 2
    assert used(tmp_path) == 21
    assert (tmp_path / "a").read_bytes() == b"in place"


def test_a_version_whose_path_is_taken_by_another_file_is_no_left_over(tmp_path: Path) -> None:
    put(tmp_path, "a", b"old")
    os.link(tmp_path / "a", tmp_path / "somebodys-own-link")
    put(tmp_path, "a", b"new")
    run(tmp_path, later=2 * DAY)
    assert paths(tmp_path) == ["a"]


def test_other_files_in_the_trash_are_left_alone(tmp_path: Path) -> None:
    drop(tmp_path, "a")
    (tmp_path / trash.DIRECTORY / "README").write_bytes(b"mine")
    run(tmp_path, later=1000 * DAY)
    assert names(tmp_path) == ["README"]


def test_a_run_that_has_no_time_goes_on_the_next_time(tmp_path: Path) -> None:
    for number in range(10):
        drop(tmp_path, str(number), age=8 * DAY)
    for left in (7, 4):
        report = sweep.sweep(
            tmp_path,
            now=time.time(),
            time_left=calls(3),
            expiry_seconds=DAY,
            trash_seconds=7 * DAY,
            limit=LIMIT,
        )
        assert report
        assert not report.finished
        assert len(names(tmp_path)) == left
        assert used(tmp_path) == left * 5


def test_a_version_that_somebody_restores_meanwhile_is_not_counted_as_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drop(tmp_path, "a", age=8 * DAY)
    drop(tmp_path, "b", age=8 * DAY)
    real = trash.remove

    def remove(root: Path, name: str) -> None:
        if name.endswith("-a"):
            trash_restore.restore(root, name, limits=LIMITS, keep=True)
        real(root, name)

    monkeypatch.setattr(trash, "remove", remove)
    report = run(tmp_path)
    assert (report.removed_versions, report.freed_bytes, report.skipped) == (1, 5, 0)
    assert (tmp_path / "a").read_bytes() == b"12345"
    assert used(tmp_path) == 5


def test_a_version_that_may_not_be_removed_is_reported_and_the_rest_is_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drop(tmp_path, "a", age=8 * DAY)
    drop(tmp_path, "b", age=8 * DAY)
    real = trash.remove

    def remove(root: Path, name: str) -> None:
        if name.endswith("-a"):
            raise PermissionError(1, "no")
        real(root, name)

    monkeypatch.setattr(trash, "remove", remove)
    report = run(tmp_path)
    assert (report.removed_versions, report.skipped, paths(tmp_path)) == (1, 1, ["a"])


def test_a_link_that_may_not_be_removed_is_reported_and_the_rest_is_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        trash_names.new_id(tmp_path, tmp_path / str(number) / LONG, "put")
    [kept, *_] = names(tmp_path)
    real = os.unlink

    def unlink(path: Path | str, *, dir_fd: int | None = None) -> None:
        if os.fspath(path).endswith(kept):
            raise PermissionError(1, "no")
        real(path, dir_fd=dir_fd)

    monkeypatch.setattr(os, "unlink", unlink)
    report = run(tmp_path, later=2 * DAY)
    assert (report.skipped, names(tmp_path)) == (1, [kept])


def test_a_file_that_is_deleted_during_the_count_is_not_missed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A count may be too high until the next one, and not too low."""
    put(tmp_path, "a/file", b"12345")
    put(tmp_path, "b/file", b"12345")
    real = Directory.non_directories
    seen: list[object] = []

    def non_directories(directory: Directory) -> object:
        seen.append(directory.segments)
        if directory.segments == ("b",):
            file_writes.delete(tmp_path, "b/file", limits=LIMITS, keep=True)
        return real(directory)

    monkeypatch.setattr(Directory, "non_directories", non_directories)
    run(tmp_path)
    assert ("b",) in seen
    monkeypatch.undo()
    assert used(tmp_path) == 10


@pytest.mark.slow
def test_restores_and_removals_at_the_same_time_lose_nothing(tmp_path: Path) -> None:
    """Another process deletes and restores, while janitors of this one take what they find."""
    script = f"""
        from contextlib import suppress
        from pathlib import Path
        from drive import file_writes, trash, trash_restore
        from drive.errors import MissingError
        from drive.quota import Limits
        root, limits = Path({str(tmp_path)!r}), Limits(drive_bytes={LIMIT})
        restored = 0
        for number in range(300):
            file_writes.write(root, f"kept/{{number}}", b"12345", limits=limits, keep=True)
            file_writes.delete(root, f"kept/{{number}}", limits=limits, keep=True)
            for version in trash.page(root, limit=3).versions[number % 2 :]:
                with suppress(MissingError):
                    trash_restore.restore(root, version.id, limits=limits, keep=True)
                    restored += 1
        print(restored)
    """
    process = subprocess.Popen(command(script), cwd=LAMBDA_SRC, stdout=subprocess.PIPE, text=True)
    while process.poll() is None:
        run(tmp_path, days=0)
        for name in trash_emptying.sizes(tmp_path):
            with suppress(MissingError):
                trash_emptying.remove(tmp_path, name, limits=LIMITS)
    out, _ = process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode == 0
    found = list((tmp_path / "kept").glob("*"))
    assert len(found) == int(out)
    assert {path.read_bytes() for path in found} <= {b"12345"}
    run(tmp_path, days=0)
    assert used(tmp_path) == 5 * len(found)
