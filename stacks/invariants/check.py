"""The check of all invariants, at each synth."""

from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

from drive_tools.cloud_assembly import find_stage, stage_names
from stacks.invariants import (
    access,
    alarms,
    backups,
    functions,
    network,
    queues,
    records,
    storage,
)
from stacks.invariants.declared import Declared

Invariant = Callable[[Declared], Iterator[str]]


def _of_module(module: ModuleType) -> list[Invariant]:
    """Return the invariants of a module: its public functions that take a stage and yield text."""
    return [
        each
        for name, each in vars(module).items()
        if callable(each)
        and not name.startswith("_")
        and getattr(each, "__module__", None) == module.__name__
        and each.__annotations__.get("return") == Iterator[str]
    ]


INVARIANTS: list[Invariant] = [
    invariant
    for module in (network, storage, backups, functions, access, records, alarms, queues)
    for invariant in _of_module(module)
]


def check_invariants(assembly: Path) -> None:
    """Exit with what breaks an invariant, one line each, if anything in the assembly does."""
    broken = [
        f"{name}: {line}"
        for name in stage_names(assembly)
        for line in violations(Declared.of(find_stage(assembly, name)))
    ]
    if broken:
        raise SystemExit("\n".join(broken))


def violations(stage: Declared) -> list[str]:
    """Return what of a stage breaks an invariant, each with the promise that it breaks."""
    return [
        f"{line}. {promise(invariant)}" for invariant in INVARIANTS for line in invariant(stage)
    ]


def promise(invariant: Invariant) -> str:
    """Return the first line of its docstring."""
    return (invariant.__doc__ or "").partition("\n")[0]
