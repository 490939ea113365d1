"""What is marked `weekly` leaves a test of the same file to `make test`."""

from pathlib import Path

import pytest

from tests.weekly import by_file, run_daily

PROJECT = Path(__file__).resolve().parents[2]


def test_each_file_of_this_run_has_a_test_that_is_not_weekly(
    request: pytest.FixtureRequest,
) -> None:
    """In `make test` too, which runs no weekly test but collects them all."""
    files = run_daily(request.config)
    assert files[str(Path(__file__).relative_to(PROJECT))]
    assert [file for file, daily in files.items() if not daily] == [], "make test leaves it out"


def test_a_file_with_weekly_tests_alone_is_seen() -> None:
    assert by_file([("a.py::one", True), ("a.py::two[x]", False), ("b.py::one", True)]) == {
        "a.py": True,
        "b.py": False,
    }
