"""The permissions boundary that a template gives to a role, which MiniStack leaves out.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-role.html
In AWS its policy must be there before the role. Here the role is made without it, since the local
cloud begins with an empty account, and `callers` asks the policy as soon as it is there.
"""

from typing import Any

from ministack.services import iam
from ministack.services.cloudformation import provisioners

Properties = dict[str, Any]  # a template's JSON
Made = tuple[str, dict[str, str]]  # physical id, attributes

_BOUNDARY = "PermissionsBoundary"


def keep() -> None:
    """Let roles of stacks have their boundary."""
    role = provisioners._RESOURCE_HANDLERS["AWS::IAM::Role"]

    def create(logical_id: str, properties: Properties, stack_name: str) -> Made:
        made: Made = role["create"](logical_id, properties, stack_name)
        iam._roles[made[0]][_BOUNDARY] = properties.get(_BOUNDARY)
        return made

    def update(
        physical_id: str, old: Properties, new: Properties, *rest: object, **named: object
    ) -> Made:
        made: Made = role["update"](physical_id, old, new, *rest, **named)
        # What a call has set since stays, unless the template says something else now.
        if made[0] != physical_id or old.get(_BOUNDARY) != new.get(_BOUNDARY):
            iam._roles[made[0]][_BOUNDARY] = new.get(_BOUNDARY)
        return made

    provisioners._RESOURCE_HANDLERS["AWS::IAM::Role"] = {
        **role,
        "create": create,
        "update": update,
    }
