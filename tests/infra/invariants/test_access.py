"""What must be true of who may do what in every stage, and examples that break it."""

from typing import Any

import pytest

from stacks.invariants import access
from stacks.invariants.check import Invariant
from stacks.invariants.declared import Declared
from tests.infra.invariants.changes import (
    DOCUMENT,
    FILES,
    FUNCTION,
    KEY,
    PERMISSION,
    POLICY,
    ROLE,
    TRUST,
    Change,
    Templates,
    added,
    cases,
    check_that_it_is_said,
    of,
    part,
    resources,
    statement,
    with_,
    without,
)


def public(**kept: bool) -> Change:
    """A URL without AWS_IAM, with those permissions of a public one that are kept."""

    def change(templates: Templates) -> None:
        [url] = resources(templates, "AWS::Lambda::Url").values()
        url["Properties"]["AuthType"] = "NONE"
        function = {"FunctionName": url["Properties"]["TargetFunctionArn"], "Principal": "*"}
        permissions: dict[str, dict[str, Any]] = {
            "url": {"Action": "lambda:InvokeFunctionUrl", "FunctionUrlAuthType": "NONE"},
            "function": {"Action": "lambda:InvokeFunction", "InvokedViaFunctionUrl": True},
            "open": {"Action": "lambda:InvokeFunction"},
        }
        for name in kept:
            added("-Service", PERMISSION, **function, **permissions[name])(templates)
            [template] = [it for it in templates.values() if "Added" in it["Resources"]]
            template["Resources"][f"Permission{name}"] = template["Resources"].pop("Added")

    return change


BROKEN: list[tuple[Invariant, Change]] = [
    *(
        (access.no_role_may_do_everything, statement(POLICY, "PolicyDocument", Action=action))
        for action in ("*", "s3:*", "s3:Get*")
    ),
    (
        access.only_what_has_no_resource_is_allowed_on_all,
        statement(POLICY, "PolicyDocument", Action="ssm:GetParameter"),
    ),
    *(
        (
            access.a_role_trusts_a_service_alone,
            statement(ROLE, "AssumeRolePolicyDocument", Principal=principal),
        )
        for principal in ("*", {"AWS": "arn:aws:iam::123456789012:root"}, {"Federated": "x"})
    ),
    *(
        (
            access.a_role_trusts_a_service_alone,
            statement(
                ROLE,
                "AssumeRolePolicyDocument",
                Principal={"AWS": "arn:aws:iam::123456789012:root"},
                Condition={operator: {"aws:PrincipalArn": told}},
            ),
        )
        for operator, told in (
            ("ArnEquals", "arn:aws:iam::123456789012:role/*"),
            ("ArnLike", "arn:aws:iam::123456789012:role/tester"),
            ("ArnEquals", "arn:aws:iam::123456789012:root"),
        )
    ),
    *(
        (
            access.a_role_is_assumed_by_who_uses_it,
            part(ROLE, *TRUST, *path, value=value, prefix=prefix),
        )
        for prefix in ("FilesRightsRole", "NetworkFlowLogRole")
        for path, value in (
            ((0, "Effect"), "Deny"),
            ((0, "Action"), "sts:TagSession"),
            ((0, "Principal"), {"Service": "ec2.amazonaws.com"}),
        )
    ),
    *(
        (
            access.a_role_is_assumed_by_who_uses_it,
            part(ROLE, *TRUST, 0, "Condition", value=value, prefix="NetworkFlowLogRole"),
        )
        for value in (None, {"StringEquals": {"aws:SourceAccount": "*"}})
    ),
    (access.a_role_is_assumed_by_who_uses_it, with_(FUNCTION, Role="*")),
    *(
        (access.every_policy_is_of_the_version_of_2012, part(kind, *path, "Version", value=value))
        for kind, path in (
            (POLICY, DOCUMENT),
            (ROLE, ("Properties", "AssumeRolePolicyDocument")),
            (KEY, ("Properties", "KeyPolicy")),
            (FILES, ("Properties", "FileSystemPolicy")),
        )
        for value in (None, "2008-10-17")
    ),
    (access.there_are_no_users, added("-Data", "AWS::IAM::User")),
    (access.there_are_no_users, added("-Service", "AWS::IAM::AccessKey")),
    (
        access.an_iam_url_is_for_nobody_by_default,
        added(
            "-Service",
            PERMISSION,
            Action="lambda:InvokeFunctionUrl",
            FunctionUrlAuthType="AWS_IAM",
            FunctionName={"Ref": "FilesFunction19643AD3"},
            Principal="*",
        ),
    ),
    (access.an_iam_url_is_for_nobody_by_default, public()),
    (access.an_iam_url_is_for_nobody_by_default, public(url=True)),
    (access.an_iam_url_is_for_nobody_by_default, public(function=True)),
    (
        access.an_iam_url_is_for_nobody_by_default,
        public(url=True, function=True, open=True),
    ),
    (
        access.a_service_calls_for_this_account_alone,
        without(PERMISSION, "SourceArn", prefix="JanitorSchedulePermission"),
    ),
    (access.no_key_policy_lets_strangers_in, statement(KEY, "KeyPolicy")),
    (access.no_key_policy_lets_strangers_in, statement(KEY, "KeyPolicy", Principal="*")),
    (
        access.no_key_policy_lets_strangers_in,
        statement(KEY, "KeyPolicy", Principal={"Service": "s3.amazonaws.com"}),
    ),
]


@pytest.mark.parametrize(**cases(BROKEN))
def test_what_breaks_it_is_said(invariant: Invariant, change: Change, prod: Declared) -> None:
    check_that_it_is_said(invariant, change, prod)


def test_each_invariant_has_an_example_that_breaks_it() -> None:
    assert {invariant for invariant, _ in BROKEN} == of(access)
