"""`python -m ops local pipeline`: the command line of the dry run."""

import time
from dataclasses import dataclass
from pathlib import Path

from drive_tools.command_line import argument, flag
from drive_tools.terminal import agreed
from ops.local.command_lock import command_lock, interrupt_on_signals, shown
from ops.project import PROJECT


@dataclass(frozen=True, kw_only=True)
class PipelineOptions:
    """The commit to ship or the stage to roll back, and the folder of the dry run."""

    commit: str = argument("--commit", default="HEAD", help="what to ship (HEAD)")
    yes: bool = flag("--yes", help="give every approval without asking")
    keep: bool = flag("--keep", help="leave the local cloud running")
    roll_back: str | None = argument(
        "--roll-back",
        metavar="STAGE",
        help="do one stage again, with the artifacts of a walk that was left running",
    )
    folder: Path = argument(
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
