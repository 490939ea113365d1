"""`ui` and `serve` at a shell: how they begin, what they print, and how they end."""

import os
import signal
import socket
import stat
import subprocess

import pytest

from tests.patience import PATIENCE_SECONDS, until
from tests.service.served import Event, Served
from tests.service.serving.conftest import Signing, curl, curled
from tests.service.shell import Invoke, Person, Serving, finish


def test_serve_prints_a_url_that_works_until_it_ends(
    drive_url: Served, signing: Signing, person: Person
) -> None:
    (person.drive / "file").write_bytes(b"text")
    with signing() as base:
        assert curled(f"{base}/files/file") == b"text"
        port = base.split(":")[2].partition("/")[0]
        listed = subprocess.check_output(["ps", "axww", "-o", "args"], text=True)
        assert base.rpartition("/")[2] not in listed
    assert curl(f"{base}/files/file").returncode == 7  # nobody is there
    with signing("serve", "--port", port) as again:
        assert again.startswith(f"http://127.0.0.1:{port}/")
        assert again != base
        assert curled(f"{again}/files/file") == b"text"
        assert b" 404 " in curl("-i", f"{base}/files/file").stdout


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_at_once_in_the_middle_of_a_request(
    serving: Serving, person: Person, sent: signal.Signals
) -> None:
    asked, ended = os.pipe()

    def through(*_: object) -> None:
        os.write(ended, b"x")
        until(lambda: process.poll() is not None)

    with serving(through=through):
        process = person.process("serve")
        assert process.stdout
        base = process.stdout.readline().rstrip("/\n")
        with subprocess.Popen(["curl", "-s", f"{base}/files/"]) as caller:
            os.read(asked, 1)
            process.send_signal(sent)
            run = finish(process)
            assert caller.wait(PATIENCE_SECONDS) != 0
    assert (run.code, run.out) == (0, "")
    assert run.err == "Ctrl+C ends it\n"


def test_ui_opens_the_browser_on_a_link_that_works_once(
    drive_url: Served, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = person.folder / "browser"
    browser.write_text('#!/bin/sh\necho "$1" >"$0.opened"\n')
    browser.chmod(stat.S_IRWXU)
    opened = browser.with_name("browser.opened")
    monkeypatch.setenv("BROWSER", str(browser))
    process = person.process("ui")
    assert process.stdout
    link = process.stdout.readline().strip()
    assert until(lambda: opened.exists() and opened.read_text().strip()) == link
    page = person.folder / "page"
    assert curled("-L", "-o", page, "-w", "%{http_code} %{url_effective}", link).startswith(b"200 ")
    assert b"<!doctype html>" in page.read_bytes().lower()
    assert b" 410 " in curl("-i", link).stdout
    process.send_signal(signal.SIGINT)
    run = finish(process)
    assert run.code == 0
    assert "the link was opened again" in run.err
    assert link.rpartition("/")[2] not in run.err


def test_ui_without_a_browser_prints_the_link(
    drive_url: Served, signing: Signing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BROWSER", "/nowhere/is/a/browser")
    monkeypatch.delenv("DISPLAY", raising=False)
    for words in (("ui",), ("ui", "--no-browser")):
        with signing(*words) as link:
            assert b" 303 " in curl("-i", link).stdout


def test_a_port_in_use_is_one_line(drive_url: Served, person: Person) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        run = person("serve", "--port", str(port))
    assert (run.code, run.out) == (1, "")
    assert run.err == (
        f"drive: cannot serve at port {port} of 127.0.0.1: Address already in use;"
        " name another one by --port, or none for one that is free\n"
    )


@pytest.mark.parametrize("port", ["-1", "65536", "x", ""])
def test_a_wrong_port_is_wrong_usage(drive_url: Served, person: Person, port: str) -> None:
    run = person("serve", f"--port={port}")
    assert run.code == 2
    assert f"a port is 0..65535, got {port!r}" in run.err


def test_no_socket_of_somebody_else_is_taken(
    drive_url: Served, signing: Signing, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A variable of systemd would make cheroot take the third descriptor."""
    monkeypatch.setenv("LISTEN_PID", "1")
    monkeypatch.setenv("LISTEN_FDS", "1")
    with signing() as base:
        assert curled(f"{base}/health")


def test_a_token_opens_a_drive_as_well(
    serving: Serving, signing: Signing, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []

    def through(event: Event, invoke: Invoke) -> object:
        seen.append(event["headers"].get("authorization", ""))
        return invoke(event)

    monkeypatch.setenv("DRIVE_TOKEN", "a-token-of-the-drive")
    with serving(through=through), signing() as base:
        curled("-H", "Authorization: Bearer another", f"{base}/files/")
    assert seen == ["Bearer a-token-of-the-drive"]
