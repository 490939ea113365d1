"""The quotas of a new account (docs/decisions/0022-new-accounts.md), put before MiniStack.

Services that are closed to new accounts need nothing here: MiniStack has none of them, and its
CloudFormation refuses their types.
"""

from collections.abc import Callable
from typing import Any

from ministack.core.responses import error_response_json
from ministack.services import codebuild, ec2, lambda_svc
from ministack.services.cloudformation import provisioners

from ops.local.resource_refusals import Answer, Properties, before_api, before_creation
from ops.local.rules import quotas
from ops.local.rules.resource_refusal import ResourceRefusal
from stacks.shared.aws_limits import (
    ELASTIC_ADDRESSES,
    NEW_ACCOUNT_BUILDS,
    NEW_ACCOUNT_CONCURRENCY,
    NEW_ACCOUNT_MEMORY_MB,
    VPCS,
)

Created = tuple[str, dict[str, str]]  # physical id, attributes


def teach() -> None:
    """Refuse what a new account may not have, by a stack and by API."""
    for kind, action, check in (
        ("AWS::EC2::EIP", "AllocateAddress", _check_addresses),
        ("AWS::EC2::VPC", "CreateVpc", _check_vpcs),
    ):
        before_creation(kind, check)
        before_api(action, check)
    _teach_cloudformation()
    lambda_svc._put_function_concurrency = _unless_refused(
        lambda_svc._put_function_concurrency, _check_function
    )
    lambda_svc._update_config = _unless_refused(lambda_svc._update_config, _check_function)
    create, build = lambda_svc._create_function, codebuild._start_build
    lambda_svc._create_function = lambda data: _unless_refused(
        lambda _, asked: create(asked), _check_function
    )("", data)
    codebuild._start_build = lambda data: _unless_refused(
        lambda _, asked: build(asked), lambda *_: quotas.check_builds(most=NEW_ACCOUNT_BUILDS)
    )("", data)


def _teach_cloudformation() -> None:
    """Check functions of a stack."""
    function = provisioners._RESOURCE_HANDLERS["AWS::Lambda::Function"]

    def create(logical_id: str, properties: Properties, stack_name: str) -> Created:
        _check_in_a_stack("", properties)
        created: Created = function["create"](logical_id, properties, stack_name)
        return created

    def update(physical_id: str, old: Properties, new: Properties, *rest: object) -> Created:
        _check_in_a_stack(physical_id, new)
        updated: Created = function["update"](physical_id, old, new, *rest)
        return updated

    provisioners._RESOURCE_HANDLERS["AWS::Lambda::Function"] = {
        **function,
        "create": create,
        "update": update,
    }


def _check_in_a_stack(name: str, properties: Properties) -> None:
    try:
        _check_function(name, properties)
    except ResourceRefusal as refusal:
        raise ValueError(refusal.in_a_stack()) from refusal


def _check_function(name: str, properties: Properties) -> None:
    quotas.check_memory(int(properties.get("MemorySize") or 0), most=NEW_ACCOUNT_MEMORY_MB)
    others = [
        int(function.get("concurrency") or 0)
        for other, function in lambda_svc._functions.items()
        if other != name
    ]
    quotas.check_reserved(
        int(properties.get("ReservedConcurrentExecutions") or 0),
        others,
        account=NEW_ACCOUNT_CONCURRENCY,
        unreserved=NEW_ACCOUNT_CONCURRENCY,
    )


def _unless_refused(
    act: Callable[[str, dict[str, Any]], Answer], check: Callable[[str, dict[str, Any]], None]
) -> Callable[[str, dict[str, Any]], Answer]:
    def act_unless_refused(name: str, data: dict[str, Any]) -> Answer:
        try:
            check(name, data)
        except ResourceRefusal as refusal:
            refused: Answer = error_response_json(refusal.name, refusal.message, refusal.status)
            return refused
        return act(name, data)

    return act_unless_refused


def _check_addresses(_asked: Properties) -> None:
    quotas.check_addresses(len(ec2._addresses), most=ELASTIC_ADDRESSES)


def _check_vpcs(_asked: Properties) -> None:
    ec2._ensure_defaults_initialized()
    quotas.check_vpcs(len(ec2._vpcs), most=VPCS)
