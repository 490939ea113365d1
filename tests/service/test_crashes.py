"""An instance may end at any moment, and nothing that it acknowledged is lost, nothing is torn.

The function runs in processes that end by SIGKILL: before every single change of the disk that a
request makes, one after the other, and at random moments. An instance that ends takes its
machine's memory with it; so where something was not flushed, a step is taken twice, once with all
that was written and once with zeros in its place.
"""

import base64
import random
import re
import time
from collections.abc import Iterator
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest

from drive import locks, quota, sweep, trash, upload_state, usage
from drive.quota import Limits
from tests.service.instances import LIMIT, Ended, Instances, nurse
from tests.url import Answer, Url, event, path_of

TUS = {"Tus-Resumable": "1.0.0"}
PART = {**TUS, "Content-Type": "application/offset+octet-stream"}
TRASH = ("no trash", "trash")
_TEMPORARY = re.compile(r"\.drive-[0-9a-f]{16}")


@pytest.fixture(scope="module", params=["0", "7"], ids=TRASH)
def nursery(request: pytest.FixtureRequest) -> Iterator[Connection]:
    """The process that instances are forked from, so that each begins warm and at once."""
    with nurse(trash_days=request.param) as pipe:
        yield pipe


@pytest.fixture
def instances(nursery: Connection, tmp_path: Path) -> Iterator[Instances]:
    """Instances on the drive that `url` serves, with a quota that is never reached.

    In the end nothing is left of them but what the janitor removes.
    """
    made = Instances(tmp_path, nursery)
    quota.change(tmp_path, 1, limit=LIMIT)
    yield made
    assert made.kills
    left = {path.name for path in _outside_of_own_directories(tmp_path)}
    known = {
        locks.DIRECTORY,
        trash.DIRECTORY,
        upload_state.DIRECTORY,
        quota.COUNTER,
        "a",
        "b",
        "file",
        "one",
        "target",
    }
    assert {name for name in left if not _TEMPORARY.fullmatch(name)} <= known
    report = sweep.sweep(
        tmp_path,
        now=time.time() + 7 * 24 * 3600,
        time_left=lambda: 60,
        expiry_seconds=24 * 3600,
        trash_seconds=24 * 3600,
        limit=LIMIT,
    )
    assert report is not None
    assert report.finished
    assert {path.name for path in _outside_of_own_directories(tmp_path)} <= known
    assert list((tmp_path / upload_state.DIRECTORY).glob("*")) == []
    assert list((tmp_path / trash.DIRECTORY).glob("*")) == []
    assert _counted(tmp_path) == _there(tmp_path)


@pytest.fixture
def url(url: Url, monkeypatch: pytest.MonkeyPatch) -> Url:
    """Another instance, which finds what the dead ones left."""
    monkeypatch.setattr(url.module.mount, "limits", lambda: Limits(drive_bytes=LIMIT))
    return url


def test_a_killed_put_leaves_the_old_file_or_the_new_one(url: Url, instances: Instances) -> None:
    old, new = b"", _content(0)
    url("PUT", "/files/a", old)

    def put() -> dict[str, Any]:
        return event("PUT", "/files/a", new)

    for number, ended in enumerate(instances.deaths(put)):
        found = url("GET", "/files/a")
        assert found.body in ({old, new} if ended.status is None else {new})
        if ended.status is not None:
            assert (ended.status, ended.headers["etag"]) == (204, found.headers["etag"])
        old, new = found.body, _content(number + 1)
        assert url("PUT", "/files/a", old).status == 204


def test_a_killed_put_of_a_new_file_leaves_it_or_nothing(url: Url, instances: Instances) -> None:
    names = iter(range(1000))
    name, content = "", b""

    def put() -> dict[str, Any]:
        nonlocal name, content
        number = next(names)
        name, content = f"/files/new-{number}/directory/file", _content(number)
        return event("PUT", name, content, headers={"If-None-Match": "*"})

    for ended in instances.deaths(put):
        found = url("GET", name)
        assert found.status in ({200, 404} if ended.status is None else {200})
        assert found.status == 404 or found.body == content
        assert url("PUT", name, b"next").status == (201 if found.status == 404 else 204)


