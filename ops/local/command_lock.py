"""One command at a time in a folder of the local cloud, ended by a signal as by Ctrl-C."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from drive_tools.errors import ToolError
from ops.local.cloud import take

LOCK = "commands.lock"


@contextmanager
def command_lock(folder: Path) -> Iterator[None]:
    """Hold the lock of a folder. Raises `ToolError` if another command holds it."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / LOCK).open("w") as lock:
        if not take(lock.fileno()):
            raise ToolError(f"another 'make local' is at work in {shown(folder)}; wait")
        yield


def interrupt_on_signals() -> None:
    """End as Ctrl-C does at SIGTERM and SIGHUP, so that everything that was started is stopped."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def shown(folder: Path) -> str:
    """Return a folder as a person reads it: relative to the working directory if it is below."""
    here = Path.cwd()
    return f"{folder.relative_to(here)}/" if folder.is_relative_to(here) else f"{folder}/"
