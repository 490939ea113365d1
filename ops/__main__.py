"""`python -m ops`: what people run around the stack."""

import sys
from importlib import import_module
from types import ModuleType

from drive_tools import exit_codes, output, program
from drive_tools.command_line import Parser, add_options, describe

# The module and the summary of each tool. Only the module of the one that is named is imported:
# all of them take longer to import than some take to run. A module has `fill`, which adds several
# commands to a parser, or is one command: its docstring is the help, and `run` takes the options.
_TOOLS = {
    "checks": (
        "ops.deployment.checks",
        "look at a deployment before it starts, as make deploy does",
    ),
    "concurrency": (
        "ops.deployment.concurrency",
        "say whether the account has the instances that a stage reserves",
    ),
    "cost": ("ops.deployment.cost", "show what the stages cost a month, idle and at worst"),
    "destroy": ("ops.deployment.destroy", "delete a stage from AWS, with its files"),
    "drive": (
        "drive_tools.client.commands",
        "put, get, sync, list, move and remove files of a drive",
    ),
    "env": (
        "drive_tools.environment.commands",
        "get, set and undo environment variables of a Lambda function",
    ),
    "guard": (
        "ops.deployment.data_loss_guard",
        "stop a deployment that would lose data, or would fail in the middle",
    ),
    "images": (
        "ops.deployment.container_images",
        "say whether a stage's container images can be built here",
    ),
    "local": ("ops.local.commands", "a local cloud that takes the same cdk deploy"),
    "permissions": (
        "ops.deployment.permission_changes",
        "show what a deployment would permit that is not permitted now",
    ),
    "protect": (
        "ops.deployment.termination_protection",
        "set the termination protection of a stage's stacks as synthesised",
    ),
    "reach": ("ops.deployment.reach", "what functions in a VPC reach, and by which hops"),
    "restore": (
        "ops.deployment.restore",
        "bring files back from a backup, under /restored/ in the drive",
    ),
    "resume": (
        "ops.deployment.resume",
        "let a stage run again that its brake stopped",
    ),
    "review": (
        "ops.review.commands",
        "say what a change means: what may be called, opened, read, lost or billed after it",
    ),
    "runners": (
        "ops.deployment.github_runners",
        "print the runners of GitHub that build the stages' container images",
    ),
    "scaling": (
        "ops.scaling.commands",
        "say how far one drive goes, and from where on to have several",
    ),
}
_NOTES = f"\n{exit_codes.listed(exit_codes.OTHERS)}"


def main(arguments: list[str] | None = None) -> int:
    """Run one tool and return its exit code (docs/exit-codes.md)."""
    output.settle()
    words = sys.argv[1:] if arguments is None else arguments
    parser = Parser(prog="python -m ops", description=__doc__)
    tools = parser.add_subparsers(required=True, metavar="TOOL")
    named = next((word for word in words if not word.startswith("-")), None)
    for name, (module, summary) in _TOOLS.items():
        tool = tools.add_parser(name, help=summary)
        if name == named:
            _fill(tool, name, import_module(module))
    return program.run(parser, words)


def _fill(parser: Parser, tool: str, module: ModuleType) -> None:
    if hasattr(module, "fill"):
        module.fill(parser, tool)
        return
    describe(parser, module.__doc__, _NOTES)
    parser.set_defaults(tool=tool)
    add_options(parser, module.run)


if __name__ == "__main__":
    sys.exit(program.exit_code_of("ops", main))
