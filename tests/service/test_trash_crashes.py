"""An instance or a janitor may end at any moment, and no version is lost that it had to keep."""

import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Iterator
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest

from drive import file_writes, quota, sweep, trash, trash_names, usage
from drive.quota import Limits
from tests.service.instances import LIMIT, Death, Instances, nurse
from tests.url import Url, event

DAY = 24 * 3600
LIMITS = Limits(drive_bytes=LIMIT)
LONG = "/".join(["d" * 200] * 2)


@pytest.fixture(scope="module")
def nursery() -> Iterator[Connection]:
    with nurse(trash_days="7") as pipe:
        yield pipe


@pytest.fixture
def instances(nursery: Connection, tmp_path: Path) -> Iterator[Instances]:
    """Instances on a drive with a quota; in the end it counts what there is, and nothing else."""
    made = Instances(tmp_path, nursery)
    quota.change(tmp_path, 1, limit=LIMIT)
    yield made
    assert made.kills
    assert _used(tmp_path) >= _there(tmp_path), "a count may be too high, and not too low"
    listed = trash.page(tmp_path, limit=1000)
    _run_janitor(tmp_path, days=2, keep=3)
    assert trash.page(tmp_path, limit=1000) == listed
    ids = {version.id for version in listed.versions}
    assert set(os.listdir(tmp_path / trash.DIRECTORY)) == ids | trash_names.links_of(ids)
    assert _used(tmp_path) == _there(tmp_path)


@pytest.fixture
def url(url: Url, monkeypatch: pytest.MonkeyPatch) -> Url:
    """Another instance, which finds what the dead ones left."""
    monkeypatch.setattr(url.module.mount, "TRASH_DAYS", 7)
    monkeypatch.setattr(url.module.mount, "limits", lambda: LIMITS)
    return url


@pytest.mark.parametrize("name", ["a", LONG])
@pytest.mark.parametrize("act", ["put", "delete", "move"])
def test_a_version_that_a_killed_request_takes_away_is_in_its_place_or_in_the_trash(
    url: Url, instances: Instances, act: str, name: str
) -> None:
    path = f"/files/{name}"
    requests = {
        "put": event("PUT", path, b"new"),
        "delete": event("DELETE", path),
        "move": event("POST", "/files/source", headers={"Destination": path}),
    }
    old = ""

    def request() -> dict[str, Any]:
        nonlocal old
        url("PUT", "/files/source", b"moves")
        url("DELETE", path)
        old = url("PUT", path, b"old").headers["etag"]
        return requests[act]

    for ended in instances.deaths(request):
        live = url("HEAD", path).headers.get("etag")
        kept = [version for version in _versions(url) if version["etag"] == old]
        assert (live == old) + len(kept) == 1
        if ended.status is not None:
            assert [version["act"] for version in kept] == [act]
        if kept:
            assert url("POST", f"/trash/{kept[0]['id']}", Overwrite="T").status in {201, 204}
            assert url("GET", path).body == b"old"


@pytest.mark.parametrize("name", ["a", LONG])
@pytest.mark.parametrize("replaces", [False, True])
def test_a_killed_restore_leaves_the_version_in_the_trash_or_in_its_place(
    url: Url, instances: Instances, name: str, *, replaces: bool
) -> None:
    path = f"/files/{name}"
    old = new = ""

    def request() -> dict[str, Any]:
        nonlocal old, new
        url("DELETE", path)
        old = url("PUT", path, b"old").headers["etag"]
        url("DELETE", path)
        new = url("PUT", path, b"new").headers["etag"] if replaces else ""
        [version] = [each for each in _versions(url) if each["etag"] == old]
        return event("POST", f"/trash/{version['id']}", headers={"Overwrite": "T"})

    for ended in instances.deaths(request):
        live = url("HEAD", path).headers.get("etag", "")
        kept = [version["etag"] for version in _versions(url)]
        assert live in {old, new}
        assert (live == old) + kept.count(old) == 1
        assert not replaces or (live == new) + kept.count(new) == 1
        if ended.status is not None:
            assert live == old


def test_a_killed_janitor_loses_no_version_that_is_to_stay(tmp_path: Path) -> None:
    # A process of pytest is large after other tests: to fork from it took five times as long.
    small = multiprocessing.get_context("spawn").Process(target=_kill_janitors, args=(tmp_path,))
    small.start()
    small.join()
    assert small.exitcode == 0, "see what it printed"
    _run_janitor(tmp_path, days=0, keep=0)
    _run_janitor(tmp_path, days=2, keep=0)
    assert os.listdir(tmp_path / trash.DIRECTORY) == []
    assert _used(tmp_path) == _there(tmp_path) == 0


def _kill_janitors(tmp_path: Path) -> None:
    """Kill one before its first change of the disk, the next before its second, until one lives."""
    for step in range(1, 1000):
        for name in ("a", LONG):
            file_writes.write(tmp_path, name, b"old", limits=LIMITS, keep=True)
            file_writes.delete(tmp_path, name, limits=LIMITS, keep=True)
        child = os.fork()
        if child == 0:
            sys.setprofile(Death(step).watch)
            _run_janitor(tmp_path, days=0, keep=0)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        file_writes.write(tmp_path, "b", b"stays", limits=LIMITS, keep=True)
        file_writes.delete(tmp_path, "b", limits=LIMITS, keep=True)
        assert trash.page(tmp_path, limit=10).versions[0].path == "b"
        assert _used(tmp_path) >= _there(tmp_path)
        if os.WIFEXITED(status):
            assert os.WEXITSTATUS(status) == 0
            break
        assert os.WTERMSIG(status) == signal.SIGKILL
    assert step > 20


def _versions(url: Url) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = url("GET", "/trash/").json["versions"]
    return found


def _run_janitor(drive: Path, *, days: float, keep: float) -> None:
    """Run it so many days from now, when versions stay for `keep` days."""
    report = sweep.sweep(
        drive,
        now=time.time() + days * DAY,
        time_left=lambda: 60,
        expiry_seconds=DAY,
        trash_seconds=keep * DAY,
        limit=LIMIT,
    )
    assert report
    assert report.finished


def _used(drive: Path) -> int:
    for more in (1, -1):  # a record that was torn counts as none, and is made anew
        quota.change(drive, more, limit=LIMIT)
    return int((drive / quota.COUNTER).read_bytes().split()[1])


def _there(drive: Path) -> int:
    found = usage.measure(drive, time_left=lambda: 60)
    assert found.finished
    return found.bytes + found.announced_bytes
