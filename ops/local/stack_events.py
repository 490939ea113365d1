"""The events that CloudFormation sends to EventBridge when a stack or a resource changes.

MiniStack sends none.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-events-reference.html
"""

import json
from typing import Any

from ministack.services import eventbridge
from ministack.services.cloudformation import changesets, engine, handlers, stacks


def send() -> None:
    """Send each event of a stack that CloudFormation keeps to EventBridge, too."""
    add = stacks._add_event

    def add_and_send(  # noqa: PLR0917 - MiniStack's own
        stack_id: str,
        stack_name: str,
        logical_id: str,
        resource_type: str,
        status: str,
        reason: str = "",
        physical_id: str = "",
        **others: Any,  # noqa: ANN401 - MiniStack's own
    ) -> None:
        add(stack_id, stack_name, logical_id, resource_type, status, reason, physical_id, **others)
        detail: dict[str, Any] = {
            "stack-id": stack_id,
            "status-details": {"status": status, "status-reason": reason},
        }
        kind = "Stack"
        if resource_type != "AWS::CloudFormation::Stack" or logical_id != stack_name:
            kind = "Resource"
            detail |= {
                "logical-resource-id": logical_id,
                "physical-resource-id": physical_id,
                "resource-type": resource_type,
            }
        entry = {
            "Source": "aws.cloudformation",
            "DetailType": f"CloudFormation {kind} Status Change",
            "Detail": json.dumps(detail),
            "Resources": [stack_id],
        }
        eventbridge._put_events({"Entries": [entry]}, allow_aws_source=True)

    for module in (stacks, changesets, engine, handlers):
        if getattr(module, "_add_event", None) is add:
            module._add_event = add_and_send
