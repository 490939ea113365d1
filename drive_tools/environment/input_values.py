"""Values that a command takes from files, from standard input, or from what a person types."""

import sys
from pathlib import Path

from drive_tools.environment import dotenv, lambda_limits
from drive_tools.environment.options import STANDARD_STREAM
from drive_tools.errors import RefusedError, UsageError

_FILE_BYTES = 64 * 1024


def value_of(name: str, text: str, *, literal: bool) -> str:
    """Return the value that a person means by the text behind KEY=."""
    if literal:
        return text
    if text != STANDARD_STREAM and not text.startswith("@"):
        return text
    if text == STANDARD_STREAM and sys.stdin.isatty():
        from getpass import getpass  # noqa: PLC0415 - rarely needed

        return getpass(f"{name}: ")
    path = None if text == STANDARD_STREAM else Path(text[1:])
    read = _read(path, f"the value of {name}", lambda_limits.ENVIRONMENT_BYTES)
    return read.removesuffix("\n").removesuffix("\r") if read.endswith("\n") else read


def variables_in(file: str) -> dict[str, str]:
    """Return the variables of a dotenv or JSON file; - is standard input."""
    path = None if file == STANDARD_STREAM else Path(file)
    text = _read(path, file if path else "standard input", _FILE_BYTES)
    try:
        return dotenv.parse(text)
    except ValueError as error:
        raise RefusedError(f"{file}: {error}") from None


def _read(path: Path | None, what: str, most: int) -> str:
    """Return the text of a small file, or of standard input."""
    room = most + 2  # for a line end
    try:
        if path is None:
            content = sys.stdin.buffer.read(room + 1)
        else:
            with open(path, "rb") as file:
                content = file.read(room + 1)
    except OSError as error:
        raise UsageError(f"cannot read {path or what}: {error.strerror}") from None
    if len(content) > room:
        raise RefusedError(f"{what} is larger than {most} bytes")
    try:
        return content.decode()
    except UnicodeDecodeError:
        raise RefusedError(f"{what} is no text: it is not UTF-8") from None
