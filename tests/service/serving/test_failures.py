"""What goes wrong between a caller, the server on loopback and the drive: each is seen as it is."""

import http.client
import json
import socket
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit

import pytest
from botocore.exceptions import CredentialRetrievalError

from drive_tools.client.http_client import SignedClient
from drive_tools.serving.gate import Session
from drive_tools.serving.relay import SENT_ON
from tests.patience import PATIENCE_SECONDS
from tests.service.served import Event, Served
from tests.service.serving.conftest import curl, curled, serving_drive
from tests.service.shell import (
    LARGE,
    MANY_PARTS,
    Invoke,
    Person,
    Serving,
    Together,
    refusing,
)


def _problem(*words: str | Path) -> dict[str, Any]:
    problem: dict[str, Any] = json.loads(curl(*words).stdout)
    return problem


def test_failures_of_the_drive_are_handed_on_byte_for_byte(serving: Serving) -> None:
    for status in (400, 401, 403, 404, 409, 412, 423, 429, 460, 500, 502, 503, 507):
        document = {"type": "urn:lambda-drive:x", "detail": f"of the drive, {status}", "n": [1]}
        through = refusing(status, document, **{"Retry-After": "7", "X-Own": "y"})
        with serving(through=through) as url, serving_drive(url, lambda _: None) as session:
            for path in ("files/x", "files/", "health"):
                answer = curl("-i", f"{session.base}/{path}").stdout.decode()
                head, _, body = answer.partition("\r\n\r\n")
                assert head.startswith(f"HTTP/1.1 {status} ")
                assert "retry-after: 7" in head.lower()
                assert body == json.dumps(document)


def test_headers_that_aws_renames_have_their_names_again(serving: Serving) -> None:
    through = refusing(401, **{"WWW-Authenticate": "Bearer"})
    with serving(through=through) as url, serving_drive(url, lambda _: None) as session:
        head = curl("-I", f"{session.base}/health").stdout.decode().lower()
    assert "\nwww-authenticate: bearer\r\n" in head
    assert "remapped" not in head


def test_a_drive_that_does_not_answer_is_said(person: Person) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    with serving_drive(f"http://127.0.0.1:{port}", lambda _: None, 0) as session:
        for words in ((), ("-X", "POST"), ("-T", person.write("large", LARGE))):
            problem = _problem(*words, f"{session.base}/files/x")
            assert (problem["status"], problem["type"]) == (502, "urn:lambda-drive:unreachable")
            assert "check the network and the URL" in problem["detail"]


