"""What must be true of logs, parameters and stacks in every stage, and examples that break it."""

import pytest

from stacks.invariants import records
from stacks.invariants.check import Invariant
from stacks.invariants.declared import Declared
from tests.infra.invariants.changes import (
    FUNCTION,
    KEY,
    Change,
    added,
    cases,
    check_that_it_is_said,
    gone,
    of,
    part,
    resources,
    with_,
    without,
)

BROKEN: list[tuple[Invariant, Change]] = [
    (records.every_log_group_is_encrypted_and_ends, without("AWS::Logs::LogGroup", "KmsKeyId")),
    (
        records.every_log_group_is_encrypted_and_ends,
        without("AWS::Logs::LogGroup", "RetentionInDays"),
    ),
    (records.every_key_rotates, with_(KEY, EnableKeyRotation=False)),
    (records.every_key_rotates, without(KEY, "EnableKeyRotation")),
    *(
        (
            records.every_key_is_administered_used_and_lent_by_the_account,
            part(KEY, "Properties", "KeyPolicy", "Statement", *path, value=value),
        )
        for path, value in (
            ((0,), None),
            ((1,), None),
            ((2,), None),
            ((3,), None),
            ((4, "Action"), ["kms:CreateGrant", "kms:Decrypt"]),
            ((0, "Action", 0), "kms:Decrypt"),
            ((0, "Resource"), "arn"),
            ((2, "Condition"), {}),
            ((3, "Action", 0), "kms:ListGrants"),
        )
    ),
    *(
        (
            records.no_other_policy_may_lend_a_key,
            part(KEY, "Properties", "KeyPolicy", "Statement", *path, value=value),
        )
        for path, value in (
            ((4,), None),
            ((4, "Condition"), {}),
            ((4, "Effect"), "Allow"),
            ((4, "Principal"), {"AWS": "123456789012"}),
        )
    ),
    *(
        (records.what_is_named_is_there, gone("AWS::EC2::RouteTable", prefix))
        for prefix in ("NetworkVpcPrivateSubnet1", "NetworkVpcPublicSubnet2")
    ),
    (records.what_is_named_is_there, with_(FUNCTION, Role={"Fn::GetAtt": ["None", "Arn"]})),
    (
        records.every_secret_has_a_key_of_the_stage,
        added("-Service", "AWS::SecretsManager::Secret", GenerateSecretString={}),
    ),
    (
        records.every_secret_has_a_key_of_the_stage,
        added(
            "-Service",
            "AWS::SecretsManager::Secret",
            SecretString="hush",
            KmsKeyId={"Ref": "ServiceKeyB85FF73C"},
        ),
    ),
    (
        records.what_is_imported_is_exported,
        lambda templates: (
            [template.pop("Outputs") for name, template in templates.items() if "Data" in name]
            and None
        ),
    ),
    (
        records.data_stands_in_a_stack_of_its_own,
        lambda templates: templates["Prod-Data"]["Resources"].update(
            resources(templates, FUNCTION, "Files")
        ),
    ),
]


@pytest.mark.parametrize(**cases(BROKEN))
def test_what_breaks_it_is_said(invariant: Invariant, change: Change, prod: Declared) -> None:
    check_that_it_is_said(invariant, change, prod)


def test_each_invariant_has_an_example_that_breaks_it() -> None:
    assert {invariant for invariant, _ in BROKEN} == of(records)
