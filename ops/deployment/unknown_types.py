"""Resource types that CloudFormation does not know in a region: it refuses a template with one."""

from collections.abc import Iterable

from drive_tools.cloud_assembly import StackArtifact, resources
from stacks.shared import aws_limits


def unknown(stacks: Iterable[StackArtifact], region: str) -> list[str]:
    """Return the types of the stacks that CloudFormation does not know in the region."""
    used = {each["Type"] for stack in stacks for each in resources(stack.body()).values()}
    return aws_limits.unknown_types(used, region)


def refusal(stage: str, types: list[str], region: str) -> str:
    """Return what to do about it."""
    return (
        f"CloudFormation does not know {', '.join(types)} in {region}, so nothing was deployed: set"
        f' account and region="{region}" for {stage} in environments.py, and a synth leaves out'
        " what is not there, or says that no drive can be there"
    )
