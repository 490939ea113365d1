"""The progress of a transfer: a bar on a terminal, lines elsewhere, or nothing.

All of it goes to standard error; standard output is for results.
"""

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from drive_tools import output
from drive_tools.terminal import plain

if TYPE_CHECKING:
    from rich.progress import Progress

Label = Callable[[], str]  # what moves, as it is at that moment
Moved = Callable[[int, int], None]  # told the bytes that are done, by earlier runs too, and all

_LINE_SECONDS = 5.0
_THOUSAND = 1000
_ONE_REQUEST_BYTES = 4 * 1024 * 1024  # too few for a rate


@dataclass(frozen=True)
class Transferred:
    """A file that is complete. Its `sha256` is None if it was not computed.

    `resumed_at` is the byte at which this run resumed, and `etag` is None when the answer that has
    it was lost.
    """

    size: int
    sha256: str | None
    etag: str | None
    resumed_at: int


def local_time(said: str) -> str:
    """Return a time that a drive says as a clock on the wall has it here."""
    with suppress(ValueError):
        return datetime.fromisoformat(said).astimezone().strftime("%Y-%m-%d %H:%M")
    return plain(said)


def human(size: float) -> str:
    """A number of bytes, for people."""
    for unit in ("B", "kB", "MB", "GB"):
        if size < _THOUSAND:
            return f"{size:.0f} B" if unit == "B" else f"{size:.1f} {unit}"
        size /= _THOUSAND
    return f"{size:.1f} TB"


def amount(size: int, moved: int, seconds: float) -> str:
    """Return the size of a file, and its rate unless it moved in one request."""
    if moved <= _ONE_REQUEST_BYTES:
        return human(size)
    return f"{human(size)} in {seconds:.1f} s, {human(moved / max(seconds, 1e-3))}/s"


class Meter:
    """How a run shows its progress to a person."""

    def error(self, text: str) -> None:
        """Say what went wrong."""
        output.tell(plain(text))

    def note(self, text: str) -> None:
        """Say what is done, or what is happening."""
        self.error(text)

    @contextmanager
    def transfer(self, label: Label) -> Iterator[Moved]:
        """Show a transfer while the block runs, which reports its bytes: done, and all."""
        yield lambda _done, _size: None

    def close(self) -> None:
        """Leave standard error as it was."""


class Silent(Meter):
    """Says nothing but what went wrong."""

    def note(self, text: str) -> None:
        """Say nothing."""


class Lines(Meter):
    """A line at the start of a transfer, and one every few seconds of a long one."""

    @contextmanager
    def transfer(self, label: Label) -> Iterator[Moved]:
        self.note(f"{label()} ...")
        first: tuple[float, int] | None = None
        last = time.monotonic()

        def progress(done: int, size: int) -> None:
            nonlocal first, last
            now = time.monotonic()
            if first is None:
                first = now, done
            elif now - last >= _LINE_SECONDS and done < size:
                rate = human((done - first[1]) / (now - first[0]))
                self.note(f"{label()}: {human(done)} of {human(size)}, {rate}/s")
                last = now

        yield progress


class Bar(Meter):
    """A bar with bytes, rate and the time that remains."""

    def __init__(self) -> None:
        self._bars: Progress | None = None

    def error(self, text: str) -> None:
        if self._bars:
            self._bars.console.print(plain(text), markup=False, highlight=False, soft_wrap=True)
        else:
            super().error(text)

    @contextmanager
    def transfer(self, label: Label) -> Iterator[Moved]:
        bars = self._started()
        task = bars.add_task(plain(label()), total=None)
        begun = False

        def progress(done: int, size: int) -> None:
            nonlocal begun
            if begun:
                bars.update(task, completed=done, total=size, description=plain(label()))
            else:  # bytes of an earlier run do not count for the rate
                bars.reset(task, completed=done, total=size)
                begun = True

        try:
            yield progress
        finally:
            bars.remove_task(task)

    def close(self) -> None:
        if self._bars:
            self._bars.stop()

    def _started(self) -> "Progress":
        if not self._bars:
            from rich.console import Console  # noqa: PLC0415 - not for --help
            from rich.progress import (  # noqa: PLC0415
                BarColumn,
                DownloadColumn,
                Progress,
                TextColumn,
                TimeRemainingColumn,
                TransferSpeedColumn,
            )

            self._bars = Progress(
                TextColumn("{task.description}", markup=False),
                BarColumn(),
                DownloadColumn(),
                TransferSpeedColumn(),
                TimeRemainingColumn(),
                console=Console(stderr=True),
                transient=True,
            )
            self._bars.start()
        return self._bars


def meter(*, silent: bool) -> Meter:
    """Return the meter that suits standard error."""
    if silent:
        return Silent()
    return Bar() if sys.stderr.isatty() else Lines()


class Tally:
    """The files of a tree that are found so far, and what became of them; threads share it."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._begun = time.monotonic()
        self._lock = threading.Lock()
        self._report: Moved = lambda _done, _size: None
        self._files = self._done_files = self._unchanged = 0
        self._size = self._done = 0

    @contextmanager
    def shown(self, meter: Meter) -> Iterator[None]:
        """Show it, while the block runs, as one transfer."""
        with meter.transfer(self.label) as report:
            self._report = report
            yield

    def label(self) -> str:
        """Return the name of the transfer, and how many of its files are done."""
        done = self._done_files + self._unchanged
        return f"{self._what}: {done} of {self._files} files" if self._files else self._what

    def summary(self) -> str:
        """Return the result, for a person."""
        seconds = time.monotonic() - self._begun
        moved = f"{self._done_files} file{'' if self._done_files == 1 else 's'}"
        same = f"; {self._unchanged} unchanged" if self._unchanged else ""
        return f"{self._what}: {moved}, {amount(self._done, self._done, seconds)}{same}"

    def found(self, size: int) -> None:
        """Count one more file, of `size` bytes."""
        with self._lock:
            self._files += 1
            self._count(size=size)

    def unchanged(self, size: int) -> None:
        """Count a file that stays as it is: none of its bytes move."""
        with self._lock:
            self._unchanged += 1
            self._count(size=-size)

    def moved(self) -> None:
        """Count a file that is done."""
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
