"""What a program does to names of a drive, and what it is told when that cannot be."""

import errno
import json
from collections.abc import Callable
from typing import Any

import pytest

from drive_tools.filesystem.file_system import DriveFileSystem
from tests.service.served import Answer, Event, Served, serve
from tests.service.shell import Invoke, Person, Serving


def _cat(path: str) -> Callable[[DriveFileSystem], object]:
    return lambda drive: drive.cat_file(path)


def _pipe(path: str, content: bytes = b"x") -> Callable[[DriveFileSystem], object]:
    return lambda drive: drive.pipe_file(path, content)


def _number_of(act: Callable[[DriveFileSystem], object], drive: DriveFileSystem) -> int | None:
    try:
        act(drive)
    except OSError as refused:
        return refused.errno
    return None


REFUSALS: list[tuple[str, Callable[[DriveFileSystem], object], int]] = [
    ("a missing file", _cat("b"), errno.ENOENT),
    ("a missing file to open", lambda drive: drive.open("b"), errno.ENOENT),
    ("a directory as a file", _cat("docs"), errno.EISDIR),
    ("a directory to open", lambda drive: drive.open("docs"), errno.EISDIR),
    ("below a file", _cat("docs/a/b"), errno.ENOTDIR),
    ("a look below a file", lambda drive: drive.info("docs/a/b"), errno.ENOTDIR),
    ("a missing directory", lambda drive: drive.ls("b"), errno.ENOENT),
    ("over a directory", _pipe("docs"), errno.EISDIR),
    ("over the root", _pipe(""), errno.EOPNOTSUPP),
    ("the root to open", lambda drive: drive.open("", "wb"), errno.EISDIR),
    ("a file below a file", _pipe("docs/a/b"), errno.ENOTDIR),
    ("a directory that is there", lambda drive: drive.mkdir("docs"), errno.EEXIST),
    ("a directory over a file", lambda drive: drive.makedirs("docs/a"), errno.EEXIST),
    ("a lone directory", lambda drive: drive.mkdir("b/c", create_parents=False), errno.ENOENT),
    ("a full directory", lambda drive: drive.rmdir("docs"), errno.ENOTEMPTY),
    ("a file as a directory", lambda drive: drive.rmdir("docs/a"), errno.ENOTDIR),
    ("no directory", lambda drive: drive.rmdir("b"), errno.ENOENT),
    ("a directory with rm", lambda drive: drive.rm("docs"), errno.EISDIR),
    ("a missing file with rm", lambda drive: drive.rm("b"), errno.ENOENT),
    ("the root", lambda drive: drive.rm("drive://", recursive=True), errno.EPERM),
    ("a move of nothing", lambda drive: drive.mv("b", "c"), errno.ENOENT),
    ("a move below a file", lambda drive: drive.mv("docs/a", "docs/a/b"), errno.ENOTDIR),
    ("a directory with mv", lambda drive: drive.mv("docs", "c"), errno.EISDIR),
    ("into itself", lambda drive: drive.mv("docs", "docs/b", recursive=True), errno.EINVAL),
    ("a name with dots", _cat("docs/../docs/a"), errno.EINVAL),
    ("a name with two slashes", _pipe("docs//a"), errno.EINVAL),
    ("a name of the drive's own", _pipe(".drive-a"), errno.EINVAL),
    ("a name that is too long", lambda drive: drive.open("b" * 300), errno.EINVAL),
    ("more than is allowed", _pipe("b", b"123456789"), errno.ENOSPC),
]


def test_a_refusal_is_the_error_that_a_file_system_has_for_it(
    person: Person, serving: Serving
) -> None:
    (person.drive / "docs").mkdir()
    (person.drive / "docs" / "a").write_bytes(b"1")
    with serving(MAX_FILE_BYTES="8") as url:
        drive = DriveFileSystem(drive_url=url)
        found = {what: _number_of(act, drive) for what, act, _ in REFUSALS}
    assert found == {what: number for what, _, number in REFUSALS}
    assert (person.drive / "docs" / "a").read_bytes() == b"1"
    assert [each.name for each in person.drive.iterdir() if each.name[0] != "."] == ["docs"]


@pytest.mark.parametrize(
    ("variables", "number"),
    [
        ({"MAX_DRIVE_BYTES": "1"}, errno.ENOSPC),
        ({"MAINTENANCE_MODE": "1"}, errno.EBUSY),
    ],
)
def test_the_state_of_a_drive_is_told_by_a_number(
    serving: Serving, variables: dict[str, str], number: int
) -> None:
    with serving(**variables) as url:
        assert _number_of(_pipe("a", b"12"), DriveFileSystem(drive_url=url, patience=0)) == number


