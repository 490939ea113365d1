"""`python -m ops env`, as a person runs it, against Lambda's own HTTP behind a real port."""

import functools
import io
import json
import os
import pty
import re
import signal
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.loaders import create_loader

from drive_tools.environment import aws, dotenv, input_values, variables
from ops.__main__ import main
from tests.fake_lambda import (
    ALIAS,
    ARN,
    BROKEN_OFF,
    CUT,
    CUT_AFTER,
    GARBAGE,
    GET_PARAMETERS,
    KEY_ARN,
    NAME,
    PUT_PARAMETER,
    READ,
    TAGS,
    UPDATE,
    FakeLambda,
    Fault,
    error,
    fake_lambda,
    meanwhile,
)
from tests.patience import PATIENCE_SECONDS, until

PROJECT = Path(__file__).resolve().parents[2]
CANARY = "canary xyzzy 'quoted\" ü"
OLD = {"LOG_LEVEL": "INFO", "MAINTENANCE_MODE": "0", "SECRET": CANARY, "URL": "https://x.example"}
TAGGED = {
    "lambda-drive:operator-keys": "LOG_LEVEL MAINTENANCE_MODE",
    "lambda-drive:operator-parameters": "/Dev/operator",
}
KEPT = {"/Dev/operator/LOG_LEVEL": "INFO", "/Dev/operator/MAINTENANCE_MODE": "0"}
STALE = error(412, "PreconditionFailedException")
IN_PROGRESS = error(409, "ResourceConflictException")
THROTTLED = error(429, "TooManyRequestsException", "Rate exceeded")
BROKEN = error(500, "ServiceException")
_LOADER = functools.cache(create_loader)


