"""`python -m ops`: what people run around the stack."""

import argparse
import sys
from importlib import import_module

from drive_tools import output, program
from drive_tools.command_line import Parser

# Where each tool is. Only the one that is named is imported: all of them take longer to import
# than some take to run.
_TOOLS = {
    "destroy": "ops.deployment.destroy",
    "drive": "drive_tools.client.commands",
    "env": "drive_tools.environment.commands",
    "guard": "ops.deployment.data_loss_guard",
    "images": "ops.deployment.container_images",
    "local": "ops.local.commands",
    "permissions": "ops.deployment.permission_changes",
    "protect": "ops.deployment.termination_protection",
    "reach": "ops.deployment.reach",
    "runners": "ops.deployment.github_runners",
}


def main(arguments: list[str] | None = None) -> int:
    """Run one tool and return its exit code: 0 done, 1 failed, 2 wrong usage, 130 interrupted."""
    output.settle()
    words = sys.argv[1:] if arguments is None else arguments
    parser: argparse.ArgumentParser = Parser(prog="python -m ops", description=__doc__)
    tools = parser.add_subparsers(required=True, metavar="TOOL")
    named = words[0] if words and words[0] in _TOOLS else None
    for module in [_TOOLS[named]] if named else _TOOLS.values():
        import_module(module).add_parser(tools)
    return program.run(parser, words)


if __name__ == "__main__":
    sys.exit(program.exit_code_of("ops", main))
