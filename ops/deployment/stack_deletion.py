"""The deletion of a stack by CloudFormation, with its events."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from drive_tools.errors import ToolError
from ops.deployment.bootstrap_roles import described_stack

if TYPE_CHECKING:
    from types_boto3_cloudformation import CloudFormationClient
    from types_boto3_cloudformation.type_defs import StackEventTypeDef

_GONE, _FAILED = "DELETE_COMPLETE", "DELETE_FAILED"
_SHOWN = {_GONE: "deleted", _FAILED: "FAILED", "DELETE_SKIPPED": "kept"}


@dataclass(frozen=True)
class DeployedStack:
    """A stack that exists: its id, its status, and whether it is protected from deletion."""

    id: str
    status: str
    protected: bool


def deployed_stack(client: "CloudFormationClient", name: str) -> DeployedStack | None:
    """Return the stack of a name, or None if it does not exist."""
    stack = described_stack(client, name)
    if stack is None or stack["StackStatus"] == _GONE:
        return None
    protected = bool(stack.get("EnableTerminationProtection"))
    return DeployedStack(stack.get("StackId", name), stack["StackStatus"], protected)


def delete(
    client: "CloudFormationClient", stack_id: str, every: float, say: Callable[[str], None]
) -> None:
    """Delete a stack, and pass each event to `say`; poll each `every` seconds.

    A deletion that is under way is followed, one that failed is tried again. Raises `ToolError`
    with what could not be deleted, and why.
    """
    seen: set[str] = set()
    _new_events(client, stack_id, seen)  # those from before
    client.delete_stack(StackName=stack_id)
    failures: list[str] = []
    while True:
        for event in _new_events(client, stack_id, seen):
            status = event.get("ResourceStatus", "")
            if event.get("PhysicalResourceId") == stack_id:  # the stack itself
                if status == _GONE:
                    return
                if status == _FAILED:
                    lines = "".join(f"\n  {line}" for line in failures)
                    reason = event.get("ResourceStatusReason", "no reason given")
                    raise ToolError(f"{event['StackName']} could not be deleted: {reason}{lines}")
            elif status in _SHOWN:
                line = _line(event)
                say(line)
                failures += [line] if status == _FAILED else []
        time.sleep(every)


def _line(event: "StackEventTypeDef") -> str:
    status = _SHOWN[event.get("ResourceStatus", "")]
    what = f"{event.get('ResourceType')} {event.get('LogicalResourceId')}"
    reason = event.get("ResourceStatusReason") if status == _SHOWN[_FAILED] else None
    return f"{event['StackName']} {status:7} {what}" + (f": {reason}" if reason else "")


def _new_events(
    client: "CloudFormationClient", stack_id: str, seen: set[str]
) -> "list[StackEventTypeDef]":
    """Return the events that are not in `seen`, oldest first, and add them to it."""
    new = []
    for page in client.get_paginator("describe_stack_events").paginate(StackName=stack_id):
        fresh = [event for event in page["StackEvents"] if event["EventId"] not in seen]
        new += fresh
        if len(fresh) < len(page["StackEvents"]):
            break
    seen.update(event["EventId"] for event in new)
    return new[::-1]