def test_nobody_takes_a_drive_that_does_not_answer_for_an_empty_one(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serve(person.drive) as url:
        drive = DriveFileSystem(drive_url=url, patience=0)
        drive.pipe_file("docs/a", b"1")
    for look in (drive.exists, drive.isfile, drive.isdir, drive.find, drive.ls, drive.glob):
        with pytest.raises(ConnectionError, match="check the network"):
            look("docs")
    with pytest.raises(ConnectionError):
        list(drive.walk("docs"))
    # A name that cannot be is refused before it is part of a URL.
    assert _number_of(_cat("docs/../a"), drive) == errno.EINVAL
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.setenv("HOME", str(person.folder))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    with pytest.raises(OSError, match="no AWS credentials"):
        DriveFileSystem(drive_url=url, region="us-east-1").ls("")


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({}, "say which drive"),
        (
            {"drive_url": "http://a", "stage": "Dev"},
            "by drive_url or by stage, got both: 'http://a', 'Dev'",
        ),
        ({"drive_url": "http://a", "service": "s3"}, "one of lambda, execute-api, got 's3'"),
        ({"drive_url": "http://a", "patience": -1}, "a number of seconds, got -1"),
    ],
)
def test_options_that_name_no_drive_are_refused(options: dict[str, Any], text: str) -> None:
    with pytest.raises(ValueError, match=text):
        DriveFileSystem(**options)
    with pytest.raises(TypeError, match="tokn"):
        DriveFileSystem(drive_url="http://a", tokn="b")  # type: ignore[call-arg]  # which is tested


def test_trees_are_moved_without_their_bytes_and_removed_whole(
    person: Person, serving: Serving
) -> None:
    sent: list[str] = []

    def noting(event: Event, invoke: Invoke) -> Answer:
        sent.append(event["requestContext"]["http"]["method"])
        return invoke(event)

    for name in ("a", "b/c", "b/d", "b.e"):
        path = person.drive / "docs" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(name.encode())
    with serving(through=noting) as url:
        drive = DriveFileSystem(drive_url=url)
        drive.mv("docs", "new/docs", recursive=True)
        found = ["new/docs/a", "new/docs/b.e", "new/docs/b/c", "new/docs/b/d"]
        assert drive.find("") == found
        assert not drive.exists("docs")
        assert sent.count("POST") == 4
        assert drive.cat_file("new/docs/b/c") == b"b/c"
        drive.mv("new/docs/a", "new/docs/b")
        assert drive.cat_file("new/docs/b/a") == b"a"
        drive.mv("new/docs/b/a", "new/docs/b/c")
        assert drive.cat_file("new/docs/b/c") == b"a"
        assert drive.find("new", withdirs=True) == [
            *("new", "new/docs", "new/docs/b", "new/docs/b.e", "new/docs/b/c", "new/docs/b/d")
        ]
        assert list(drive.walk("new/docs")) == [
            ("new/docs", ["b"], ["b.e"]),
            ("new/docs/b", [], ["c", "d"]),
        ]
        drive.rm("new", recursive=True, maxdepth=2)
        assert drive.find("") == ["new/docs/b/c", "new/docs/b/d"]
        drive.rm("new", recursive=True)
        assert drive.ls("") == []


def test_names_that_lead_elsewhere_are_left_out(person: Person, serving: Serving) -> None:
    def hostile(event: Event, invoke: Invoke) -> Answer:
        answer = invoke(event)
        page = json.loads(answer["body"])
        page["entries"] += [{**page["entries"][0], "name": name} for name in ("../up", "a/b", "..")]
        return {**answer, "body": json.dumps(page)}

    (person.drive / "a").touch()
    with serving(through=hostile) as url:
        assert DriveFileSystem(drive_url=url).find("") == ["a"]


def test_listings_are_remembered_on_demand_and_no_longer_than_they_are_true(
    drive: DriveFileSystem, url: Served, person: Person
) -> None:
    keeping = DriveFileSystem(drive_url=url, use_listings_cache=True)
    keeping.pipe_file("docs/b/a", b"1")
    assert keeping.find("") == ["docs/b/a"]
    (person.drive / "docs" / "b" / "z").touch()
    assert drive.find("") == ["docs/b/a", "docs/b/z"]
    assert keeping.find("") == ["docs/b/a"]
    assert not keeping.exists("docs/b/z")
    assert [each["name"] for each in keeping.ls("docs/b", refresh=True)][1:] == ["docs/b/z"]
    assert keeping.isfile("docs/b/z")
    keeping.pipe_file("docs/c/d/e", b"")
    assert keeping.isdir("docs/c/d")
    keeping.mv("docs/b", "new", recursive=True)
    assert keeping.find("") == ["docs/c/d/e", "new/a", "new/z"]
    keeping.rm("docs", recursive=True)
    assert keeping.find("") == ["new/a", "new/z"]
    (person.drive / "y").touch()
    keeping.invalidate_cache()
    assert keeping.find("") == ["new/a", "new/z", "y"]
