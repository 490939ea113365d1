"""Policies that IAM would not take, and those that it takes in several forms."""

import json

import pytest

from ops.local.rules.policy_documents import Kind, MalformedPolicyError, policy

WHOLE = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
OF_RESOURCE = {**WHOLE, "Principal": "*"}


@pytest.mark.parametrize(
    ("document", "kind", "what"),
    [
        ("{", "identity", "is no JSON"),
        ("[]", "identity", r"must be an object, got \[\]"),
        ({}, "identity", "statement 1 must be an object, got None"),
        ({"Statement": []}, "identity", "must have a statement"),
        ({"Statement": WHOLE, "Version": "2012-10-18"}, "identity", "got '2012-10-18'"),
        ({"Statement": WHOLE, "statement": WHOLE}, "identity", "got .'statement'"),
        ({"Statement": {**WHOLE, "Effect": "allow"}}, "identity", "got 'allow'"),
        ({"Statement": [WHOLE, {**WHOLE, "Efect": "Deny"}]}, "identity", "statement 2 .*Efect"),
        (
            {"Statement": {"Effect": "Deny", "Resource": "*"}},
            "identity",
            "an Action or a NotAction",
        ),
        ({"Statement": {**WHOLE, "NotAction": "a:B"}}, "identity", "not both"),
        ({"Statement": {**WHOLE, "NotResource": "*"}}, "identity", "not both"),
        ({"Statement": {**WHOLE, "Action": []}}, "identity", r"got \[\]"),
        ({"Statement": {**WHOLE, "Action": [1]}}, "identity", r"got \[1\]"),
        ({"Statement": {**WHOLE, "Action": "GetObject"}}, "identity", "got 'GetObject'"),
        ({"Statement": {"Effect": "Deny", "Action": "*"}}, "identity", "Resource or a NotResource"),
        ({"Statement": OF_RESOURCE}, "identity", "no principal"),
        ({"Statement": WHOLE}, "resource", "a Principal or a NotPrincipal"),
        ({"Statement": {**OF_RESOURCE, "NotPrincipal": "*"}}, "resource", "a Principal or"),
        (
            {"Statement": {**OF_RESOURCE, "Principal": "1"}},
            "resource",
            "must be an object, got '1'",
        ),
        ({"Statement": {**OF_RESOURCE, "Principal": {"Aws": "*"}}}, "resource", "got .'Aws'"),
        ({"Statement": {**WHOLE, "Condition": []}}, "identity", r"Condition, must be an object"),
        ({"Statement": {**WHOLE, "Condition": {"Bool": {}}}}, "identity", "must have a key"),
        (
            {"Statement": {**WHOLE, "Condition": {"StringIs": {"aws:username": "x"}}}},
            "identity",
            "statement 1 has a bad condition: IAM has no condition operator 'StringIs'",
        ),
        (
            {"Statement": {**WHOLE, "Condition": {"Bool": {"aws:SecureTransport": None}}}},
            "identity",
            "must be text, a number or a boolean, got None",
        ),
    ],
)
def test_a_document_that_is_no_policy_is_refused_with_its_name(
    document: str | dict[str, object], kind: Kind, what: str
) -> None:
    with pytest.raises(MalformedPolicyError, match=what) as error:
        policy("Mine", document, kind)
    assert str(error.value).startswith("policy Mine: ")


def test_one_of_a_list_may_stand_alone_and_values_may_be_without_quotes() -> None:
    conditions = {"Bool": {"aws:SecureTransport": True}, "NumericEquals": {"s3:max-keys": [10]}}
    written = {"Bool": {"aws:SecureTransport": ["true"]}, "NumericEquals": {"s3:max-keys": "10"}}
    short = {"Statement": {**OF_RESOURCE, "Condition": conditions}}
    listed = {
        "Statement": [
            {
                "Effect": "Allow",
                "Action": ["s3:GetObject"],
                "Resource": ["*"],
                "Principal": {"AWS": ["*"]},
                "Condition": written,
            }
        ],
        "Version": "2008-10-17",
        "Id": "mine",
    }
    assert policy("Mine", short, "resource") == policy("Mine", json.dumps(listed), "resource")


def test_a_statement_is_named_by_its_sid_or_its_number() -> None:
    named = policy("Mine", {"Statement": [{**WHOLE, "Sid": "Read"}, WHOLE]})
    assert [statement.name for statement in named.statements] == ["Read", "statement 2"]
