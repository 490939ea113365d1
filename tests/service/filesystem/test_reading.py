"""What a program reads of a drive: all of one version, in few requests and few bytes."""

import errno
import gzip
import threading

import pytest

from drive_tools.client.drive_client import CHUNK_BYTES
from drive_tools.filesystem.file_system import DriveFileSystem
from drive_tools.filesystem.read_ahead import GrowingReadAhead
from tests.service.served import Answer, Event, Served
from tests.service.shell import LARGE, MIB, Invoke, Person, Serving

SIZES = (0, 1, CHUNK_BYTES, CHUNK_BYTES + 1, len(LARGE))
STARTS = (None, 0, 5, CHUNK_BYTES - 1, -7, len(LARGE) - 1, len(LARGE), 10**9)
ENDS = (None, 0, 6, CHUNK_BYTES + 3, -3, 10**9)


def test_what_is_written_is_read_back(drive: DriveFileSystem) -> None:
    for size in SIZES:
        content = LARGE[:size]
        with drive.open("some/where/a b?.bin", "wb") as file:
            file.write(content[: size // 3])
            file.write(content[size // 3 :])
        assert drive.cat_file("some/where/a b?.bin") == content
        with drive.open("drive:///some/where/a b?.bin") as file:
            assert file.read() == content
        drive.pipe_file("b", content)
        assert drive.cat_file("/b") == content
        assert drive.size("b") == size


def test_a_range_counts_as_a_slice_does(drive: DriveFileSystem, person: Person) -> None:
    (person.drive / "a").write_bytes(LARGE)
    for start in STARTS:
        for end in ENDS:
            assert drive.cat_file("a", start, end) == LARGE[start:end], (start, end)


def test_text_and_packed_files_are_read_as_written(drive: DriveFileSystem, person: Person) -> None:
    with drive.open("a.txt", "w", encoding="utf-8", newline="\n") as text:
        text.write("é\n日\n")
    assert (person.drive / "a.txt").read_bytes() == "é\n日\n".encode()
    assert drive.read_text("a.txt", encoding="utf-8") == "é\n日\n"
    with drive.open("a.gz", "wb", compression="gzip") as packed:
        packed.write(b"packed")
    del packed
    assert gzip.decompress((person.drive / "a.gz").read_bytes()) == b"packed"
    with drive.open("a.gz", compression="infer") as unpacked:
        assert unpacked.read() == b"packed"


def test_a_file_that_is_replaced_while_it_is_read_fails_and_mixes_nothing(
    drive: DriveFileSystem,
) -> None:
    drive.pipe_file("a", LARGE)
    with drive.open("a") as file:
        assert file.read(10) == LARGE[:10]
        drive.pipe_file("a", LARGE[::-1])
        with pytest.raises(OSError, match="412") as refused:
            file.read()
    assert (refused.value.errno, refused.value.filename) == (errno.ESTALE, "a")
    old = drive.info("a")["ETag"]
    drive.pipe_file("a", b"new")
    with pytest.raises(OSError, match="412") as refused:
        drive.open("a", etag=old)
    assert refused.value.errno == errno.ESTALE


def test_ranges_of_several_files_come_side_by_side_each_file_of_one_version(
    person: Person, serving: Serving
) -> None:
    one_at_a_time = threading.Lock()

    def replacing(event: Event, invoke: Invoke) -> Answer:
        with one_at_a_time:
            answer = invoke(event)
            if event["rawPath"] == "/files/b":
                (person.drive / "new").write_bytes(b"x" * 20)
                (person.drive / "new").replace(person.drive / "b")
            return answer

    (person.drive / "a").write_bytes(bytes(range(20)))
    (person.drive / "b").write_bytes(bytes(range(20)))
    with serving(through=replacing) as url:
        drive = DriveFileSystem(drive_url=url)
        assert drive.cat_ranges(["a", "a", "a"], [0, 5, -3], [5, 10, None], on_error="raise") == [
            bytes(range(5)),
            bytes(range(5, 10)),
            bytes(range(17, 20)),
        ]
        first, missing, second = drive.cat_ranges(["b", "missing", "b"], [5, 0, 0], [10, 1, 5])
        assert isinstance(first, bytes)
        assert isinstance(missing, FileNotFoundError)
        assert isinstance(second, OSError)
        assert second.errno == errno.ESTALE
    with pytest.raises(ValueError, match="2 paths need as many starts"):
        drive.cat_ranges(["a", "b"], [1], [2])


def test_a_reader_that_jumps_reads_little_more_than_it_asks_for(
    person: Person, serving: Serving
) -> None:
    asked: list[str] = []

    def noting(event: Event, invoke: Invoke) -> Answer:
        if event["requestContext"]["http"]["method"] == "GET":
            asked.append(event["headers"]["range"])
        return invoke(event)

    (person.drive / "a").write_bytes(LARGE)
    with serving(through=noting) as url, DriveFileSystem(drive_url=url).open("a") as file:
        file.seek(-8, 2)
        assert file.read() == LARGE[-8:]
        file.seek(MIB)
        assert file.read(MIB // 2) == LARGE[MIB : MIB + MIB // 2]
        file.seek(MIB + 7)
        assert file.read(1) == LARGE[MIB + 7 : MIB + 8]
        file.seek(4 * MIB)
        assert file.read(100) == LARGE[4 * MIB : 4 * MIB + 100]
    size = len(LARGE)
    assert asked == [
        f"bytes={size - 8}-{size - 1}",
        f"bytes={MIB}-{MIB + MIB // 2 - 1}",
        f"bytes={4 * MIB}-{4 * MIB + 65_535}",
    ]


def test_a_reader_that_goes_on_soon_reads_in_few_requests() -> None:
    fetched: list[int] = []

    def fetch(start: int, end: int) -> bytes:
        fetched.append(end - start)
        return LARGE[start:end]

    cache = GrowingReadAhead(4 * MIB, fetch, len(LARGE))
    step = 8000
    read = b"".join(cache._fetch(each, each + step) for each in range(0, len(LARGE), step))
    assert read == LARGE
    assert fetched[:5] == [65_536, 262_144, MIB, 4 * MIB, len(LARGE) - 65_536 - 262_144 - 5 * MIB]
    assert len(fetched) == 5


def test_all_pages_of_a_directory_are_listed(drive: DriveFileSystem, person: Person) -> None:
    names = [f"many/{number:04}" for number in range(1001)]
    (person.drive / "many").mkdir()
    for name in names:
        (person.drive / name).touch()
    assert drive.ls("many", detail=False) == names
    assert drive.find("") == names
    assert drive.glob("many/*1") == names[1::10]


def test_a_listing_says_of_a_file_what_a_look_at_it_says(
    drive: DriveFileSystem, url: Served, person: Person
) -> None:
    drive.pipe_file("docs/a", b"abc")
    (person.drive / "docs" / ".drive-own").touch()
    [directory] = drive.ls("")
    assert directory == drive.info("docs") == drive.info("drive://docs/")
    assert (directory["name"], directory["type"]) == ("docs", "directory")
    [listed] = drive.ls("docs")
    assert listed == drive.info("docs/a")
    assert drive.ls("docs/a") == [listed]
    modified = drive.modified("docs/a")
    assert modified.timestamp() == listed["mtime"] == int((person.drive / "docs/a").stat().st_mtime)
    before = drive.ukey("docs/a"), drive.checksum("docs/a")
    drive.pipe_file("docs/a", b"abc")
    assert drive.ukey("docs/a") != before[0]
    assert drive.checksum("docs/a") != before[1]
    with pytest.raises(NotImplementedError, match="no time of creation"):
        drive.created("docs/a")
    with pytest.raises(NotImplementedError):
        drive.sign("docs/a")
    assert url.log
