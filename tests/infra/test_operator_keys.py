"""Which variables a deployment leaves to an operator, and how the tool finds them."""

import json
import re

from tests.baseline import SETTINGS
from tests.infra.functions import functions
from tests.infra.templates import Json, StageTemplates

REFERENCE = re.compile(r"\{\{resolve:ssm:([^:}]+)\}\}")


def of_operators(drive: StageTemplates) -> list[Json]:
    """Return the parameters of the stage, without those of its limits and of its brake."""
    return [
        parameter
        for parameter in drive.data.of_type("AWS::SSM::Parameter").values()
        if parameter["Name"].startswith(f"/lambda-drive/{drive.name}/files/")
    ]


def references(variables: Json) -> dict[str, re.Match[str]]:
    """Return the variables that are references to parameters."""
    return {
        key: reference
        for key, value in variables.items()
        if isinstance(value, str) and (reference := REFERENCE.fullmatch(value))
    }


def test_an_operators_keys_have_parameters_with_safe_first_values(drive: StageTemplates) -> None:
    parameters = of_operators(drive)
    assert not drive.service.of_type("AWS::SSM::Parameter")
    prefix = f"/lambda-drive/{drive.name}/files"
    assert {parameter["Name"]: parameter["Value"] for parameter in parameters} == {
        f"{prefix}/LOG_LEVEL": SETTINGS[drive.name].log_level,
        f"{prefix}/MAINTENANCE_MODE": "0",
    }
    assert {parameter["Type"] for parameter in parameters} == {"String"}


def test_only_a_changed_setting_writes_over_what_an_operator_set(drive: StageTemplates) -> None:
    """Changing a line here writes first values over what operators set, in each deployed drive.

    Whatever of a parameter changes but its tags, CloudFormation writes its value as well
    (docs/decisions/0012-operator-keys.md). What must be new, such as a further limit, gets a
    parameter of its own; and one that goes is still referred to by the function that runs.
    """
    prefix, settings = f"/lambda-drive/{drive.name}", SETTINGS[drive.name]
    by_tool = {"Type": "String", "Description": "Set by an operator, with: python -m ops env"}
    parameters = drive.data.of_type("AWS::SSM::Parameter").values()
    found = {each["Name"]: {**each} for each in parameters}
    for each in found.values():
        del each["Name"], each["Tags"]
    assert found == {
        f"{prefix}/files/LOG_LEVEL": {**by_tool, "Value": settings.log_level},
        f"{prefix}/files/MAINTENANCE_MODE": {**by_tool, "Value": "0"},
        f"{prefix}/brake": {
            "Type": "String",
            "Description": "Written by the brake, and by: make resume",
            "Value": "released",
        },
        f"{prefix}/limits": {
            "Type": "String",
            "Description": "The limits of the drive: all of them, null for none"
            " (docs/operations.md)",
            "Value": f'{{"max_drive_bytes": {json.dumps(settings.max_drive_bytes)},'
            f' "max_file_bytes": {json.dumps(settings.max_file_bytes)},'
            f' "upload_expiry_hours": {settings.upload_expiry_hours}}}',
        },
    }


def test_a_function_is_another_when_a_first_value_that_it_refers_to_is(
    drive: StageTemplates,
) -> None:
    """The text of a reference is always the same, and equal text is no update."""
    values = {each["Name"]: each["Value"] for each in of_operators(drive)}
    for _, function in functions(drive).values():
        variables = function["Environment"]["Variables"]
        referred = {key: found[1] for key, found in references(variables).items()}
        said = " ".join(f"{key}={values[name]}" for key, name in sorted(referred.items()))
        assert variables.get("OPERATOR_DEFAULTS", "") == said


def test_a_deployment_takes_an_operators_keys_from_where_the_tool_puts_them(
    drive: StageTemplates,
) -> None:
    parameters = of_operators(drive)
    referred: set[str] = set()
    for _, function in functions(drive).values():
        tags = {tag["Key"]: tag["Value"] for tag in function["Tags"]}
        prefix = tags.get("lambda-drive:operator-parameters")
        variables = function["Environment"]["Variables"]
        found = {key: reference[1] for key, reference in references(variables).items()}
        assert " ".join(sorted(found)) == tags["lambda-drive:operator-keys"]
        assert found == {key: f"{prefix}/{key}" for key in found}
        referred |= set(found.values())
    assert referred == {parameter["Name"] for parameter in parameters}
