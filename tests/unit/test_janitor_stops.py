"""A janitor that was stopped resumes, and does what one run does."""

import subprocess
import tempfile
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drive import directories, sweep, upload_state
from tests.unit.counter import used
from tests.unit.disks import Remembering
from tests.unit.janitor import DAY, TEMPORARY, begin, calls, clean, kept, put


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


# Names around the slash in any order of characters, and bytes that are not UTF-8.
SEGMENT = st.sampled_from(["a", "a ", "a!", "a-b", "a.b", "b", "ü", "\udcff", "z\udce9", "\n"])
TREE = st.lists(st.lists(SEGMENT, min_size=1, max_size=5).map("/".join), max_size=12)


@pytest.mark.slow
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


@pytest.mark.slow
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
