"""Command lines of the tools of `ops`, parsed into typed options."""

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from drive_tools.cloud_assembly import StageAssembly, find_stage
from drive_tools.command_line import Options, typed
from ops.project import CLOUD_ASSEMBLY


@dataclass(frozen=True)
class StageOptions:
    """The stage that a tool is about, and the cloud assembly that has it."""

    stage: str
    assembly: Path

    def find(self) -> StageAssembly:
        """Find the stage in the assembly. Raises `UsageError` if it is not there."""
        return find_stage(self.assembly, self.stage)


def add_stage_tool(
    tools: "argparse._SubParsersAction[argparse.ArgumentParser]",
    name: str,
    run: Callable[[Options], int],
    options: type[Options],
    *,
    summary: str,
    description: str | None,
) -> argparse.ArgumentParser:
    """Add a tool about one stage, and return its parser for further options."""
    parser = tools.add_parser(
        name,
        help=summary,
        description=description,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.set_defaults(tool=name, run=typed(run, options))
    parser.add_argument("stage", help="the stage, as synthesised")
    add_assembly(parser)
    return parser


def add_assembly(parser: argparse.ArgumentParser) -> None:
    """Add the option that names a cloud assembly."""
    parser.add_argument(
        "--assembly", type=Path, default=CLOUD_ASSEMBLY, help="where it is (cdk.out)"
    )
