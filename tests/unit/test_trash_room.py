"""The trash counts, and never costs a write its place: it gives up its oldest versions."""

import errno
import os
import tempfile
import threading
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drive import file_writes, trash, trash_emptying, trash_restore, uploads
from drive.conditions import Conditions
from drive.errors import FullError
from drive.quota import Limits
from drive.usage import measure
from tests.unit.counter import used
from tests.unit.janitor import forever

LIMITS = Limits(drive_bytes=100)


def put(root: Path, name: str, size: int, *, keep: bool = True, limits: Limits = LIMITS) -> None:
    file_writes.write(root, name, b"x" * size, limits=limits, keep=keep)


def delete(root: Path, name: str) -> None:
    file_writes.delete(root, name, limits=LIMITS, keep=True)


def in_trash(root: Path) -> list[tuple[str, int]]:
    """Path and size of each version, the oldest first."""
    return [(each.path, each.size) for each in trash.page(root, limit=1000).versions][::-1]


def test_a_version_counts_until_it_is_removed(tmp_path: Path) -> None:
    put(tmp_path, "a", 10)
    put(tmp_path, "a", 20)
    delete(tmp_path, "a")
    assert used(tmp_path) == 30
    usage = measure(tmp_path, time_left=forever)
    assert (usage.files, usage.bytes, usage.trash_bytes) == (0, 30, 30)
    newest, oldest = trash.page(tmp_path, limit=10).versions
    trash_restore.restore(tmp_path, newest.id, limits=LIMITS)
    assert used(tmp_path) == 30
    trash_emptying.remove(tmp_path, oldest.id, limits=LIMITS)
    assert used(tmp_path) == 20
    usage = measure(tmp_path, time_left=forever)
    assert (usage.files, usage.bytes, usage.trash_bytes) == (1, 20, 0)


def test_a_file_with_two_names_in_the_trash_counts_once(tmp_path: Path) -> None:
    """A writer died between the second name and the replacement; then the file was deleted."""
    put(tmp_path, "a", 10)
    trash._link(tmp_path, tmp_path / "a", "move")
    assert measure(tmp_path, time_left=forever).bytes == used(tmp_path) == 10
    delete(tmp_path, "a")
    assert in_trash(tmp_path) == [("a", 10), ("a", 10)]
    assert measure(tmp_path, time_left=forever).bytes == used(tmp_path) == 10
    for left in (10, 0):
        version = trash.page(tmp_path, limit=10).versions[0]
        trash_emptying.remove(tmp_path, version.id, limits=LIMITS)
        assert measure(tmp_path, time_left=forever).bytes == used(tmp_path) == left


def test_room_is_made_of_files_and_not_of_their_names(tmp_path: Path) -> None:
    put(tmp_path, "a", 10)
    for _ in range(2):
        trash._link(tmp_path, tmp_path / "a", "move")
    put(tmp_path, "b", 80)
    delete(tmp_path, "b")
    put(tmp_path, "c", 50)
    assert measure(tmp_path, time_left=forever).bytes == used(tmp_path) == 60


def test_a_restore_without_a_trash_gives_back_what_it_replaces(tmp_path: Path) -> None:
    put(tmp_path, "a", 10)
    put(tmp_path, "a", 20)
    [version] = trash.page(tmp_path, limit=10).versions
    trash_restore.restore(tmp_path, version.id, overwrite=True, limits=LIMITS)
    assert (used(tmp_path), in_trash(tmp_path)) == (10, [])


def test_a_move_and_an_upload_that_replace_change_the_count_by_nothing(tmp_path: Path) -> None:
    put(tmp_path, "a", 10)
    put(tmp_path, "b", 20)
    file_writes.move(tmp_path, "b", "a", limits=LIMITS, keep=True)
    assert used(tmp_path) == 30
    begun = uploads.create(
        tmp_path, target="a", length=5, conditions=Conditions(), limits=LIMITS, keep=True
    ).upload
    assert used(tmp_path) == 35
    uploads.append(tmp_path, begun.id, 0, b"12345", expiry_seconds=60, limits=LIMITS, keep=True)
    assert (used(tmp_path), in_trash(tmp_path)) == (35, [("a", 10), ("a", 20)])


def test_a_full_drive_gives_up_its_oldest_versions_and_no_more_than_it_must_and_says_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    for name in "abcd":
        put(tmp_path, name, 20)
    for name in "bac":
        delete(tmp_path, name)
    put(tmp_path, "e", 50)  # 30 are missing, and one more as the share of the limit
    assert in_trash(tmp_path) == [("c", 20)]
    assert used(tmp_path) == 90
    [line] = caplog.messages
    assert "all of its 100 bytes in use: 2 versions with 40 bytes left the trash" in line
    begun = uploads.create(tmp_path, target="u", length=30, conditions=Conditions(), limits=LIMITS)
    assert in_trash(tmp_path) == []
    assert used(tmp_path) == 100
    uploads.remove(tmp_path, begun.upload.id, limits=LIMITS)
    assert used(tmp_path) == 70


