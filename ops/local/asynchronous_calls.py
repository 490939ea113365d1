"""Calls of functions that nobody waits for: each is tried three times, and told of when it failed.

MiniStack does so for those of Lambda's API, and not for those of EventBridge, and counts none.
https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
"""

import json
import logging
from typing import Any

from ministack.services import cloudwatch, eventbridge, lambda_svc, sns

Json = dict[str, Any]

# In place of a dead letter's target, for a function that has none: MiniStack says what failed to
# those that have one.
_NOBODY = "nobody"
_logger = logging.getLogger("ops.local.asynchronous_calls")


def teach() -> None:
    """Try the calls of EventBridge as those of the API, and count what is given up."""
    call, tell = lambda_svc.invoke_async_with_retry, lambda_svc._route_async_failure

    def call_and_tell(function: Json, event: Json) -> None:
        call(_heard(function), event)

    def count_and_tell(target: str, name: str, event: Json, result: Json) -> None:
        _count(name, "AsyncEventsDropped")
        if target == _NOBODY:
            return
        if ":sns:" in target and target not in sns._topics:
            _logger.warning("%s: its dead letters go to %s, which is not there", name, target)
            _count(name, "DeadLetterErrors")
            return
        tell(target, name, event, result)

    def dispatch(arn: str, payload: str) -> None:
        function, config, name = lambda_svc._get_func_record_for_ref(arn)
        if not function or not config:
            _logger.warning("EventBridge calls %s, which is not there", name)
            return
        record = lambda_svc._execution_record_for_config(function, config)
        lambda_svc.invoke_async_with_retry(record, json.loads(payload))

    lambda_svc.invoke_async_with_retry = call_and_tell
    lambda_svc._route_async_failure = count_and_tell
    eventbridge._dispatch_to_lambda = dispatch


def _heard(function: Json) -> Json:
    """Return a function whose failures are told of, to nobody if it has no other target."""
    config = function.get("config") or function
    settings = function.get("event_invoke_config") or {}
    on_failure = (settings.get("DestinationConfig") or {}).get("OnFailure") or {}
    if on_failure.get("Destination") or (config.get("DeadLetterConfig") or {}).get("TargetArn"):
        return function
    nobody = {"OnFailure": {"Destination": _NOBODY}}
    return {**function, "event_invoke_config": {**settings, "DestinationConfig": nobody}}


def _count(name: str, metric: str) -> None:
    cloudwatch.record_metric("AWS/Lambda", metric, 1, "Count", {"FunctionName": name})
