"""Files that a tool keeps for its user alone: where they are, and how they are written."""

import errno
import os
import secrets
import time
from contextlib import suppress
from pathlib import Path


class NoHomeError(OSError):
    """This user has no directory in which a tool could keep anything."""

    def __init__(self) -> None:
        super().__init__(errno.ENOENT, "no home directory to write to; set XDG_STATE_HOME")


def state_directory(tool: str) -> Path:
    """Return the directory in which a tool keeps its state.

    https://specifications.freedesktop.org/basedir-spec/latest/
    Raises `NoHomeError` where no directory is named, and the user has no home directory, as in a
    container, or may not write there.
    """
    state = Path(os.environ.get("XDG_STATE_HOME", ""))
    # The specification has a path that is not absolute ignored.
    own = state if state.is_absolute() else _home() / ".local" / "state"
    return own / "lambda-drive" / tool


def make_private(directory: Path) -> None:
    """Make a directory that only its owner may enter, unless it exists."""
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)


def remove_old(directory: Path, days: int) -> None:
    """Remove the files of a directory that were not written for so many days."""
    for file in directory.glob("*.json*"):
        with suppress(OSError):
            if time.time() - file.stat().st_mtime > days * 86_400:
                file.unlink()


def write_private(file: Path, content: bytes) -> None:
    """Write a file that only its owner may read, whole or not at all."""
    temporary = write_beside(file, content)
    try:
        os.replace(temporary, file)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise


def write_beside(file: Path, content: bytes) -> Path:
    """Write a temporary file beside `file`, which only its owner may read, and return its path."""
    hidden = f".{file.name.removeprefix('.')}"  # what begins with .drive- is left out of a tree
    temporary = file.with_name(f"{hidden}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with open(descriptor, "wb") as opened:
            opened.write(content)
            opened.flush()
            os.fsync(descriptor)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return temporary


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
