"""The pauses between the tries of a request, for as long as its caller has patience."""

import random
import threading
import time
from collections.abc import Callable
from typing import TypeVar

from drive_tools.client.answers import DAMAGED, RequestError

Result = TypeVar("Result")

_FIRST_DELAY_SECONDS, _LONGEST_DELAY_SECONDS = 0.2, 8.0
_NOTED_SECONDS = 1.0
# A drive that never answered is more likely a wrong URL than a pause of the network.
_STRANGER_SECONDS = 10.0
_DAMAGES = 3


class Patience:
    """How long the requests of one run are tried again; all its threads share it."""

    def __init__(self, seconds: float, note: Callable[[str], None]) -> None:
        """Have `seconds` for each request; `note` hears when that takes long."""
        self.seconds, self.note = seconds, note
        self.answered = False  # whether there is a drive at all
        self._ended = threading.Event()

    def end(self) -> None:
        """Try nothing again from now on, and end the pauses that are made."""
        self._ended.set()

    def pause(self, seconds: float) -> bool:
        """Let a while pass; False when it was cut short by the end."""
        return not self._ended.wait(seconds)

    def repeat(self, attempt: Callable[[], Result]) -> Result:
        """Do what is safe to repeat, until it succeeds or fails for good."""
        pace = Pace(self)
        while True:
            try:
                return attempt()
            except RequestError as failure:
                pace.wait(failure)


class Pace:
    """The pauses between the tries of one request, longer and longer.

    A pause is random in part, so that many clients do not come back at once.
    """

    def __init__(self, patience: Patience) -> None:
        self._patience = patience
        self._tries = 0
        self._deadline: float | None = None

    def wait(self, failure: RequestError) -> None:
        """Pause before the next try, or raise `failure` when there is to be none."""
        failure.repeated = self._tries > 0
        self._tries += 1
        if not failure.passing or (failure.exit_code == DAMAGED and self._tries >= _DAMAGES):
            raise failure
        now = time.monotonic()
        if self._deadline is None:
            seconds = self._patience.seconds
            known = self._patience.answered
            self._deadline = now + (seconds if known else min(seconds, _STRANGER_SECONDS))
        usual = min(_FIRST_DELAY_SECONDS * 2 ** (self._tries - 1), _LONGEST_DELAY_SECONDS)
        delay = max(usual * random.uniform(0.5, 1), failure.wait_seconds)  # noqa: S311 - no secret
        if now + delay > self._deadline:
            raise failure
        if delay >= _NOTED_SECONDS:
            self._patience.note(f"{failure}; trying again in {delay:.0f} s")
        if not self._patience.pause(delay):
            raise failure
