"""Where a line of Python is to be seen: the address to which a finding leads."""

import argparse
import os
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

from ops.project import PROJECT
from ops.review.python_lines import PythonLine

Link = Callable[[PythonLine], str | None] | None


def address(pattern: str) -> Callable[[PythonLine], str]:
    """Return what makes the address of a line from a pattern with `{file}` and `{line}`."""

    def fill(line: PythonLine) -> str:
        return pattern.replace("{file}", quote(line.file)).replace("{line}", str(line.line))

    return fill


def in_working_tree(page: Path) -> Callable[[PythonLine], str | None]:
    """Return what leads from a page on disk to the file, if the project has that file."""
    up = quote(Path(os.path.relpath(PROJECT, page.resolve().parent)).as_posix())

    def fill(line: PythonLine) -> str | None:
        there = (PROJECT / line.file).is_file()
        return f"{up}/{quote(line.file)}#L{line.line}" if there else None

    return fill


def pattern(text: str) -> str:
    """Return a pattern as it was given. Raises `ArgumentTypeError` if it names no file."""
    if "{file}" not in text:
        raise argparse.ArgumentTypeError(
            f"must have {{file}} in it, as in https://example.org/{{file}}#L{{line}}, got {text!r}"
        )
    return text
