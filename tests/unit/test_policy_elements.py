"""What the elements of a policy name, by the examples of AWS's pages: callers, actions, resources.

Each page is below https://docs.aws.amazon.com/IAM/latest/UserGuide/ where nothing else is said.
"""

from collections.abc import Mapping

import pytest

from ops.local.rules.policies import (
    AccessRequest,
    Policies,
    Principal,
    evaluate,
)
from ops.local.rules.policy_documents import policy
from tests.unit.policies import (
    ALL,
    FEDERATED,
    HERE,
    QUEUE,
    ROLE,
    SESSION,
    THERE,
    USER,
    identity_policy,
    is_allowed,
    request,
    resource_policy,
)

# --- reference_policies_elements_notprincipal.html, reference_policies_elements_principal.html


@pytest.mark.parametrize(
    ("names", "caller", "denied"),
    [
        (["user/Bob", "root"], "user/Bob", False),
        (["user/Bob", "root"], "user/Eve", True),
        (["user/Bob"], "user/Bob", True),
        (["root"], "root", False),
        (["root"], "user/Bob", True),
        (["session", "role", "root"], "session", False),
        (["role", "root"], "session", True),
        (["session", "root"], "session", True),
        (["session", "role", "root"], "session2", True),
    ],
)
def test_not_principal_leaves_out_whom_it_names_at_each_level(
    names: list[str], caller: str, *, denied: bool
) -> None:
    role = f"arn:aws:iam::{THERE}:role/cross-account-read-only-role"
    session = (
        f"arn:aws:sts::{THERE}:assumed-role/cross-account-read-only-role/cross-account-audit-app"
    )
    arns = {"session": session, "role": role, "session2": f"{session}2"}
    listed = [arns.get(name, f"arn:aws:iam::{THERE}:{name}") for name in names]
    principal = Principal(
        arn=arns.get(caller, f"arn:aws:iam::{THERE}:{caller}"),
        role=role if caller.startswith("session") else None,
    )
    bucket = resource_policy(
        {"Principal": "*"},
        {
            "Effect": "Deny",
            "NotPrincipal": {"AWS": listed},
            "Action": "s3:*",
            "Resource": ["arn:aws:s3:::BUCKETNAME", "arn:aws:s3:::BUCKETNAME/*"],
        },
    )
    call = AccessRequest(
        principal=principal,
        action="s3:GetObject",
        resource="arn:aws:s3:::BUCKETNAME/o",
        account=HERE,
    )
    decision = evaluate(call, Policies(identity=(ALL,), resource=bucket))
    assert decision.allowed is not denied
    assert not denied or decision.explicit


def test_the_principals_arn_is_that_of_the_role_and_not_of_the_session() -> None:
    deny_others = resource_policy(
        {"Principal": "*"},
        {
            "Sid": "UsePrincipalArnInsteadOfNotPrincipalWithDeny",
            "Effect": "Deny",
            "Principal": "*",
            "Condition": {"ArnNotEquals": {"aws:PrincipalArn": [ROLE, USER.arn]}},
        },
    )
    for principal in (SESSION, USER):
        assert is_allowed(request(principal), Policies(resource=deny_others))
    assert not is_allowed(request(FEDERATED), Policies(resource=deny_others))


# --- reference_policies_elements_notaction.html, reference_policies_elements_notresource.html


def test_not_action_is_about_all_others() -> None:
    s3 = identity_policy({"NotAction": "s3:DeleteBucket", "Resource": "arn:aws:s3:::*"})
    policies = Policies(identity=(s3,))
    assert is_allowed(request(USER, "s3:GetObject", "arn:aws:s3:::bucket/o"), policies)
    assert not is_allowed(request(USER, "s3:DeleteBucket", "arn:aws:s3:::bucket"), policies)
    assert not is_allowed(request(USER, "s3:ListAllMyBuckets", "*"), policies)
    assert not is_allowed(request(USER, "ec2:StopInstances", QUEUE), policies)
    not_iam = Policies(identity=(identity_policy({"NotAction": "iam:*"}),))
    assert is_allowed(request(USER), not_iam)
    assert not is_allowed(request(USER, "iam:GetUser", "*"), not_iam)


def test_without_mfa_all_but_iam_is_denied() -> None:
    mfa = identity_policy(
        {"Sid": "AllowAll"},
        {
            "Sid": "DenyAllUsersNotUsingMFA",
            "Effect": "Deny",
            "NotAction": "iam:*",
            "Condition": {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}},
        },
    )

    def allowed(action: str, mfa_present: str | None = None) -> bool:
        keys = {"aws:MultiFactorAuthPresent": (mfa_present,)} if mfa_present else {}
        call = AccessRequest(principal=USER, action=action, keys=keys)
        return is_allowed(call, Policies(identity=(mfa,)))

    assert not allowed("sqs:ListQueues", "false")
    assert not allowed("sqs:ListQueues")  # long-term credentials do not have the key
    assert allowed("sqs:ListQueues", "true")
    assert allowed("iam:GetUser", "false")


def test_not_resource_is_about_all_others() -> None:
    payroll = identity_policy(
        {},
        {
            "Effect": "Deny",
            "Action": "s3:*",
            "NotResource": ["arn:aws:s3:::HRBucket/Payroll", "arn:aws:s3:::HRBucket/Payroll/*"],
        },
    )
    policies = Policies(identity=(payroll,))
    assert is_allowed(request(USER, "s3:GetObject", "arn:aws:s3:::HRBucket/Payroll/may"), policies)
    assert not is_allowed(request(USER, "s3:GetObject", "arn:aws:s3:::HRBucket/Other"), policies)
    assert not is_allowed(request(USER, "s3:GetObject", "arn:aws:s3:::hrbucket/Payroll"), policies)
    assert is_allowed(request(USER), policies)


