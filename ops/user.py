"""The person at this machine: what is kept for him, and what is shown to him."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def state_directory(tool: str) -> Path:
    """Where a tool keeps what it must know next time.

    https://specifications.freedesktop.org/basedir-spec/latest/
    """
    state = Path(os.environ.get("XDG_STATE_HOME", ""))
    # The specification has a path that is not absolute ignored.
    home = state if state.is_absolute() else Path.home() / ".local" / "state"
    return home / "lambda-drive" / tool


def plain(text: str) -> str:
    """Text of strangers without what would steer a terminal or feign another line."""
    return "".join(
        letter if letter.isprintable() else letter.encode("unicode_escape", "replace").decode()
        for letter in text.encode(errors="backslashreplace").decode()
    )


@contextmanager
def step(what: str) -> Iterator[None]:
    """Say what is being done, and then how long it took."""
    print(f"{what} ...", end="", flush=True)
    begun = time.monotonic()
    try:
        yield
    except BaseException:
        print(flush=True)
        raise
    print(f" {time.monotonic() - begun:.1f} s", flush=True)
