"""What must be true of functions in every stage, and examples that break it."""

import pytest

from stacks.invariants import functions
from stacks.invariants.check import Invariant
from stacks.invariants.declared import Declared
from tests.infra.invariants.changes import (
    DOCUMENT,
    FUNCTION,
    PERMISSION,
    POLICY,
    Change,
    cases,
    check_that_it_is_said,
    gone,
    of,
    part,
    with_,
    without,
)

BROKEN: list[tuple[Invariant, Change]] = [
    (
        functions.a_function_is_made_after_what_its_mount_needs,
        lambda templates: templates.update(
            {"Alone": {"Resources": templates.pop("Prod-Service")["Resources"]}}
        ),
    ),
    (
        functions.a_function_and_its_layers_have_one_architecture,
        with_(FUNCTION, "Files", Architectures=["x86_64"]),
    ),
    (
        functions.a_function_and_its_layers_have_one_architecture,
        with_(FUNCTION, "Files", Runtime="python3.13"),
    ),
    *(
        (
            functions.a_mount_path_is_one_that_lambda_takes,
            part(
                FUNCTION,
                *("Properties", "FileSystemConfigs", 0, "LocalMountPath"),
                value=path,
                prefix="Files",
            ),
        )
        for path in ("/data", "/mnt/other")
    ),
    (
        functions.variables_of_mounted_functions_are_encrypted_by_a_key_of_the_stage,
        without(FUNCTION, "KmsKeyArn", prefix="Files"),
    ),
    *(
        (
            functions.no_secret_is_in_a_variable,
            part(
                FUNCTION,
                *("Properties", "Environment", "Variables", "TOKEN"),
                value=value,
                prefix="Files",
            ),
        )
        for value in (
            "{{resolve:secretsmanager:drive:SecretString}}",
            {"Fn::Join": ["", ["{{resolve:ssm-secure:", "/drive/token}}"]]},
        )
    ),
    (
        functions.every_function_writes_a_log_of_its_own,
        without(FUNCTION, "LoggingConfig", prefix="Usage"),
    ),
    (
        functions.every_function_writes_a_log_of_its_own,
        with_(FUNCTION, "Usage", LoggingConfig={"LogGroup": {"Ref": "FilesLogsFFA73081"}}),
    ),
    (
        functions.every_function_writes_a_log_of_its_own,
        part(POLICY, *DOCUMENT, "Statement", 1, "Effect", value="Deny", prefix="Usage"),
    ),
    *(
        (
            functions.a_mounted_function_may_make_its_interfaces,
            part(POLICY, *DOCUMENT, "Statement", *path, value=value, prefix="SharedRights"),
        )
        for path, value in (
            ((0, "Action"), "ec2:CreateVpc"),
            ((0, "Resource"), []),
            ((2, "Action", 0), "ec2:DescribeVpcs"),
            ((2, "Resource"), "arn"),
        )
    ),
    (functions.every_function_ends, without(FUNCTION, "Timeout")),
    (functions.every_function_ends, without(FUNCTION, "MemorySize", prefix="Files")),
    (functions.a_schedule_may_call_its_function, gone(PERMISSION)),
    (functions.a_schedule_may_call_its_function, without(PERMISSION, "SourceArn")),
]


@pytest.mark.parametrize(**cases(BROKEN))
def test_what_breaks_it_is_said(invariant: Invariant, change: Change, prod: Declared) -> None:
    check_that_it_is_said(invariant, change, prod)


def test_each_invariant_has_an_example_that_breaks_it() -> None:
    assert {invariant for invariant, _ in BROKEN} == of(functions)
