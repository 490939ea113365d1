"""The client of a drive, as a person runs it, against the real function behind a real port."""

import base64
import contextlib
import functools
import hashlib
import os
import pty
import re
import select
import signal
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import boto3
import pytest
from botocore.stub import Stubber

from drive_tools import retry
from drive_tools.client import address, names, progress, retries
from drive_tools.errors import ToolError
from tests.patience import PATIENCE_SECONDS, until
from tests.service.served import Answer, Event, Served
from tests.service.shell import (
    LARGE,
    LARGE_SHA256,
    MANY_PARTS,
    MIB,
    Gate,
    Invoke,
    Person,
    Run,
    Serving,
    Together,
    finish,
    method,
    ranged,
    refusing,
)

# Round trips


@pytest.mark.usefixtures("drive_url")
@pytest.mark.parametrize("content", [b"", b"x", LARGE[: 4 * MIB], LARGE], ids=len)
def test_a_file_comes_back_byte_for_byte(person: Person, content: bytes) -> None:
    local = person.write("a.bin", content)
    digest = hashlib.sha256(content).hexdigest()
    [put] = person("put", local, "docs/", "--json").json
    assert (person.drive / "docs" / "a.bin").read_bytes() == content
    [got] = person("get", "docs/a.bin", "b.bin", "--json", "--sha256", digest).json
    assert (person.folder / "b.bin").read_bytes() == content
    for result in (put, got):
        assert (result["size"], result["sha256"]) == (len(content), digest)
    assert put["etag"] == got["etag"] == person("ls", "--json", "docs").json[0]["etag"]
    assert sorted(path.name for path in person.folder.iterdir()) == ["a.bin", "b.bin"]
    assert person.uploads == []


NAMES = [
    *("a b", "ä/ü/日本 🗂", "100%", "%41%2e", "a?b#c&d=e+f;g:h@i!$,", "~x'\"", "a\\b", ".hidden"),
    *("x..y", "-r", "a\nb\x1b[31m", "*"),
]


@pytest.mark.usefixtures("drive_url")
def test_any_name_can_be_put_listed_got_moved_and_removed(person: Person) -> None:
    local = person.write("a", b"content")
    for name in NAMES:
        assert person("put", local, f"/{name}").code == 0
        assert (person.drive / name).read_bytes() == b"content"
        assert person("get", f"/{name}", "back").code == 0
        assert (person.folder / "back").read_bytes() == b"content"
        assert person("mv", f"/{name}", f"/moved to/{name}").code == 0
    listed = [entry["name"] for entry in person("ls", "--json", "moved to").json]
    assert listed == sorted({name.partition("/")[0] for name in NAMES})
    for name in NAMES:
        assert person("rm", f"/moved to/{name}").code == 0
        assert not (person.drive / "moved to" / name).exists()


@pytest.mark.usefixtures("drive_url")
def test_standard_streams_are_files_too(person: Person) -> None:
    for content in (LARGE, b"small"):
        local = person.write("in", content)
        with open(local) as source:
            assert finish(person.process("put", "-", "s.bin", stdin=source)).code == 0
        assert (person.drive / "s.bin").read_bytes() == content
        result = person.folder / "out"
        with open(result, "wb") as output:
            assert finish(person.process("get", "s.bin", "-", stdout=output)).code == 0
        assert result.read_bytes() == content


@pytest.mark.usefixtures("drive_url")
def test_directories_go_there_and_back(person: Person) -> None:
    names = ["a.txt", "b/c.txt", "b/d/e.txt"]
    for name in names:
        person.write(f"photos/{name}", name.encode())
    (person.folder / "photos" / "link").symlink_to("/etc")
    put = person("put", "-r", "photos", "archive/")
    assert put.code == 0
    assert "left out photos/link" in put.err
    assert person("get", "-r", "archive", "copy").code == 0
    copies = {path for path in (person.folder / "copy").rglob("*") if path.is_file()}
    assert copies == {person.folder / "copy" / "photos" / name for name in names}
    assert (person.folder / "copy" / "photos" / "b" / "c.txt").read_bytes() == b"b/c.txt"
    assert person("rm", "archive").code == 4
    removed = person("rm", "-r", "archive", "--json").json
    assert removed[-1] == {"removed": "archive"}
    assert person("ls", "--json").json == []
    assert person("get", "-r", "archive").code == 3


@pytest.mark.usefixtures("drive_url")
@pytest.mark.parametrize(
    ("local", "place"),
    [
        (None, "photos"),
        ("copy", "copy"),
        ("copy/", "copy/photos"),
        ("a/copy", "a/copy"),
        (".", "photos"),
        ("..", "../photos"),
        ("../up", "../up"),
    ],
)
def test_the_same_command_gets_a_directory_to_the_same_place_again(
    person: Person, local: str | None, place: str
) -> None:
    (person.drive / "photos" / "b").mkdir(parents=True)
    (person.drive / "photos" / "b" / "c").write_bytes(b"c")
    words = ["get", "-r", "photos", *([local] if local else [])]
    first, again = person(*words), person(*words)
    assert (first.code, again.code) == (0, 0)
    assert (person.folder / place / "b" / "c").read_bytes() == b"c"
    assert len(list(person.folder.parent.resolve().rglob("c"))) == 2  # here, and on the drive
    assert "0 files, 0 B; 1 unchanged" in again.err