@dataclass(frozen=True)
class Run:
    """What one command came to."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        [line] = self.out.splitlines()
        found: dict[str, Any] = json.loads(line)
        return found


class Person:
    """Somebody at a shell, with credentials; whom no command ever shows a secret unasked."""

    def __init__(
        self, folder: Path, capfd: pytest.CaptureFixture[str], patch: pytest.MonkeyPatch
    ) -> None:
        self.folder, self.state = folder, folder / "state" / "lambda-drive" / "env"
        self._capfd, self._patch = capfd, patch

    def __call__(self, verb: str, *words: str, stdin: str | bytes = "") -> Run:
        content = stdin.encode() if isinstance(stdin, str) else stdin
        self._patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))
        self._capfd.readouterr()
        try:
            code = main(["env", verb, NAME, *words])
        except SystemExit as end:
            code = int(end.code or 0)
        out, err = self._capfd.readouterr()
        assert "Traceback" not in err
        assert "defect" not in err
        if "--show" not in words:
            self.sees_no_secret(out + err)
        return Run(code, out, err)

    def sees_no_secret(self, text: str) -> None:
        listing = "".join(str(path) for path in self.folder.rglob("*"))
        assert not re.search("canary|xyzzy", text + listing)
        for file in self.state.rglob("*"):
            assert stat.S_IMODE(file.stat().st_mode) == (0o700 if file.is_dir() else 0o600)

    @property
    def entries(self) -> list[Path]:
        return sorted(self.state.glob("*/*.json"))

    def process(self, *words: str, **options: Any) -> "subprocess.Popen[str]":  # noqa: ANN401
        environment = {**os.environ, "PYTHONPATH": str(PROJECT)}
        pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        command = [sys.executable, "-m", "ops", "env", *words]
        return subprocess.Popen(command, env=environment, text=True, **{**pipes, **options})


@pytest.fixture
def person(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Person:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "local")
    monkeypatch.setenv("AWS_REGION", "eu-central-1")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setattr(aws, "_FIRST_DELAY_SECONDS", 0.002)
    monkeypatch.setattr(aws, "_LONGEST_DELAY_SECONDS", 0.02)
    # Reading the descriptions of services anew is most of a run's time.
    monkeypatch.setattr("botocore.session.create_loader", _LOADER)
    monkeypatch.chdir(tmp_path)
    return Person(tmp_path, capfd, monkeypatch)


@pytest.fixture
def cloud(person: Person, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeLambda]:
    with fake_lambda() as cloud:
        monkeypatch.setenv("AWS_ENDPOINT_URL", cloud.url)
        cloud.variables = dict(OLD)
        yield cloud


def room_left(cloud: FakeLambda) -> int:
    return 4096 - len("".join([*cloud.variables, *cloud.variables.values()]).encode())


# What is changed, and nothing else


def test_set_changes_what_it_names_and_says_so(cloud: FakeLambda, person: Person) -> None:
    run = person("set", "LOG_LEVEL=DEBUG", "NEW=a=b")
    assert cloud.variables == {**OLD, "LOG_LEVEL": "DEBUG", "NEW": "a=b"}
    assert run.code == 0
    assert run.out == ""
    assert re.search(r"^  ~ LOG_LEVEL  [0-9a-f]{8} -> [0-9a-f]{8}$", run.err, re.MULTILINE)
    assert re.search(r"^  \+ NEW        \(none\) -> [0-9a-f]{8}$", run.err, re.MULTILINE)
    assert re.search(
        r"^dev-files: 2 changed, 3 untouched, in force, \d+ of 4096 bytes", run.err, re.M
    )
    assert cloud.calls == [READ, TAGS, UPDATE]


def test_a_program_reads_json(cloud: FakeLambda, person: Person) -> None:
    run = person("set", "LOG_LEVEL=DEBUG", "--json")
    assert run.err == ""
    told = run.json
    assert told["function"] == ARN
    assert told["revision"] == cloud.revision
    assert list(told["changes"]) == ["LOG_LEVEL"]
    assert told["in_force"] is True
    assert told["dry_run"] is False
    assert told["bytes_left"] == 4096 - len(
        "".join([*cloud.variables, *cloud.variables.values()]).encode()
    )
    shown = person("set", "LOG_LEVEL=INFO", "--json", "--show").json
    assert shown["changes"] == {"LOG_LEVEL": {"old": "DEBUG", "new": "INFO", "owner": None}}


def test_unset_removes_what_it_names(cloud: FakeLambda, person: Person) -> None:
    run = person("unset", "URL")
    assert run.code == 0
    assert cloud.variables == {name: OLD[name] for name in OLD if name != "URL"}
    run = person("unset", "URL")
    assert (run.code, cloud.count(UPDATE)) == (0, 1)
    assert "dev-files has no variable URL\ndev-files: nothing to do" in run.err


def test_what_is_so_already_calls_nothing(cloud: FakeLambda, person: Person) -> None:
    run = person("set", "LOG_LEVEL=INFO")
    assert (run.code, run.err) == (0, "dev-files: nothing to do, it is so already\n")
    assert cloud.calls == [READ, TAGS]
    assert person.entries == []


def test_a_dry_run_writes_nothing_anywhere(cloud: FakeLambda, person: Person) -> None:
    cloud.tags, cloud.parameters = TAGGED, dict(KEPT)
    run = person("set", "LOG_LEVEL=DEBUG", "--dry-run")
    assert run.code == 0
    assert "1 would change (dry run), 3 untouched" in run.err
    assert "LOG_LEVEL would be kept for the next deployment, in /Dev/operator/LOG_LEVEL" in run.err
    assert person("unset", "A", "B", "URL", "--dry-run", "--force").code == 0
    assert cloud.variables == OLD
    assert cloud.parameters == KEPT
    assert set(cloud.calls) == {READ, TAGS, GET_PARAMETERS}
    assert person.entries == []


def test_values_come_from_files_and_standard_input(cloud: FakeLambda, person: Person) -> None:
    (person.folder / "token").write_text("line 1\nline 2\n")
    assert person("set", "AB=@token", "CD=-", stdin="secret\r\n").code == 0
    assert cloud.variables == {**OLD, "AB": "line 1\nline 2", "CD": "secret"}
    assert person("set", "AB=@me", "CD=-", "--literal").code == 0
    assert cloud.variables == {**OLD, "AB": "@me", "CD": "-"}
    assert person("set", "EF=").code == 0
    assert cloud.variables["EF"] == ""


def test_import_sets_and_export_writes_for_its_owner_alone(
    cloud: FakeLambda, person: Person
) -> None:
    (person.folder / "a.env").write_text("LOG_LEVEL=DEBUG\nexport NEW='b c'\n")
    assert person("import", "a.env").code == 0
    assert cloud.variables == {**OLD, "LOG_LEVEL": "DEBUG", "NEW": "b c"}
    assert person("export", "b.env").code == 0
    assert dotenv.parse((person.folder / "b.env").read_text()) == cloud.variables
    assert stat.S_IMODE((person.folder / "b.env").stat().st_mode) == 0o600
    assert person("export", "b.json", "--json").code == 0
    assert json.loads((person.folder / "b.json").read_text()) == cloud.variables
    assert dotenv.parse(person("export", "--show").out) == cloud.variables
    os.mkfifo(person.folder / "pipe")
    (person.folder / "link").symlink_to("a.env")
    for name in ("pipe", "link", "."):
        there = os.lstat(person.folder / name)
        run = person("export", name)
        assert (run.code, run.out) == (2, "")
        assert f"no link, directory or device, got {name!r}" in run.err
        assert os.path.samestat(os.lstat(person.folder / name), there)
    run = person("export")
    assert (run.code, run.out) == (3, "")
    assert "name a FILE, or pass --show" in run.err
    before = dict(cloud.variables)
    cloud.variables = {"LOG_LEVEL": "INFO"}
    assert person("import", "b.json").code == 0
    assert cloud.variables == before
    assert person("diff", "b.json").err == "dev-files: no differences\n"
    (person.folder / "c.env").write_text("LOG_LEVEL=INFO\nAB=canary#x\n")
    refused = person("import", "c.env")
    assert (refused.code, cloud.variables) == (3, before)
    assert "c.env: line 2: AB: a # that some readers take for a comment" in refused.err
    assert person("import", "-", stdin="AB=x").code == 0
    assert cloud.variables["AB"] == "x"


def test_import_removes_only_with_replace_and_a_yes(cloud: FakeLambda, person: Person) -> None:
    (person.folder / "a.env").write_text("LOG_LEVEL=DEBUG\nMAINTENANCE_MODE=0\n")
    refused = person("import", "a.env", "--replace")
    assert refused.code == 3
    assert "to be removed: SECRET, URL: pass --yes" in refused.err
    assert cloud.variables == OLD
    # A variable that is added after it was read is nobody's to remove.
    cloud.faults[UPDATE] = [meanwhile(LATE="x")]
    assert person("import", "a.env", "--replace", "--yes").code == 0
    assert cloud.variables == {"LOG_LEVEL": "DEBUG", "MAINTENANCE_MODE": "0", "LATE": "x"}


# States of a function


def test_a_function_that_is_pending_is_waited_for(cloud: FakeLambda, person: Person) -> None:
    cloud.state, cloud.reads_pending = "Pending", 3
    run = person("set", "LOG_LEVEL=DEBUG")
    assert run.code == 0
    assert cloud.variables["LOG_LEVEL"] == "DEBUG"


def test_an_idle_function_is_changed_as_any_other(cloud: FakeLambda, person: Person) -> None:
    """Lambda updates what is Inactive, so that only the revision was stale."""
    cloud.state, cloud.faults[UPDATE] = "Inactive", [meanwhile(LATE="x")]
    assert person("set", "LOG_LEVEL=DEBUG").code == 0
    assert cloud.variables == {**OLD, "LATE": "x", "LOG_LEVEL": "DEBUG"}


@pytest.mark.parametrize(
    ("state", "advice"),
    [
        ("Pending", "try again when it is Active"),
        ("Inactive", "try again when it is Active"),
        ("Failed", "delete it and create it again"),
        ("Deleting", "Lambda is removing it"),
        ("Deactivated", "try again when it is Active"),
        ("ActiveNonInvocable", "try again when it is Active"),
    ],
)
def test_a_function_that_is_not_active_is_no_conflict(
    cloud: FakeLambda, person: Person, state: str, advice: str
) -> None:
    cloud.state, cloud.reads_pending = state, 10**9
    if state == "Inactive":  # which the stand-in updates, as AWS says that Lambda does
        refused = (409, {"Message": "in the state Inactive"}, "ResourceConflictException")
        cloud.faults[UPDATE] = [lambda _: refused] * 1000
    run = person("set", "LOG_LEVEL=DEBUG", "--timeout", "0.1")
    assert (run.code, cloud.variables) == (5, OLD)
    assert f"env: dev-files is {state} (The function is idle.): Lambda" in run.err
    assert "nothing was changed" in run.err
    assert advice in run.err
    assert person.entries == []
    assert person("get").code == 0


@pytest.mark.parametrize("verb", ["get", "set", "export"])
def test_the_published_copy_of_managed_instances_is_refused_in_words_of_its_own(
    cloud: FakeLambda, person: Person, capfd: pytest.CaptureFixture[str], verb: str
) -> None:
    more = {"get": [], "set": ["AB=1"], "export": ["file"]}[verb]
    for name in (NAME, ARN):
        assert main(["env", verb, f"{name}:$LATEST.PUBLISHED", *more]) == 3
        err = capfd.readouterr().err
        assert "$LATEST.PUBLISHED is the copy that Lambda Managed Instances run" in err
        assert f"name {name} itself" in err
    assert cloud.calls == []
    assert list(person.folder.iterdir()) == []


# What is shown


def test_get_masks_unless_asked(cloud: FakeLambda, person: Person) -> None:
    run = person("get")
    assert run.out == "".join(f"{name}=********\n" for name in sorted(OLD))
    assert run.err == f"dev-files: 4 variables, {room_left(cloud)} of 4096 bytes left\n"
    assert person("get", "LOG_LEVEL", "--show").out == "LOG_LEVEL=INFO\n"
    told = person("get", "--json", "--show").json
    assert told["variables"] == OLD
    assert person("get", "--json").json["variables"] == dict.fromkeys(OLD, "********")
    missing = person("get", "NONE", "LOG_LEVEL")
    assert (missing.code, missing.out) == (3, "")
    assert "dev-files has no variable NONE" in missing.err
    assert set(cloud.calls) == {READ}


def test_what_is_shown_cannot_steer_a_terminal(cloud: FakeLambda, person: Person) -> None:
    cloud.variables = {"AB": "\x1b[31m\nCD=x"}
    assert person("get", "--show").out == "AB=\\x1b[31m\\nCD=x\n"
    assert "\x1b" not in person("set", "AB=x", "--show").err


def test_digests_can_be_compared_by_one_user_and_not_guessed_by_others(
    cloud: FakeLambda, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    def new() -> str:
        return str(person("set", "AB=1234", "--dry-run", "--json").json["changes"]["AB"]["new"])

    mine = new()
    assert mine == new()
    assert re.fullmatch("[0-9a-f]{8}", mine)
    monkeypatch.setenv("XDG_STATE_HOME", str(person.folder / "other"))
    assert new() != mine


def test_a_command_line_that_makes_no_sense_is_not_repeated(
    cloud: FakeLambda, person: Person
) -> None:
    (person.folder / "twice.env").write_text("AB=1")
    wrong: list[tuple[str, ...]] = [
        ("set", CANARY),
        ("set", f"={CANARY}"),
        ("set", "AB=1", "--yes", CANARY),
        ("export", "a.env", "--json", CANARY),
        ("set", "AB=1", "--secret=canary"),
        ("set", "AB=1", "--yes=canary"),
        ("unset", f"AB={CANARY}"),
        ("get", f"AB={CANARY}"),
        ("set", f"AB={CANARY}", "AB=2"),
        ("set", "AB=-", "CD=-"),
        ("set", "AB=@nowhere"),
        ("set", "AB=1", "--timeout=soon"),
        ("import", "nowhere"),
        ("diff",),
        ("diff", "twice.env", "--template", "."),
        ("diff", "--template", "."),
        ("export", "."),
    ]
    for words in wrong:
        run = person(*words)
        assert run.code == 2, words
        assert run.err, words
    assert UPDATE not in cloud.calls


def test_a_defect_shows_no_value(
    cloud: FakeLambda,
    person: Person,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    def broken(*_: object) -> None:
        raise KeyError(CANARY)

    monkeypatch.setattr(variables, "changes", broken)
    assert main(["env", "set", NAME, "AB=1"]) == 1
    err = capfd.readouterr().err
    person.sees_no_secret(err)
    assert "env: a defect of this tool: KeyError" in err


# What is refused


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["AWS_REGION=x"], "environment variable 'AWS_REGION' is reserved by Lambda"),
        (["2A=x"], "names are a letter, then letters, digits or '_'"),
        (["A=x"], "at least two characters in all"),
        (["AB=" + "ü" * 2048], "bytes more than the 4096 that Lambda takes"),
        (["AB=-"], "the value of AB is no text: it is not UTF-8"),
        (["AB=\udcff"], "the value of AB is no text: it is not UTF-8"),
        (["AB=@nul"], "the value of AB is no text: it has a NUL byte"),
        (["AB=@/dev/zero"], "the value of AB is larger than 4096 bytes"),
    ],
)
def test_what_lambda_would_not_take_is_refused_before(
    cloud: FakeLambda, person: Person, words: list[str], message: str
) -> None:
    (person.folder / "nul").write_bytes(b"canary\0")
    run = person("set", *words, stdin=b"canary \xff")
    assert run.code == 3
    assert message in run.err
    assert UPDATE not in cloud.calls


def test_the_bytes_of_the_merged_map_count_and_what_is_left_is_said(
    cloud: FakeLambda, person: Person
) -> None:
    room = room_left(cloud) - len("AB")
    refused = person("set", "AB=" + "x" * (room + 1))
    assert refused.code == 3
    assert "1 bytes more than the 4096 that Lambda takes" in refused.err
    assert f"{room_left(cloud)} are left now" in refused.err
    # Names and values fit; what AWS measures, and quotes in its refusal, does not.
    run = person("set", "AB=" + "x" * room)
    assert run.code == 3
    assert "it counts the quotes, colons and commas of their JSON" in run.err
    assert "is over 4 KB" in person("set", "AB=" + "x" * room, "--dry-run").err
    assert cloud.variables == OLD
    assert person.entries == []


@pytest.mark.parametrize("verb", ["get", "set", "unset", "export"])
def test_variables_that_cannot_be_read_are_not_taken_for_none(
    cloud: FakeLambda, person: Person, verb: str
) -> None:
    words = {"get": [], "set": ["AB=1"], "unset": ["URL"], "export": ["f"]}[verb]
    cloud.key = KEY_ARN
    said = {"ErrorCode": "AccessDeniedException", "Message": "Lambda was unable to decrypt"}
    answers: list[dict[str, Any]] = [{"Error": said}, {"Error": said, "Variables": {}}, {}]
    for environment in [*answers, {"Variables": {}}]:
        cloud.environment = environment
        run = person(verb, *words)
        assert run.code == 3
        assert f"kms:Decrypt on the key {KEY_ARN}" in run.err
    assert UPDATE not in cloud.calls
    # An error is one whatever is assumed.
    cloud.environment = {"Error": said}
    assert person(verb, *words, "--assume-empty").code == 3


def test_a_function_that_has_a_key_and_really_no_variables_takes_a_word_and_a_yes(
    cloud: FakeLambda, person: Person
) -> None:
    cloud.key, cloud.variables = KEY_ARN, {}
    assert "--assume-empty" in person("set", "AB=1").err
    assert person("set", "AB=1", "--assume-empty").code == 3
    assert person("set", "AB=1", "--assume-empty", "--yes").code == 0
    assert cloud.variables == {"AB": "1"}


def test_a_version_is_refused_and_an_alias_explained(
    cloud: FakeLambda, person: Person, capfd: pytest.CaptureFixture[str]
) -> None:
    cloud.versions = {"7": {"AB": "of 7"}}
    cloud.aliases = {"live": ("7", {}), "split": ("7", {"8": 0.1}), "newest": ("$LATEST", {})}

    def run(verb: str, function: str, *words: str) -> tuple[int, str, str]:
        code = main(["env", verb, function, *words])
        return code, *capfd.readouterr()

    code, _, err = run("set", f"{NAME}:7", "AB=1")
    assert code == 3
    assert "dev-files:7 is a published version, which never changes; change dev-files" in err
    code, _, err = run("set", f"{NAME}:live", "AB=1")
    assert code == 0
    assert "alias live serves version 7, which stays as it is: $LATEST alone changes" in err
    assert cloud.variables == {**OLD, "AB": "1"}
    assert cloud.versions == {"7": {"AB": "of 7"}}
    code, _, err = run("set", f"{ARN}:split", "AB=2")
    assert "alias split serves version 7 and 8, which" in err
    code, _, err = run("set", f"{NAME}:newest", "AB=3")
    assert "warn" not in err
    assert "the alias newest serves $LATEST" in err
    assert cloud.variables["AB"] == "3"
    assert run("set", f"{NAME}:none", "AB=4")[0] == 5
    assert run("get", f"{NAME}:live", "--show")[1] == "AB=of 7\n"
    assert run("get", f"{NAME}:7", "--show")[1] == "AB=of 7\n"
    assert "AB=3\n" in run("get", f"{NAME}:$LATEST", "--show")[1]
    assert run("get", f"{ARN}", "--region", "us-east-1")[0] == 2
    person.sees_no_secret("")


def test_nothing_dangerous_hangs_without_a_terminal(cloud: FakeLambda, person: Person) -> None:
    run = person("unset", "URL", "LOG_LEVEL")
    assert run.code == 3
    assert "to be removed: LOG_LEVEL, URL: pass --yes to do it; there is no terminal" in run.err
    assert cloud.variables == OLD
    assert person("unset", "URL", "LOG_LEVEL", "--yes").code == 0


@pytest.mark.parametrize(("answer", "code"), [("y\n", 0), ("\n", 3)])
def test_a_person_at_a_terminal_is_asked(
    cloud: FakeLambda, person: Person, answer: str, code: int
) -> None:
    cloud.reads_in_progress = 3
    ours, theirs = pty.openpty()
    words = ["unset", NAME, "URL", "LOG_LEVEL"]
    process = person.process(*words, stdin=theirs, stdout=theirs, stderr=theirs)
    os.close(theirs)
    seen = ""
    asked = False
    while process.poll() is None or "changed" not in seen:
        try:
            seen += os.read(ours, 4096).decode()
        except OSError:
            break
        if "Continue? [y/N]" in seen and not asked:
            asked = True
            os.write(ours, answer.encode())
    os.close(ours)
    assert process.wait(PATIENCE_SECONDS) == code, seen
    assert ("URL" in cloud.variables) == (code == 3)
    assert ("waiting until the change is in force" in seen) == (code == 0)
    person.sees_no_secret(seen)


# Owners


@pytest.fixture
def tagged(cloud: FakeLambda) -> FakeLambda:
    cloud.tags, cloud.parameters = dict(TAGGED), dict(KEPT)
    return cloud


def test_an_operator_key_is_kept_for_the_next_deployment(
    tagged: FakeLambda, person: Person
) -> None:
    run = person("set", "MAINTENANCE_MODE=1")
    assert run.code == 0
    assert tagged.variables == {**OLD, "MAINTENANCE_MODE": "1"}
    assert tagged.parameters == {**KEPT, "/Dev/operator/MAINTENANCE_MODE": "1"}
    assert "MAINTENANCE_MODE is kept for the next deployment, in /Dev/operator/M" in run.err
    assert re.search(r"MAINTENANCE_MODE  \w{8} -> \w{8}  operator$", run.err, re.MULTILINE)
    assert person("undo").code == 0
    assert tagged.variables == OLD
    assert tagged.parameters == KEPT


def test_a_deploy_key_is_refused_and_forced(tagged: FakeLambda, person: Person) -> None:
    for words in (["URL=x"], ["LOG_LEVEL=DEBUG", "NEW=x"]):
        run = person("set", *words)
        assert run.code == 3
        assert "the next one would take the change back" in run.err
        assert "what may be set here: LOG_LEVEL, MAINTENANCE_MODE" in run.err
    assert person("unset", "LOG_LEVEL").code == 3
    assert person("set", "URL=x", "--force").code == 3  # nobody there to say yes
    assert tagged.variables == OLD
    assert person("set", f"URL={OLD['URL']}").code == 0  # it is so already
    run = person("set", "URL=x", "--force", "--yes")
    assert run.code == 0
    assert "env: the next deployment takes back URL" in run.err
    assert tagged.variables == {**OLD, "URL": "x"}
    assert tagged.parameters == KEPT
    assert PUT_PARAMETER not in tagged.calls
    assert person("undo").code == 0
    assert tagged.variables == OLD


@pytest.mark.parametrize("killer", [error(403, "AccessDeniedException"), CUT])
def test_a_crash_between_map_and_parameter_is_made_good_by_the_same_command(
    tagged: FakeLambda, person: Person, killer: Fault
) -> None:
    tagged.faults[PUT_PARAMETER] = [killer] * 10
    run = person("set", "MAINTENANCE_MODE=1")
    assert run.code == 5
    assert "the next deployment may take it back" in run.err
    assert "run the same command again" in run.err
    assert tagged.variables["MAINTENANCE_MODE"] == "1"
    assert tagged.parameters == KEPT
    tagged.faults.clear()
    run = person("set", "MAINTENANCE_MODE=1")
    assert run.code == 0
    assert tagged.parameters["/Dev/operator/MAINTENANCE_MODE"] == "1"
    assert tagged.count(UPDATE) == 1


def test_what_cannot_be_kept_is_found_out_before_anything_is_written(
    tagged: FakeLambda, person: Person
) -> None:
    assert "cannot be empty" in person("set", "LOG_LEVEL=").err
    tagged.parameters = {}
    run = person("set", "LOG_LEVEL=DEBUG")
    assert run.code == 3
    assert "there is no parameter /Dev/operator/LOG_LEVEL" in run.err
    tagged.faults[GET_PARAMETERS] = [error(403, "AccessDeniedException")]
    run = person("set", "LOG_LEVEL=DEBUG")
    assert run.code == 5
    assert "you need ssm:GetParameters on /Dev/operator/LOG_LEVEL" in run.err
    del tagged.tags["lambda-drive:operator-parameters"]
    assert "tag lambda-drive:operator-parameters is missing" in person("set", "LOG_LEVEL=X1").err
    assert tagged.variables == OLD
    assert tagged.count(UPDATE) == 0


def test_map_and_parameter_agree_whichever_of_two_operators_comes_last(
    tagged: FakeLambda, person: Person
) -> None:
    tagged.faults[PUT_PARAMETER] = [meanwhile(MAINTENANCE_MODE="2")]
    run = person("set", "MAINTENANCE_MODE=1")
    assert run.code == 0
    assert "somebody else changed MAINTENANCE_MODE since; the parameter follows" in run.err
    assert tagged.variables["MAINTENANCE_MODE"] == "2"
    assert tagged.parameters["/Dev/operator/MAINTENANCE_MODE"] == "2"


def test_a_parameter_that_was_read_too_early_is_written_all_the_same(
    tagged: FakeLambda, person: Person
) -> None:
    """Another operator's 1 is in the map when we read it, and in the parameter only later."""
    tagged.variables["MAINTENANCE_MODE"] = "1"

    def other(cloud: FakeLambda) -> None:
        cloud.parameters["/Dev/operator/MAINTENANCE_MODE"] = "1"

    tagged.faults[UPDATE] = [other]
    assert person("set", "MAINTENANCE_MODE=0").code == 0
    assert tagged.variables == OLD
    assert tagged.parameters == KEPT


