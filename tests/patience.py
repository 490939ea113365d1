"""How long a test waits for what has to come. It never waits for time to pass.

A test says nothing of the machine's speed (`tests/unit/test_no_timed_tests.py` holds that): it
waits until it sees what it needs, and gives up only what hangs.
"""

import time
from collections.abc import Callable
from typing import TypeVar

# Less than pytest's faulthandler_timeout, so that who waits for what hangs can say what that is.
PATIENCE_SECONDS = 1500
PATIENCE_MILLISECONDS = PATIENCE_SECONDS * 1000  # as browsers count it

_PAUSE_SECONDS = 0.01
_LONGEST_PAUSE_SECONDS = 0.5
_GROWTH = 1.1

Found = TypeVar("Found")


def moment(seconds: float) -> None:
    """Let others go on for about so long; no test may depend on how far they come."""
    time.sleep(seconds)


def until_changed(look: Callable[[], object]) -> None:
    """Look again and again until what is found is not what was found at first."""
    before = look()
    until(lambda: look() != before)


def until(look: Callable[[], Found], *, seldom: bool = False) -> Found:
    """Look again and again until what is found is true, and return it.

    With `seldom` the pauses grow by a tenth each: for looks that cost, at what stays once it came.
    """
    deadline = time.monotonic() + PATIENCE_SECONDS
    pause = _PAUSE_SECONDS
    while not (found := look()):
        assert time.monotonic() < deadline, f"not seen within {PATIENCE_SECONDS} s"
        time.sleep(pause)
        pause = min(pause * _GROWTH, _LONGEST_PAUSE_SECONDS) if seldom else pause
    return found
