"""A custom resource whose function fails without an answer: it fails, and says why, at once.

CloudFormation waits an hour for the answer of such a function, and then says only that none came
(https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudformation-customresource.html,
`ServiceTimeout`). So does MiniStack; nobody waits for that on a laptop.
"""

import json
from typing import Any

from ministack.services import lambda_svc
from ministack.services.cloudformation import custom_resource


def teach() -> None:
    """Give CloudFormation the error of the function as the answer that it did not give."""
    execute = lambda_svc._execute_function_with_config_scope

    def execute_and_answer(function: dict[str, Any], event: dict[str, Any]) -> dict[str, Any]:
        result: dict[str, Any] = execute(function, event)
        if result.get("error") and "ResponseURL" in event:
            _answer(event["ResponseURL"].rpartition("/")[2], result.get("body"))
        return result

    lambda_svc._execute_function_with_config_scope = execute_and_answer


def _answer(token: str, error: object) -> None:
    pending = custom_resource._pending.get(token)
    if pending is not None and pending["result"] is None:
        told = error if isinstance(error, str) else json.dumps(error)
        reason = (
            f"its function failed and did not answer: {told} (AWS waits an hour, and says less)"
        )
        custom_resource.deliver_response(token, {"Status": "FAILED", "Reason": reason})