# Two at once, and everything that fails


def test_a_concurrent_change_of_another_variable_survives(
    cloud: FakeLambda, person: Person
) -> None:
    cloud.faults[UPDATE] = [meanwhile(OTHER=str(n)) for n in range(7)]
    run = person("set", "LOG_LEVEL=DEBUG")
    assert run.code == 0
    assert cloud.variables == {**OLD, "LOG_LEVEL": "DEBUG", "OTHER": "6"}
    assert cloud.count(UPDATE) == 8
    assert len(person.entries) == 1


DENIED = error(403, "AccessDeniedException", "User is not authorized")
KMS = error(502, "KMSAccessDeniedException", "Lambda was unable to use the key")
# What happens, at which call, how often; the exit code; what is there then; what is said.
TABLE: dict[str, tuple[str, Fault, int, int, bool, str]] = {
    "precondition failed once": (UPDATE, STALE, 1, 0, True, "1 changed"),
    "precondition failed ten times": (UPDATE, STALE, 10, 0, True, "1 changed"),
    "precondition failed always": (UPDATE, STALE, 999, 4, False, "others change it all the time"),
    "conflict twice": (UPDATE, IN_PROGRESS, 2, 0, True, "1 changed"),
    "conflict always": (UPDATE, IN_PROGRESS, 999, 4, False, "nothing was changed; try again"),
    "read throttled": (READ, THROTTLED, 3, 0, True, "1 changed"),
    "write throttled": (UPDATE, THROTTLED, 3, 0, True, "1 changed"),
    "write throttled always": (UPDATE, THROTTLED, 999, 5, False, "TooManyRequestsException"),
    "read denied": (READ, DENIED, 1, 5, False, f"you need {READ} on {NAME}"),
    "tags denied": (TAGS, DENIED, 1, 5, False, f"you need {TAGS} on {NAME}"),
    "write denied": (UPDATE, DENIED, 1, 5, False, f"you need {UPDATE} on {ARN}"),
    "key denied": (UPDATE, KMS, 1, 5, False, f"kms:CreateGrant on {KEY_ARN}"),
    "no such function": (READ, error(404, "ResourceNotFoundException"), 1, 5, False, "NotFound"),
    "bad parameter": (UPDATE, error(400, "InvalidParameterValueException", f'{{"S":"{CANARY}"}}'),
                      1, 5, False, "InvalidParameterValueException: ********"),
    "echo": (UPDATE, error(400, "ValidationException", f"bad {CANARY} x"), 1, 5, False, "bad ****"),
    "read broken": (READ, BROKEN, 2, 0, True, "1 changed"),
    "write broken": (UPDATE, BROKEN, 2, 0, True, "1 changed"),
    "cut before the read": (READ, CUT, 2, 0, True, "1 changed"),
    "cut at every read": (READ, CUT, 999, 5, False, "Connection was closed"),
    "cut between read and write": (UPDATE, CUT, 1, 0, True, "1 changed"),
    "cut at every write": (UPDATE, CUT, 999, 5, False, "whether the change was made is not known"),
    "cut after the write": (UPDATE, CUT_AFTER, 1, 0, True, "1 changed"),
    "garbage at once": (READ, GARBAGE, 1, 0, True, "1 changed"),
    "garbage always": (READ, GARBAGE, 999, 5, False, "the answer is not one of AWS"),
    "garbage for tags": (TAGS, GARBAGE, 999, 5, False, "the answer is not one of AWS"),
    "answer broken off": (UPDATE, BROKEN_OFF, 1, 0, True, "1 changed"),
}  # fmt: skip


