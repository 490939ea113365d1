"""Links of the key that encrypts the variables of a function and its log group."""

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

from tests.local.conftest import TARGET
from tests.local.links.deployed import Deployed, Json


@contextmanager
def key_disabled(deployed: Deployed) -> Iterator[None]:
    key = deployed.config["KMSKeyArn"]
    deployed("kms").disable_key(KeyId=key)
    yield
    deployed("kms").enable_key(KeyId=key)


@contextmanager
def key_to_be_deleted(deployed: Deployed) -> Iterator[None]:
    key = deployed.config["KMSKeyArn"]
    deployed("kms").schedule_key_deletion(KeyId=key)
    yield
    deployed("kms").cancel_key_deletion(KeyId=key)
    deployed("kms").enable_key(KeyId=key)


@contextmanager
def key_says(deployed: Deployed, change: Callable[[list[Json]], list[Json]]) -> Iterator[None]:
    """Put changed statements in the key's policy."""
    kms, key = deployed("kms"), {"KeyId": deployed.config["KMSKeyArn"], "PolicyName": "default"}
    before = kms.get_key_policy(**key)["Policy"]
    statements = change(json.loads(before)["Statement"])
    document = json.dumps({"Version": "2012-10-17", "Statement": statements})
    assert json.loads(document) != json.loads(before)
    for policy in (document, before):
        kms.put_key_policy(**key, Policy=policy)
        if policy is document:
            yield


def key_of_nobody(deployed: Deployed) -> AbstractContextManager[None]:
    """Leave only those in the key's policy who manage it."""
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{TARGET.account}:root"},
        "Action": ["kms:PutKeyPolicy", "kms:GetKeyPolicy"],
        "Resource": "*",
    }
    return key_says(deployed, lambda _: [statement])


def key_without_logs(deployed: Deployed) -> AbstractContextManager[None]:
    """Take from the key's policy what it says of CloudWatch Logs."""
    return key_says(
        deployed, lambda said: [each for each in said if "Service" not in each["Principal"]]
    )
