"""Who has no business at the server on loopback is refused, and the drive hears nothing of it."""

import json
import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from drive_tools.serving import gate
from drive_tools.serving.gate import Session
from tests.patience import PATIENCE_SECONDS
from tests.service.served import Event
from tests.service.serving.conftest import curl, serving_drive
from tests.service.shell import Invoke, Serving


@pytest.fixture
def heard() -> list[Event]:
    """The requests that came to the drive."""
    return []


@pytest.fixture
def watched(serving: Serving, heard: list[Event]) -> Iterator[Session]:
    """A server before a drive of which each request is seen."""

    def through(event: Event, invoke: Invoke) -> object:
        heard.append(event)
        return invoke(event)

    with serving(through=through) as url, serving_drive(url, lambda _: None) as session:
        yield session


def _sent(session: Session, text: str, *, to: str = "127.0.0.1") -> str:
    """Send bytes as they are, and return all that comes back until the connection ends."""
    with socket.create_connection((to, session.port), timeout=PATIENCE_SECONDS) as connection:
        connection.sendall(text.encode("latin-1"))
        connection.shutdown(socket.SHUT_WR)
        found = b""
        while part := connection.recv(65536):
            found += part
    return found.decode("latin-1")


# With what stands for the host, the path of the session, and a name that the gate's check has.
HOSTILE = {
    "a foreign name": ("_wrong_host", "GET {path}/files/ HTTP/1.1\r\nHost: evil.example:{port}"),
    "no name": ("_wrong_host", "GET {path}/files/ HTTP/1.0"),
    "another origin": (
        "_wrong_origin",
        "GET {path}/files/ HTTP/1.1\r\nHost: {host}\r\nOrigin: https://evil.example",
    ),
    "no origin": ("_wrong_origin", "GET {path}/files/ HTTP/1.1\r\nHost: {host}\r\nOrigin: null"),
    "another port": (
        "_wrong_origin",
        "GET {path}/files/ HTTP/1.1\r\nHost: {host}\r\nOrigin: http://127.0.0.1:1",
    ),
    "a picture of another page": (
        "_wrong_site",
        "GET {path}/files/ HTTP/1.1\r\nHost: {host}\r\nSec-Fetch-Site: cross-site",
    ),
    "a frame of a page at another port": (
        "_wrong_site",
        "GET {path}/files/ HTTP/1.1\r\nHost: {host}\r\nSec-Fetch-Site: same-site",
    ),
    "no secret": ("_wrong_secret", "GET /files/ HTTP/1.1\r\nHost: {host}"),
    "another secret": ("_wrong_secret", "GET /{other}/files/ HTTP/1.1\r\nHost: {host}"),
    "the secret in other letters": (
        "_wrong_secret",
        "GET {swapped}/files/ HTTP/1.1\r\nHost: {host}",
    ),
    "the secret percent-encoded": (
        "_wrong_secret",
        "GET {encoded}/files/ HTTP/1.1\r\nHost: {host}",
    ),
    "a way out": ("_wrong_path", "GET {path}/files/../../x HTTP/1.1\r\nHost: {host}"),
    "a way out, encoded": ("_wrong_path", "GET {path}/%2e%2E/x HTTP/1.1\r\nHost: {host}"),
    "an empty segment": ("_wrong_path", "GET {path}//evil.example/x HTTP/1.1\r\nHost: {host}"),
}
# What is no request of HTTP, or one that two readers may understand in two ways.
MALFORMED = {
    "an absolute target": "GET http://{host}{path}/files/ HTTP/1.1\r\nHost: {host}",
    "another host in the target": "GET http://evil.example{path}/x HTTP/1.1\r\nHost: {host}",
    "an authority in the target": "GET //{host}{path}/files/ HTTP/1.1\r\nHost: {host}",
    "a tunnel": "CONNECT evil.example:443 HTTP/1.1\r\nHost: {host}",
    "a tunnel to here": "CONNECT {host} HTTP/1.1\r\nHost: {host}",
    "two hosts": "GET {path}/files/ HTTP/1.1\r\nHost: evil.example\r\nHost: {host}",
    "two origins": "GET {path}/files/ HTTP/1.1\r\nHost: {host}\r\n"
    "Origin: null\r\nOrigin: http://{host}",
    "two lengths": "PUT {path}/files/x HTTP/1.1\r\nHost: {host}\r\n"
    "Content-Length: 0\r\nContent-Length: 5",
    "a length and chunks": "PUT {path}/files/x HTTP/1.1\r\nHost: {host}\r\n"
    "Content-Length: 5\r\nTransfer-Encoding: chunked",
    "a coding of another name": "PUT {path}/files/x HTTP/1.1\r\nHost: {host}\r\n"
    "Transfer-Encoding: xchunked",
    "a length below nothing": "PUT {path}/files/x HTTP/1.1\r\nHost: {host}\r\nContent-Length: -1",
    "a length with a sign": "PUT {path}/files/x HTTP/1.1\r\nHost: {host}\r\nContent-Length: +5",
    "a folded line": "GET {path}/files/ HTTP/1.1\r\nHost: {host}\r\nOrigin:\r\n null",
    "a space before the colon": "GET {path}/files/ HTTP/1.1\r\nHost : {host}",
    "an underscore": "GET {path}/files/ HTTP/1.1\r\nHost: {host}\r\nSec_Fetch_Site: none",
    "a line that ends with LF": "GET {path}/files/ HTTP/1.1\r\nHost: {host}\nOrigin: null",
    "a bare CR": "GET {path}/files/ HTTP/1.1\r\nHost: {host}\r\nAccept: a\rOrigin: null",
    "a zero byte": "GET {path}/files/ HTTP/1.1\r\nHost: {host}\r\nAccept: a\0b",
    "a method in small letters": "get {path}/files/ HTTP/1.1\r\nHost: {host}",
    "a fragment": "GET {path}/files/#x HTTP/1.1\r\nHost: {host}",
    "another protocol": "GET {path}/files/ HTTP/2.0\r\nHost: {host}",
}


