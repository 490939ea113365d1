"""Callers, policies and requests of AWS's examples."""

from collections.abc import Mapping

from ops.local.rules.policies import (
    AccessRequest,
    Policies,
    Principal,
    evaluate,
)
from ops.local.rules.policy_documents import Kind, Policy, policy

HERE, THERE = "111122223333", "444455556666"
USER = Principal(arn=f"arn:aws:iam::{HERE}:user/exampleuser")
ROLE = f"arn:aws:iam::{HERE}:role/examplerole"
SESSION = Principal(
    arn=f"arn:aws:sts::{HERE}:assumed-role/examplerole/examplerolesessionname", role=ROLE
)
FEDERATED = Principal(arn=f"arn:aws:sts::{HERE}:federated-user/exampleuser")
ROOT = Principal(arn=f"arn:aws:iam::{HERE}:root")
NOBODY = Principal(arn="*")
QUEUE = f"arn:aws:sqs:us-east-2:{HERE}:queue1"


def policy_of(name: str, kind: Kind, *statements: Mapping[str, object]) -> Policy:
    """Return a policy of statements that are, where they do not say it, Allow * on *."""
    whole: Mapping[str, object] = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    filled = [
        {
            **{each: whole[each] for each in whole if f"Not{each}" not in statement},
            **statement,
        }
        for statement in statements
    ]
    return policy(name, {"Version": "2012-10-17", "Statement": filled}, kind)


def identity_policy(*statements: Mapping[str, object]) -> Policy:
    return policy_of("Own", "identity", *(statements or ({},)))


def resource_policy(*statements: Mapping[str, object]) -> Policy:
    return policy_of("Resource", "resource", *statements)


def request(
    principal: Principal, action: str = "sqs:SendMessage", resource: str = QUEUE
) -> AccessRequest:
    return AccessRequest(principal=principal, action=action, resource=resource)


def is_allowed(call: AccessRequest, policies: Policies) -> bool:
    return evaluate(call, policies).allowed


NOTHING = policy_of("Nothing", "identity", {"Action": "none:None"})
ALL = policy_of("All", "identity", {})