@pytest.mark.usefixtures("drive_url")
def test_what_is_refused_says_what_is_in_the_way_and_what_to_do(person: Person) -> None:
    (person.drive / "films").mkdir()
    (person.drive / "t").write_bytes(b"a file")
    person.write("photos/a", b"a")
    (person.folder / "photos" / "link").symlink_to("a")
    for words, line in (
        (["get", "films"], "; -r gets all that is in a directory"),
        (["mv", "films", "x"], "; a directory cannot be moved; move the files that are in it"),
        (["put", "-r", "photos", "t"], "cannot put t/: t is a file on the drive; remove it"),
        (
            ["put", "-r", "photos", "t/"],
            "cannot put t/photos/: t is a file on the drive; remove it",
        ),
        (["sync", "photos", "t/b/c"], "cannot put t/b/c/: t is a file on the drive; remove it"),
    ):
        run = person(*words)
        assert run.code == 4
        assert line in run.err
    assert "left out photos/link: a symbolic link" in person("put", "-r", "photos").err


@pytest.mark.usefixtures("drive_url")
def test_several_files_go_into_a_directory_and_what_fails_does_not_stop_the_rest(
    person: Person,
) -> None:
    for name in ("a", "c"):
        person.write(name, name.encode())
    (person.drive / "docs").mkdir()
    (person.drive / "docs" / "a").mkdir()
    run = person("put", "a", "missing", "c", "docs/")
    assert run.code == 4  # of the first that failed
    assert "drive: missing: No such file or directory" in run.err
    assert "drive: 2 failed, 1 done" in run.err
    assert (person.drive / "docs" / "c").read_bytes() == b"c"


@pytest.mark.usefixtures("drive_url")
def test_a_listing_has_all_pages_and_a_file_is_listed_too(person: Person) -> None:
    for number in range(1001):
        (person.drive / f"{number:04}").touch()
    lines = person("ls").out.splitlines()
    assert [line.split()[-1] for line in lines] == [f"{number:04}" for number in range(1001)]
    assert person("ls", "0007", "--json").json[0]["size"] == 0
    assert person("ls", "0007/").code == 4
    assert person("ls", "nothing").code == 3


def test_a_listing_cannot_steer_the_terminal(person: Person, drive_url: Served) -> None:
    (person.drive / "a\x1b[2Jb\n\u202e").touch()
    out = person("ls", "--url", drive_url).out
    assert out.endswith("a\\x1b[2Jb\\n\\u202e\n")


# Conditions and moves


@pytest.mark.usefixtures("drive_url")
def test_conditions_keep_what_somebody_else_wrote(person: Person) -> None:
    for content in (b"small", LARGE):
        local = person.write("a", content)
        assert person("put", "--no-clobber", local).code == 0
        assert person("put", "--no-clobber", local).code == 4
        etag = person("ls", "a", "--json").json[0]["etag"]
        assert person("put", "--if-match", etag.strip('"'), local).code == 0
        run = person("put", "--if-match", etag, local)
        assert run.code == 4
        assert run.err.count("\n") == 2  # what it does, and why not
        assert "412 Precondition Failed" in run.err
        assert person("rm", "a").code == 0


@pytest.mark.usefixtures("drive_url")
def test_a_move_is_conditional_if_told_so(person: Person) -> None:
    for name in ("a", "b"):
        person("put", person.write(name, name.encode()))
    assert person("mv", "--no-clobber", "a", "b").code == 4
    assert person("mv", "--if-match", "no", "a", "b").code == 4
    assert person("mv", "a", "b", "--json").json[0]["replaced"] is True
    assert person("mv", "a", "b").code == 3
    assert person("mv", "b", "docs/", "--json").json[0]["replaced"] is False
    assert (person.drive / "docs" / "b").read_bytes() == b"a"


# Interruptions


def killed(person: Person, gate: Gate, sent: signal.Signals, *words: str) -> Run:
    """Run a command until the gate holds it, and end it there."""
    process = person.process(*words)
    gate.wait()
    os.kill(process.pid, sent)
    run = finish(process)
    gate.open()
    return run


def test_an_upload_goes_on_after_a_kill(person: Person, serving: Serving) -> None:
    local = person.write("a.bin", LARGE)
    gate = Gate("PATCH", 2)
    with serving(through=gate):
        assert killed(person, gate, signal.SIGKILL, "put", local).code == -signal.SIGKILL
        [state] = (person.folder.parent / "state" / "lambda-drive" / "uploads").iterdir()
        assert state.stat().st_mode & 0o777 == 0o600
        assert not (person.drive / "a.bin").exists()
        gate.seen.clear()
        [result] = person("put", local, "--json").json
        assert (gate.count("POST"), gate.count("PATCH")) == (0, 1)
    assert (result["resumed_at"], result["sha256"]) == (8 * MIB, LARGE_SHA256)
    assert (person.drive / "a.bin").read_bytes() == LARGE
    assert not state.exists()