@pytest.mark.parametrize("case", TABLE)
def test_after_every_failure_the_map_is_the_old_or_the_new_one(
    cloud: FakeLambda, person: Person, case: str
) -> None:
    action, fault, times, code, changed, message = TABLE[case]
    cloud.key = KEY_ARN
    cloud.faults[action] = [fault] * times
    patience = ["--timeout", "0.2"] if code else []
    run = person("set", "LOG_LEVEL=DEBUG", *patience)
    assert cloud.variables == ({**OLD, "LOG_LEVEL": "DEBUG"} if changed else OLD)
    assert run.code == code
    assert message in run.err
    assert cloud.count(UPDATE) <= (999 if times > 20 else times + 1)
    # What undo needs is there when something was, or may have been, written.
    assert len(person.entries) == (changed or "not known" in run.err)
    if changed:
        assert person("undo").code == 0
        assert cloud.variables == OLD


def test_an_update_that_fails_reports_the_reason_code(cloud: FakeLambda, person: Person) -> None:
    cloud.reads_in_progress = 3
    cloud.failing = ("EFSMountTimeout", f"no mount, and {CANARY}")
    run = person("set", "LOG_LEVEL=DEBUG")
    assert run.code == 5
    assert "could not put them in force: EFSMountTimeout: no mount, and ****" in run.err
    assert "1 changed, 3 untouched, not yet in force" in run.err
    assert cloud.variables == {**OLD, "LOG_LEVEL": "DEBUG"}


