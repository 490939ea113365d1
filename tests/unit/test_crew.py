"""Threads that work side by side: who does what, and in which order."""

import threading
from functools import partial

import pytest

from drive_tools.client.crew import Crew


@pytest.mark.parametrize(("jobs", "lendable"), [(1, 0), (2, 3), (8, 12), (64, 96)])
def test_half_as_many_calls_more_than_threads_are_lent(jobs: int, lendable: int) -> None:
    free = threading.Event()
    with Crew(jobs) as crew:
        lent = [crew.lend(free.wait) for _ in range(lendable + 1)]
        assert [future is not None for future in lent] == [True] * lendable + [False]
        free.set()
        crew.finish()
        assert all(future.result() for future in lent if future)
        assert lendable == 0 or crew.lend(free.wait)


def test_what_is_lent_is_done_in_order_and_before_all_tasks() -> None:
    first_free, rest_free, ended = threading.Event(), threading.Event(), threading.Event()
    done: list[str] = []
    with Crew(4) as crew:
        for event in (first_free, rest_free, rest_free, rest_free):
            crew.do(partial(_wait, event))
        lent = [crew.lend(partial(done.append, f"lent {number}")) for number in range(2)]
        assert all(lent)
        crew.do(partial(done.append, "task"))
        crew.do(ended.set)
        first_free.set()
        ended.wait()
        assert done == ["lent 0", "lent 1", "task"]
        rest_free.set()
        crew.finish()


def _wait(event: threading.Event) -> None:
    event.wait()
