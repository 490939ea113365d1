"""Programs that speak WebDAV read files and list directories."""

import http.client
import json
import os
from email.utils import formatdate
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.service.served import Answer, Event
from tests.service.shell import LARGE, MIB, Invoke, method
from tests.service.webdav.conftest import Mount, Mounting

NAMES = [
    *("a b", "ä日本🗂", "100%", "%41%2e", "a?b#c&d=e+f;g:h@i!$,", "~x'\"", "a\\b", ".hidden"),
    *("x..y", "-r", "a\nb\x1b[31m", "*", "._x", ".DS_Store", "<b>&amp;"),
]
SIZE = "{DAV:}propstat/{DAV:}prop/{DAV:}getcontentlength"


@pytest.mark.parametrize("content", [b"", b"some text", LARGE], ids=len)
def test_a_file_is_read_whole(mount: Mount, content: bytes) -> None:
    mount["d/a.bin"] = content
    told = mount("GET", "d/a.bin")
    assert (told.status, told.body) == (200, content)
    if 0 < len(content) < MIB:  # by one request
        assert mount.asked == ["GET /files/d/a.bin"]
    described = mount("HEAD", "d/a.bin")
    for each in (told, described):
        modified = (mount.folder / "d" / "a.bin").stat().st_mtime
        assert each.headers["Content-Length"] == str(len(content))
        assert each.headers["Last-Modified"] == formatdate(modified, usegmt=True)
        assert each.headers["ETag"].startswith('"')
    assert described.body == b""


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=5000000-5000009", 5_000_000, 5_000_010),
        ("bytes=1-9000000", 1, 9_000_001),
        ("bytes=9437180-", 9_437_180, len(LARGE)),
        ("bytes=-3", len(LARGE) - 3, len(LARGE)),
        ("bytes=9437180-99999999", 9_437_180, len(LARGE)),
    ],
)
def test_a_range_is_read_and_nothing_beside_it(
    mounting: Mounting, asked: str, start: int, end: int
) -> None:
    ranges: list[list[int]] = []

    def through(event: Event, invoke: Invoke) -> Answer:
        if "range" in event["headers"]:
            first, last = event["headers"]["range"].removeprefix("bytes=").split("-")
            ranges.append([int(first), int(last) + 1])
        return invoke(event)

    with mounting(through) as mount:
        mount["a"] = LARGE
        told = mount("GET", "a", Range=asked)
    assert (told.status, told.body) == (206, LARGE[start:end])
    assert told.headers["Content-Range"] == f"bytes {start}-{end - 1}/{len(LARGE)}"
    assert (min(first for first, _ in ranges), max(last for _, last in ranges)) == (start, end)


def test_a_range_is_of_the_version_that_was_asked_for(mount: Mount) -> None:
    mount["a"] = b"0123456789"
    etag = mount("HEAD", "a").headers["ETag"]
    assert mount("GET", "a", Range="bytes=2-3", If_Range=etag).body == b"23"
    other = mount("GET", "a", Range="bytes=2-3", If_Range='"other"')
    assert (other.status, other.body) == (200, b"0123456789")
    refused = mount("GET", "a", Range="bytes=10-")
    assert (refused.status, refused.headers["Content-Range"]) == (416, "bytes */10")
    assert mount("GET", "a", If_None_Match=f'"x", {etag}').status == 304
    assert mount("GET", "a", If_Match='"other"').status == 412


def test_a_file_that_changes_while_it_is_read_breaks_off(
    mounting: Mounting, capfd: pytest.CaptureFixture[str]
) -> None:
    reads = 0

    def through(event: Event, invoke: Invoke) -> Answer:
        nonlocal reads
        if method(event) == "GET":
            reads += 1
            if reads == 2:
                mount["new"] = os.urandom(len(LARGE))
                (mount.folder / "new").rename(mount.folder / "a")
        return invoke(event)

    with mounting(through) as mount:
        mount["a"] = LARGE
        with pytest.raises(http.client.IncompleteRead) as broken:
            mount("GET", "a")
    assert LARGE.startswith(broken.value.partial)
    said = "".join(capfd.readouterr())
    assert "an answer broke off: cannot get a: 412" in said
    assert "Traceback" not in said


def test_a_stored_page_runs_nothing_at_the_address_of_the_drive(mount: Mount) -> None:
    mount["a.html"] = b"<script>fetch('.')</script>"
    headers = mount("GET", "a.html").headers
    assert headers["Content-Type"] == "text/html"
    assert "sandbox" in headers["Content-Security-Policy"].split("; ")
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_a_directory_is_listed_by_one_request_whatever_is_in_it(mount: Mount) -> None:
    for name in NAMES:
        mount[f"d/{name}"] = b"x" * len(name)
    mount["d/sub/inner"] = b""
    told = mount("PROPFIND", "d", Depth="1")
    assert told.status == 207
    top = mount.base.removeprefix(f"http://{mount.base.split('/')[2]}")
    sizes = {name: each.findtext(SIZE) for name, each in told.responses.items()}
    expected = {f"{top}/d/{_told(name)}": str(len(name)) for name in NAMES}
    assert sizes == {f"{top}/d/": None, f"{top}/d/sub/": None, **expected}
    assert mount.asked == ["GET /files/d/"]