def test_an_upload_goes_on_after_ctrl_c_which_says_how(person: Person, serving: Serving) -> None:
    local = person.write("a.bin", LARGE)
    gate = Gate("PATCH", 1)
    with serving(through=gate):
        run = killed(person, gate, signal.SIGINT, "put", local)
        assert run.code == 130
        assert run.err.splitlines()[-1] == (
            "drive: interrupted; run the same command again, and it resumes where it stopped"
        )
        run = person("put", local)
    assert "resuming at byte 4194304 of 9437185" in run.err
    assert (person.drive / "a.bin").read_bytes() == LARGE


@pytest.mark.usefixtures("drive_url")
def test_where_nothing_can_be_remembered_a_file_is_put_all_the_same(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", person.write("no-directory", b""))
    run = person("put", person.write("a.bin", LARGE))
    assert run.code == 0
    assert "an interruption would lose what was sent" in run.err


def test_a_file_that_changed_between_is_sent_anew(person: Person, serving: Serving) -> None:
    local = person.write("a.bin", LARGE)
    gate = Gate("PATCH", 1)
    with serving(through=gate):
        killed(person, gate, signal.SIGKILL, "put", local)
        changed = LARGE[::-1]
        person.write("a.bin", changed)
        [result] = person("put", local, "--json").json
    assert result["resumed_at"] == 0
    assert (person.drive / "a.bin").read_bytes() == changed
    assert person.uploads == []  # the first one was given up


def test_an_upload_that_the_drive_forgot_is_begun_anew(person: Person, serving: Serving) -> None:
    local = person.write("a.bin", LARGE)
    gate = Gate("PATCH", 1)
    with serving(through=gate):
        killed(person, gate, signal.SIGKILL, "put", local)
        for file in (person.drive / ".drive-uploads").iterdir():
            file.unlink()
        run = person("put", local)
    assert run.code == 0
    assert "the drive has forgotten the upload; starting anew" in run.err
    assert (person.drive / "a.bin").read_bytes() == LARGE


def test_a_file_that_changes_while_it_is_sent_is_not_put(person: Person, serving: Serving) -> None:
    local = Path(person.write("a.bin", LARGE))

    def through(event: Event, invoke: Invoke) -> Answer:
        if method(event) == "PATCH":
            with local.open("ab") as file:
                file.write(b"more")
        return invoke(event)

    with serving(through=through):
        run = person("put", str(local))
    assert run.code == 1
    assert "the local file changes while it is read" in run.err
    assert not (person.drive / "a.bin").exists()
    assert person.uploads == []
    assert list((person.folder.parent / "state" / "lambda-drive" / "uploads").iterdir()) == []


def test_a_failed_upload_of_standard_input_leaves_nothing(person: Person, serving: Serving) -> None:
    gate = Gate("PATCH", 1)
    with serving(through=gate), open(person.write("in", LARGE)) as source:
        process = person.process("put", "-", "s.bin", stdin=source)
        gate.wait()
        process.send_signal(signal.SIGINT)
        gate.open()  # the part is lost, and what is left is to be given up
        run = finish(process)
    assert run.code == 130
    assert run.err.endswith("what was done before stays done\n")
    assert person.uploads == []


def test_a_download_goes_on_after_a_kill(person: Person, serving: Serving) -> None:
    (person.drive / "a.bin").write_bytes(LARGE)
    gate = Gate("GET", 2)
    with serving(through=gate):
        killed(person, gate, signal.SIGKILL, "get", "a.bin", "--jobs", "1")
        assert {path.name[:7] for path in person.folder.iterdir()} == {".drive-"}
        gate.seen.clear()
        [result] = person("get", "a.bin", "--json").json
        assert gate.count("GET") == 1
    assert (result["resumed_at"], result["sha256"]) == (8 * MIB, LARGE_SHA256)
    assert (person.folder / "a.bin").read_bytes() == LARGE
    assert [path.name for path in person.folder.iterdir()] == ["a.bin"]


def test_a_download_over_several_connections_asks_for_what_is_missing_only(
    person: Person, serving: Serving
) -> None:
    (person.drive / "a.bin").write_bytes(MANY_PARTS)
    gate = Gate("GET", 2)
    with serving(through=gate, workers=4):
        process = person.process("get", "a.bin")
        gate.wait()
        part = names.side_file(person.folder / "a.bin", "part")
        until(lambda: part.stat().st_size)
        os.kill(process.pid, signal.SIGKILL)
        finish(process)
        gate.open()
        held = part.stat().st_size
        gate.seen.clear()
        [result] = person("get", "a.bin", "--json").json
    asked = sum(last - first + 1 for first, last in map(ranged, gate.gets))
    assert held == result["resumed_at"]
    assert asked >= len(MANY_PARTS) - held > asked - 4 * MIB
    assert (person.folder / "a.bin").read_bytes() == MANY_PARTS


def test_a_download_of_another_version_starts_over_and_says_so(
    person: Person, serving: Serving
) -> None:
    (person.drive / "a.bin").write_bytes(LARGE)
    gate = Gate("GET", 1)
    with serving(through=gate):
        killed(person, gate, signal.SIGKILL, "get", "a.bin", "--jobs", "1")
        person("put", person.write("new", LARGE[::-1]), "a.bin")
        run = person("get", "a.bin")
    assert run.code == 0
    assert "a.bin: the drive has another version now; starting over" in run.err
    assert (person.folder / "a.bin").read_bytes() == LARGE[::-1]


def test_a_file_replaced_while_it_is_read_never_comes_out_mixed(
    person: Person, serving: Serving
) -> None:
    (person.drive / "a.bin").write_bytes(LARGE)
    reads = 0

    def through(event: Event, invoke: Invoke) -> Answer:
        nonlocal reads
        if method(event) == "GET":
            reads += 1
            if reads == 2:
                (person.drive / "new").write_bytes(LARGE[::-1])
                (person.drive / "new").rename(person.drive / "a.bin")
        return invoke(event)

    with serving(through=through):
        assert person("get", "a.bin").code == 0
        assert (person.folder / "a.bin").read_bytes() == LARGE[::-1]
        reads = 0
        (person.drive / "a.bin").write_bytes(LARGE)
        run = person("get", "a.bin", "-")  # what was written cannot be taken back
    assert run.code == 4


def test_transfers_survive_a_server_that_goes_and_comes_back(
    person: Person, serving: Serving
) -> None:
    local = person.write("a.bin", LARGE)
    gate = Gate("PATCH", 1)
    with serving(through=gate) as url:
        process = person.process("put", local, "--patience", str(PATIENCE_SECONDS))
        gate.wait()
        gate.open()
    port = int(url.rpartition(":")[2])
    with socket.create_server(("127.0.0.1", port)) as nobody:
        nobody.settimeout(PATIENCE_SECONDS)
        nobody.accept()[0].close()  # it tries again, while there is no drive
    with serving(port=port):
        assert finish(process).code == 0
    assert (person.drive / "a.bin").read_bytes() == LARGE


def test_functions_that_die_cost_a_retry(person: Person, serving: Serving) -> None:
    requests = 0

    def through(event: Event, invoke: Invoke) -> Answer:
        nonlocal requests
        requests += 1
        if requests % 3 == 1:
            served.kill()
        return invoke(event)

    with serving(through=through) as served:
        local = person.write("a.bin", LARGE)
        assert person("put", local).code == 0
        assert person("get", "a.bin", "b.bin").code == 0
    assert (person.folder / "b.bin").read_bytes() == LARGE


def test_every_answer_may_be_lost_once(person: Person, serving: Serving) -> None:
    lost = set()

    def through(event: Event, invoke: Invoke) -> Answer | None:
        answer = invoke(event)
        request = (method(event), event["rawPath"], event["headers"].get("upload-offset"))
        if request not in lost:
            lost.add(request)
            return None
        return answer

    with serving(through=through):
        small = person.write("small", b"small")
        assert person("put", "--no-clobber", small).code == 0
        assert person("put", "--no-clobber", person.write("a.bin", LARGE)).code == 0
        assert person("mv", "--no-clobber", "a.bin", "b.bin").code == 0
        assert (person.drive / "b.bin").read_bytes() == LARGE
        assert person("get", "b.bin").code == 0
        assert (person.folder / "b.bin").read_bytes() == LARGE
        assert person("ls").code == 0
        assert person("rm", "small", "b.bin").code == 0
        assert person("put", "--no-clobber", small, "c").code == 0
        person.write("small", b"other")
        assert person("put", "--no-clobber", small, "c").code == 4
    assert [path.name for path in person.drive.iterdir() if path.name[0] != "."] == ["c"]


def test_a_pause_that_the_drive_asks_for_is_made(
    person: Person, serving: Serving, monkeypatch: pytest.MonkeyPatch
) -> None:
    pauses: list[float] = []

    def pause(_self: retries.Patience, seconds: float) -> bool:
        pauses.append(seconds)
        return True

    monkeypatch.setattr(retry, "time", SimpleNamespace(monotonic=lambda: 0))
    monkeypatch.setattr(retries.Patience, "pause", pause)

    def through(event: Event, invoke: Invoke) -> Answer:
        return invoke(event) if pauses else refusing(503, **{"Retry-After": "7"})()

    with serving(through=through):
        run = person("ls")
    assert (run.code, pauses) == (0, [7])
    assert "503 Service Unavailable: no; try again later; trying again in 7 s" in run.err


# Side by side


def one_at_a_time(event: Event, invoke: Invoke, here: threading.Lock) -> Answer | None:
    """Break the connection of whoever comes while another one is here."""
    if not here.acquire(blocking=False):
        return None
    try:
        return invoke(event)
    finally:
        here.release()


def test_the_parts_of_a_large_file_come_over_several_connections(
    person: Person, serving: Serving
) -> None:
    (person.drive / "a.bin").write_bytes(MANY_PARTS)
    with serving(through=Together("GET", 3, after=1), workers=3):
        assert person("get", "a.bin").code == 0
    assert (person.folder / "a.bin").read_bytes() == MANY_PARTS
    out = person.folder / "out"
    with serving(through=Together("GET", 3, after=1), workers=3), out.open("wb") as output:
        assert finish(person.process("get", "a.bin", "-", stdout=output)).code == 0
    assert out.read_bytes() == MANY_PARTS
    alone = functools.partial(one_at_a_time, here=threading.Lock())
    with serving(through=alone):
        assert person("get", "a.bin", "--jobs", "1", "--patience", "0").code == 0


# Failures


PROBLEM = {"type": "urn:lambda-drive:no-space", "detail": "the drive\x1b[2J is full"}


@pytest.mark.parametrize(
    ("status", "code", "text"),
    [
        (401, 5, "401 Unauthorized: no; check the credentials (--profile)"),
        (403, 5, "403 Forbidden: no; check the credentials (--profile)"),
        (404, 3, "404 Not Found: no; check that the URL is that of a drive"),
        (409, 4, "409 Conflict: no"),
        (413, 7, "413 "),
        (418, 1, "418"),
        (301, 1, "301 Moved Permanently"),
        (500, 1, "500 Internal Server Error: no"),
        (503, 1, "503 Service Unavailable: no; try again later"),
    ],
)
def test_a_refusal_is_one_line_and_its_exit_code(
    person: Person, serving: Serving, status: int, code: int, text: str
) -> None:
    with serving(workers=0, through=refusing(status)):
        run = person("rm", "a", "--patience", "0")
    assert run.code == code
    assert run.err.startswith(f"drive: cannot remove a: {text}")
    assert run.err.count("\n") == 1


def test_a_problem_of_the_drive_is_told_in_its_words_but_steers_no_terminal(
    person: Person, serving: Serving
) -> None:
    problem = refusing(507, PROBLEM, **{"Content-Type": "application/problem+json"})
    with serving(workers=0, through=problem):
        run = person("put", person.write("a", b"a"))
    assert run.code == 7
    assert run.err.splitlines()[-1] == (
        "drive: cannot put a: 507 Insufficient Storage: the drive\\x1b[2J is full;"
        " remove something, or raise the drive's limit"
    )


def test_a_file_larger_than_the_drive_takes_is_refused(person: Person, serving: Serving) -> None:
    with serving(MAX_FILE_BYTES="5"):
        assert person("put", person.write("a", b"123456")).code == 7
        assert person("put", person.write("b", LARGE)).code == 7
    with serving(MOUNT_ACCESS="read-only"):
        (person.drive / "c").write_bytes(b"c")
        person.drive.chmod(0o500)
        assert person("get", "c").code == 0
    person.drive.chmod(0o700)


def test_nobody_there_is_said_soon(person: Person) -> None:
    run = person("ls", "--url", "http://127.0.0.1:9", "--patience", "0.1")
    assert run.code == 1
    assert run.err.count("\n") == 1
    assert "check the network and the URL" in run.err


def lying(wrong: str) -> Callable[[Event, Invoke], Answer]:
    """Something on the way that changes bytes of what passes."""

    def through(event: Event, invoke: Invoke) -> Answer:
        if wrong == method(event) and wrong != "GET":
            body = bytearray(base64.b64decode(event["body"]))
            body[0] ^= 1
            event["body"] = base64.b64encode(body).decode()
        answer = invoke(event)
        if wrong == method(event) == "GET":
            body = bytearray(base64.b64decode(answer["body"]))
            body[0] ^= 1
            answer["body"] = base64.b64encode(body).decode()
        return answer

    return through


def test_every_body_goes_as_bytes(person: Person, serving: Serving) -> None:
    """AWS hands text, JSON, XML and JavaScript on as text, and spoils what is no UTF-8."""
    bodies: list[tuple[bool, str]] = []

    def through(event: Event, invoke: Invoke) -> Answer:
        if event.get("body"):
            bodies.append((event["isBase64Encoded"], event["headers"]["content-type"]))
        return invoke(event)

    names = [f"a.{kind}" for kind in ("json", "txt", "xml", "js", "html", "bin")]
    with serving(through=through):
        for name in names:
            assert person("put", person.write(name, b'{"a": "\xff"}'), name).code == 0
        assert person("put", person.write("large.json", LARGE), "large.json").code == 0
    assert set(bodies[:6]) == {(True, "application/octet-stream")}
    assert set(bodies[6:]) == {(True, "application/offset+octet-stream")}
    assert (person.drive / "a.json").read_bytes() == b'{"a": "\xff"}'


@pytest.mark.parametrize("wrong", ["PUT", "PATCH", "GET"])
def test_bytes_that_changed_on_the_way_are_never_taken(
    person: Person, serving: Serving, wrong: str
) -> None:
    local = person.write("a", LARGE if wrong == "PATCH" else b"small")
    (person.drive / "a.bin").write_bytes(b"small")
    words = ("get", "a.bin", "b") if wrong == "GET" else ("put", local, "b")
    with serving(through=lying(wrong)):
        run = person(*words)
        assert run.code == 6
        assert run.err.count("\n") == 2
        assert person("get", "a.bin", "-").out in {"small", ""}
    assert not (person.drive / "b").exists()
    assert not (person.folder / "b").exists()


@pytest.mark.usefixtures("drive_url")
def test_a_file_must_have_the_sha256_that_is_asked_for(person: Person) -> None:
    (person.drive / "a.bin").write_bytes(LARGE)
    run = person("get", "a.bin", "--sha256", "0" * 64)
    assert run.code == 6
    assert LARGE_SHA256 in run.err
    assert list(person.folder.iterdir()) == []
    assert person("get", "a.bin", "-", "--sha256", "0" * 64).code == 6


def test_signed_parts_go_to_the_drive_only(person: Person, serving: Serving) -> None:
    def through(event: Event, invoke: Invoke) -> Answer:
        answer = invoke(event)
        if method(event) == "POST":
            answer["headers"] = {**answer["headers"], "Location": "//evil.invalid/uploads/1"}
        return answer

    with serving(through=through):
        run = person("put", person.write("a", LARGE))
    assert run.code == 1
    assert "gave the upload the address 'http://evil.invalid/uploads/1'" in run.err


@pytest.mark.usefixtures("drive_url")
@pytest.mark.parametrize(
    "words", [("get", "a?b"), ("rm", "a?b"), ("mv", "a?b", "c"), ("ls", "a?/")]
)
def test_a_name_that_an_api_would_cut_is_not_asked_for(
    person: Person, words: tuple[str, ...]
) -> None:
    for name in ("a", "a?b", "c"):
        (person.drive / name).write_bytes(name.encode())
    before = sorted(path.name for path in person.drive.iterdir())
    run = person(*words, "--service", "execute-api")
    assert run.code == 2
    assert "API Gateway takes no '?' in a name; use the function URL" in run.err
    assert sorted(path.name for path in person.drive.iterdir()) == before
    assert list(person.folder.iterdir()) == []
    assert person("get", "c", "-", "--service", "execute-api").out == "c"


@pytest.mark.usefixtures("drive_url")
def test_a_page_of_a_listing_may_begin_with_a_question_mark(person: Person) -> None:
    for number in range(3):
        (person.drive / f"?{number}").write_bytes(b"")
    run = person("ls", "--json", "--service", "execute-api")
    assert run.code == 0
    assert run.out.count("\n") == 3


def test_a_hostile_listing_leads_nowhere(person: Person, serving: Serving) -> None:
    names = [
        "../evil",
        "..",
        ".",
        "",
        "a/b",
        "/etc/passwd",
        "nul\0",
        "\ud800",
        "linked",
        "link",
        ".drive-a",
        "good",
    ]
    entries = [
        {"name": name, "kind": "file", "size": 1, "modified": "", "etag": None} for name in names
    ]
    entries[-4]["kind"] = "directory"
    page = refusing(200, {"entries": entries, "cursor": None})
    (person.drive / "good").write_bytes(b"1")
    (person.drive / "link").write_bytes(b"1")
    outside = person.folder / "outside"
    outside.mkdir()
    (person.folder / "to").mkdir()
    (person.folder / "to" / "linked").symlink_to(outside)
    (person.folder / "to" / "link").symlink_to(outside / "file")

    def through(event: Event, invoke: Invoke) -> Answer:
        return page() if event["rawPath"] == "/files/" else invoke(event)

    with serving(through=through):
        run = person("get", "-r", "/", "to")
        assert run.code == 1
        assert "drive: 11 failed, 1 done" in run.err
    assert (person.folder / "to" / "good").read_bytes() == b"1"
    assert list(outside.iterdir()) == []
    assert sorted(path.name for path in (person.folder / "to").iterdir()) == [
        "good",
        "link",
        "linked",
    ]


@pytest.mark.parametrize(
    "body",
    [
        "",
        "[" * 100_000,
        "[]",
        '{"entries": [{}], "cursor": null}',
        '{"entries": [{"name": "a", "kind": "file", "size": Infinity, "modified": 1}]}',
        "<html>",
    ],
)
def test_an_answer_of_something_else_is_told_in_a_line(
    person: Person, serving: Serving, body: str
) -> None:
    answer = {"statusCode": 200, "headers": {}, "body": body}
    with serving(workers=0, through=lambda *_: answer):
        for words in (("ls",), ("get", "a")):
            run = person(*words, "--quiet")
            assert run.code == 1
            assert run.err.endswith("check that the URL is that of a drive\n")
            assert run.err.count("\n") == 1
        assert person("put", person.write("a", LARGE), "--quiet").code == 1


@pytest.mark.usefixtures("drive_url")
def test_what_is_not_ours_is_not_written_over(person: Person) -> None:
    (person.drive / "a").write_bytes(LARGE)
    theirs = dict.fromkeys(("a.part", "a.part.json", ".a.part", "a.json"), b"somebody's")
    for name, content in theirs.items():
        person.write(name, content)
    assert person("get", "a").code == 0
    found = {path.name: path.read_bytes() for path in person.folder.iterdir()}
    assert found == {**theirs, "a": LARGE}  # nothing is changed, nothing removed
    (person.drive / "a").write_bytes(b"new")
    target = Path(person.write("target", b"old"))
    (person.folder / "b").symlink_to(target)
    assert person("get", "a", "b").code == 0
    assert target.read_bytes() == b"new"  # of a link, what it leads to
    assert person("get", "a", "/dev/null").code == 0
    assert Path("/dev/null").is_char_device()


@pytest.mark.usefixtures("drive_url")
def test_a_side_file_that_is_a_link_leads_nowhere(person: Person) -> None:
    (person.drive / "a").write_bytes(b"new")
    theirs = Path(person.write("theirs", b"old"))
    part = names.side_file(person.folder / "a", "part")
    part.symlink_to(theirs)
    assert person("get", "a").code == 1
    part.unlink()
    part.hardlink_to(theirs)
    assert "no get made it; remove it" in person("get", "a").err
    assert theirs.read_bytes() == b"old"


@pytest.mark.usefixtures("drive_url")
def test_names_as_long_as_a_disk_takes_are_put_and_got(person: Person) -> None:
    (person.folder / "back").mkdir()
    for length in (245, 246, 255):
        name = "ä" * (length // 2) + "b" * (length % 2)
        content = LARGE if length == 255 else b"small"
        assert person("put", person.write(f"here/{name}", content), "there/").code == 0
        assert person("get", f"there/{name}", "back/").code == 0
        assert (person.folder / "back" / name).read_bytes() == content


def test_what_an_interrupted_get_left_is_not_put(person: Person, serving: Serving) -> None:
    (person.drive / "a.bin").write_bytes(LARGE)
    (person.folder / "here").mkdir()
    gate = Gate("GET", 1)
    with serving(through=gate):
        killed(person, gate, signal.SIGKILL, "get", "a.bin", "here/", "--jobs", "1")
        assert len(list((person.folder / "here").iterdir())) == 2
        put = person("put", "-r", "here", "there")
    assert put.code == 0
    assert put.err.count("what an unfinished get needs") == 2
    assert not (person.drive / "there").exists()


def test_two_gets_of_one_file_do_not_mix(person: Person, serving: Serving) -> None:
    (person.drive / "a.bin").write_bytes(LARGE)
    gate = Gate("GET", 1)
    with serving(through=gate):
        first = person.process("get", "a.bin")
        gate.wait()
        second = person("get", "a.bin")
        assert second.code == 1
        assert "another get is writing" in second.err
        gate.open()
        assert finish(first).code == 0
    assert (person.folder / "a.bin").read_bytes() == LARGE


# Usage


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (["ls"], "say which drive: --url URL, --stage Dev, or DRIVE_URL"),
        (["ls", "--url", "ftp://x"], "a drive is such as https://host/path, got 'ftp://x'"),
        (["ls", "--url", "http://x/?a#b"], "is such as https://host/path"),
        (["ls", "--url", "http://[x"], "Invalid IPv6 URL"),
        (["ls", "--url", "http://x:99999"], "Port out of range 0-65535"),
        (["ls", "--url", "http://x", "--profile", "nobody"], "profile (nobody) could not be found"),
        (["ls", "--url", "http://x", "--patience", "-1"], "patience is a number of seconds"),
        (["ls", "--url", "http://x", "--stage", "Dev"], "not allowed with"),
        (["ls", "--url", "http://x", "a//b"], "segments separated by single slashes"),
        (["get", "--url", "http://x", "../a"], "segments separated by single slashes"),
        (["get", "--url", "http://x", "a/"], "with -r"),
        (["get", "--url", "http://x", "a", "--sha256", "12"], "64 hex digits, got '12'"),
        (["put", "--url", "http://x", "-"], "standard input needs a name"),
        (["put", "--url", "http://x", "a", "b", "c"], "with a slash: c/"),
        (["put", "--url", "http://x", "a", "--if-match", 'a"b'], "an ETag is such as"),
        (["rm", "--url", "http://x", "/"], "the root of the drive cannot be removed"),
        (["mv", "--url", "http://x", "a/", "b"], "a directory cannot be moved"),
        (["get", "--url", "http://x", "a", "-", "--json"], "not for both"),
        (["get", "--url", "http://x", "a", "--jobs", "0"], "jobs must be 1..64, got '0'"),
        (["put", "--url", "http://x", "a", "--jobs", "65"], "jobs must be 1..64, got '65'"),
        # As variables of a shell that are not set: "" would be all of a drive or a directory.
        (["sync", "--url", "http://x", "", "a"], "a name must not be empty"),
        (["sync", "--url", "http://x", "--back", "--delete", "a", ""], "(/ is the root of the"),
        (["put", "--url", "http://x", "-r", ""], "a name must not be empty"),
        (["put", "--url", "http://x", "a", ""], "a name must not be empty"),
        (["get", "--url", "http://x", "-r", "", "a"], "a name must not be empty"),
        (["get", "--url", "http://x", "a", ""], "a name must not be empty"),
        (["rm", "--url", "http://x", "-r", "a", ""], "a name must not be empty"),
        (["mv", "--url", "http://x", "a", ""], "a name must not be empty"),
    ],
)
def test_wrong_usage_says_what_is_right(person: Person, words: list[str], text: str) -> None:
    run = person(*words)
    assert run.code == 2
    assert text in run.err


