"""The trash is listed in pages of its own, and in no listing of files."""

import os
import time
from pathlib import Path

import pytest

from drive import (
    directory_listing,
    file_reads,
    trash,
    trash_emptying,
    trash_restore,
)
from drive.errors import InvalidNameError
from drive.usage import measure
from tests.unit.janitor import DAY, clean, forever
from tests.unit.kept_files import delete, put, versions


def test_pages_are_in_the_order_of_time_and_stay_whole_while_versions_come_and_go(
    tmp_path: Path,
) -> None:
    for number in range(10):
        put(tmp_path, "a", b"%d" % number)
    wanted = versions(tmp_path)
    assert sorted(wanted, key=lambda version: -version.trashed) == wanted
    first = trash.page(tmp_path, limit=4)
    assert first.versions == wanted[:4]
    put(tmp_path, "a", b"newer")
    trash_emptying.remove(tmp_path, wanted[5].id)
    second = trash.page(tmp_path, limit=4, cursor=first.cursor)
    assert second.versions == [wanted[4], *wanted[6:9]]
    assert second.cursor is None


def test_other_names_in_the_trash_are_left_alone(tmp_path: Path) -> None:
    put(tmp_path, "a", b"old")
    delete(tmp_path, "a")
    (tmp_path / trash.DIRECTORY / "README").write_bytes(b"mine")
    (tmp_path / trash.DIRECTORY / f"{'0' * 24}-put-b").mkdir()
    (tmp_path / trash.DIRECTORY / f"{'0' * 24}-move").write_bytes(b"without its path")
    (tmp_path / trash.DIRECTORY / f"{'0' * 24}-put-c").symlink_to("/etc/passwd")
    for odd in ("=_a", "=_====", "=00", "=_AAAA"):  # no base64, and NUL
        (tmp_path / trash.DIRECTORY / f"{'0' * 24}-put-{odd}").write_bytes(b"1")
        os.link(tmp_path / trash.DIRECTORY / f"{'0' * 24}-put-{odd}", tmp_path / f"link{odd}")
    assert [version.path for version in versions(tmp_path)] == ["a"]
    assert measure(tmp_path, time_left=forever).finished
    for later in (0.0, 2 * DAY):
        report = clean(tmp_path, now=time.time() + later)
        assert report
        assert report.finished


def test_the_trash_is_in_no_listing_and_no_request_reaches_it(tmp_path: Path) -> None:
    put(tmp_path, "a", b"old")
    delete(tmp_path, "a")
    assert directory_listing.page(tmp_path, "", limit=10).entries == []
    [version] = versions(tmp_path)
    for name in (trash.DIRECTORY, f"{trash.DIRECTORY}/{version.id}"):
        for act in (
            lambda name=name: file_reads.describe(tmp_path, name),
            lambda name=name: put(tmp_path, name, b""),
            lambda name=name: delete(tmp_path, name),
            lambda name=name: directory_listing.page(tmp_path, name, limit=10),
            lambda name=name: trash_restore.restore(tmp_path, version.id, name),
        ):
            with pytest.raises(InvalidNameError):
                act()
