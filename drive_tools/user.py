"""The person at this machine: what is kept for him, and what is shown to him."""

import errno
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class NoHomeError(OSError):
    """There is no place in which this user could keep anything."""

    def __init__(self) -> None:
        super().__init__(errno.ENOENT, "no home directory to write to; set XDG_STATE_HOME")


def state_directory(tool: str) -> Path:
    """Where a tool keeps what it must know next time.

    https://specifications.freedesktop.org/basedir-spec/latest/
    Raises `NoHomeError` where none is named, and the user has no home directory, as in a container,
    or may not write there.
    """
    state = Path(os.environ.get("XDG_STATE_HOME", ""))
    # The specification has a path that is not absolute ignored.
    own = state if state.is_absolute() else _home() / ".local" / "state"
    return own / "lambda-drive" / tool


def _home() -> Path:
    try:
        home = Path.home()
    except RuntimeError:  # no HOME, and no entry in the list of users
        raise NoHomeError from None
    state = home / ".local" / "state" / "lambda-drive"
    there = next((path for path in (state, *state.parents) if path.exists()), home)
    if not home.is_dir() or not os.access(there, os.W_OK | os.X_OK):
        raise NoHomeError
    return home


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
