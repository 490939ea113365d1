"""Both tools with an output that is full, closed or no UTF-8, and for a user without a home."""

import os
import pwd
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from drive_tools.client import names
from tests.fake_lambda import NAME, FakeLambda, fake_lambda
from tests.patience import PATIENCE_SECONDS
from tests.service.served import PROJECT
from tests.service.shell import LARGE, Person, Run, Serving


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeLambda]:
    with fake_lambda() as cloud:
        monkeypatch.setenv("AWS_ENDPOINT_URL", cloud.url)
        cloud.variables = {"LOG_LEVEL": "INFO"}
        yield cloud


def shell(redirection: str, *words: str, before: str = ":", **environment: str) -> Run:
    """Run a tool with its streams as a shell makes them."""
    line = f'{before}; exec "$@" {redirection}'
    run = subprocess.run(
        ["sh", "-c", line, "sh", sys.executable, "-m", "ops", *words],
        env={**os.environ, "PYTHONPATH": str(PROJECT), "PYTHONUNBUFFERED": "", **environment},
        capture_output=True,
        stdin=subprocess.DEVNULL,
        timeout=PATIENCE_SECONDS,
        check=False,
    )
    return Run(run.returncode, run.stdout.decode(), run.stderr.decode())


@pytest.mark.parametrize(
    ("redirection", "code", "reason"),
    [
        (">/dev/full", 7, "No space left on device"),
        (">&-", 1, "Bad file descriptor"),
    ],
)
def test_an_output_that_takes_nothing_is_one_line(
    person: Person, serving: Serving, redirection: str, code: int, reason: str
) -> None:
    (person.drive / "a").write_bytes(LARGE)
    said = f"drive: cannot write to standard output: {reason}\n"
    with serving():
        assert shell(redirection, "drive", "ls") == Run(code, "", said)
        assert shell(redirection, "drive", "get", "a", "--json") == Run(code, "", said)
        assert (person.folder / "a").read_bytes() == LARGE
        streamed = shell(redirection, "drive", "get", "a", "-", "--quiet")
        assert (streamed.code, len(streamed.err.splitlines())) == (code, 1)
    helped = shell(redirection, "drive", "--help")
    assert (helped.code, len(helped.err.splitlines())) == (code, 1)


@pytest.mark.parametrize(
    "redirection", [">/dev/full", pytest.param(">&-", marks=pytest.mark.weekly)]
)
def test_a_change_is_made_though_it_cannot_be_told(
    person: Person, cloud: FakeLambda, redirection: str
) -> None:
    run = shell(redirection, "env", "set", NAME, "LOG_LEVEL=DEBUG", "--json")
    assert (run.code, len(run.err.splitlines())) == (7, 1)
    assert run.err.endswith("; the change is made\n")
    assert cloud.variables == {"LOG_LEVEL": "DEBUG"}
    for words in (("get", NAME), ("export", NAME, "--show")):
        run = shell(redirection, "env", *words)
        assert run.code == 7
        assert "env: cannot write to standard output: " in run.err.splitlines()[-1]


@pytest.mark.parametrize(
    "redirection", ["2>&-", pytest.param("2>/dev/full", marks=pytest.mark.weekly)]
)
def test_what_cannot_be_said_is_lost_and_nothing_else(
    person: Person, serving: Serving, cloud: FakeLambda, redirection: str
) -> None:
    (person.drive / "a").write_bytes(b"a")
    with serving():
        assert shell(redirection, "drive", "get", "a") == Run(0, "", "")
        assert shell(redirection, "drive", "get", "none") == Run(3, "", "")
    assert shell(redirection, "drive", "nonsense") == Run(2, "", "")
    assert shell(redirection, "env", "set", NAME, "AB=1") == Run(0, "", "")
    assert cloud.variables["AB"] == "1"


def test_an_output_that_is_not_utf_8_has_escapes(
    person: Person, serving: Serving, cloud: FakeLambda
) -> None:
    (person.drive / "ä").write_bytes(b"a")
    cloud.variables = {"AB": "日本"}
    ascii_only = {"PYTHONIOENCODING": "ascii", "LC_ALL": "C"}
    with serving():
        run = shell("", "drive", "ls", **ascii_only)
        assert (run.code, run.err) == (0, "")
        assert run.out.endswith("  \\xe4\n")
        run = shell("", "drive", "get", "ä", **ascii_only)
        assert (run.code, run.err.splitlines()[-1]) == (0, "got \\xe4: 1 B")
    run = shell("", "env", "get", NAME, "--show", **ascii_only)
    assert (run.code, run.out) == (0, "AB=\\u65e5\\u672c\n")
    assert shell("", "env", "export", NAME, "--show", **ascii_only).out == "AB='日本'\n"


def test_a_full_disk_is_one_line_and_no_defect(
    person: Person, serving: Serving, cloud: FakeLambda
) -> None:
    """A limit on the size of files fails as a full disk does, for whoever writes one."""
    limit = ["sh", "-c", 'ulimit -f 0; exec "$@"', "sh", sys.executable, "-m", "ops"]
    (person.drive / "a").write_bytes(LARGE)
    with serving():
        environment = {**os.environ, "PYTHONPATH": str(PROJECT), "PYTHONDONTWRITEBYTECODE": "1"}
        for words, code in (
            (("drive", "get", "a", "--quiet"), 7),
            (("env", "set", NAME, "AB=1"), 3),
            (("env", "export", NAME, "saved"), 3),
        ):
            run = subprocess.run(
                [*limit, *words], env=environment, capture_output=True, text=True, check=False
            )
            assert (run.returncode, len(run.stderr.splitlines())) == (code, 1), run.stderr
            assert "File too large" in run.stderr
    assert cloud.variables == {"LOG_LEVEL": "INFO"}
    assert [path.name for path in person.folder.iterdir() if path.name[0] != "."] == []
    state = person.folder.parent / "state"
    assert [path for path in state.rglob("*") if path.is_file() and path.name[0] == "."] == []


