"""The promises of the template tests, as functions over any templates."""

import functools
import inspect
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.infra import (
    test_alarms,
    test_backups,
    test_brake,
    test_dashboard,
    test_dead_letters,
    test_everything,
    test_function,
    test_key_watch,
    test_network,
    test_operator_keys,
    test_schedule,
    test_stage_tag,
    test_storage,
)
from tests.infra.templates import StageTemplates

PROMISES = [
    promise
    for module in (
        test_network,
        test_storage,
        test_backups,
        test_function,
        test_operator_keys,
        test_schedule,
        test_everything,
        test_stage_tag,
        test_brake,
        test_key_watch,
        test_alarms,
        test_dashboard,
        test_dead_letters,
    )
    for name, promise in inspect.getmembers(module, inspect.isfunction)
    if name.startswith("test_") and promise.__module__ == module.__name__
]


def broken_promises(drive: StageTemplates, assembly: Path) -> Iterator[str]:
    """Give the names of the promises that the stage does not keep.

    One that is broken is asked first the next time, since the next stage is often much like it.
    """
    for promise in [*PROMISES]:
        needs = _needs(promise)
        arguments = {"drive": drive, "assembly": assembly}
        try:
            promise(**{name: arguments[name] for name in needs})
        except (AssertionError, KeyError, TypeError, ValueError):
            PROMISES.remove(promise)
            PROMISES.insert(0, promise)
            yield promise.__name__


@functools.cache
def _needs(promise: Callable[..., None]) -> tuple[str, ...]:
    return tuple(inspect.signature(promise).parameters)
