"""Of which files `make test` runs a test (docs/decisions/0047-weekly-tests.md)."""

from collections.abc import Iterable

import pytest

_RUN_DAILY = pytest.StashKey[dict[str, bool]]()


def note_what_is_weekly(config: pytest.Config, items: Iterable[pytest.Item]) -> None:
    """Remember of each file that was collected whether it has a test that is not weekly."""
    config.stash[_RUN_DAILY] = by_file(
        (item.nodeid, item.get_closest_marker("weekly") is not None) for item in items
    )


def by_file(tests: Iterable[tuple[str, bool]]) -> dict[str, bool]:
    """Say of each file whether it has a test that is not weekly, by the tests' ids and marks."""
    found: dict[str, bool] = {}
    for test, weekly in tests:
        file = test.partition("::")[0]
        found[file] = found.get(file, False) or not weekly
    return found


def run_daily(config: pytest.Config) -> dict[str, bool]:
    """Return what was remembered of the files of this run, whatever `-m` and `-k` left of them."""
    return config.stash[_RUN_DAILY]
