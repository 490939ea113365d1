"""A tool as a program: its command line in, one line for each failure and an exit code out."""

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from drive_tools import output
from drive_tools.command_line import Parser
from drive_tools.errors import ToolError
from drive_tools.exit_codes import FAILED, INTERRUPTED, NO_ROOM, READER_GONE

# What a failure of a user, of a machine or of a service raises; anything else is a defect.
FAILURES = (ToolError, OSError, KeyboardInterrupt)


@dataclass(frozen=True)
class Failure:
    """A failure as its user meets it; `text` is empty when nobody reads it any more."""

    text: str
    exit_code: int


def failure(error: BaseException) -> Failure:
    """Return what one of `FAILURES` comes to."""
    match error:
        case ToolError():
            return Failure(str(error), error.exit_code)
        case KeyboardInterrupt():
            return Failure("interrupted", INTERRUPTED)
        case BrokenPipeError():
            return Failure("", READER_GONE)
        case OSError():
            named = f"{error.filename}: " if error.filename else ""
            code = NO_ROOM if error.errno in output.FULL else FAILED
            return Failure(f"{named}{error.strerror or error}", code)
    raise error


def run(parser: argparse.ArgumentParser, words: Sequence[str]) -> int:
    """Run the command that `words` name, and return its exit code.

    The command is the option `run`; the option `tool` is the name that messages begin with.
    """
    options = parser.parse_args(words)
    try:
        code: int = options.run(options)
    except FAILURES as error:
        failed = failure(error)
        if failed.text:
            output.tell(f"{options.tool}: {failed.text}")
        return failed.exit_code
    return code


def exit_code_of(tool: str, main: Callable[[], int]) -> int:
    """Run a whole program, of which nothing but its exit code and its output is left."""
    output.settle()
    try:
        code = main()
    except SystemExit as end:  # of the help, or of a command line that is wrong
        code = end.code if isinstance(end.code, int) else 0
    return output.finish(tool, code)


def installed(tool: str, fill: Callable[[argparse.ArgumentParser, str], None]) -> int:
    """Run a tool that is a program of its own, whose options and commands `fill` adds."""
    parser = Parser(prog=tool, formatter_class=argparse.RawDescriptionHelpFormatter)
    fill(parser, tool)
    return exit_code_of(tool, lambda: run(parser, sys.argv[1:]))
