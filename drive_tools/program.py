"""A tool as a program: its command line in, one line for each failure and an exit code out."""

import argparse
import sys
from collections.abc import Callable, Sequence

from drive_tools import output
from drive_tools.command_line import Parser
from drive_tools.errors import ToolError

INTERRUPTED = 130  # as a shell has it for a program that SIGINT ended


def run(parser: argparse.ArgumentParser, words: Sequence[str]) -> int:
    """Run the command that `words` name, and return its exit code.

    The command is the option `run`; the option `tool` is the name that messages begin with.
    """
    options = parser.parse_args(words)
    try:
        code: int = options.run(options)
    except ToolError as error:
        print(f"{options.tool}: {error}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print(f"{options.tool}: interrupted", file=sys.stderr)
        return INTERRUPTED
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
