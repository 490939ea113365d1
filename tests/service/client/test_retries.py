"""What the client asks again, and for how long."""

import socket
from types import SimpleNamespace

import pytest

from drive_tools import retry
from drive_tools.client import retries
from tests.patience import PATIENCE_SECONDS
from tests.service.served import Answer, Event
from tests.service.shell import LARGE, Gate, Invoke, Person, Serving, finish, method, refusing


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


def test_nobody_there_is_said_soon(person: Person) -> None:
    run = person("ls", "--url", "http://127.0.0.1:9", "--patience", "0.1")
    assert run.code == 1
    assert run.err.count("\n") == 1
    assert "check the network and the URL" in run.err