def test_a_killed_delete_has_deleted_or_not(url: Url, instances: Instances) -> None:
    url("PUT", "/files/a", b"there")
    for ended in instances.deaths(lambda: event("DELETE", "/files/a")):
        found = url("GET", "/files/a")
        assert found.status in ({200, 404} if ended.status is None else {404})
        assert found.status == 404 or found.body == b"there"
        assert url("PUT", "/files/a", b"there").status == (201 if found.status == 404 else 204)


@pytest.mark.parametrize("destination", ["b", "new/b"])
def test_a_killed_move_leaves_the_file_under_one_of_its_names(
    url: Url, instances: Instances, destination: str
) -> None:
    content = _content(1)
    headers = {"Destination": f"/files/{destination}"}
    url("PUT", "/files/a", content)
    url("PUT", "/files/b", b"replaced")
    for ended in instances.deaths(lambda: event("POST", "/files/a", headers=headers)):
        here, there = url("GET", "/files/a"), url("GET", f"/files/{destination}")
        assert [here.body, there.body].count(content) == 1
        if ended.status is not None:
            assert there.body == content
        if there.body == content:
            assert url("DELETE", f"/files/{destination}").status == 204
            url("DELETE", "/files/new")
            url("PUT", "/files/a", content)
        elif destination == "b":
            assert there.body == b"replaced"
        url("PUT", "/files/b", b"replaced")


def test_a_killed_creation_leaves_an_upload_that_begins_or_none(
    url: Url, instances: Instances
) -> None:
    content = _content(1)
    headers = {**PART, **_announced("made/of/one", content)}
    known: set[str] = set()
    for ended in instances.deaths(
        lambda: event("POST", "/uploads", content[:500], headers=headers)
    ):
        left = {path.stem for path in instances.drive.glob(".drive-uploads/*")} - known
        known |= left
        for upload_id in left:  # nobody knows its name, but the janitor's
            found = _asked(url, f"/uploads/{upload_id}")
            assert found.status in {200, 404}
            assert found.status == 404 or found.headers["upload-offset"] in {"0", "500"}
        if ended.status is not None:
            assert ended.status == 201
            _finish(url, path_of(ended.headers["location"]), content, at_least=500)
            assert url("GET", "/files/made/of/one").body == content
        for upload_id in left:
            url("DELETE", f"/uploads/{upload_id}", Tus_Resumable="1.0.0")
    assert len(known) > 10


