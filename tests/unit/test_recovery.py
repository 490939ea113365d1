"""What AWS Backup restored comes into the drive whole, over nothing, whatever happened before."""

import errno
import os
from pathlib import Path

import pytest

from drive import locks, quota, recovery
from drive.errors import BusyError, FullError
from drive.recovery import Recovered, bring_back

TIME = "2026-11-27T10-15-00-000Z"


@pytest.fixture
def whole(tmp_path: Path) -> Path:
    """The root of a file system, with a drive in it."""
    (tmp_path / "drive").mkdir()
    return tmp_path


def put(path: Path, content: bytes = b"old") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def restored(whole: Path, name: str, content: bytes = b"old", time: str = TIME) -> Path:
    return put(whole / f"aws-backup-restore_{time}" / "drive" / name, content)


def bring(whole: Path, limit: int | None = None) -> list[Recovered]:
    return bring_back(whole, whole / "drive", limit=limit)


def files(folder: Path) -> dict[str, bytes]:
    """The files of users below a folder."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and not path.relative_to(folder).parts[0].startswith(".drive-")
    }


def test_what_was_restored_is_in_a_directory_of_its_time_and_live_files_are_as_they_were(
    whole: Path,
) -> None:
    put(whole / "drive" / "a.txt", b"new")
    for name in ("a.txt", "b/c.txt", "b/d/e.txt"):
        restored(whole, name)
    inodes = {os.lstat(restored(whole, "b/d/e.txt")).st_ino}
    [found] = bring(whole)
    assert (found.directory, found.names, found.skipped) == (f"restored/{TIME}", 2, 0)
    back = whole / "drive" / "restored" / TIME
    assert files(back) == dict.fromkeys(("a.txt", "b/c.txt", "b/d/e.txt"), b"old")
    assert files(whole / "drive")["a.txt"] == b"new"
    assert {os.lstat(back / "b/d/e.txt").st_ino} == inodes, "no byte is copied"
    assert [each.name for each in whole.iterdir()] == ["drive"], "nothing is left"
    assert bring(whole) == []


def test_each_restore_has_a_directory_of_its_own(whole: Path) -> None:
    for time in ("2026-11-27T10-15-00-001Z", TIME):
        restored(whole, "a.txt", time.encode(), time)
    assert [found.directory for found in bring(whole)] == [
        f"restored/{time}" for time in (TIME, "2026-11-27T10-15-00-001Z")
    ]
    assert set(files(whole / "drive").values()) == {TIME.encode(), b"2026-11-27T10-15-00-001Z"}


def test_what_the_drive_keeps_for_itself_does_not_come_back(whole: Path) -> None:
    restored(whole, ".drive-trash/x-delete-a")
    restored(whole, ".drive-uploads/0.part")
    restored(whole, "a.txt")
    bring(whole)
    assert files(whole / "drive") == {f"restored/{TIME}/a.txt": b"old"}
    assert [each.name for each in whole.iterdir()] == ["drive"]


def test_directories_in_which_nothing_came_are_nothing(whole: Path) -> None:
    """As AWS Backup may make them for an item that was not there."""
    (whole / f"aws-backup-restore_{TIME}" / "drive" / "photos" / "2024").mkdir(parents=True)
    assert bring(whole) == []
    assert [each.name for each in whole.iterdir()] == ["drive"]
    assert files(whole / "drive") == {}


def test_only_what_aws_restored_of_the_drive_is_looked_at(whole: Path) -> None:
    others = [
        put(whole / "aws-backup-failed-restore_x" / "drive" / "a"),
        put(whole / f"aws-backup-restore_{TIME}" / "elsewhere" / "a"),
        put(whole / "aws-backup-restore_file"),
        put(whole / "other" / "a"),
    ]
    (whole / "aws-backup-restore_link").symlink_to(whole / "other")
    assert bring(whole) == []
    assert all(each.exists() for each in others)


def test_an_interrupted_run_goes_on(whole: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("a.txt", "b/c.txt", "d.txt"):
        restored(whole, name)
    link = os.link

    def interrupted(source: Path, target: Path, **named: bool) -> None:
        if source.name == "d.txt":
            raise OSError(errno.EIO, "gone")
        link(source, target, **named)

    with monkeypatch.context() as patched:
        patched.setattr(os, "link", interrupted)
        with pytest.raises(OSError, match="gone"):
            bring(whole)
    [found] = bring(whole)
    assert found.names == 1
    assert files(whole / "drive" / "restored" / TIME) == dict.fromkeys(
        ("a.txt", "b/c.txt", "d.txt"), b"old"
    )


def test_a_name_that_somebody_took_meanwhile_is_not_written_over(whole: Path) -> None:
    for name in ("a.txt", "b/c.txt", "b/d.txt", "e/f.txt"):
        restored(whole, name)
    live = whole / "drive" / "restored" / TIME
    put(live / "a.txt", b"new")
    put(live / "b/c.txt", b"new")
    put(live / "e", b"new")
    [found] = bring(whole)
    assert found.skipped == 3
    assert files(live) == {"a.txt": b"new", "b/c.txt": b"new", "b/d.txt": b"old", "e": b"new"}
    kept = whole / f"aws-backup-restore_{TIME}" / "drive"
    assert files(kept) == {"a.txt": b"old", "b/c.txt": b"old", "e/f.txt": b"old"}


def test_directories_of_another_owner_lose_nothing(
    whole: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """AWS does not say who owns the directories above an item: neither rename nor removal then."""
    restored(whole, "photos/a.jpg")
    restored(whole, "photos/b/c.jpg")

    def refused(*_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, "refused")

    with monkeypatch.context() as patched:
        for name in ("rename", "unlink", "rmdir"):
            patched.setattr(os, name, refused)
        patched.setattr(Path, "unlink", refused)
        patched.setattr(Path, "rmdir", refused)
        [found] = bring(whole)
        assert (found.names, found.skipped) == (2, 0)
        back = whole / "drive" / "restored" / TIME
        assert files(back) == {"photos/a.jpg": b"old", "photos/b/c.jpg": b"old"}
        assert bring(whole) == []
    (back / "photos/a.jpg").unlink()
    assert bring(whole) == [], "what somebody deleted does not come back a second time"


def test_a_full_drive_takes_nothing_and_says_how_much_it_lacks(whole: Path) -> None:
    put(whole / "drive" / "a.txt", b"x" * 60)
    restored(whole, "b/c.txt", b"x" * 50)
    source = restored(whole, "d.txt", b"x")
    [found] = bring(whole, limit=100)
    assert (found.names, found.missing_bytes) == (0, 11)
    assert source.exists()
    assert not (whole / "drive" / "restored").exists()
    [found] = bring(whole, limit=111)
    assert (found.names, found.missing_bytes) == (2, 0)


def test_what_came_back_is_counted(whole: Path) -> None:
    quota.change(whole / "drive", 10, limit=100)
    restored(whole, "a.txt", b"x" * 50)
    bring(whole, limit=100)
    with pytest.raises(FullError):
        quota.change(whole / "drive", 41, limit=100)
    quota.change(whole / "drive", 40, limit=100)


def test_a_run_that_goes_on_counts_nothing_twice(
    whole: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a.txt", "b.txt"):
        restored(whole, name, bytes(50))
    limit = 100

    def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(os, "link", killed)
        with pytest.raises(KeyboardInterrupt):
            bring(whole, limit=limit)
    [found] = bring(whole, limit=limit)
    assert (found.names, found.missing_bytes) == (2, 0)
    assert list((whole / "drive" / ".drive-recovered").iterdir()) == []
    with pytest.raises(FullError):
        quota.change(whole / "drive", 1, limit=limit)


@pytest.mark.parametrize("time", ["", ".", "..", ".drive-locks", "\udcff"])
def test_what_has_no_name_for_users_is_left_where_it_is(whole: Path, time: str) -> None:
    """Whoever mounts the file system can name a directory so; `..` would lead among live files."""
    source = restored(whole, "a.txt", time=time)
    assert bring(whole) == []
    assert source.exists()
    assert files(whole / "drive") == {}


def test_what_a_link_names_is_not_counted(whole: Path) -> None:
    put(whole / "elsewhere" / "large", bytes(1000))
    os.symlink(whole / "elsewhere", restored(whole, "a.txt").with_name("link"))
    [found] = bring(whole, limit=100)
    assert (found.names, found.missing_bytes) == (2, 0)
    assert (whole / "drive" / "restored" / TIME / "link").is_symlink()


def test_two_do_not_work_at_once(whole: Path) -> None:
    lock = whole / "drive" / locks.DIRECTORY / recovery._LOCK
    with locks.locked(lock, wait_seconds=0), pytest.raises(BusyError):
        bring(whole)
