"""The command line of the tools."""

import subprocess
import sys
from pathlib import Path

import pytest

from ops.__main__ import main

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


@pytest.mark.parametrize("command", ["", "put", "get", "sync", "ls", "rm", "mv"])
def test_the_help_of_the_client_shows_examples_and_exit_codes_and_imports_nothing_big(
    command: str,
) -> None:
    words = ["drive", *([command] if command else []), "--help"]
    line = [sys.executable, "-X", "importtime", "-m", "ops", *words]
    result = subprocess.run(line, check=True, cwd=PROJECT, capture_output=True, text=True)
    assert f"python -m ops drive {command}" in result.stdout.partition("examples:")[2]
    assert "exit codes: 0 done, 1 failed" in result.stdout
    for big in ("botocore", "boto3", "rich", "urllib3"):
        assert big not in result.stderr


def test_what_is_not_running_is_no_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["local", "down", "--folder", str(tmp_path)]) == 0
    assert capsys.readouterr().out == "it was not running\n"
    assert main(["local", "status", "--folder", str(tmp_path)]) == 1
    assert capsys.readouterr().out == "it does not run\n"
