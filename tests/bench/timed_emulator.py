"""The local cloud's process, which writes down what its judging takes: a number in each line.

It is in seconds of a processor, so that other work on the machine does not count.

It runs on the interpreter of the local cloud, as `ops.local.emulator` does.
"""

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import ParamSpec, TypeVar

from ops.local import caller_permissions, emulator, front, function_checks, ways_out
from tests.bench import JUDGING_FILE

_P = ParamSpec("_P")
_R = TypeVar("_R")


def timed(judge: Callable[_P, _R], file: Path) -> Callable[_P, _R]:
    """Return the function with its time written down."""

    def judged(*arguments: _P.args, **named: _P.kwargs) -> _R:
        begun = time.thread_time()
        try:
            return judge(*arguments, **named)
        finally:
            taken = time.thread_time() - begun
            with file.open("a") as lines:
                lines.write(f"{taken}\n")

    return judged


if __name__ == "__main__":
    folder = Path(sys.argv.pop(1))
    file = folder / JUDGING_FILE
    function_checks.check_start = timed(function_checks.check_start, file)
    caller_permissions._enforce = timed(caller_permissions._enforce, file)
    for judge in ("lets_in", "may_invoke"):
        setattr(front, judge, timed(getattr(front, judge), file))
    ways_out._judged = timed(ways_out._judged, file)
    emulator.main(folder)
