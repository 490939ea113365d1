"""Environment variables of functions, shown only to those who may decrypt them.

Lambda decrypts them with the function's key in the name of who reads the configuration
(https://docs.aws.amazon.com/lambda/latest/api/API_EnvironmentError.html).
"""

import json
from collections.abc import Mapping
from typing import Any

from ministack.core.responses import get_region
from ministack.core.router import extract_access_key_id
from ministack.services import lambda_svc

from ops.local.called_actions import through
from ops.local.caller_permissions import refusal
from ops.local.callers import caller_of

Answer = tuple[int, Any, bytes]


def hide_from_strangers() -> None:
    """Answer without variables to a caller who may not use the function's key."""
    handle = lambda_svc.handle_request

    async def shown(
        method: str, path: str, headers: Mapping[str, str], body: bytes, query: Mapping[str, Any]
    ) -> Answer:
        answer: Answer = await handle(method, path, headers, body, query)
        status, answered, content = answer
        if b"arn:aws:kms:" not in content or path.endswith("/invocations"):
            return answer
        told = json.loads(content)
        configurations = [told.get("Configuration", told), *told.get("Functions", [])]
        for each in configurations:
            _hide(each, extract_access_key_id(headers, query))
        return status, answered, json.dumps(told).encode()

    lambda_svc.handle_request = shown


def _hide(configuration: dict[str, Any], access_key: str) -> None:
    key = configuration.get("KMSKeyArn")
    if not key or not configuration.get("Environment", {}).get("Variables"):
        return
    refused = refusal(caller_of(access_key), "kms:Decrypt", key, through("lambda", get_region()))
    if refused:
        _, sentence = refused
        configuration["Environment"] = {
            "Error": {
                "ErrorCode": "AccessDeniedException",
                "Message": "Lambda was unable to decrypt your environment variables because the"
                " KMS access was denied. Please check your KMS permissions. KMS Exception:"
                f" AccessDeniedException KMS Message: {sentence}",
            }
        }