def _told(name: str) -> str:
    return quote(name, safe="!*'(),$-_|.~")


def test_a_single_entry_is_described_without_a_listing(mount: Mount) -> None:
    mount["d/a"] = b"abc"
    file = mount("PROPFIND", "d/a", Depth="0")
    [entry] = file.responses.values()
    assert entry.findtext(SIZE) == "3"
    etag = entry.findtext("{DAV:}propstat/{DAV:}prop/{DAV:}getetag")
    assert etag == mount("HEAD", "d/a").headers["ETag"]
    [name] = mount("PROPFIND", "d", Depth="0").responses
    assert name.endswith("/d/")
    assert mount("PROPFIND", "no", Depth="1").status == 404
    assert mount("PROPFIND", "d/a/no", Depth="0").status == 404
    assert not [each for each in mount.asked if each.startswith("GET /files/d/")]


def test_a_listing_of_the_whole_drive_is_refused(mount: Mount) -> None:
    for headers in ({}, {"Depth": "infinity"}):
        told = mount("PROPFIND", "", b"", **headers)
        assert told.status == 403
        assert "propfind-finite-depth" in told.text


def test_a_directory_is_not_read_as_a_file(mount: Mount) -> None:
    (mount.folder / "d").mkdir()
    told = mount("GET", "d/")
    assert told.status == 405
    assert "lambda-drive ui" in told.text


WANTED = (
    b'<propfind xmlns="DAV:"><prop><quota-used-bytes/><quota-available-bytes/></prop></propfind>'
)


@pytest.mark.parametrize(("limit", "available"), [(1000, "990"), (4, "0"), (None, None)])
def test_a_program_sees_how_full_the_drive_is(
    mounting: Mounting, limit: int | None, available: str | None
) -> None:
    def through(event: Event, invoke: Invoke) -> Answer:
        if event["rawPath"] != "/health":
            return invoke(event)
        health = {"used_bytes": 10, "max_drive_bytes": limit, "max_file_bytes": None}
        return {"statusCode": 200, "headers": {}, "body": json.dumps(health)}

    with mounting(through) as mount:
        (mount.folder / "d").mkdir()
        found = mount("PROPFIND", "", WANTED, Depth="1").responses
        assert len(found) == 2
        for each in found.values():
            [used] = each.findall(".//{DAV:}quota-used-bytes")
            free = each.find(".//{DAV:}quota-available-bytes")
            assert (used.text, None if free is None else free.text) == ("10", available)
        assert mount.asked.count("GET /health") == 1
        mount.asked.clear()
        mount("PROPFIND", "", Depth="1")
    assert "GET /health" not in mount.asked


def test_a_path_that_can_be_no_name_is_refused_with_words(mount: Mount, tmp_path: Path) -> None:
    (tmp_path / "beside").write_bytes(b"secret")
    for name, words in (
        ("../beside", "none that is . or .."),
        (".drive-trash/x", "the drive's own"),
        ("a\0b", "NUL"),
        ("x" * 256, "400"),
    ):
        for verb in ("GET", "PUT", "DELETE", "MKCOL"):
            told = mount(verb, name)
            assert told.status == 400, (verb, name)
            assert words in told.text or "single slashes" in told.text, told.text


def test_a_program_learns_that_it_may_lock_and_write(mount: Mount) -> None:
    for name in ("", "new"):
        told = mount("OPTIONS", name)
        assert (told.status, told.headers["DAV"]) == (200, "1,2")
        assert told.headers["MS-Author-Via"] == "DAV"
    assert {"PUT", "MKCOL"} <= set(mount("OPTIONS", "new").headers["Allow"].split(", "))


def test_nobody_gets_in_without_the_secret(mount: Mount) -> None:
    mount["a"] = b"secret"
    for verb in ("PROPFIND", "GET", "PUT", "OPTIONS", "LOCK"):
        assert mount(verb, "a", Origin="https://example.com").status == 403
        assert mount(verb, "a", Host="example.com").status == 403
    mount.base = f"{mount.base[:-1]}x"
    for verb in ("PROPFIND", "GET", "PUT", "OPTIONS", "LOCK"):
        assert mount(verb, "a").status == 404
    assert mount.asked == []
    assert mount["a"] == b"secret"


def test_a_body_of_xml_has_an_end(mount: Mount) -> None:
    told = mount("PROPFIND", "", b" " * (MIB + 1), Depth="0")
    assert told.status == 413
    assert mount.asked == []
