"""Programs that speak WebDAV write files: whole or not at all, and over nobody's change."""

import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from tests.patience import until
from tests.service.served import Answer, Event
from tests.service.shell import LARGE, MIB, Invoke, method, refusing
from tests.service.webdav.conftest import Mount, Mounting


@pytest.mark.parametrize("content", [b"", b"x", LARGE], ids=len)
def test_a_file_is_new_or_takes_the_place_of_another(mount: Mount, content: bytes) -> None:
    told = mount("PUT", "a", content)
    assert (told.status, mount["a"]) == (201, content)
    assert told.headers["ETag"] == mount("HEAD", "a").headers["ETag"]
    mount["a"] = b"other"
    assert (mount("PUT", "a", content).status, mount["a"]) == (204, content)


@pytest.mark.parametrize("size", [0, 5, 4 * MIB, len(LARGE)])
@pytest.mark.parametrize("announced", [True, False])
def test_chunks_are_a_file_too(mount: Mount, size: int, *, announced: bool) -> None:
    def chunks() -> Iterator[bytes]:
        for start in range(0, size, 1_000_003):
            yield LARGE[start : min(size, start + 1_000_003)]

    told = {"X_Expected_Entity_Length": str(size)} if announced else {}
    assert mount("PUT", "a", chunks(), **told).status == 201
    assert mount["a"] == LARGE[:size]


def test_a_body_of_another_length_than_announced_is_not_stored(mount: Mount) -> None:
    mount["a"] = b"before"
    for announced in (3, 9, 10 * MIB):
        told = mount("PUT", "a", iter([b"after"]), X_Expected_Entity_Length=str(announced))
        assert told.status == 400
        assert f"announced with {announced}; nothing was stored" in told.text
    assert mount["a"] == b"before"


@pytest.mark.parametrize("sent", [0, 3 * MIB, 7 * MIB])
def test_a_program_that_breaks_off_leaves_the_file_as_it_was(mount: Mount, sent: int) -> None:
    mount["a"] = b"before"
    address = urlsplit(mount.url("a"))
    with socket.create_connection((str(address.hostname), address.port or 0)) as connection:
        head = f"PUT {address.path} HTTP/1.1\r\nHost: {address.netloc}\r\n"
        connection.sendall(f"{head}Content-Length: {len(LARGE)}\r\n\r\n".encode())
        connection.sendall(LARGE[:sent])
    until(lambda: any(each.startswith("DELETE /uploads/") for each in mount.asked))
    until(lambda: not [*mount.folder.glob(".drive-uploads/*.part")])
    assert mount("GET", "a").body == b"before"


@pytest.mark.parametrize("content", [b"mine", LARGE], ids=len)
@pytest.mark.parametrize("before", [b"before", None])
def test_a_change_in_the_middle_of_a_write_is_not_lost(
    mounting: Mounting, content: bytes, before: bytes | None
) -> None:
    def through(event: Event, invoke: Invoke) -> Answer:
        if method(event) in {"PUT", "PATCH"}:
            mount["a"] = b"of somebody else"
        return invoke(event)

    with mounting(through) as mount:
        if before is not None:
            mount["a"] = before
        told = mount("PUT", "a", content)
        assert told.status == 412
        assert mount["a"] == b"of somebody else"


def test_a_write_holds_to_what_its_program_has_seen(mount: Mount) -> None:
    mount["a"] = b"seen"
    etag = mount("HEAD", "a").headers["ETag"]
    token = "urn:uuid:00000000-0000-0000-0000-000000000000"
    elsewhere = f"{mount.base}/b"
    for headers in (
        {"If_Match": '"other"'},
        {"If_None_Match": "*"},
        {"If": '(["other"])'},
        {"If": f"(<{token}>)"},
        {"If": f"(Not [{etag}])"},
        {"If": f'<{mount.url("a")}> (["other"])'},
        {"If": f"<{elsewhere}> ([{etag}])"},
        {"If": f'(["other"]) (["another"] [{etag}])'},
        {"If_Unmodified_Since": "Tue, 27 Nov 2001 00:00:00 GMT"},
    ):
        assert mount("PUT", "a", b"mine", **headers).status == 412, headers
        assert mount("DELETE", "a", b"", **headers).status == 412, headers
    assert mount("PUT", "new", b"mine", If_Match=etag).status == 412
    assert mount.names == ["a"]
    assert mount["a"] == b"seen"
    for header, text in (
        ("If_Match", '"other", {}'),
        ("If_Match", "*"),
        ("If", f'(["other"]) (Not <{token}> [{{}}])'),
        ("If", f"<{mount.url('a')}> ([{{}}])"),
    ):
        etag = mount("HEAD", "a").headers["ETag"]
        told = mount("PUT", "a", text.encode(), **{header: text.format(etag)})
        assert (told.status, mount["a"]) == (204, text.encode()), text
    for malformed in ("(", "<a", "[]", "()", "x", '(["a"]) <b>'):
        assert mount("PUT", "a", b"other", If=malformed).status == 400, malformed
    assert mount("PUT", "a", b"mine", If_Match="a b").status == 400


def test_what_is_in_the_way_is_said(mount: Mount) -> None:
    mount["file"] = b""
    (mount.folder / "d").mkdir()
    for name, status, words in (
        ("no/a", 409, "no is no directory; make it first"),
        ("file/a", 409, "file is no directory"),
        ("d", 405, "d is a directory"),
    ):
        told = mount("PUT", name, b"x")
        assert (told.status, words in told.text) == (status, True), told.text
    assert mount("PUT", "a", b"x", Content_Range="bytes 0-0/2").status == 400
    assert mount("PUT", "a", b"x", Content_Encoding="gzip").status == 400
    assert mount.names == ["d", "file"]


@pytest.mark.parametrize(
    ("status", "told"),
    [
        (423, 423),
        (507, 507),
        (403, 403),
        (503, 503),
        (401, 403),
        (429, 503),
        (413, 507),
        (500, 502),
    ],
)
def test_a_failure_of_the_drive_comes_through_with_its_words(
    mounting: Mounting, status: int, told: int
) -> None:
    document = {"type": "urn:lambda-drive:x", "detail": "words of the drive"}
    refuse = refusing(status, document, **{"Content-Type": "application/problem+json"})

    def through(event: Event, invoke: Invoke) -> Answer:
        return refuse() if method(event) == "PUT" else invoke(event)

    with mounting(through, patience=0) as mount:
        answer = mount("PUT", "a", b"x")
        assert answer.status == told
        assert "words of the drive" in answer.text
        assert ("Retry-After" in answer.headers) == (told == 503)
        assert mount("GET", "a").status == 404


def test_a_drive_that_is_gone_is_said(mounting: Mounting) -> None:
    with mounting(lambda *_: None, patience=0) as mount:
        told = mount("GET", "a")
        assert told.status == 502
        assert "check the network" in told.text


def test_a_property_that_a_drive_cannot_keep_is_refused(mount: Mount) -> None:
    mount["a"] = b""
    update = (
        b'<D:propertyupdate xmlns:D="DAV:" xmlns:Z="urn:schemas-microsoft-com:"><D:set><D:prop>'
        b"<Z:Win32LastModifiedTime>Fri, 27 Nov 2026 08:00:00 GMT</Z:Win32LastModifiedTime>"
        b"</D:prop></D:set></D:propertyupdate>"
    )
    told = mount("PROPPATCH", "a", update)
    assert told.status == 207
    assert "403 Forbidden" in told.text
    assert "the last write" in told.text
