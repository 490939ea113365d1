"""Delete a stage from AWS, with its files.

First its functions leave their VPC. Then Lambda deletes its network interfaces, which takes up to
20 minutes. Then the stacks are deleted, and their events are printed. After an interruption or a
failure, the same command resumes. A stage that is protected from deletion is refused.

python -m ops destroy Dev          show what goes and what stays, ask for the name, and delete it
python -m ops destroy Dev --yes    the same without asking
"""

from dataclasses import dataclass

from drive_tools.command_line import argument, duration, flag
from drive_tools.errors import ToolError, UsageError
from drive_tools.terminal import ask
from ops.options import StageOptions

_time = duration("a time is a number from 0 on")


@dataclass(frozen=True, kw_only=True)
class DestroyOptions(StageOptions):
    """The stage; `every` is in seconds, `at_most` in minutes."""

    yes: bool = flag("--yes", help="do not ask")
    every: float = argument(
        "--every", type=_time, default=10.0, metavar="SECONDS", help="how often to look (10)"
    )
    at_most: float = argument(
        "--at-most",
        type=_time,
        default=60.0,
        metavar="MINUTES",
        help="how long to wait for Lambda's interfaces (60)",
    )


def run(options: DestroyOptions) -> int:
    """Print what goes and what stays, ask, and delete the stage."""
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - not for --help

    from ops.deployment.stage_deletion import StageDeletion  # noqa: PLC0415
    from ops.deployment.vpc_detachment import Polling  # noqa: PLC0415

    stage = options.stage
    stacks = options.find().stacks
    try:
        deletion = StageDeletion(stacks)
        if not deletion.names:
            print(f"destroy: {stage} is not deployed, so there is nothing to delete")
            return 0
        deletion.refuse_if_it_must_stay()
        if options.yes and any(stack.termination_protection for stack in stacks):
            raise UsageError(f"{stage} is to be protected, by its settings: --yes is not for it")
        stays = deletion.what_stays()
        print(f"destroy: {', '.join(deletion.names)} will be deleted, with {deletion.what_goes()}.")
        _print_all("What stays, and costs until you delete it:", stays)
        if not options.yes:
            _ask(stage)
        deletion.go(Polling(options.every, options.at_most * 60), _say)
    except (BotoCoreError, ClientError) as error:
        raise ToolError(f"{error}; mend that, then run the same command again") from error
    except KeyboardInterrupt:
        print("\nAWS continues what was begun. Run the same command again to complete it.")
        raise
    print(f"destroy: {stage} is gone")
    _print_all("What stays, and costs until you delete it:", stays)
    return 0


def _ask(stage: str) -> None:
    try:
        typed = ask(f"The service ends now, and does not come back. To continue, type {stage}: ")
    except EOFError:
        raise ToolError("nobody answers; with YES=1 make destroy does not ask") from None
    if typed != stage:
        raise ToolError(f"{stage} was not deleted, got {typed!r}")


def _print_all(heading: str, lines: list[str]) -> None:
    print("\n  ".join([heading, *lines]), flush=True)


def _say(line: str) -> None:
    print(f"  {line}", flush=True)
