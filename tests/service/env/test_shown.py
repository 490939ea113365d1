"""What `ops env` shows, and that it shows no value unasked."""

import re
import subprocess
import sys
from types import SimpleNamespace

import pytest

from drive_tools.environment import input_values, variables
from ops.__main__ import main
from tests.fake_lambda import NAME, READ, FakeLambda
from tests.service.env.person import CANARY, OLD, PROJECT, VERBS, Person, room_left


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
