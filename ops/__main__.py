"""`python -m ops`: what people run around the stack."""

import argparse
import sys

import ops.destroy
import ops.drive.commands
import ops.env.commands
import ops.guard
import ops.images
import ops.local.commands
import ops.permissions
import ops.protect
from ops import output
from ops.command_line import Parser
from ops.errors import OpsError


def main(arguments: list[str] | None = None) -> int:
    """Run one tool and return its exit code: 0 done, 1 failed, 2 wrong usage, 130 interrupted."""
    output.settle()
    parser: argparse.ArgumentParser = Parser(prog="python -m ops", description=__doc__)
    tools = parser.add_subparsers(required=True, metavar="TOOL")
    ops.destroy.add_parser(tools)
    ops.drive.commands.add_parser(tools)
    ops.env.commands.add_parser(tools)
    ops.guard.add_parser(tools)
    ops.images.add_parser(tools)
    ops.local.commands.add_parser(tools)
    ops.permissions.add_parser(tools)
    ops.protect.add_parser(tools)
    options = parser.parse_args(arguments)
    try:
        code: int = options.run(options)
    except OpsError as error:
        print(f"{options.tool}: {error}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print(f"{options.tool}: interrupted", file=sys.stderr)
        return 130
    return code


def run() -> int:
    """Run one tool as a program, of which nothing but its exit code and its output is left."""
    try:
        code = main()
    except SystemExit as end:  # of the help, or of a command line that is wrong
        code = end.code if isinstance(end.code, int) else 0
    return output.finish("ops", code)


if __name__ == "__main__":
    sys.exit(run())