def test_each_file_that_a_full_disk_does_not_take_is_named(
    person: Person, serving: Serving
) -> None:
    """And nothing is left of it but what the next run goes on with."""
    tree = person.drive / "tree"
    tree.mkdir()
    for name in ("a", "b"):
        (tree / name).write_bytes(LARGE[:100_000])
    (tree / "large").write_bytes(LARGE)
    limit = "ulimit -f 4"  # blocks of 512 or of 1,024 bytes
    with serving():
        run = shell("", "drive", "get", "-r", "tree", "--quiet", before=limit)
        got = person.folder / "tree"
        assert (run.code, {*run.err.splitlines()}) == (
            7,
            {
                *(f"drive: tree/{name}: File too large" for name in ("a", "b", "large")),
                "drive: 3 failed, 0 done",
            },
        )
        left = {names.side_file(got / "large", kind).name for kind in ("part", "json")}
        assert {path.name for path in got.iterdir()} == left
        person.write("sent", LARGE)
        run = shell("<sent", "drive", "put", "-", "sent", before=limit)
        assert (run.code, run.err) == (7, f"drive: {tempfile.gettempdir()}: File too large\n")
        run = shell("", "drive", "get", "tree/a", "/dev/full", "--quiet")
        assert run == Run(7, "", "drive: /dev/full: No space left on device\n")


def test_an_input_that_is_closed_is_no_empty_one(
    person: Person, serving: Serving, cloud: FakeLambda
) -> None:
    with serving():
        run = shell("<&-", "drive", "put", "-", "a")
        assert run == Run(1, "", "drive: standard input: Bad file descriptor\n")
        assert not (person.drive / "a").exists()
        assert shell("<&-", "drive", "ls") == Run(0, "", "")
    run = shell("<&-", "env", "set", NAME, "AB=-")
    assert run == Run(2, "", "env: cannot read the value of AB: Bad file descriptor\n")
    run = shell("<&-", "env", "import", NAME, "-")
    assert run == Run(2, "", "env: cannot read standard input: Bad file descriptor\n")
    run = shell("<&-", "env", "import", NAME, person.write("file", b"AB=1"), "--replace")
    assert (run.code, cloud.variables) == (3, {"LOG_LEVEL": "INFO"})
    assert "there is no terminal to ask on" in run.err
    program = "from drive_tools import output, terminal; output.settle(); terminal.ask('Go on?')"
    asked = subprocess.run(
        ["sh", "-c", 'exec "$@" <&-', "sh", sys.executable, "-c", program],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert asked.stderr.splitlines()[-1] == "EOFError"


def test_names_that_this_machine_cannot_write_are_told(person: Person, serving: Serving) -> None:
    """Where the locale is none with UTF-8; here of ASCII, which every machine has."""
    (person.drive / "ä").write_bytes(b"a")
    (person.drive / "b").write_bytes(b"b")
    (person.folder / "tree").mkdir()
    kept = person.write("tree/kept", b"")
    ascii_only = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    with serving():
        for words in (("get", "-r", "/", "tree"), ("sync", "--back", "--delete", "tree", "/")):
            run = shell("", "drive", *words, "--quiet", **ascii_only)
            told = "drive: cannot get \\xe4: names of files are ascii on this machine"
            assert (run.code, run.err.count("\n"), told in run.err) == (1, 2, True), run.err
    assert (person.folder / "tree" / "b").read_bytes() == b"b"
    assert Path(kept).exists()  # what is here is held against all that is there, or stays


@pytest.mark.parametrize(
    "home",
    [
        None,
        "/nonexistent",
        pytest.param("", marks=pytest.mark.weekly),
        pytest.param("/dev/null", marks=pytest.mark.weekly),
    ],
)
def test_both_work_without_a_home(
    person: Person,
    serving: Serving,
    cloud: FakeLambda,
    monkeypatch: pytest.MonkeyPatch,
    home: str | None,
) -> None:
    """As in a container whose user is a number only."""

    def nobody(uid: int) -> pwd.struct_passwd:
        raise KeyError(uid)

    monkeypatch.setattr(pwd, "getpwuid", nobody)
    monkeypatch.setattr(os, "access", lambda *_, **__: False)  # what a user who is not root finds
    monkeypatch.delenv("XDG_STATE_HOME")
    monkeypatch.delenv("HOME", raising=False)
    if home is not None:
        monkeypatch.setenv("HOME", home)
    local = person.write("a", LARGE)
    person.write("tree/b", b"b")
    with serving():
        run = person("put", local)
        assert run.code == 0
        assert "a: an interruption would lose what was sent: no home directory" in run.err
        assert person("get", "a", "b").code == 0
        assert person("put", "-r", "tree").code == 0
        assert person("put", "-r", "tree").code == 0
    assert (person.folder / "b").read_bytes() == LARGE
    run = person.run("env", "set", NAME, "AB=1")
    assert run.code == 0
    assert "env: undo will not know of this change: no home directory to write to" in run.err
    assert cloud.variables == {"LOG_LEVEL": "INFO", "AB": "1"}
    assert person.run("env", "get", NAME, "--json").code == 0
    assert person.run("env", "undo", NAME).code == 3
    assert not Path("~").exists()