def _filled(text: str, session: Session) -> str:
    path = urlsplit(session.base).path
    return text.format(
        port=session.port,
        host=f"127.0.0.1:{session.port}",
        path=path,
        other="x" * len(session.secret),
        swapped=path.swapcase(),
        encoded=f"/%{ord(path[1]):02x}{path[2:]}",
    )


@pytest.mark.parametrize(("check", "text"), HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_request_is_refused_and_would_pass_without_its_one_check(
    watched: Session,
    heard: list[Event],
    check: str,
    text: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    request = f"{_filled(text, watched)}\r\nConnection: close\r\n\r\n"
    answer = _sent(watched, request)
    assert answer.split()[1] in {"400", "403", "404"}
    assert watched.secret not in answer
    assert heard == []
    monkeypatch.setattr(gate, check, lambda *_, **__: None)
    _sent(watched, request)
    assert len(heard) == ("Host" in text)  # WSGI has no address without one


@pytest.mark.parametrize("text", MALFORMED.values(), ids=MALFORMED)
def test_a_malformed_request_is_refused(watched: Session, heard: list[Event], text: str) -> None:
    answer = _sent(watched, f"{_filled(text, watched)}\r\n\r\n")
    assert answer.split()[1] in {"400", "404", "405", "501", "505"}
    assert answer.count("HTTP/1.1 ") == 1
    assert heard == []


@pytest.mark.parametrize(
    "body",
    ["0\r\n\r\nGET {path}/files/ HTTP/1.1\r\nHost: {host}\r\n\r\n", "zz\r\n", "-1\r\n\r\n"],
)
def test_nothing_behind_chunks_is_a_second_request(
    watched: Session, heard: list[Event], body: str
) -> None:
    chunked = "PUT {path}/health HTTP/1.1\r\nHost: {host}\r\nTransfer-Encoding: chunked\r\n\r\n"
    answer = _sent(watched, _filled(chunked + body, watched))
    assert answer.count("HTTP/1.1 ") <= 1
    assert not [event for event in heard if event["rawPath"] == "/files/"]


def test_a_refused_request_with_a_large_body_costs_no_memory_and_ends_its_connection(
    watched: Session, heard: list[Event]
) -> None:
    head = "PUT /x HTTP/1.1\r\nHost: {host}\r\nContent-Length: 99999999999\r\n\r\nabc"
    answer = _sent(watched, _filled(head, watched))
    assert answer.startswith("HTTP/1.1 404 ")
    assert "Connection: close" in answer
    assert heard == []


def test_the_link_leads_to_the_session_once(served: Session, notes: list[str]) -> None:
    first = curl("-i", served.link).stdout.decode()
    assert first.startswith("HTTP/1.1 303 ")
    assert f"Location: /{served.secret}/\r\n" in first
    assert notes == []
    for _ in range(2):
        again = curl("-i", served.link).stdout.decode()
        assert again.startswith("HTTP/1.1 410 ")
        assert "run it again" in again
        assert served.secret not in again
    assert len(notes) == 2
    assert served.once not in "".join(notes)


def test_a_refused_use_of_the_link_leaves_it_valid(served: Session) -> None:
    for header in ("Host: evil.example", "Origin: null", "Sec-Fetch-Site: cross-site"):
        assert b" 403 " in curl("-i", "-H", header, served.link).stdout
    assert b" 404 " in curl("-I", served.link).stdout
    assert b" 303 " in curl("-i", served.link).stdout


def test_no_other_interface_is_bound(served: Session) -> None:
    """127.0.0.2 is this machine as well, and another address of it."""
    for family, address in ((socket.AF_INET, "127.0.0.2"), (socket.AF_INET6, "::1")):
        try:
            connection = socket.socket(family, socket.SOCK_STREAM)
        except OSError:  # a machine without IPv6
            continue
        with connection:
            assert connection.connect_ex((address, served.port)) != 0


def test_only_headers_that_the_drive_knows_leave_the_machine(
    watched: Session, heard: list[Event]
) -> None:
    sent = {
        "Cookie": "session=of-another-server",
        "Authorization": "Basic c2VjcmV0",
        "X-Amz-Date": "20000101T000000Z",
        "X-Amz-Security-Token": "another",
        "X-Forwarded-For": "192.0.2.1",
        "Referer": watched.base,
        "User-Agent": "Browser/1",
        "Accept": "*/*",
    }
    headers = [word for name, value in sent.items() for word in ("-H", f"{name}: {value}")]
    assert curl(*headers, f"{watched.base}/files/").returncode == 0
    [event] = heard
    assert event["headers"]["accept"] == "*/*"
    text = json.dumps(event)
    for secret in ("of-another-server", "c2VjcmV0", "20000101", "192.0.2.1", "Browser/1"):
        assert secret not in text
    assert watched.secret not in text
    assert event["headers"]["authorization"].startswith("AWS4-HMAC-SHA256 ")


def test_nothing_of_other_origins_is_handed_on(serving: Serving) -> None:
    def through(*_: object) -> object:
        headers = {
            "Access-Control-Allow-Origin": "*",
            "Set-Cookie": "a=b",
            "Location": "https://evil.example/",
            "Strict-Transport-Security": "max-age=1",
            "X-Own": "kept",
        }
        return {"statusCode": 302, "headers": headers, "body": ""}

    with serving(through=through) as url, serving_drive(url, lambda _: None) as session:
        head = curl("-i", f"{session.base}/health").stdout.decode().lower()
    assert head.startswith("http/1.1 302 ")
    assert "x-own: kept" in head
    for name in ("access-control", "set-cookie", "location", "strict-transport"):
        assert name not in head
    assert "cross-origin-resource-policy: same-origin" in head
    assert "referrer-policy: no-referrer" in head
