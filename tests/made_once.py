"""Folders that are made once for all workers of pytest-xdist."""

import fcntl
from collections.abc import Callable
from pathlib import Path

import pytest


def made_once(root: Path, name: str, make: Callable[[Path], object]) -> Path:
    """Return the folder of a name, which the function filled the first time."""
    folder = root / name
    with (root / f"{name}.lock").open("a+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            make(root / f"{name}.begun")
            (root / f"{name}.begun").rename(folder)
    return folder


def root_of_the_run(request: pytest.FixtureRequest, factory: pytest.TempPathFactory) -> Path:
    """Return the folder that all workers share.

    As https://pytest-xdist.readthedocs.io/en/stable/how-to.html has it for fixtures of a session.
    """
    base = factory.getbasetemp()
    return base.parent if hasattr(request.config, "workerinput") else base
