"""The options that tools about a synthesised stage have."""

from dataclasses import dataclass
from pathlib import Path

from drive_tools.cloud_assembly import StageAssembly, find_stage
from drive_tools.command_line import argument
from ops.project import CLOUD_ASSEMBLY


@dataclass(frozen=True, kw_only=True)
class AssemblyOptions:
    """The cloud assembly that has the stages."""

    assembly: Path = argument(
        "--assembly", type=Path, default=CLOUD_ASSEMBLY, help="where it is (cdk.out)"
    )


@dataclass(frozen=True, kw_only=True)
class StageOptions(AssemblyOptions):
    """The stage that a tool is about, and the cloud assembly that has it."""

    stage: str = argument(help="the stage, as synthesised")

    def find(self) -> StageAssembly:
        """Find the stage in the assembly. Raises `UsageError` if it is not there."""
        return find_stage(self.assembly, self.stage)