def test_waiting_ends_when_it_is_in_force_or_the_time_is_up(
    cloud: FakeLambda, person: Person
) -> None:
    cloud.reads_in_progress = 4
    assert ", in force," in person("set", "LOG_LEVEL=DEBUG").err
    assert cloud.count(READ) == 6
    cloud.reads_in_progress = 99_999
    run = person("set", "LOG_LEVEL=INFO", "--timeout", "0.2", "--json")
    assert run.code == 6
    assert "but not in force after" in run.err
    assert run.json["in_force"] is False
    assert cloud.variables == OLD


def test_without_waiting_nothing_is_waited_for(cloud: FakeLambda, person: Person) -> None:
    cloud.reads_in_progress = 3
    run = person("set", "LOG_LEVEL=DEBUG", "--no-wait")
    assert run.code == 0
    assert "not yet in force" in run.err
    assert cloud.calls == [READ, TAGS, UPDATE]
    # The next one finds an update in progress, and has its turn after it.
    run = person("set", "LOG_LEVEL=INFO", "--no-wait")
    assert run.code == 0
    assert cloud.variables == OLD


def test_an_interruption_says_whether_there_is_something_to_complete(
    cloud: FakeLambda, person: Person
) -> None:
    cloud.reads_in_progress = 99_999
    process = person.process("set", NAME, "LOG_LEVEL=DEBUG", start_new_session=True)
    until(lambda: cloud.count(READ) > 1)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode == 130
    assert err == "env: interrupted; run the same command again, and it does what is missing\n"