@pytest.mark.parametrize(("last", "replaces"), [(False, True), (True, True), (True, False)])
def test_a_killed_part_keeps_what_was_acknowledged(
    url: Url, instances: Instances, *, last: bool, replaces: bool
) -> None:
    content, old = _content(1), b"the file that is replaced" if replaces else b""
    half = len(content) // 2
    part = content[half:] if last else content[half : half + half // 2]
    upload = ""

    def patch() -> dict[str, Any]:
        nonlocal upload
        url("DELETE", "/files/target")
        if replaces:
            url("PUT", "/files/target", old)
        upload = _begun(url, "target", content, half)
        headers = {**PART, "Upload-Offset": str(half)}
        return event("PATCH", upload, part, headers=headers)

    for ended in instances.deaths(patch):
        found = url("GET", "/files/target")
        assert (found.body if found.status == 200 else b"") in {old, content}
        if ended.status is None:
            _finish(url, upload, content, at_least=half)
        else:
            assert ended.status == 204
            assert not last or found.body == content
            _finish(url, upload, content, at_least=half + len(part))
        assert url("GET", "/files/target").body == content


def test_a_killed_termination_leaves_the_upload_or_nothing(url: Url, instances: Instances) -> None:
    content, half = _content(1), 300
    upload = ""

    def terminate() -> dict[str, Any]:
        nonlocal upload
        url("DELETE", "/files/target")
        upload = _begun(url, "target", content, half)
        return event("DELETE", upload, headers=TUS)

    for ended in instances.deaths(terminate):
        found = _asked(url, upload)
        assert found.status in ({200, 404} if ended.status is None else {404})
        assert url("GET", "/files/target").status == 404
        if found.status == 200:
            _finish(url, upload, content, at_least=half)
            assert url("GET", "/files/target").body == content


@pytest.mark.parametrize(
    "nursery", [pytest.param("0", marks=pytest.mark.weekly), "7"], indirect=True, ids=TRASH
)
def test_nothing_is_lost_or_torn_whenever_an_instance_is_killed(
    url: Url, instances: Instances
) -> None:
    """A hundred kills at random moments of requests that carry more than a few bytes.

    After a kill the next one may live longer, and after an answer less long: half of them die,
    whatever the speed of the machine.
    """
    moments, longest = random.Random(3), 0.01

    def tried(request: dict[str, Any]) -> Ended:
        nonlocal longest
        ended = instances(request, seconds=moments.random() * longest)
        longest *= 1.1 if ended.status is None else 0.9
        return ended

    url("PUT", "/files/a", _content(0, 200_000))
    for number in range(1, 10_000):
        old, new = url("GET", "/files/a").body, _content(number, 200_000)
        if number % 3:
            ended = tried(event("PUT", "/files/a", new))
            assert url("GET", "/files/a").body in ({old, new} if ended.status is None else {new})
        else:
            upload = _begun(url, "a", new, 50_000)
            offset = 50_000
            while offset < len(new):
                assert url("GET", "/files/a").body == old
                part = new[offset : offset + 75_000]
                headers = {**PART, "Upload-Offset": str(offset)}
                ended = tried(event("PATCH", upload, part, headers=headers))
                told = int(_asked(url, upload).headers["upload-offset"])
                assert told == offset + len(part) or (told == offset and ended.status is None)
                offset = told
            assert url("GET", "/files/a").body == new
        if instances.kills >= 100:
            break
    assert instances.kills >= 100


def _content(number: int, size: int = 1000) -> bytes:
    """Bytes that no other number has, and that hold no zeros."""
    return random.Random(number).randbytes(size).replace(b"\0", b"\1")


def _announced(target: str, content: bytes) -> dict[str, str]:
    name = base64.b64encode(target.encode()).decode()
    return {"Upload-Length": str(len(content)), "Upload-Metadata": f"filename {name}"}


def _begun(url: Url, target: str, content: bytes, offset: int) -> str:
    announced = _announced(target, content)
    answer = url(
        "POST",
        "/uploads",
        content[:offset],
        Tus_Resumable="1.0.0",
        Content_Type=PART["Content-Type"],
        Upload_Length=announced["Upload-Length"],
        Upload_Metadata=announced["Upload-Metadata"],
    )
    assert (answer.status, answer.headers["upload-offset"]) == (201, str(offset))
    return path_of(answer.headers["location"])


def _asked(url: Url, upload: str) -> Answer:
    return url("HEAD", upload, Tus_Resumable="1.0.0")


def _finish(url: Url, upload: str, content: bytes, *, at_least: int) -> None:
    """Go on with an upload from where it says that it stands."""
    found = _asked(url, upload)
    assert (found.status, found.headers["upload-length"]) == (200, str(len(content)))
    offset = int(found.headers["upload-offset"])
    assert offset >= at_least
    answer = url(
        "PATCH",
        upload,
        content[offset:],
        Tus_Resumable="1.0.0",
        Content_Type=PART["Content-Type"],
        Upload_Offset=str(offset),
    )
    assert (answer.status, answer.headers["upload-offset"]) == (204, str(len(content)))


def _outside_of_own_directories(drive: Path) -> Iterator[Path]:
    """All files, and the directories that the drive has for itself."""
    for path in drive.iterdir():
        if path.is_file() or path.name.startswith(".drive-"):
            yield path
        else:
            yield from _outside_of_own_directories(path)


def _counted(drive: Path) -> int:
    return int((drive / quota.COUNTER).read_bytes().split()[1])


def _there(drive: Path) -> int:
    found = usage.measure(drive, time_left=lambda: 60)
    assert found.finished
    return found.bytes + found.announced_bytes
