"""Pauses between the tries of a call that failed."""

import random
import time


class Backoff:
    """Random pauses, in seconds, that grow to twice the length each time, up to `longest`.

    A pause is random so that many clients do not come back at once.
    """

    def __init__(self, first: float, longest: float) -> None:
        self._next, self._longest = first, longest

    def pause(self) -> float:
        """Return how long the next pause is."""
        most = min(self._next, self._longest)
        self._next = most * 2
        return random.uniform(most / 4, most)  # noqa: S311 - no secret


class Deadline:
    """The time that all tries together have."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._end = time.monotonic() + seconds

    @property
    def left(self) -> float:
        """Return how many seconds are left; negative when the time is up."""
        return self._end - time.monotonic()

    @property
    def over(self) -> bool:
        """Return whether the time is up."""
        return self.left <= 0
