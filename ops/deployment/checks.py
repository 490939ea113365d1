"""Look at a deployment before it starts, as `make deploy` does, and stop at the first refusal.

python -m ops checks Dev                           images, concurrency, guard, review, brake
python -m ops checks Dev --ask                     and ask whether to go on
python -m ops checks Dev --replace-data Storage1A  permit the loss of this one

Each is a tool of its own too, and says here what it says there. In one process what all of them
need is loaded once.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from drive_tools import output, program
from drive_tools.command_line import Parser, add_options
from drive_tools.exit_codes import DONE
from ops.deployment import concurrency, container_images, data_loss_guard, resume
from ops.deployment.data_loss_guard import DataOptions
from ops.review import commands as review
from ops.review.commands import AgreementOptions
from ops.review.sources import DEPLOYED


@dataclass(frozen=True, kw_only=True)
class ChecksOptions(AgreementOptions, DataOptions):
    """The stage, what it may lose, and how its change is agreed to."""


def run(options: ChecksOptions) -> int:
    """Ask one tool after the other, and return the exit code of the first that refuses."""
    stage = (options.stage, "--assembly", str(options.assembly))
    named = [f"--replace-data={each}" for each in options.replace_data]
    agreement = [
        *(["--ask"] if options.ask else []),
        *(["--expect", options.expect] if options.expect else []),
    ]
    reviewed = (DEPLOYED, str(options.assembly), "--stage", options.stage, "--first-screen")
    for tool, command, words in (
        ("images", container_images.run, stage),
        ("concurrency", concurrency.run, stage),
        ("guard", data_loss_guard.run, (*stage, *named)),
        ("review", review.run, (*reviewed, *agreement)),
        ("resume", resume.run, (*stage, "--status")),
    ):
        if code := _asked(tool, command, words):
            return code
        output.flush()  # before the next one tells something
    return DONE


def _asked(tool: str, command: Callable[[Any], int], words: tuple[str, ...]) -> int:
    parser = Parser(prog=f"python -m ops {tool}")
    parser.set_defaults(tool=tool)
    add_options(parser, command)
    return program.run(parser, words)