def test_credentials_that_expired_are_said_and_renewed_ones_serve_again(
    served: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise CredentialRetrievalError(provider="sso", error_msg="the token has expired")

    with monkeypatch.context() as expired:
        expired.setattr(SignedClient, "_authorize", fail)
        problem = _problem(f"{served.base}/files/")
    assert (problem["status"], problem["type"]) == (502, "urn:lambda-drive:cannot-sign")
    assert "the token has expired" in problem["detail"]
    assert "entries" in _problem(f"{served.base}/files/")


def test_a_read_that_breaks_in_the_middle_breaks_the_connection(
    serving: Serving, person: Person
) -> None:
    (person.drive / "large").write_bytes(MANY_PARTS)

    def through(event: Event, invoke: Invoke) -> object:
        if event["headers"].get("range", "bytes=0-") != "bytes=0-":
            return refusing(412)()
        return invoke(event)

    notes: list[str] = []
    with serving(through=through) as url, serving_drive(url, notes.append) as session:
        run = curl("-D", person.folder / "head", f"{session.base}/files/large")
    assert run.returncode == 18  # fewer bytes than were told
    assert f"Content-Length: {len(MANY_PARTS)}" in (person.folder / "head").read_text()
    assert MANY_PARTS.startswith(run.stdout)
    assert "412" in notes[-1]
    assert notes[-1].endswith("; the answer broke off")


@pytest.mark.parametrize("content", [b"text", MANY_PARTS], ids=["small", "large"])
def test_bytes_that_are_damaged_on_their_way_never_arrive(
    serving: Serving, person: Person, content: bytes
) -> None:
    (person.drive / "file").write_bytes(content)
    damages = iter((True, False, True, True, True))

    def through(event: Event, invoke: Invoke) -> object:
        answer = invoke(event)
        if next(damages, False):
            answer = {**answer, "body": f"AAAA{answer['body'][4:]}"}
        return answer

    with serving(through=through) as url, serving_drive(url, lambda _: None) as session:
        once = curl("-r", "0-3", f"{session.base}/files/file")
        always = _problem("-r", "0-3", f"{session.base}/files/file")
        assert curled(f"{session.base}/files/file") == content
    assert once.stdout == content[:4]
    assert always["status"] == 502
    assert "do not have the digest" in always["detail"]


def test_a_file_that_changes_while_it_is_read_is_never_two_versions(
    serving: Serving, person: Person
) -> None:
    (person.drive / "file").write_bytes(MANY_PARTS)
    changed = threading.Event()

    def through(event: Event, invoke: Invoke) -> object:
        answer = invoke(event)
        if not changed.is_set():
            changed.set()
            (person.drive / "file").write_bytes(MANY_PARTS[::-1])
        return answer

    with serving(through=through) as url, serving_drive(url, lambda _: None) as session:
        run = curl(f"{session.base}/files/file")
        assert run.returncode == 18
        assert MANY_PARTS.startswith(run.stdout)
        assert curled(f"{session.base}/files/file") == MANY_PARTS[::-1]


def test_a_full_temporary_directory_is_said_and_nothing_is_kept(
    served: Session, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full() -> IO[bytes]:
        return open("/dev/full", "r+b", buffering=0)

    monkeypatch.setattr(tempfile, "TemporaryFile", full)
    problem = _problem("-T", person.write("large", LARGE), f"{served.base}/files/large")
    assert (problem["status"], problem["type"]) == (507, "urn:lambda-drive:no-space")
    assert "TMPDIR" in problem["detail"]
    assert not (person.drive / "large").exists()
    assert person.uploads == []


def test_the_drive_s_own_limit_is_said_of_a_large_file(serving: Serving, person: Person) -> None:
    with serving(MAX_FILE_BYTES="5000000") as url, serving_drive(url, lambda _: None) as session:
        problem = _problem("-T", person.write("large", LARGE), f"{session.base}/files/large")
    assert problem["status"] == 413
    assert "urn:lambda-drive:" in problem["type"]
    assert not (person.drive / "large").exists()


@pytest.fixture
def connection(served: Session) -> Iterator[http.client.HTTPConnection]:
    connection = http.client.HTTPConnection(urlsplit(served.base).netloc, timeout=PATIENCE_SECONDS)
    yield connection
    connection.close()


@pytest.mark.parametrize("length", [9, len(LARGE)])
def test_a_file_of_a_caller_that_goes_away_is_not_kept(
    served: Session, connection: http.client.HTTPConnection, person: Person, length: int
) -> None:
    path = urlsplit(served.base).path
    connection.putrequest("PUT", f"{path}/files/file")
    connection.putheader("Content-Length", str(length))
    connection.endheaders(LARGE[: length - 1])
    connection.close()
    connection.request("PUT", f"{path}/files/next", b"text")
    assert connection.getresponse().read() == b""
    assert not (person.drive / "file").exists()
    assert person.uploads == []


def test_a_connection_serves_many_requests(
    served: Session, connection: http.client.HTTPConnection
) -> None:
    path = urlsplit(served.base).path
    requests = (("PUT", "files/a"), ("GET", "files/a"), ("GET", "files/no"), ("HEAD", "files/a"))
    sockets = set()
    for verb, name in (*requests, ("DELETE", "files/a"), ("GET", "files/")):
        connection.request(verb, f"{path}/{name}", b"text" if verb == "PUT" else None)
        answer = connection.getresponse()
        answer.read()
        sockets.add(connection.sock)
    assert len(sockets) == 1
    assert None not in sockets


def test_eight_requests_are_at_the_drive_at_once(serving: Serving) -> None:
    with (
        serving(workers=1, through=Together("DELETE", 8)) as url,
        serving_drive(url, lambda _: None) as session,
    ):
        address = f"{session.base}/files/no"
        callers = [threading.Thread(target=curl, args=("-X", "DELETE", address)) for _ in range(8)]
        for caller in callers:
            caller.start()
        for caller in callers:
            caller.join(PATIENCE_SECONDS)
            assert not caller.is_alive()


def test_what_the_drive_reads_is_sent_on(served: Session) -> None:
    """Whoever teaches the drive a header teaches the server on loopback to send it on."""
    paths = json.loads(curled(f"{served.base}/openapi.json"))["paths"]
    known = {
        parameter["name"].title()
        for path in paths.values()
        for operation in path.values()
        if isinstance(operation, dict)
        for parameter in operation.get("parameters", [])
        if parameter.get("in") == "header"
    }
    assert {"If-Match", "Destination", "Upload-Offset"} <= known <= SENT_ON


def test_the_drive_is_named_by_its_path(drive_url: Served, served: Session) -> None:
    assert drive_url.endswith("/some/prefix")
    answer = curl(
        "-i",
        "-X",
        "POST",
        "-H",
        "Tus-Resumable: 1.0.0",
        "-H",
        "Upload-Length: 3",
        "-H",
        "Upload-Metadata: filename YQ==",
        f"{served.base}/uploads",
    )
    assert f"Location: {served.base}/uploads/" in answer.stdout.decode()
