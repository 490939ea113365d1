"""Who may call a function URL."""

import pytest

from ops.local.rules.function_urls import AuthType, may_call
from ops.local.rules.policies import Policies, Principal
from tests.unit.our_policies import ACCOUNT, FUNCTION, Statement, policy_of

USER = Principal(arn=f"arn:aws:iam::{ACCOUNT}:user/caller")
THERE = Principal(arn="arn:aws:iam::444455556666:role/example")


def _both(principal: object, auth_type: AuthType) -> tuple[Statement, Statement]:
    """Return the two statements of the page's examples."""
    return (
        {
            "Principal": principal,
            "Action": "lambda:InvokeFunctionUrl",
            "Resource": FUNCTION,
            "Condition": {"StringEquals": {"lambda:FunctionUrlAuthType": auth_type}},
        },
        {
            "Principal": principal,
            "Action": "lambda:InvokeFunction",
            "Resource": FUNCTION,
            "Condition": {"Bool": {"lambda:InvokedViaFunctionUrl": "true"}},
        },
    )


OWN: tuple[Statement, Statement] = (
    {"Action": "lambda:InvokeFunctionUrl", "Resource": FUNCTION},
    {"Action": "lambda:InvokeFunction", "Resource": FUNCTION},
)


@pytest.mark.parametrize(
    ("auth_type", "caller", "own", "granted", "allowed"),
    [
        # In one account either is enough, and each permission may come from another policy.
        ("AWS_IAM", USER, OWN, (), True),
        ("AWS_IAM", USER, (), _both({"AWS": USER.arn}, "AWS_IAM"), True),
        ("AWS_IAM", USER, OWN[:1], _both({"AWS": USER.arn}, "AWS_IAM")[1:], True),
        # Both permissions are needed.
        ("AWS_IAM", USER, OWN[:1], (), False),
        ("AWS_IAM", USER, OWN[1:], (), False),
        ("AWS_IAM", USER, (), _both({"AWS": USER.arn}, "AWS_IAM")[:1], False),
        # What is granted for another type of authentication is not for this one.
        ("AWS_IAM", USER, (), _both({"AWS": USER.arn}, "NONE"), False),
        # From another account both the caller's and the function's policy must allow.
        ("AWS_IAM", THERE, OWN, _both({"AWS": THERE.arn}, "AWS_IAM"), True),
        ("AWS_IAM", THERE, (), _both({"AWS": THERE.arn}, "AWS_IAM"), False),
        ("AWS_IAM", THERE, OWN, (), False),
        # Without authentication the function's policy must let everybody in.
        ("NONE", USER, OWN, (), False),
        ("NONE", USER, (), _both("*", "NONE"), True),
        ("NONE", USER, ({"Effect": "Deny", "Action": "lambda:*"},), _both("*", "NONE"), True),
        ("NONE", USER, (), _both("*", "NONE")[:1], False),
        ("NONE", USER, (), _both({"AWS": USER.arn}, "NONE"), False),
    ],
)
def test_who_may_call_a_url(
    auth_type: AuthType,
    caller: Principal,
    own: tuple[Statement, ...],
    granted: tuple[Statement, ...],
    *,
    allowed: bool,
) -> None:
    request, decision = may_call(
        auth_type,
        FUNCTION,
        policy_of("resource", *granted) if granted else None,
        caller,
        Policies(identity=(policy_of("identity", *own),) if own else ()),
    )
    assert decision.allowed is allowed
    assert request.resource == FUNCTION
    assert request.principal.arn == ("*" if auth_type == "NONE" else caller.arn)
