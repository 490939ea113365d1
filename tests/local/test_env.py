"""`ops env` on a function of the local cloud, which holds updates to their RevisionId."""

import io
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.local.conftest import PROJECT, TARGET, LocalCloud
from tests.patience import PATIENCE_SECONDS

Client = Any  # boto3 makes them at run time
NAME = "many-writers"
WRITERS, ROUNDS = 16, 10
# Each writer is a process that runs the tool for each line of its input. A start of Python for each
# change would cost three times as much (tests/service/env/test_changes.py has sixteen of these).
WRITER = f"""
import contextlib, io, sys
from ops.__main__ import main

for line in sys.stdin:
    with contextlib.redirect_stdout(io.StringIO()):
        code = main(["env", "set", "{NAME}", line.rstrip("\\n"), "--no-wait"])
    print(code, flush=True)
"""
FIRST = {"LOG_LEVEL": "INFO", "URL": "https://x.example"}


@pytest.fixture(scope="module")
def function(cloud: LocalCloud) -> Iterator[Client]:
    """A client of the API with one small function; nothing of ours is deployed."""
    cloud.start()
    client = cloud.client("lambda")
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as zip_:
        zip_.writestr("handler.py", "def handler(event, context): pass\n")
    client.create_function(
        FunctionName=NAME,
        Runtime="python3.13",
        Handler="handler.handler",
        Role=f"arn:aws:iam::{TARGET.account}:role/any",
        Code={"ZipFile": archive.getvalue()},
        Environment={"Variables": FIRST},
    )
    yield client
    client.delete_function(FunctionName=NAME)


def variables(client: Client) -> dict[str, str]:
    found: dict[str, str] = client.get_function_configuration(FunctionName=NAME)["Environment"][
        "Variables"
    ]
    return found


def test_sixteen_processes_at_once_lose_nothing_in_ten_rounds(
    cloud: LocalCloud, function: Client, tmp_path: Path
) -> None:
    environment = {**cloud.environment, "XDG_STATE_HOME": str(tmp_path)}
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER],
            cwd=PROJECT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            bufsize=1,
        )
        for _ in range(WRITERS)
    ]
    for round_ in range(ROUNDS):
        wanted = {f"KEY_{number}": f"{number} of round {round_}" for number in range(WRITERS)}
        for process, (key, value) in zip(processes, wanted.items(), strict=True):
            assert process.stdin is not None
            process.stdin.write(f"{key}={value}\n")
        codes = [process.stdout.readline() for process in processes if process.stdout is not None]
        assert codes == ["0\n"] * WRITERS, [
            process.communicate(timeout=PATIENCE_SECONDS) for process in processes
        ]
        assert variables(function) == {**FIRST, **wanted}
    for process in processes:
        process.communicate(timeout=PATIENCE_SECONDS)
        assert process.returncode == 0


def test_the_usual_recipe_loses_what_others_wrote(function: Client) -> None:
    """Get, merge, put: whoever read before another one's put undoes it. This is why."""
    function.update_function_configuration(FunctionName=NAME, Environment={"Variables": FIRST})
    all_have_read = threading.Barrier(WRITERS)

    def recipe(number: int) -> None:
        merged = {**variables(function), f"KEY_{number}": "mine"}
        all_have_read.wait(PATIENCE_SECONDS)
        function.update_function_configuration(FunctionName=NAME, Environment={"Variables": merged})

    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(recipe, range(WRITERS)))
    survived = [name for name in variables(function) if name.startswith("KEY_")]
    assert len(survived) == 1


def test_a_change_is_in_force_and_undone(
    cloud: LocalCloud, function: Client, tmp_path: Path
) -> None:
    function.update_function_configuration(FunctionName=NAME, Environment={"Variables": FIRST})
    environment = {**cloud.environment, "XDG_STATE_HOME": str(tmp_path)}

    def run(*words: str) -> str:
        command = [sys.executable, "-m", "ops", "env", *words]
        result = subprocess.run(
            command, check=True, cwd=PROJECT, env=environment, capture_output=True, text=True
        )
        return result.stdout + result.stderr

    assert ", in force, " in run("set", NAME, "LOG_LEVEL=DEBUG")
    assert variables(function) == {**FIRST, "LOG_LEVEL": "DEBUG"}
    assert run("get", NAME, "LOG_LEVEL", "--show").startswith("LOG_LEVEL=DEBUG\n")
    assert "in force" in run("undo", NAME)
    assert variables(function) == FIRST
