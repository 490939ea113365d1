"""The threads of one run, which do its tasks in parallel."""

import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from typing import Self, TypeVar

Result = TypeVar("Result")
Task = Callable[[], None]


class Crew:
    """Up to `jobs` threads. A task may add further tasks.

    A task reports its own errors; an error that it raises ends the run. The threads are daemons, so
    that an interrupted run ends at once, and not with the last answer.
    """

    def __init__(self, jobs: int) -> None:
        self.jobs = jobs
        # Half more than there are threads: a thread that is done finds the next call at once, while
        # the caller still works on the last result.
        self.lendable = jobs + jobs // 2 if jobs > 1 else 0
        self._lent: deque[Task] = deque()  # these come first, in order
        self._tasks: deque[Task] = deque()
        self._changed = threading.Condition()
        self._threads = self._busy = 0
        self._failure: BaseException | None = None
        self._ended = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Start no further task; the results of those that run are not used."""
        with self._changed:
            self._ended = True
            self._forget()
            self._changed.notify_all()

    def do(self, task: Task, *, first: bool = False) -> None:
        """Add a task: behind those that wait, or before them if it is `first`."""
        with self._changed:
            if first:
                self._tasks.appendleft(task)
            else:
                self._tasks.append(task)
            self._called()

    def lend(self, call: Callable[[], Result]) -> Future[Result] | None:
        """Let a thread that is idle, or will be soon, call `call`. Return None if there is none.

        The caller may cancel the call while it waits, and make it itself, so two tasks never wait
        for each other.
        """
        future: Future[Result] = Future()

        def task() -> None:
            if not future.set_running_or_notify_cancel():
                return
            try:
                future.set_result(call())
            except BaseException as error:  # noqa: BLE001 - the caller that waits gets it
                future.set_exception(error)

        with self._changed:
            if self._busy + self._waiting >= self.lendable:
                return None
            self._lent.append(task)
            self._called()
        return future

    def finish(self) -> None:
        """Wait until all is done. Raises what a task raised, at once."""
        with self._changed:
            self._changed.wait_for(lambda: self._failure or not (self._waiting or self._busy))
            if self._failure:
                raise self._failure

    @property
    def _waiting(self) -> int:
        return len(self._lent) + len(self._tasks)

    def _forget(self) -> None:
        self._lent.clear()
        self._tasks.clear()

    def _called(self) -> None:
        """Start or wake a thread for what was added."""
        if self._ended:
            self._forget()
        elif self._threads < min(self.jobs, self._busy + self._waiting):
            self._threads += 1
            threading.Thread(target=self._work, daemon=True).start()
        self._changed.notify_all()

    def _work(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting or self._ended)
                if self._ended:
                    return
                task = (self._lent or self._tasks).popleft()
                self._busy += 1
            try:
                task()
            except BaseException as failure:  # noqa: BLE001 - `finish` raises it
                with self._changed:
                    self._failure = self._failure or failure
                    self._forget()
            finally:
                with self._changed:
                    self._busy -= 1
                    self._changed.notify_all()
