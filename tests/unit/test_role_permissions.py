"""The role of a function: who may take it, and which interfaces it may make."""

import pytest

from ops.local.rules.policies import AccessRequest, Principal
from ops.local.rules.roles import Role, check_assumable, check_interfaces, trusted
from tests.unit.our_policies import (
    ACCOUNT,
    EVERYTHING_ELSE,
    FUNCTION,
    INTERFACES,
    OURS,
    REGION,
    ROOT,
    TRUST,
    Statement,
    is_refused,
    role_of,
)


@pytest.mark.parametrize(
    ("trust", "assumable"),
    [
        (TRUST, True),
        ({**TRUST, "Principal": {"Service": ["edgelambda.amazonaws.com"]}}, False),
        ({**TRUST, "Principal": {"AWS": ROOT}}, False),
        ({**TRUST, "Action": "sts:TagSession"}, False),
        ({**TRUST, "Condition": {"StringEquals": {"aws:SourceAccount": ACCOUNT}}}, True),
        ({**TRUST, "Condition": {"StringEquals": {"aws:SourceAccount": "444455556666"}}}, False),
        ({**TRUST, "Condition": {"ArnLike": {"aws:SourceArn": f"{FUNCTION}*"}}}, True),
        ({**TRUST, "Condition": {"StringEquals": {"sts:ExternalId": "x"}}}, False),
    ],
)
def test_lambda_must_be_trusted(trust: Statement, *, assumable: bool) -> None:
    role = role_of(trust=trust)
    if assumable:
        check_assumable(role, FUNCTION)
        return
    with is_refused("InvalidParameterValueException", "cannot be assumed by Lambda"):
        check_assumable(role, FUNCTION)


def test_github_is_trusted_by_its_token() -> None:
    provider = f"arn:aws:iam::{ACCOUNT}:oidc-provider/token.actions.githubusercontent.com"
    role = role_of(
        trust={
            "Action": "sts:AssumeRoleWithWebIdentity",
            "Principal": {"Federated": provider},
            "Condition": {
                "StringEquals": {"token.actions.githubusercontent.com:aud": "sts.amazonaws.com"},
                "StringLike": {"token.actions.githubusercontent.com:sub": "repo:o/r:environment:*"},
            },
        }
    )

    def allowed(subject: str, caller: str = provider) -> bool:
        request = AccessRequest(
            principal=Principal(arn=caller),
            action="sts:AssumeRoleWithWebIdentity",
            resource=role.arn,
            keys={
                "token.actions.githubusercontent.com:aud": ("sts.amazonaws.com",),
                "token.actions.githubusercontent.com:sub": (subject,),
            },
        )
        return trusted(role, request).allowed

    assert allowed("repo:o/r:environment:Dev")
    assert not allowed("repo:o/other:environment:Dev")
    assert not allowed("repo:o/r:environment:Dev", provider + "x")


def test_the_role_may_make_interfaces_in_its_subnets_and_groups_only() -> None:
    check_interfaces(OURS, REGION, ["subnet-1", "subnet-2"], ["sg-1"])
    for subnets, groups in ((["subnet-1", "subnet-9"], ["sg-1"]), (["subnet-1"], ["sg-1", "sg-9"])):
        with is_refused("InvalidParameterValueException", "call CreateNetworkInterface on EC2"):
            check_interfaces(OURS, REGION, subnets, groups)


@pytest.mark.parametrize(
    ("role", "action"),
    [
        (role_of(), "CreateNetworkInterface"),
        (role_of(*INTERFACES[:2]), "DescribeNetworkInterfaces"),
        (role_of(*INTERFACES, boundary=EVERYTHING_ELSE), "CreateNetworkInterface"),
        (role_of(*INTERFACES, {"Effect": "Deny", "Action": "ec2:*"}), "CreateNetworkInterface"),
    ],
)
def test_a_role_that_makes_no_interfaces_is_refused(role: Role, action: str) -> None:
    sentence = f"The provided execution role does not have permissions to call {action} on EC2"
    with is_refused("InvalidParameterValueException", sentence):
        check_interfaces(role, REGION, ["subnet-1"], ["sg-1"])
