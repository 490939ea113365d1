"""`python -m ops local pipeline`: the command line of the dry run."""

import argparse
import time
from dataclasses import dataclass
from pathlib import Path

from drive_tools.command_line import typed
from drive_tools.terminal import agreed
from ops.local.command_lock import command_lock, interrupt_on_signals, shown
from ops.project import PROJECT


@dataclass(frozen=True)
class PipelineOptions:
    """The commit to ship or the stage to roll back, and the folder of the dry run."""

    commit: str
    yes: bool
    keep: bool
    roll_back: str | None
    folder: Path


def add_pipeline_command(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]",
) -> None:
    """Add `pipeline` to the commands of `ops local`."""
    command = commands.add_parser("pipeline", help=(pipeline.__doc__ or "").splitlines()[0])
    command.set_defaults(run=typed(pipeline, PipelineOptions))
    command.add_argument("--commit", default="HEAD", help="what to ship (HEAD)")
    command.add_argument("--yes", action="store_true", help="give every approval without asking")
    command.add_argument("--keep", action="store_true", help="leave the local cloud running")
    command.add_argument(
        "--roll-back",
        metavar="STAGE",
        help="do one stage again, with the artifacts of a walk that was left running",
    )
    command.add_argument(
        "--folder",
        type=lambda text: Path(text).resolve(),
        default=PROJECT / ".local" / "walk",
        help="where the walk makes all it needs, anew (.local/walk/)",
    )


def pipeline(options: PipelineOptions) -> int:
    """Walk the pipeline of a commit, from its source to the smoke test of Prod."""
    from ops.pipeline_walk.walk import Walk  # noqa: PLC0415 - with boto3, which is slow, and not for --help

    def confirm(question: str) -> bool:
        if options.yes:
            print(f"{question} yes (--yes)")
            return True
        return agreed(question, "nobody answers; --yes approves everything")

    begun = time.monotonic()
    keep = options.keep or options.roll_back
    interrupt_on_signals()
    with command_lock(options.folder):
        walk = Walk(options.folder, confirm)
        try:
            if options.roll_back:
                running = walk.roll_back(options.roll_back)
                done = f"{options.roll_back} was rolled back"
            else:
                running = walk.run(options.commit)
                done = f"{options.commit} went all the way"
        finally:
            if not keep:
                walk.cloud.stop()
    print(f"\n{done} in {time.monotonic() - begun:.0f} s")
    if keep:
        print(
            f"The local cloud runs at {running.endpoint}; stop it with:"
            f" .venv/bin/python -m ops local down --folder {shown(options.folder)}"
        )
    return 0
