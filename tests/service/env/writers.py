"""Processes that change variables of one function at once, each by one run of the tool.

They are forks of one that has imported all and read AWS's descriptions of its services: as many
starts of Python would cost more than all else that they do.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.patience import PATIENCE_SECONDS

_PROJECT = Path(__file__).resolve().parents[3]
# For each line of its input, a process for each word.
_SCRIPT = """
import functools, json, os, sys
import botocore.session
from ops.__main__ import main

botocore.session.create_loader = functools.cache(botocore.session.create_loader)
said, sys.stdout = sys.stdout, open(os.devnull, "w")
name = sys.argv[1]
main(["env", "get", name])
for line in sys.stdin:
    forks = []
    for change in json.loads(line):
        if not (fork := os.fork()):
            os._exit(main(["env", "set", name, change, "--no-wait"]))
        forks.append(fork)
    codes = [os.waitstatus_to_exitcode(os.waitpid(fork, 0)[1]) for fork in forks]
    print(json.dumps(codes), file=said, flush=True)
"""


@contextmanager
def writers(
    name: str, environment: Mapping[str, str] = os.environ
) -> Iterator[Callable[[dict[str, str]], list[int]]]:
    """Give what sets some variables at once, a process each; it returns their exit codes."""
    with subprocess.Popen(
        [sys.executable, "-c", _SCRIPT, name],
        cwd=_PROJECT,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        bufsize=1,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        asked, answers = process.stdin, process.stdout

        def write(variables: dict[str, str]) -> list[int]:
            asked.write(json.dumps([f"{key}={value}" for key, value in variables.items()]) + "\n")
            codes: list[int] = json.loads(answers.readline())
            return codes

        yield write
        asked.close()
        assert process.wait(PATIENCE_SECONDS) == 0