def test_what_does_not_fit_even_then_is_refused_and_the_trash_stays(tmp_path: Path) -> None:
    put(tmp_path, "a", 60)
    put(tmp_path, "b", 30)
    delete(tmp_path, "b")
    for write in (
        lambda: put(tmp_path, "c", 41),
        lambda: uploads.create(
            tmp_path, target="c", length=41, conditions=Conditions(), limits=LIMITS
        ),
    ):
        with pytest.raises(FullError, match="90 of its 100 bytes in use, 41 more do not fit"):
            write()
    assert (used(tmp_path), in_trash(tmp_path)) == (90, [("b", 30)])


def test_where_both_have_no_room_the_old_file_is_not_kept(tmp_path: Path) -> None:
    put(tmp_path, "a", 60)
    put(tmp_path, "b", 20)
    put(tmp_path, "b", 20)
    put(tmp_path, "a", 80)
    assert (used(tmp_path), in_trash(tmp_path)) == (100, [])
    put(tmp_path, "a", 70)
    assert (used(tmp_path), in_trash(tmp_path)) == (90, [])


def test_a_full_drive_without_a_limit_of_its_own_takes_nothing_from_the_trash(
    tmp_path: Path,
) -> None:
    put(tmp_path, "a", 60)
    delete(tmp_path, "a")
    for members in ({}, {"limit": 100}):
        assert not trash_emptying.make_room(tmp_path, FullError("no", **members), limit=100)
    assert in_trash(tmp_path) == [("a", 60)]


def test_a_limit_of_one_file_takes_nothing_from_the_trash(tmp_path: Path) -> None:
    put(tmp_path, "a", 60)
    delete(tmp_path, "a")
    with pytest.raises(FullError):
        put(tmp_path, "b", 20, limits=Limits(drive_bytes=100, file_bytes=10))
    assert in_trash(tmp_path) == [("a", 60)]


STEP = st.tuples(
    st.sampled_from(["put", "delete", "upload", "move"]), st.sampled_from("abc"), st.integers(0, 60)
)


@pytest.mark.slow
@settings(max_examples=60)
@given(steps=st.lists(STEP, max_size=15))
def test_a_drive_with_a_trash_takes_every_write_that_one_without_takes(
    steps: list[tuple[str, str, int]],
) -> None:
    with tempfile.TemporaryDirectory() as with_it, tempfile.TemporaryDirectory() as without:
        for step in steps:
            said = [_taken(Path(root), *step, keep=root == with_it) for root in (with_it, without)]
            assert said[0] == said[1], step
        found = measure(Path(with_it), time_left=forever)
        assert found.bytes - found.trash_bytes == measure(Path(without), time_left=forever).bytes
        if any(act in {"put", "upload"} for act, _, _ in steps):
            assert used(Path(with_it)) == found.bytes <= 100


def _taken(root: Path, act: str, name: str, size: int, *, keep: bool) -> str | None:
    try:
        match act:
            case "put":
                put(root, name, size, keep=keep)
            case "delete":
                file_writes.delete(root, name, limits=LIMITS, keep=keep)
            case "move":
                file_writes.move(root, name, "a", limits=LIMITS, keep=keep)
            case "upload":
                begun = uploads.create(
                    root,
                    target=name,
                    length=size,
                    conditions=Conditions(),
                    limits=LIMITS,
                    keep=keep,
                ).upload
                if size:
                    uploads.append(
                        root,
                        begun.id,
                        0,
                        b"x" * size,
                        expiry_seconds=60,
                        limits=LIMITS,
                        keep=keep,
                    )
    except Exception as error:  # noqa: BLE001 - whatever it is, both say the same
        return type(error).__name__
    return None


def test_writers_that_make_room_at_once_keep_the_count(tmp_path: Path) -> None:
    limits = Limits(drive_bytes=4000)
    for number in range(100):
        put(tmp_path, f"old/{number}", 30, limits=limits)
        file_writes.delete(tmp_path, f"old/{number}", limits=limits, keep=True)
    failed: list[BaseException] = []

    def write(me: int) -> None:
        try:
            for number in range(20):
                put(tmp_path, f"{me}/{number}", 45, limits=limits)
        except BaseException as error:  # noqa: BLE001 - it is the test's
            failed.append(error)

    writers = [threading.Thread(target=write, args=(me,)) for me in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert failed == []
    found = measure(tmp_path, time_left=forever)
    assert found.files == 80
    assert used(tmp_path) == found.bytes <= 4000


def test_a_file_that_may_have_no_second_name_gives_its_bytes_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path, "a", 60)

    def refuse(*_: object) -> None:
        raise PermissionError(errno.EPERM, "no")

    monkeypatch.setattr(os, "link", refuse)
    put(tmp_path, "a", 30)
    assert in_trash(tmp_path) == []
    assert measure(tmp_path, time_left=forever).bytes == used(tmp_path) == 30
