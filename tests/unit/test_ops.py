"""The command line of the tools."""

import itertools
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import drive_tools.client.commands
import drive_tools.environment.commands
from drive_tools.errors import ToolError
from ops.__main__ import main
from ops.local import cdk_cli
from tests.patience import PATIENCE_SECONDS

PROJECT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("port", ["x", "-1", "65536", "", "²"])
def test_a_bad_port_is_wrong_usage_and_shown(
    port: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["local", "up", f"--port={port}"])
    assert caught.value.code == 2
    assert f"a port is 0..65535, got {port!r}" in capsys.readouterr().err
    if port:
        monkeypatch.setenv("LOCAL_PORT", port)
        with pytest.raises(SystemExit) as caught:
            main(["local", "up"])
        assert caught.value.code == 2


def test_help_shows_examples_and_exit_codes_and_imports_no_sdk() -> None:
    command = [sys.executable, "-X", "importtime", "-m", "ops", "local", "--help"]
    result = subprocess.run(command, check=True, cwd=PROJECT, capture_output=True, text=True)
    assert "python -m ops local up" in result.stdout
    assert "exit codes: 0 done, 1 failed" in result.stdout
    assert "botocore" not in result.stderr
    assert "boto3" not in result.stderr


# It says for each command line what is printed, and what is imported so far.
_HELPS = """
import contextlib, io, json, sys
from ops.__main__ import main
said = {}
for line in sys.argv[1:]:
    with contextlib.redirect_stdout(io.StringIO()) as out, contextlib.suppress(SystemExit):
        main(line.split() + ["--help"])
    said[line] = out.getvalue(), sorted(sys.modules)
print(json.dumps(said))
"""
_OF_THE_CLIENT = ["drive", *(f"drive {each}" for each in ("put", "get", "sync", "ls", "rm", "mv"))]
_TOOLS = ["drive", "env", "checks", "destroy", "guard", "permissions"]


@pytest.fixture(scope="module")
def helps() -> dict[str, tuple[str, list[str]]]:
    """The help of each command line, in one process that has imported nothing else."""
    lines = dict.fromkeys([*_OF_THE_CLIENT, *_TOOLS])
    line = [sys.executable, "-c", _HELPS, *lines]
    result = subprocess.run(line, check=True, cwd=PROJECT, capture_output=True, text=True)
    found: dict[str, tuple[str, list[str]]] = json.loads(result.stdout)
    return found


@pytest.mark.parametrize("command", _OF_THE_CLIENT)
def test_the_help_of_the_client_shows_examples_and_exit_codes_and_imports_nothing_big(
    command: str, helps: dict[str, tuple[str, list[str]]]
) -> None:
    text, imported = helps[command]
    assert f"python -m ops {command}" in text.partition("examples:")[2]
    assert "exit codes: 0 done, 1 failed" in text
    assert {"drive_tools.client.commands", "ops.__main__"} <= {*imported}
    assert {"botocore", "boto3", "rich", "urllib3"}.isdisjoint(imported)


@pytest.mark.parametrize("tool", _TOOLS)
def test_only_the_tool_that_is_named_is_imported(
    tool: str, helps: dict[str, tuple[str, list[str]]]
) -> None:
    text, imported = helps[tool]
    assert f"usage: python -m ops {tool}" in text
    assert "ops.local.cloud" not in imported


def test_what_is_not_running_is_no_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["local", "down", "--folder", str(tmp_path)]) == 0
    assert capsys.readouterr().out == "it was not running\n"
    assert main(["local", "status", "--folder", str(tmp_path)]) == 1
    assert capsys.readouterr().out == "it does not run\n"


@pytest.fixture
def understood(monkeypatch: pytest.MonkeyPatch) -> Callable[[list[str]], Any]:
    """What a command line says, without doing it."""

    seen: list[Any] = []

    def run(_command: object, options: Any) -> int:  # noqa: ANN401 - of any command
        seen.append(options)
        return 0

    def understood(words: list[str]) -> Any:  # noqa: ANN401
        assert main(words) == 0
        return seen.pop()

    for tool in (drive_tools.client.commands, drive_tools.environment.commands):
        monkeypatch.setattr(tool, "_run", run)

    return understood


