"""Bytes that changed on the way are noticed, and go to the drive only."""

import base64
from collections.abc import Callable

import pytest

from tests.service.served import Answer, Event
from tests.service.shell import LARGE, LARGE_SHA256, Invoke, Person, Serving, method


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
