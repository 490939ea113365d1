"""What a function of a stack reserves, put in force as CloudFormation does, before MiniStack.

MiniStack's CloudFormation leaves it out. CloudFormation may write it with any update of the
function, so it does here: a value that somebody set by API does not outlive that.
"""

from ministack.services import lambda_svc
from ministack.services.cloudformation import provisioners

from ops.local.resource_refusals import Properties

Created = tuple[str, dict[str, str]]  # physical id, attributes


def teach() -> None:
    """Reserve what each function of a stack reserves, when it is created and updated."""
    function = provisioners._RESOURCE_HANDLERS["AWS::Lambda::Function"]

    def create(logical_id: str, properties: Properties, stack_name: str) -> Created:
        created: Created = function["create"](logical_id, properties, stack_name)
        _reserve(created[0], properties)
        return created

    def update(physical_id: str, old: Properties, new: Properties, *rest: object) -> Created:
        updated: Created = function["update"](physical_id, old, new, *rest)
        _reserve(updated[0], new)
        return updated

    provisioners._RESOURCE_HANDLERS["AWS::Lambda::Function"] = {
        **function,
        "create": create,
        "update": update,
    }


def _reserve(name: str, properties: Properties) -> None:
    reserved = properties.get("ReservedConcurrentExecutions")
    lambda_svc._functions[name]["concurrency"] = None if reserved is None else int(reserved)
