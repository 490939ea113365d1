"""curl, which cannot sign with a body, puts and gets files of any size through `serve`."""

import hashlib
import json
from urllib.parse import quote

import pytest
import requests

from tests.patience import PATIENCE_SECONDS
from tests.service.serving.conftest import curl, curled
from tests.service.shell import LARGE, Person

STATUS = ("--output", "/dev/null", "--write-out", "%{http_code}")
NAMES = ["plain", "with space", "ü日(1)'!*~@", "100%", "a?b#c&d=e+f", "a/b/c"]


@pytest.mark.parametrize("name", NAMES)
def test_a_small_file_goes_and_comes_back_whatever_its_name(
    base: str, person: Person, name: str
) -> None:
    address = f"{base}/files/{quote(name)}"
    assert curled("-T", person.write("a", b"text"), *STATUS, address) == b"201"
    assert (person.drive / name).read_bytes() == b"text"
    assert curled(address) == b"text"
    assert curled("-T", person.write("a", b"more"), *STATUS, address) == b"204"
    assert curled("-X", "DELETE", *STATUS, address) == b"204"
    assert not (person.drive / name).exists()


def test_letters_that_are_not_percent_encoded_are_the_same_name(base: str, person: Person) -> None:
    curled("-T", person.write("a", b"text"), f"{base}/files/ü(1)")
    assert (person.drive / "ü(1)").read_bytes() == b"text"


def test_many_files_in_one_request_arrive_byte_for_byte(base: str, person: Person) -> None:
    line = b'[{"path": "a/b", "size": 256}, {"path": "\xc3\xbc", "size": 0}]\n'
    body = person.write("body", line + bytes(range(256)))
    media = ("-H", "Content-Type: application/vnd.lambda-drive.files")
    sent = curled("--data-binary", f"@{body}", *media, f"{base}/files/")
    assert [file["status"] for file in json.loads(sent)["files"]] == [201, 201]
    assert (person.drive / "a" / "b").read_bytes() == bytes(range(256))
    assert (person.drive / "ü").read_bytes() == b""


def test_a_large_file_goes_and_comes_back(base: str, person: Person) -> None:
    local = person.write("large", LARGE)
    assert curled("-T", local, *STATUS, f"{base}/files/films/") == b"201"
    assert (person.drive / "films" / "large").read_bytes() == LARGE
    assert curled("-T", local, *STATUS, f"{base}/files/films/large") == b"204"
    curled("-o", person.folder / "back", f"{base}/files/films/large")
    assert (person.folder / "back").read_bytes() == LARGE
    assert person.uploads == []


def test_a_stream_of_unknown_length_goes_whole(base: str, person: Person) -> None:
    for size in (0, 5, len(LARGE)):
        curled("-T", "-", f"{base}/files/some", sent=LARGE[:size])
        assert (person.drive / "some").read_bytes() == LARGE[:size]


@pytest.mark.parametrize(
    ("asked", "part"),
    [
        ("0-", slice(None)),
        ("5-8000000", slice(5, 8_000_001)),
        ("-6000000", slice(-6_000_000, None)),
        ("7000000-", slice(7_000_000, None)),
        ("1-3", slice(1, 4)),
        ("9000000-99999999", slice(9_000_000, None)),
    ],
)
def test_a_range_of_any_length_is_one_answer(
    base: str, person: Person, asked: str, part: slice
) -> None:
    got = LARGE[part]
    (person.drive / "large").write_bytes(LARGE)
    head, _, body = curled("-i", "-r", asked, f"{base}/files/large").partition(b"\r\n\r\n")
    assert hashlib.sha256(body).digest() == hashlib.sha256(got).digest()
    start = LARGE.index(got[:64])
    assert head.startswith(b"HTTP/1.1 206 Partial Content\r\n")
    said = f"Content-Range: bytes {start}-{start + len(got) - 1}/{len(LARGE)}"
    assert said.lower() in head.decode().lower()
    assert f"Content-Length: {len(got)}\r\n" in head.decode()


