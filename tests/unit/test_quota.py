"""The quota's counter, against a model and with the faults that a counter on a disk has."""

import fcntl
import os
import signal
import subprocess
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drive import file_writes, locks, quota, uploads, usage
from drive.conditions import Conditions
from drive.errors import BusyError, FullError
from drive.quota import Limits
from tests.patience import PATIENCE_SECONDS, until_changed
from tests.unit.counter import NO_LIMIT, used
from tests.unit.scripts import LAMBDA_SRC, command


def test_without_a_limit_or_a_change_the_disk_is_not_touched(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(os, "open", lambda *_, **__: pytest.fail("opened"))
    nowhere = Path("/nowhere/at/all")
    quota.change(nowhere, 1, limit=None)
    quota.change(nowhere, -1, limit=None)
    quota.change(nowhere, 0, limit=1)


def test_what_does_not_fit_is_refused_with_the_numbers_and_not_counted(tmp_path: Path) -> None:
    quota.change(tmp_path, 60, limit=100)
    with pytest.raises(FullError, match="60 of its 100 bytes in use, 41 more do not fit") as caught:
        quota.change(tmp_path, 41, limit=100)
    assert caught.value.members == {"used": 60, "limit": 100, "missing": 1}
    quota.change(tmp_path, 40, limit=100)
    assert used(tmp_path) == 100


def test_giving_back_works_over_the_limit_and_never_ends_below_zero(tmp_path: Path) -> None:
    quota.change(tmp_path, 90, limit=100)
    quota.change(tmp_path, -10, limit=50)
    assert used(tmp_path) == 80
    quota.change(tmp_path, -200, limit=50)
    assert used(tmp_path) == 0


def test_the_first_change_counts_files_and_announced_uploads(tmp_path: Path) -> None:
    file_writes.write(tmp_path, "a/b", b"x" * 30)
    (tmp_path / "a" / "link").symlink_to("b")
    (tmp_path / ".drive-0123456789abcdef").write_bytes(b"being written")
    uploads.create(tmp_path, target="u", length=1000, conditions=Conditions(), limits=Limits())
    done = uploads.create(
        tmp_path, target="v", length=5, conditions=Conditions(), limits=Limits()
    ).upload
    uploads.append(tmp_path, done.id, 0, b"12345", expiry_seconds=3600, limits=Limits())
    quota.change(tmp_path, 7, limit=NO_LIMIT)
    assert used(tmp_path) == 30 + 1000 + 5 + 7


def test_bytes_that_were_gone_before_the_first_count_are_not_taken_off(tmp_path: Path) -> None:
    file_writes.write(tmp_path, "a", b"x" * 30)
    quota.change(tmp_path, -20, limit=100)
    assert used(tmp_path) == 30


def test_a_first_count_does_not_come_between_a_removal_and_its_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever counts first while a file goes: it is in the count, and taken off once."""
    for remove in ("delete", "replace", "move", "upload"):
        root = tmp_path / remove
        root.mkdir()
        limits = Limits(drive_bytes=NO_LIMIT)
        for name in ("a", "b"):
            file_writes.write(root, name, b"x" * 30)
        upload = uploads.create(
            root, target="u", length=20, conditions=Conditions(), limits=Limits()
        ).upload
        monkeypatch.setattr(quota, "_WAIT_SECONDS", 0.05)
        for call in ("unlink", "replace"):
            monkeypatch.setattr(os, call, _counted_between(root, getattr(os, call)))
        match remove:
            case "delete":
                file_writes.delete(root, "a", limits=limits)
            case "replace":
                file_writes.write(root, "a", b"y", limits=limits)
            case "move":
                file_writes.move(root, "a", "b", limits=limits)
            case "upload":
                uploads.remove(root, upload.id, limits=limits)
        monkeypatch.undo()
        found = usage.measure(root, time_left=lambda: 60)
        assert used(root) == found.bytes + found.announced_bytes


def _counted_between(root: Path, real: Callable[..., None]) -> Callable[..., None]:
    def step(*arguments: object, **named: object) -> None:
        real(*arguments, **named)
        with suppress(BusyError):  # another process, which has no descriptor of this one
            with (root / quota.COUNTER).open("a+b") as other:
                try:
                    fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    return
            quota.change(root, 0, limit=NO_LIMIT)
            quota.change(root, 1, limit=NO_LIMIT)
            quota.change(root, -1, limit=NO_LIMIT)

    return step


def test_a_step_that_fails_counts_nothing(tmp_path: Path) -> None:
    quota.change(tmp_path, 50, limit=100)
    for more in (10, -10):
        with pytest.raises(OSError, match="the disk"), quota.counted(tmp_path, more, limit=100):
            raise OSError(5, "the disk")
        assert used(tmp_path) == 50
    with pytest.raises(FullError), quota.counted(tmp_path, 51, limit=100):
        pytest.fail("it does not fit")
    with quota.counted(tmp_path, 50, limit=100):
        assert _recorded(tmp_path) == 100  # a crash leaves the count too high
    with quota.counted(tmp_path, -50, limit=100):
        assert _recorded(tmp_path) == 100
    assert used(tmp_path) == 50


def _recorded(root: Path) -> int:
    return int((root / quota.COUNTER).read_bytes().split()[1])


def test_a_removal_does_not_wait_for_a_busy_counter_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quota, "_WAIT_SECONDS", 0.05)
    file_writes.write(tmp_path, "a", b"x", limits=Limits(drive_bytes=100))
    with locks.locked(tmp_path / quota.COUNTER, wait_seconds=0):
        with pytest.raises(BusyError):
            file_writes.write(tmp_path, "b", b"x", limits=Limits(drive_bytes=100))
        file_writes.delete(tmp_path, "a", limits=Limits(drive_bytes=100))
    assert not (tmp_path / "a").exists()


def test_a_refusal_leaves_a_first_count_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file_writes.write(tmp_path, "a", b"x" * 30)
    with pytest.raises(FullError):
        quota.change(tmp_path, 71, limit=100)
    monkeypatch.setattr(quota, "_measured", lambda _: pytest.fail("counted twice"))
    quota.change(tmp_path, 70, limit=100)


def test_a_drive_too_large_to_count_is_not_limited_until_the_janitor_has_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quota, "_COUNT_SECONDS", 0.0)
    file_writes.write(tmp_path, "a", b"x" * 30)
    quota.change(tmp_path, 1000, limit=100)
    monkeypatch.setattr(quota, "_measured", lambda _: pytest.fail("tried to count again"))
    mark = quota.begin_count(tmp_path)
    quota.change(tmp_path, 5, limit=100)
    assert used(tmp_path) is None
    quota.finish_count(tmp_path, mark, 30)
    assert used(tmp_path) == 35


def test_a_count_keeps_what_was_changed_since_it_began(tmp_path: Path) -> None:
    quota.change(tmp_path, 500, limit=NO_LIMIT)
    mark = quota.begin_count(tmp_path)
    quota.change(tmp_path, 20, limit=NO_LIMIT)
    quota.change(tmp_path, -600, limit=NO_LIMIT)
    quota.finish_count(tmp_path, mark, 1000)
    assert used(tmp_path) == 1000 + 20 - 600


def test_a_count_does_not_set_another_counter_than_it_began_with(tmp_path: Path) -> None:
    mark = quota.begin_count(tmp_path)
    assert quota.is_counted_by(tmp_path, mark)
    quota.forget(tmp_path)
    assert not quota.is_counted_by(tmp_path, mark)
    quota.change(tmp_path, 3, limit=NO_LIMIT)
    quota.finish_count(tmp_path, mark, 1000)
    assert used(tmp_path) == 3


@pytest.mark.parametrize(
    "damage",
    [
        lambda record: b"",
        lambda record: record[:-1],
        lambda record: record[:30] + b"\0" * 10 + record[40:],
        lambda record: record.replace(b"60 ", b"61 ", 1),
        lambda record: record + b"x",
        lambda record: b"x" * 5000,
    ],
    ids=["empty", "short", "torn", "changed", "long", "other"],
)
def test_a_damaged_record_is_counted_anew_and_then_whole(
    tmp_path: Path, damage: Callable[[bytes], bytes]
) -> None:
    file_writes.write(tmp_path, "a", b"x" * 7)
    quota.change(tmp_path, 53, limit=100)
    counter = tmp_path / quota.COUNTER
    counter.write_bytes(damage(counter.read_bytes()))
    quota.change(tmp_path, 1, limit=100)
    assert used(tmp_path) == 8
    assert counter.stat().st_size == quota._RECORD_BYTES


def test_a_busy_counter_holds_up_who_takes_and_not_who_gives_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quota, "_WAIT_SECONDS", 0.05)
    quota.change(tmp_path, 50, limit=100)
    with locks.locked(tmp_path / quota.COUNTER, wait_seconds=0):
        with pytest.raises(BusyError):
            quota.change(tmp_path, 1, limit=100)
        quota.change(tmp_path, -1, limit=100)
    assert used(tmp_path) == 50


STEPS = st.one_of(
    st.tuples(st.just("change"), st.integers(-100, 100)),
    st.tuples(st.just("begin"), st.just(0)),
    st.tuples(st.just("finish"), st.integers(0, 300)),
    st.tuples(st.just("damage"), st.integers(0, quota._RECORD_BYTES - 1)),
)


@settings(max_examples=150)
@given(st.lists(STEPS, max_size=20), st.integers(0, 40))
def test_the_counter_is_what_a_plain_number_would_be(
    steps: list[tuple[str, int]], on_disk: int
) -> None:
    limit = 200
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        (root / "file").write_bytes(b"x" * on_disk)
        model: int | None = None
        since = 0  # changed since the mark
        mark: quota.Mark | None = None
        for step, number in steps:
            match step:
                case "change" if number:
                    fresh = model is None
                    before = on_disk if model is None else model
                    if number > 0 and before + number > limit:
                        with pytest.raises(FullError):
                            quota.change(root, number, limit=limit)
                        model = before
                    else:
                        quota.change(root, number, limit=limit)
                        counted = 0 if fresh and number < 0 else number
                        model = max(0, before + counted)
                        since += counted
                case "begin" if model is not None:
                    mark, since = quota.begin_count(root), 0
                case "finish" if mark:
                    quota.finish_count(root, mark, number)
                    if model is not None:
                        model = max(0, number + since)
                case "damage" if model is not None:
                    os.truncate(root / quota.COUNTER, number)
                    model, mark = None, None
            if model is not None:
                assert used(root) == model


@pytest.mark.slow
def test_eight_processes_at_once_end_exact(tmp_path: Path) -> None:
    quota.change(tmp_path, 100_000, limit=NO_LIMIT)  # so that nobody gets below zero
    script = f"""
        import random, sys
        from pathlib import Path
        from drive import quota
        quota._WAIT_SECONDS = {PATIENCE_SECONDS}
        root, no_limit = Path({str(tmp_path)!r}), {NO_LIMIT}
        numbers = random.Random(int(sys.argv[1]))
        total = 0
        for _ in range(100):
            more = numbers.randint(-50, 100)
            quota.change(root, more, limit=no_limit)
            total += more
        quota.change(root, 10_000 - total, limit=no_limit)
    """
    processes = [
        subprocess.Popen([*command(script), str(seed)], cwd=LAMBDA_SRC) for seed in range(8)
    ]
    assert [process.wait(PATIENCE_SECONDS) for process in processes] == [0] * 8
    assert used(tmp_path) == 100_000 + 8 * 10_000


def test_many_at_once_never_pass_the_limit(tmp_path: Path) -> None:
    script = f"""
        from pathlib import Path
        from drive import errors, quota
        quota._WAIT_SECONDS = {PATIENCE_SECONDS}
        taken = 0
        for _ in range(100):
            try:
                quota.change(Path({str(tmp_path)!r}), 7, limit=1000)
                taken += 7
            except errors.FullError:
                pass
        print(taken)
    """
    takers = [
        subprocess.Popen(command(script), cwd=LAMBDA_SRC, stdout=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    taken = sum(int(taker.communicate(timeout=PATIENCE_SECONDS)[0]) for taker in takers)
    assert taken == used(tmp_path) == 1000 // 7 * 7


@pytest.mark.slow
def test_a_killed_writer_leaves_a_whole_record_and_no_lock(tmp_path: Path) -> None:
    quota.change(tmp_path, 1, limit=NO_LIMIT)
    counter = tmp_path / quota.COUNTER
    script = f"""
        from pathlib import Path
        from drive import quota
        while True:
            quota.change(Path({str(tmp_path)!r}), 1, limit=10**18)
    """
    for number in range(20):
        writer = subprocess.Popen(command(script), cwd=LAMBDA_SRC)
        for _ in range(number % 3 + 1):  # until it writes, and is somewhere in the next change
            until_changed(counter.read_bytes)
        assert writer.poll() is None
        writer.send_signal(signal.SIGKILL)
        writer.wait()
        with locks.locked(counter, wait_seconds=0) as descriptor:
            count = quota._read(descriptor)
        assert count is not None
        assert count.used == count.changes
        assert count.used is not None
        assert count.used > 1