def test_no_credentials_no_region_and_no_profile_are_wrong_usage(
    cloud: FakeLambda, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "none" in person("get", "--profile", "none").err
    assert person("get", "--profile", "none").code == 2
    monkeypatch.delenv("AWS_REGION")
    assert (person("get").code, person("get", "--region", "eu-central-1").code) == (2, 0)
    monkeypatch.setenv("AWS_REGION", "eu-central-1")
    assert person("get", "--endpoint-url", "nonsense").code == 2
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    assert person("get").code == 2
    assert cloud.count(READ) == 1


def test_sixteen_processes_set_sixteen_keys_at_once(cloud: FakeLambda, person: Person) -> None:
    keys = [f"KEY_{number}" for number in range(16)]
    processes = [person.process("set", NAME, f"{key}={key} value") for key in keys]
    for process in processes:
        _, err = process.communicate(timeout=PATIENCE_SECONDS)
        assert process.returncode == 0, err
    assert cloud.variables == {**OLD, **{key: f"{key} value" for key in keys}}
    assert len(person.entries) == 10  # as many as are kept


# Undo


def test_undo_goes_back_step_by_step(cloud: FakeLambda, person: Person) -> None:
    assert person("undo").code == 3
    person("set", "LOG_LEVEL=DEBUG", "NEW=x")
    person("unset", "URL")
    assert person("undo").code == 0
    assert cloud.variables == {**OLD, "LOG_LEVEL": "DEBUG", "NEW": "x"}
    listed = person("undo", "--list").out.splitlines()
    assert [line.split("  ", 1)[1] for line in listed] == [
        "undo  URL",
        "unset (undone)  URL",
        "set  LOG_LEVEL NEW",
    ]
    assert person("undo", "--dry-run").code == 0
    assert "NEW" in cloud.variables
    assert person("undo").code == 0
    assert cloud.variables == OLD
    run = person("undo")
    assert run.code == 3
    assert "nothing to undo" in run.err


def test_undo_leaves_what_others_did_since(cloud: FakeLambda, person: Person) -> None:
    person("set", "LOG_LEVEL=DEBUG", "NEW=x")
    cloud.put({**cloud.variables, "OTHER": "theirs", "LOG_LEVEL": "ERROR"})
    run = person("undo")
    assert run.code == 4
    assert "LOG_LEVEL changed since then; --force" in run.err
    assert cloud.variables["LOG_LEVEL"] == "ERROR"
    cloud.faults[UPDATE] = [meanwhile(LATE="too")]
    assert person("undo", "--force", "--yes").code == 0
    assert cloud.variables == {**OLD, "OTHER": "theirs", "LATE": "too"}


def test_undo_is_refused_when_somebody_is_faster(cloud: FakeLambda, person: Person) -> None:
    person("set", "LOG_LEVEL=DEBUG")
    cloud.faults[UPDATE] = [meanwhile(LOG_LEVEL="ERROR")]
    assert person("undo").code == 4
    assert cloud.variables == {**OLD, "LOG_LEVEL": "ERROR"}


def test_undo_keeps_the_last_ten_changes_in_files_for_their_owner(
    cloud: FakeLambda, person: Person
) -> None:
    for number in range(12):
        person("set", f"LOG_LEVEL={number}")
    assert len(person.entries) == 10
    for file in person.entries:
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    last = json.loads(person.entries[-1].read_text())
    assert last["before"] == {**OLD, "LOG_LEVEL": "10"}


def test_the_oldest_change_that_is_kept_can_be_undone(cloud: FakeLambda, person: Person) -> None:
    for _ in range(5):
        person("set", "LOG_LEVEL=DEBUG")
        person("set", "LOG_LEVEL=INFO")
    assert [person("undo").code for _ in range(6)] == [0, 0, 0, 0, 0, 3]
    assert cloud.variables == {**OLD, "LOG_LEVEL": "DEBUG"}


def test_nothing_is_changed_that_could_not_be_undone(cloud: FakeLambda, person: Person) -> None:
    (person.folder / "state").write_text("in the way")
    run = person("set", "LOG_LEVEL=DEBUG")
    assert run.code == 3
    assert "nothing was changed" in run.err
    assert cloud.variables == OLD


# Compared with a file and with a template


def test_diff_with_a_file(cloud: FakeLambda, person: Person) -> None:
    (person.folder / "a.env").write_text("LOG_LEVEL=DEBUG\nNEW=x\nMAINTENANCE_MODE=0\n")
    run = person("diff", "a.env")
    assert run.code == 0
    lines = [line.split("  ") for line in run.out.splitlines()]
    assert [(line[0].strip(), line[-1]) for line in lines] == [
        ("LOG_LEVEL", "differs"),
        ("NEW", "only in the file"),
        ("SECRET", "not in the file"),
        ("URL", "not in the file"),
    ]
    assert "dev-files: 4 differences" in run.err
    assert UPDATE not in cloud.calls


@pytest.fixture
def assembly(person: Person) -> Callable[..., Path]:
    def write(variables: dict[str, object], **more: dict[str, object]) -> Path:
        folder = person.folder / "cdk.out" / "assembly-Dev"
        folder.mkdir(parents=True, exist_ok=True)
        (folder.parent / "manifest.json").write_text('{"artifacts": {"a": {"type": "cdk:tree"}}}')
        manifest = {
            "artifacts": {
                "x": {
                    "type": "aws:cloudformation:stack",
                    "properties": {"templateFile": "x.json", "stackName": "Dev-Service"},
                }
            }
        }
        (folder / "manifest.json").write_text(json.dumps(manifest))
        function = {
            "Type": "AWS::Lambda::Function",
            "Properties": {"Environment": {"Variables": variables}},
            "Metadata": {"aws:cdk:path": "Dev/Service/Files/Function/Resource"},
        }
        resources = {"FilesFunction1": function, "Role": {"Type": "AWS::IAM::Role"}, **more}
        (folder / "x.json").write_text(json.dumps({"Resources": resources}))
        return folder.parent

    return write


def test_diff_with_a_template_tells_drift_from_operator_settings(
    tagged: FakeLambda, person: Person, assembly: Callable[..., Path]
) -> None:
    other = {"Type": "AWS::Lambda::Function", "Properties": {}}
    declared = {
        "LOG_LEVEL": {"Ref": "LogLevelParameter"},
        "MAINTENANCE_MODE": {"Ref": "MaintenanceModeParameter"},
        "URL": "https://other.example",
        "GONE": "x",
        "TABLE": {"Fn::GetAtt": ["Table", "Arn"]},
        "SAME": "same",
    }
    folder = str(assembly(declared, Other=other))
    tagged.variables |= {"LOG_LEVEL": "DEBUG", "TABLE": "arn", "SAME": "same"}
    tagged.parameters["/Dev/operator/LOG_LEVEL"] = "DEBUG"
    tagged.variables["MAINTENANCE_MODE"] = "1"
    by_tag = {"aws:cloudformation:stack-name": "Dev-Service"}
    tagged.tags |= {**by_tag, "aws:cloudformation:logical-id": "FilesFunction1"}
    told = person("diff", "--template", folder, "--json").json["keys"]
    assert {name: key["state"] for name, key in told.items()} == {
        "GONE": "missing",
        "LOG_LEVEL": "operator setting",
        "MAINTENANCE_MODE": "operator setting, not kept",
        "SAME": "same",
        "SECRET": "extra",
        "TABLE": "not comparable",
        "URL": "drift",
    }
    assert told["LOG_LEVEL"]["live"] == told["LOG_LEVEL"]["other"]
    run = person("diff", "--template", folder)
    assert run.code == 0
    assert "dev-files: 5 differences" in run.err
    assert "drift: the next deployment that changes the function takes it back" in run.out
    assert "SAME" not in run.out


def test_a_function_is_found_in_a_template_by_tag_name_or_word(
    cloud: FakeLambda, person: Person, assembly: Callable[..., Path]
) -> None:
    named = {"Type": "AWS::Lambda::Function", "Properties": {"FunctionName": NAME}}
    folder = str(assembly({}, Named=named))
    assert "Dev-Service Named" in person("diff", "--template", folder).err
    for wanted in ("FilesFunction1", "Dev/Service/Files/Function"):
        assert person("diff", "--template", folder, "--resource", wanted).code == 0
    assert person("diff", "--template", folder, "--resource", "None").code == 3
    folder = str(assembly({}, Twice=named, Named=named))
    run = person("diff", "--template", folder)
    assert run.code == 3
    assert "several functions" in run.err
    assert "\n  Dev-Service Twice\n  Dev-Service Named" in run.err


# What the documents say


def policy(verb: str) -> set[str]:
    """The actions of the least policy in docs/env.md for a verb."""
    text = (PROJECT / "docs" / "env.md").read_text()
    blocks = re.findall(r"```json\n(.*?)```", text, re.DOTALL)
    for block in blocks:
        document = json.loads(block)
        if verb in document["Id"].split():
            return {action for each in document["Statement"] for action in each["Action"]}
    raise AssertionError(f"docs/env.md has no policy for {verb}")


VERBS: dict[str, list[str]] = {
    "get": [],
    "export": ["x.env"],
    "diff": ["--template", "cdk.out"],
    "set": ["MAINTENANCE_MODE=1"],
    "unset": ["SECRET", "--force", "--yes"],
    "import": ["a.env"],
    "undo": [],
}


@pytest.mark.parametrize("verb", VERBS)
def test_the_least_policy_of_a_verb_is_enough_and_the_least(
    tagged: FakeLambda, person: Person, assembly: Callable[..., Path], verb: str
) -> None:
    assembly({})
    (person.folder / "a.env").write_text("LOG_LEVEL=DEBUG\n")
    tagged.key = KEY_ARN
    tagged.aliases = {"newest": ("$LATEST", {})}
    tagged.tags["aws:cloudformation:stack-name"] = "Dev-Service"
    tagged.tags["aws:cloudformation:logical-id"] = "FilesFunction1"
    if verb == "undo":
        assert person("set", "MAINTENANCE_MODE=1").code == 0
    state = dict(tagged.variables), dict(tagged.parameters)
    words = [verb, f"{NAME}:newest", *VERBS[verb]]
    allowed = policy(verb)
    for missing in sorted(allowed):
        tagged.allowed = allowed - {missing}
        assert main(["env", *words]) in {3, 5}, f"{verb} does without {missing}"
        tagged.allowed = None
        tagged.variables, tagged.parameters = dict(state[0]), dict(state[1])
    tagged.allowed = allowed
    assert main(["env", *words]) == 0
    assert ALIAS in allowed


@pytest.mark.parametrize("verb", ["", *VERBS])
def test_the_help_has_examples_and_imports_nothing_big(verb: str) -> None:
    words = ["env", *([verb] if verb else []), "--help"]
    line = [sys.executable, "-X", "importtime", "-m", "ops", *words]
    run = subprocess.run(line, check=True, cwd=PROJECT, capture_output=True, text=True)
    assert f"python -m ops env {verb}" in run.stdout.partition("examples:")[2]
    if verb in {"", "set"}:
        assert "MAINTENANCE_MODE=1      maintenance mode on" in run.stdout
        assert "MAINTENANCE_MODE=0      and off" in run.stdout
    assert (
        "exit codes: 0 done or nothing to do, 1 a defect of the tool, 2 wrong usage" in run.stdout
    )
    for big in ("boto3", "botocore", "urllib3", "rich"):
        assert not re.search(rf"\| +{big}\b", run.stderr)


def test_a_value_that_is_typed_is_not_shown(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(isatty=lambda: True))
    monkeypatch.setattr("getpass.getpass", lambda prompt: f"typed at {prompt}")
    assert input_values.value_of("AB", "-", literal=False) == "typed at AB: "
    assert capfd.readouterr() == ("", "")