def test_several_ranges_are_answered_by_the_whole_file(base: str, person: Person) -> None:
    (person.drive / "large").write_bytes(LARGE)
    assert curled(*STATUS, "-r", "1-3,5-6", f"{base}/files/large") == b"200"
    assert curled("-r", "1-3,5-6", f"{base}/files/large") == LARGE


def test_a_download_resumes_in_the_middle(base: str, person: Person) -> None:
    (person.drive / "large").write_bytes(LARGE)
    person.write("large", LARGE[:5_000_000])
    curled("-C", "-", "-o", person.folder / "large", f"{base}/files/large")
    assert (person.folder / "large").read_bytes() == LARGE


@pytest.mark.parametrize("content", [b"", b"text", LARGE], ids=["empty", "small", "large"])
def test_the_size_is_told_without_the_file(base: str, person: Person, content: bytes) -> None:
    (person.drive / "file").write_bytes(content)
    assert f"Content-Length: {len(content)}\r\n" in curled("-I", f"{base}/files/file").decode()
    assert curled(f"{base}/files/file") == content


def test_a_condition_holds_for_a_large_file_as_for_a_small_one(base: str, person: Person) -> None:
    (person.drive / "file").write_bytes(b"there")
    for content in (b"small", LARGE):
        local = person.write("file", content)
        refused = curl("-T", local, "-H", "If-None-Match: *", f"{base}/files/file")
        assert b"urn:lambda-drive:precondition-failed" in refused.stdout
        refused = curl("-T", local, "-H", 'If-Match: "1-2-3"', f"{base}/files/file")
        assert b"urn:lambda-drive:precondition-failed" in refused.stdout
        assert (person.drive / "file").read_bytes() == b"there"
        assert person.uploads == []


def test_bytes_that_changed_on_their_way_are_not_kept(base: str, person: Person) -> None:
    for content in (b"small", LARGE):
        local = person.write("file", content)
        digest = f"Content-Digest: sha-256=:{'A' * 43}=:"
        refused = curl("-T", local, "-H", digest, f"{base}/files/file")
        assert b"urn:lambda-drive:digest-mismatch" in refused.stdout
        assert not (person.drive / "file").exists()


def test_what_stands_for_other_bytes_is_refused_in_any_size(base: str, person: Person) -> None:
    for content in (b"small", LARGE):
        local = person.write("file", content)
        for header in ("Content-Encoding: gzip", "Content-Range: bytes 0-4/9"):
            refused = curl(*STATUS, "-T", local, "-H", header, f"{base}/files/file")
            assert refused.stdout in {b"400", b"415"}
        form = curl(*STATUS, "-X", "PUT", "-F", f"f=@{local}", f"{base}/files/file")
        assert form.stdout == b"415"
        assert not (person.drive / "file").exists()


def test_text_keeps_its_bytes(base: str, person: Person) -> None:
    local = person.write("file", b"\xff\xfe is no UTF-8\r\n")
    for media in ("text/plain", "application/json"):
        curled("-T", local, "-H", f"Content-Type: {media}", f"{base}/files/file")
        assert (person.drive / "file").read_bytes() == b"\xff\xfe is no UTF-8\r\n"


def test_a_file_is_no_script_of_a_page_here_either(base: str, person: Person) -> None:
    """The drive refuses it by what a browser says of the use, so that must reach the drive."""
    (person.drive / "a.js").write_text("1")
    for used, status in (("script", 403), ("worker", 403), ("empty", 200)):
        headers = {"Sec-Fetch-Dest": used}
        answer = requests.get(f"{base}/files/a.js", headers=headers, timeout=PATIENCE_SECONDS)
        assert answer.status_code == status, used


def test_files_move_by_a_destination_of_either_form(base: str, person: Person) -> None:
    path = f"/{base.rpartition('/')[2]}"
    for number, prefix in enumerate([base, path, ""]):
        (person.drive / "from").write_bytes(b"text")
        to = f"Destination: {prefix}/files/to{number}"
        told = curled("-i", "-X", "POST", "-H", to, f"{base}/files/from").decode()
        assert f"Location: {base}/files/to{number}\r\n" in told
        assert (person.drive / f"to{number}").read_bytes() == b"text"
