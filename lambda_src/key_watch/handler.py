"""The handler of the key watch: it fails while a KMS key of the stage cannot be used.

Lambda counts its runs and its failures, and an alarm looks at both. So it needs no variable, which
a key would have to decrypt.
"""

import json
import logging
from typing import Any

# In each other KeyState a key cannot be used, or not yet
# (https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html).
USABLE = "Enabled"

logger = logging.getLogger()
logger.setLevel("INFO")


class UnusableKeysError(Exception):
    """Keys that are in another state than `Enabled`, or of which KMS does not say it."""


def handler(event: dict[str, list[str]], _context: object) -> dict[str, str]:
    """Return the state of each of the `keys`, which are ARNs; raise if one is not `Enabled`."""
    states = _states(event["keys"])
    unusable = {key: state for key, state in states.items() if state != USABLE}
    if unusable:
        raise UnusableKeysError(
            f"keys of the stage are not {USABLE}: {json.dumps(unusable)}. Cancel a deletion with:"
            " aws kms cancel-key-deletion --key-id KEY; then: aws kms enable-key --key-id KEY"
        )
    logger.info("all keys are %s: %s", USABLE, json.dumps(states))
    return states


def _states(keys: list[str]) -> dict[str, str]:
    """Return what KMS says of each key: its state, or why it does not say it."""
    kms = _client()
    states = {}
    for key in keys:
        try:
            states[key] = kms.describe_key(KeyId=key)["KeyMetadata"]["KeyState"]
        except kms.exceptions.ClientError as error:  # a key, or a right, that is gone
            states[key] = str(error)
    return states


def _client() -> Any:  # noqa: ANN401 - boto3 makes clients at run time
    import boto3  # noqa: PLC0415 - Lambda's own; tests need none

    return boto3.client("kms")
