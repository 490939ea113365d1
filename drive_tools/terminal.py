"""A person at a terminal: text that is safe to show, progress of a step, a question."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

from drive_tools.errors import ToolError


def plain(text: str) -> str:
    """Escape every character that could steer a terminal or imitate another line."""
    return "".join(
        letter if letter.isprintable() else letter.encode("unicode_escape", "replace").decode()
        for letter in text.encode(errors="backslashreplace").decode()
    )


@contextmanager
def step(what: str) -> Iterator[None]:
    """Print the name of a step, and its duration at its end."""
    print(f"{what} ...", end="", flush=True)
    begun = time.monotonic()
    try:
        yield
    except BaseException:
        print(flush=True)
        raise
    print(f" {time.monotonic() - begun:.1f} s", flush=True)


def ask(question: str, stream: TextIO | None = None) -> str:
    """Ask on standard output, or on `stream`. Raises `EOFError` where nobody can answer."""
    try:
        print(question, end="", file=stream or sys.stdout, flush=True)
        answer = sys.stdin.readline()
    except (OSError, ValueError, AttributeError):  # one of the two streams is closed
        raise EOFError from None
    if not answer:
        raise EOFError
    return answer.strip()


def agreed(question: str, unanswered: str, stream: TextIO | None = None) -> bool:
    """Ask for a yes or a no. Raises `ToolError` with `unanswered` where nobody can answer."""
    try:
        return ask(f"{question} [y/N] ", stream).lower() in {"y", "yes"}
    except EOFError:
        raise ToolError(unanswered) from None
