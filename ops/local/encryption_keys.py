"""Keys of KMS as others use them: which key there is, and what CloudWatch Logs does with it.

MiniStack keeps the key of a log group and never asks whether CloudWatch Logs may use it. Here it is
asked when a key is given to a log group, and whenever events are written or read: "CloudWatch Logs
must have permissions for the KMS key whenever encrypted data is requested"
(https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html). That page does
not say what a call that reads or writes is answered; here it is what the creation is answered.
What a function writes is lost then, and the call of the function goes on.

In AWS a changed key takes effect after up to five minutes, here at once.
"""

import json
import logging
from collections.abc import Callable, Mapping
from typing import Any

from ministack.core.responses import get_account_id, get_region, json_response
from ministack.services import cloudwatch_logs, kms, lambda_svc
from ministack.services.cloudformation import provisioners

from ops.local import callers
from ops.local.rules import keys
from ops.local.rules.keys import Key
from ops.local.rules.resource_refusal import ResourceRefusal
from ops.local.rules.roles import ServiceRefusal

Properties = dict[str, Any]  # a template's JSON
Created = tuple[str, dict[str, str]]  # physical id, attributes
Asked = Mapping[str, Any]  # a request to CloudWatch Logs
Answer = tuple[int, dict[str, str], bytes]

_KIND = "AWS::Logs::LogGroup"
_log = logging.getLogger("ministack")


def teach() -> None:
    """Let CloudWatch Logs ask for the keys of its groups, by API and in stacks."""
    table = provisioners._RESOURCE_HANDLERS
    table[_KIND] = _asking(table[_KIND])
    handle = cloudwatch_logs.handle_request

    async def handle_asking(
        method: str, path: str, headers: dict[str, str], body: bytes, query: object
    ) -> Answer:
        action = headers.get("x-amz-target", "").rpartition(".")[2]
        asked = json.loads(body) if action in _ACTIONS else {}
        try:
            answer = _ACTIONS[action](asked) if action in _ACTIONS else None
        except ServiceRefusal as refused:
            return _error(refused.name, refused.message)
        given: Answer = answer or await handle(method, path, headers, body, query)
        return given

    cloudwatch_logs.handle_request = handle_asking
    emit = lambda_svc._emit_lambda_logs

    def emit_asking(function: Asked, *arguments: object, **named: object) -> None:
        config = function.get("config") or function
        name = config["FunctionName"]
        group = (config.get("LoggingConfig") or {}).get("LogGroup") or f"/aws/lambda/{name}"
        try:
            _check_group(group)
        except ServiceRefusal as refused:
            _log.error("%s writes no log: %s", name, refused.message)
            return
        emit(function, *arguments, **named)

    lambda_svc._emit_lambda_logs = emit_asking


def key(arn: str) -> Key | None:
    """Return a key with its policy and its state; None if it is not there, or is of elsewhere."""
    found = kms._keys.get(arn.rpartition("/")[2])
    if found is None or found["Arn"] != arn:
        return None
    policy = callers.read(arn, found["Policy"], "resource")
    return Key(arn=found["Arn"], policy=policy, state=found["KeyState"])


def _check(group: str, key_arn: str | None) -> None:
    if key_arn:
        arn = f"arn:aws:logs:{get_region()}:{get_account_id()}:log-group:{group}"
        keys.check_log_group(key(key_arn), arn)


def _check_group(group: str) -> None:
    """Ask for the key that a log group has; one that is not there has none."""
    _check(group, (cloudwatch_logs._log_groups.get(group) or {}).get("kmsKeyId"))


def _create(asked: Asked) -> None:
    group = asked.get("logGroupName", "")
    if group not in cloudwatch_logs._log_groups:
        _check(group, asked.get("kmsKeyId"))


def _associate(asked: Asked) -> Answer:
    """https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_AssociateKmsKey.html"""
    group, key_arn = asked.get("logGroupName", ""), asked.get("kmsKeyId")
    found = cloudwatch_logs._log_groups.get(group)
    if found is None:
        raise ServiceRefusal(
            "ResourceNotFoundException", f"The specified log group does not exist: {group}"
        )
    _check(group, key_arn)
    found["kmsKeyId"] = key_arn
    return _done()


def _use(asked: Asked) -> None:
    resolved = cloudwatch_logs._resolve_log_group_name(asked)
    for group in cloudwatch_logs._resolve_query_log_groups(asked) or [resolved or ""]:
        _check_group(group)


_ACTIONS: dict[str, Callable[[Asked], Answer | None]] = {
    "AssociateKmsKey": _associate,
    "CreateLogGroup": _create,
    "DisassociateKmsKey": lambda asked: _associate({**asked, "kmsKeyId": None}),
    "FilterLogEvents": _use,
    "GetLogEvents": _use,
    "PutLogEvents": _use,
    "StartQuery": _use,
}


def _asking(log_group: dict[str, Any]) -> dict[str, Any]:
    """Return the handler of a log group that asks for its key, and names the group as AWS does.

    A group without a name in the template is named by its stack and its logical id, and policies
    of keys name groups by that: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-logs-loggroup.html#cfn-logs-loggroup-loggroupname
    """

    def create(logical_id: str, properties: Properties, stack_name: str) -> Created:
        name = properties.get("LogGroupName") or provisioners._physical_name(stack_name, logical_id)
        _check_in_a_stack(name, properties)
        created: Created = log_group["create"](
            logical_id, {**properties, "LogGroupName": name}, stack_name
        )
        return created

    def update(
        physical_id: str, old: Properties, new: Properties, stack_name: str, logical_id: str
    ) -> Created:
        drawn = provisioners._physical_name(stack_name, logical_id)
        old, new = {"LogGroupName": drawn} | old, {"LogGroupName": drawn} | new
        _check_in_a_stack(new["LogGroupName"], new)
        updated: Created = log_group["update"](physical_id, old, new, stack_name, logical_id)
        return updated

    return {**log_group, "create": create, "update": update, "update_with_logical_id": True}


def _check_in_a_stack(name: str, properties: Properties) -> None:
    try:
        _check(name, properties.get("KmsKeyId"))
    except ServiceRefusal as refused:
        as_event = ResourceRefusal("CloudWatchLogs", refused.name, refused.message)
        raise ValueError(as_event.in_a_stack()) from refused


def _error(name: str, message: str) -> Answer:
    answer: Answer = cloudwatch_logs.error_response_json(name, message, 400)
    return answer


def _done() -> Answer:
    answer: Answer = json_response({})
    return answer
