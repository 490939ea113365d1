"""Alarms that nobody hears, of a stage whose data must stay."""

from collections.abc import Iterable

from drive_tools.cloud_assembly import StackArtifact, resources

_TOPIC, _SUBSCRIPTION = "AWS::SNS::Topic", "AWS::SNS::Subscription"


def unheard(stacks: Iterable[StackArtifact]) -> bool:
    """Say whether the stage is protected from deletion, and has a topic without a subscription."""
    known = [*stacks]
    return any(stack.termination_protection for stack in known) and any(
        resources(template, _TOPIC) and not resources(template, _SUBSCRIPTION)
        for stack in known
        for template in [stack.body()]
    )


def refusal(stage: str) -> str:
    """Return what to do about it."""
    return (
        f"nobody hears the alarms of {stage}, so nothing was deployed: set"
        ' subscribers=("you@example.com",) in its Settings (environments.py)'
    )