def test_without_credentials_it_says_what_to_set(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    for words in (("--url", "http://x"), ("--stage", "Dev")):
        with monkeypatch.context() as without:
            without.delenv("AWS_ACCESS_KEY_ID")
            run = person("ls", *words)
        assert run.code == 2
        assert "no AWS credentials; set AWS_PROFILE" in run.err


def test_without_a_region_it_says_what_to_set(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_REGION")
    for words in (("--url", "http://x"), ("--stage", "Dev")):
        run = person("ls", *words)
        assert run.code == 2
        assert re.search("no region for .*set AWS_REGION", run.err)


def test_the_url_is_found_in_the_outputs_of_a_stage() -> None:
    outputs = [
        {"OutputKey": "Other", "OutputValue": "x"},
        {"OutputKey": "FilesUrl", "OutputValue": "https://abc.lambda-url.eu-west-1.on.aws/"},
    ]
    stack = {"StackName": "Dev-Service", "CreationTime": "2026-01-01", "StackStatus": "OK"}
    for endpoint, expected in (
        (None, "https://abc.lambda-url.eu-west-1.on.aws/"),
        ("http://localhost:4566", "http://localhost:4566/_aws/lambda-url/abc"),
    ):
        session = boto3.Session("a", "b", region_name="eu-west-1")
        cloudformation = session.client("cloudformation", endpoint_url=endpoint)
        with Stubber(cloudformation) as stub:
            answer = {"Stacks": [{**stack, "Outputs": outputs}]}
            stub.add_response("describe_stacks", answer, {"StackName": "Dev-Service"})
            assert address.url_of_stage(cloudformation, "Dev") == expected
            stub.add_response("describe_stacks", {"Stacks": [stack]})
            with pytest.raises(ToolError, match="Dev-Service has no output FilesUrl"):
                address.url_of_stage(cloudformation, "Dev")
            stub.add_client_error("describe_stacks", "ValidationError", "does not exist")
            with pytest.raises(ToolError, match="does not exist") as caught:
                address.url_of_stage(cloudformation, "Dev")
            assert caught.value.exit_code == 3


# What a person sees


@pytest.mark.usefixtures("drive_url")
def test_a_reader_that_goes_away_is_no_traceback(person: Person) -> None:
    (person.drive / "a.bin").write_bytes(LARGE)
    for words in (("get", "a.bin", "-"), ("ls", "--json")):
        reader, writer = os.pipe()
        os.close(reader)
        process = person.process(*words, stdout=writer)
        os.close(writer)
        run = finish(process)
        assert run.code == 141
        assert "Traceback" not in run.err
        assert "Error" not in run.err


@pytest.mark.usefixtures("drive_url")
def test_a_terminal_gets_a_bar_and_a_file_gets_lines(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    local = person.write("a.bin", LARGE)
    plain = person("put", local)
    assert "\x1b" not in plain.err
    assert plain.err.startswith("put a.bin ...\nput a.bin: 9.4 MB in ")
    assert person("put", local, "--quiet") == Run(0, "", "")
    assert person("put", local, "--json").err == ""
    ours, theirs = pty.openpty()
    monkeypatch.setenv("TERM", "xterm")
    process = person.process("put", local, stderr=theirs)
    os.close(theirs)
    seen = b""
    with contextlib.suppress(OSError):  # Linux says EIO at the end
        while select.select([ours], [], [], PATIENCE_SECONDS)[0] and (piece := os.read(ours, 4096)):
            seen += piece
    os.close(ours)
    assert finish(process).code == 0
    assert b"\x1b[" in seen
    assert "━".encode() in seen
    assert b"9.4 MB" in seen


def test_a_long_transfer_says_every_few_seconds_how_far_it_is(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 0.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    with progress.Lines().transfer(lambda: "put a") as moved:
        for number in range(11):
            now = float(number)
            moved(4_000_000 * (5 + number), 100_000_000)
    assert capsys.readouterr().err.splitlines() == [
        "put a ...",
        "put a: 40.0 MB of 100.0 MB, 4.0 MB/s",
        "put a: 60.0 MB of 100.0 MB, 4.0 MB/s",
    ]


def test_a_token_goes_instead_of_a_signature(
    person: Person, serving: Serving, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That of the file named before that of the environment, and without any credentials."""
    seen: list[str] = []

    def look(event: Event, invoke: Invoke) -> Answer:
        seen.append(event["headers"]["authorization"])
        return invoke(event)

    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_REGION"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("DRIVE_TOKEN", "of-the-environment")
    with serving(through=look):
        assert person("ls").code == 0
        assert person("ls", "--token-file", person.write("token", b"of-the-file\n")).code == 0
    assert seen == ["Bearer of-the-environment", "Bearer of-the-file"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "there is no token in "),
        (b"\n", "there is no token in "),
        ("gr\u00fc\u00dfe".encode(), "it is no text of a token"),
        (b"two words", "a token is letters, digits and -._~+/ only"),
        (None, "No such file or directory"),
    ],
)
def test_a_file_without_a_token_is_named(
    person: Person, monkeypatch: pytest.MonkeyPatch, content: bytes | None, said: str
) -> None:
    monkeypatch.setenv("DRIVE_URL", "http://127.0.0.1:9")
    file = str(person.folder / "none") if content is None else person.write("token", content)
    run = person("ls", "--token-file", file)
    assert (run.code, len(run.err.splitlines())) == (2, 1)
    assert said in run.err


def test_a_drive_that_wants_a_token_says_how_to_name_it(person: Person, serving: Serving) -> None:
    document = {"type": "urn:lambda-drive:unauthorized", "detail": "send the drive's token"}
    headers = {"Content-Type": "application/problem+json"}
    with serving(through=refusing(401, document, **headers)):
        run = person("ls")
    assert run.code == 5
    assert "401 Unauthorized: send the drive's token; name the token in DRIVE_TOKEN" in run.err
