"""The progress of a tree: its files and bytes, counted by many threads."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from drive_tools.client.progress import Moved, Silent, amount


class Tally:
    """The files of one run that are found so far, and what became of them."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._lock = threading.Lock()
        self._report: Moved = lambda _done, _size: None
        self._files = self._done_files = self._unchanged = 0
        self._size = self._done = 0

    @contextmanager
    def shown(self, meter: Silent) -> Iterator[None]:
        """Show it, while the block runs, as one transfer."""
        with meter.transfer(self.label) as report:
            self._report = report
            yield

    def label(self) -> str:
        """Return the name of the transfer, and how many of its files are done."""
        done = self._done_files + self._unchanged
        return f"{self._what}: {done} of {self._files} files" if self._files else self._what

    def summary(self, seconds: float) -> str:
        """Return the result, for a person."""
        moved = f"{self._done_files} file{'' if self._done_files == 1 else 's'}"
        same = f"; {self._unchanged} unchanged" if self._unchanged else ""
        return f"{self._what}: {moved}, {amount(self._done, self._done, seconds)}{same}"

    def found(self, size: int) -> None:
        """There is one file more, of so many bytes."""
        with self._lock:
            self._files += 1
            self._count(size=size)

    def unchanged(self, size: int) -> None:
        """A file that was found is there already; none of its bytes move."""
        with self._lock:
            self._unchanged += 1
            self._count(size=-size)

    def moved(self) -> None:
        """A file that was found is done."""
        with self._lock:
            self._done_files += 1
            self._count()

    def counting(self, expected: int) -> Moved:
        """Return a function that counts the bytes of one file of the `expected` size."""
        before, expected_now = 0, expected

        def count(done: int, size: int) -> None:
            nonlocal before, expected_now
            with self._lock:
                self._count(done=done - before, size=size - expected_now)
            before, expected_now = done, size

        return count

    def _count(self, done: int = 0, size: int = 0) -> None:
        self._done += done
        self._size += size
        self._report(self._done, self._size)
