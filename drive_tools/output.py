"""The standard streams, even if they lead to a full disk or are closed.

A failure to write to standard output is an error, reported once. A failure to write to standard
error is ignored: the exit code says how the command ended.
"""

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TextIO

from drive_tools.errors import ToolError
from drive_tools.exit_codes import FAILED, NO_ROOM, READER_GONE

FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class OutputError(ToolError):
    """Standard output takes no more."""

    def __init__(self, error: OSError) -> None:
        super().__init__(f"cannot write to standard output: {error.strerror or error}")
        self.exit_code = NO_ROOM if error.errno in FULL else FAILED
        give_up(sys.stdout)  # it is told once


def settle() -> None:
    """Make all streams usable, even where they were closed or cannot show every letter.

    A descriptor that was closed is taken, so that no file that is opened later gets its number;
    reading or writing it fails as with a closed one. What an encoding has not is escaped.
    """
    for number, useless in enumerate((os.O_WRONLY, os.O_RDONLY, os.O_RDONLY)):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, useless)  # gets the lowest number that is free: this one
    if sys.stdin is None:
        sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 - for as long as it runs
    for name, number in (("stdout", 1), ("stderr", 2)):
        if getattr(sys, name) is None:
            setattr(sys, name, open(number, "w", encoding="utf-8", closefd=False))  # noqa: SIM115 - for as long as it runs
        with suppress(AttributeError, ValueError):  # a stream of a test is not a file
            getattr(sys, name).reconfigure(errors="backslashreplace")


@contextmanager
def taken() -> Iterator[None]:
    """While the block writes to standard output. Raises `OutputError`, or `BrokenPipeError`.

    The latter is for a reader that went away.
    """
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise OutputError(error) from None


def show(text: str) -> None:
    """Print a line of a result. Raises what `taken` does."""
    with taken():
        print(text)


def show_bytes(content: bytes) -> None:
    """Write a result whose encoding is its own. Raises what `taken` does."""
    with taken():
        sys.stdout.buffer.write(content)


def flush() -> None:
    """Flush the lines of results. Raises what `taken` does."""
    with taken():
        sys.stdout.flush()


def tell(text: str) -> None:
    """Print a line for a person."""
    try:
        print(text, file=sys.stderr, flush=True)
    except (OSError, ValueError):
        give_up(sys.stderr)


def give_up(stream: TextIO) -> None:
    """Drop what was not written: Python would try again at its end, and fail again."""
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)


def finish(tool: str, code: int) -> int:
    """Write what is left, and return the exit code, which is another one if that fails."""
    try:
        flush()
    except BrokenPipeError:
        give_up(sys.stdout)
        code = code or READER_GONE
    except OutputError as error:
        tell(f"{tool}: {error}")
        code = code or error.exit_code
    with suppress(OSError, ValueError):
        sys.stderr.flush()
        return code
    give_up(sys.stderr)
    return code