@pytest.mark.parametrize(
    ("command", "names", "options"),
    [
        ("drive put", ["a", "-", "docs/"], ["--jobs 2", "-r", "--url=http://x"]),
        ("drive get", ["a", "b"], ["--job 2", "-q"]),  # an abbreviation
        ("drive sync", ["a", "b"], ["--back", "--patience 3"]),
        ("drive ls", ["a"], ["--json", "--stage Dev"]),
        ("drive rm", ["a", "b"], ["-r", "--region eu-west-1"]),
        ("drive mv", ["a", "b"], ["--no-clobber", "--profile x"]),
        ("env get", ["f", "LOG_LEVEL"], ["--show", "--region eu-west-1"]),
        ("env set", ["f", "AB=-", "CD=--x"], ["--yes", "--timeout 3"]),
        ("env unset", ["f", "AB", "CD"], ["-y", "--no-wait"]),
        ("env diff", ["f", "a.env"], ["--resource x"]),
        ("env diff", ["f"], ["--template cdk.out"]),
        ("env import", ["f", "-"], ["--replace"]),
        ("env export", ["f", "a.env"], ["--json"]),
    ],
)
def test_options_may_stand_anywhere(
    command: str,
    names: list[str],
    options: list[str],
    understood: Callable[[list[str]], Any],
) -> None:
    last = understood([*command.split(), *names, *" ".join(options).split()])
    for places in itertools.product(range(len(names) + 1), repeat=len(options)):
        words = command.split()
        for place in range(len(names) + 1):
            for option, its_place in zip(options, places, strict=True):
                words += option.split() if its_place == place else []
            words += names[place : place + 1]
        assert vars(understood(words)) == vars(last), words


def test_what_stands_behind_two_dashes_is_a_name(
    understood: Callable[[list[str]], Any],
) -> None:
    for words in (["-r", "--", "-a", "--json"], ["--", "-a", "--json"]):
        options = understood(["drive", "put", *words])
        assert options.paths == ("-a", "--json")
        assert not options.json


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["drive", "ls", "-l"], "python -m ops drive ls: error: unrecognized arguments: -l"),
        (["drive", "mv", "a", "b", "c"], "ops drive mv: error: unrecognized arguments: c"),
        (["guard", "Dev", "Prod"], "python -m ops guard: error: unrecognized arguments: Prod"),
        (["env", "get", "f", "--bogus=secret"], "ops env get: error: unknown options: --bogus"),
        (["env", "export", "f", "secret", "secret"], "error: too many arguments: 1 of them"),
        (["env", "get"], "error: the following arguments are required: FUNCTION\n"),
        (["drive", "get", "a", "--jobs"], "ops drive get: error: argument --jobs: expected one"),
    ],
)
def test_a_wrong_command_line_is_told_with_the_usage_of_its_command(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        main(words)
    assert caught.value.code == 2
    told = capsys.readouterr().err
    assert said in told
    assert told.startswith(f"usage: python -m ops {words[0]}")
    assert "secret" not in told


@pytest.mark.parametrize(
    ("script", "why"),
    [
        ("echo Error: its own; exit 1", "failed: Error: its own; all of it is in "),
        ("exit 7", "failed: it printed nothing, and ended with exit code 7; all of it is in "),
        ("kill -9 $$", "failed: it printed nothing, and ended with exit code -9; all of it is in "),
    ],
)
def test_why_a_command_failed_is_not_what_an_earlier_one_said(
    script: str, why: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cli, log = tmp_path / "cdk", tmp_path / "deploy.log"
    cli.write_text(f"#!/bin/sh\n{script}\n")
    cli.chmod(0o755)
    log.write_text("ValueError: of the synthesis\nSupply a stack id to display its template.\n")
    monkeypatch.setattr(cdk_cli, "_CDK", cli)
    with pytest.raises(ToolError) as caught:
        cdk_cli.cdk(["bootstrap"], log=log, environment={}, folder=tmp_path)
    assert f"cdk bootstrap {why}{log}" == str(caught.value)


def test_a_command_that_works_in_vain_is_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would go on for long, and is asked about until it is in vain."""
    cli, log = tmp_path / "cdk", tmp_path / "deploy.log"
    cli.write_text(f"#!/bin/sh\necho it tries again\nexec sleep {PATIENCE_SECONDS}\n")
    cli.chmod(0o755)
    monkeypatch.setattr(cdk_cli, "_CDK", cli)
    monkeypatch.setattr(cdk_cli, "_LOOK_SECONDS", 0.01)
    answers = iter([False, False])
    with pytest.raises(ToolError, match="cdk deploy failed: it tries again; all of it is in"):
        cdk_cli.cdk(
            ["deploy"],
            log=log,
            environment={"PATH": os.environ["PATH"]},
            folder=tmp_path,
            in_vain=lambda: next(answers, "it tries" in log.read_text()),
        )
