"""The retries of a request, for as long as its caller has patience."""

import threading
from collections.abc import Callable
from typing import TypeVar

from drive_tools.client.answers import RequestError
from drive_tools.exit_codes import DAMAGED
from drive_tools.retry import Backoff, Deadline

Result = TypeVar("Result")

_FIRST_DELAY_SECONDS, _LONGEST_DELAY_SECONDS = 0.2, 8.0
_PATIENCE_SECONDS = 60.0
_NOTED_SECONDS = 1.0
# A drive that never answered is more likely a wrong URL than a pause of the network.
_STRANGER_SECONDS = 10.0
_DAMAGES = 3


class Patience:
    """The time in which a request of one run is retried; all threads of the run share it."""

    def __init__(self, seconds: float | None, note: Callable[[str], None]) -> None:
        """Have `seconds` for each request, or a minute; `note` hears when that takes long."""
        self.seconds = _PATIENCE_SECONDS if seconds is None else seconds
        self.note = note
        self.answered = False  # whether there is a drive at all
        self._ended = threading.Event()

    def end(self) -> None:
        """Stop all retries, and end the pauses that threads are in."""
        self._ended.set()

    def pause(self, seconds: float) -> bool:
        """Let a while pass; False when it was cut short by the end."""
        return not self._ended.wait(seconds)

    def repeat(self, attempt: Callable[[], Result]) -> Result:
        """Do what is safe to repeat, until it succeeds or fails for good."""
        retries = RequestRetries(self)
        while True:
            try:
                return attempt()
            except RequestError as failure:
                retries.wait(failure)


class RequestRetries:
    """The tries of one request, with longer and longer pauses between them."""

    def __init__(self, patience: Patience) -> None:
        self._patience = patience
        self._tries = 0
        self._backoff = Backoff(_FIRST_DELAY_SECONDS, _LONGEST_DELAY_SECONDS)
        self._deadline: Deadline | None = None

    def wait(self, failure: RequestError) -> None:
        """Pause before the next try, or raise `failure` when no try may follow."""
        failure.repeated = self._tries > 0
        self._tries += 1
        if not failure.passing or (failure.exit_code == DAMAGED and self._tries >= _DAMAGES):
            raise failure
        if self._deadline is None:
            seconds = self._patience.seconds
            known = self._patience.answered
            self._deadline = Deadline(seconds if known else min(seconds, _STRANGER_SECONDS))
        delay = max(self._backoff.pause(), failure.wait_seconds)
        if delay > self._deadline.left:
            raise failure
        if delay >= _NOTED_SECONDS:
            self._patience.note(f"{failure}; trying again in {delay:.0f} s")
        if not self._patience.pause(delay):
            raise failure