# --- reference_policies_elements_resource.html: "it is treated the same as any other character"


@pytest.mark.parametrize(
    ("name", "matched"),
    [
        ("1/test/object.jpg", True),
        ("1/2/test/object.jpg", True),
        ("1/2/test/3/object.jpg", True),
        ("1/2/3/test/4/object.jpg", True),
        ("1///test///object.jpg", True),
        ("1/test/.jpg", True),
        ("/test/object.jpg", True),
        ("1/test/", True),
        ("1-test/object.jpg", False),
        ("test/object.jpg", False),
        ("1/2/test.jpg", False),
    ],
)
def test_a_wildcard_is_any_characters_of_the_resource(name: str, *, matched: bool) -> None:
    own = identity_policy({"Resource": "arn:aws:s3:::amzn-s3-demo-bucket/*/test/*"})
    call = request(USER, "s3:GetObject", f"arn:aws:s3:::amzn-s3-demo-bucket/{name}")
    assert is_allowed(call, Policies(identity=(own,))) is matched


def test_a_wildcard_of_one_part_of_an_arn_does_not_reach_into_the_next() -> None:
    own = identity_policy({"Resource": f"arn:aws:someservice:*:{HERE}:finance/*"})
    policies = Policies(identity=(own,))
    there = f"arn:aws:someservice:us-east-2:999999999999:store/abc:{HERE}:finance/document.txt"
    assert not is_allowed(request(USER, "someservice:Get", there), policies)
    here = f"arn:aws:someservice:us-east-2:{HERE}:finance/of:2026/document.txt"
    assert is_allowed(request(USER, "someservice:Get", here), policies)


# --- reference_policies_variables.html


@pytest.mark.parametrize(
    ("resource", "keys", "asked", "matched"),
    [
        ("mybucket/${aws:username}/*", {}, "mybucket/exampleuser/o", True),
        ("mybucket/${aws:username}/*", {}, "mybucket/David/o", False),
        (
            "bucket/${aws:PrincipalTag/department}",
            {"aws:principaltag/department": "hr"},
            "bucket/hr",
            True,
        ),
        # "will not match any resource"
        ("bucket/${aws:PrincipalTag/department}", {}, "bucket/", False),
        ("b-${aws:PrincipalTag/team, 'company-wide'}", {}, "b-company-wide", True),
        (
            "b-${aws:PrincipalTag/team, 'company-wide'}",
            {"aws:PrincipalTag/team": "yellow"},
            "b-yellow",
            True,
        ),
        (
            "b-${aws:PrincipalTag/team, 'company-wide'}",
            {"aws:PrincipalTag/team": "yellow"},
            "b-company-wide",
            False,
        ),
        # What stands for the characters themselves.
        ("b/${*}", {}, "b/*", True),
        ("b/${*}", {}, "b/x", False),
        ("b/${?}", {}, "b/?", True),
        ("b/${?}", {}, "b/x", False),
        ("b/${$}", {}, "b/$", True),
        # The value of a variable is no pattern.
        ("b/${aws:PrincipalTag/team}", {"aws:PrincipalTag/team": "*"}, "b/x", False),
    ],
)
def test_variables_of_a_resource_are_replaced(
    resource: str, keys: Mapping[str, str], asked: str, *, matched: bool
) -> None:
    own = identity_policy({"Resource": f"arn:aws:s3:::{resource}"})
    call = AccessRequest(
        principal=USER,
        action="s3:GetObject",
        resource=f"arn:aws:s3:::{asked}",
        keys={key: (value,) for key, value in keys.items()},
    )
    assert is_allowed(call, Policies(identity=(own,))) is matched


def test_a_variable_without_a_value_takes_nothing_out_of_not_resource() -> None:
    own = identity_policy(
        {"NotResource": ["arn:aws:s3:::b/${aws:PrincipalTag/team}", "arn:aws:s3:::c"]}
    )
    policies = Policies(identity=(own,))
    assert is_allowed(request(USER, "s3:GetObject", "arn:aws:s3:::b/o"), policies)
    assert not is_allowed(request(USER, "s3:ListBucket", "arn:aws:s3:::c"), policies)


def test_the_older_language_has_no_variables() -> None:
    document = {"Effect": "Allow", "Action": "*", "Resource": "arn:aws:s3:::b/${aws:username}"}
    old = Policies(identity=(policy("Old", {"Statement": document}),))
    assert not is_allowed(request(USER, "s3:GetObject", "arn:aws:s3:::b/exampleuser"), old)
    assert is_allowed(request(USER, "s3:GetObject", "arn:aws:s3:::b/${aws:username}"), old)


def test_a_variable_without_a_value_is_like_nothing() -> None:
    bucket = identity_policy(
        {},
        {
            "Effect": "Deny",
            "Action": "s3:GetObject",
            "Resource": "arn:aws:s3:::/amzn-s3-demo-bucket/*",
            "Condition": {
                "StringNotEquals": {"s3:ExistingObjectTag/Team": "${aws:PrincipalTag/Team}"}
            },
        },
    )

    def allowed(**tags: str) -> bool:
        keys = {
            {"own": "aws:PrincipalTag/Team", "object": "s3:ExistingObjectTag/Team"}[name]: (value,)
            for name, value in tags.items()
        }
        call = AccessRequest(
            principal=USER,
            action="s3:GetObject",
            resource="arn:aws:s3:::/amzn-s3-demo-bucket/o",
            keys=keys,
        )
        return is_allowed(call, Policies(identity=(bucket,)))

    assert allowed(own="a", object="a")
    assert not allowed(own="a", object="b")
    assert not allowed(object="a")
