"""Which variables a deployment leaves to an operator, and how the tool finds them."""

import re

from tests.infra.templates import Drive, Json
from tests.infra.test_function import functions
from tests.infra.test_network import SETTINGS

REFERENCE = re.compile(r"\{\{resolve:ssm:([^:}]+)\}\}")


def of_operators(drive: Drive) -> list[Json]:
    """Return the parameters of the stage, without that of its limits."""
    return [
        parameter
        for parameter in drive.data.of_type("AWS::SSM::Parameter").values()
        if parameter["Name"] != f"/lambda-drive/{drive.name}/limits"
    ]


def test_an_operators_keys_have_parameters_with_safe_first_values(drive: Drive) -> None:
    parameters = of_operators(drive)
    assert not drive.service.of_type("AWS::SSM::Parameter")
    prefix = f"/lambda-drive/{drive.name}/files"
    assert {parameter["Name"]: parameter["Value"] for parameter in parameters} == {
        f"{prefix}/LOG_LEVEL": SETTINGS[drive.name].log_level,
        f"{prefix}/MAINTENANCE_MODE": "0",
    }
    assert {parameter["Type"] for parameter in parameters} == {"String"}


def test_a_deployment_takes_an_operators_keys_from_where_the_tool_puts_them(drive: Drive) -> None:
    parameters = of_operators(drive)
    referred: set[str] = set()
    for _, function in functions(drive).values():
        tags = {tag["Key"]: tag["Value"] for tag in function["Tags"]}
        prefix = tags.get("lambda-drive:operator-parameters")
        found = {
            key: reference[1]
            for key, value in function["Environment"]["Variables"].items()
            if isinstance(value, str) and (reference := REFERENCE.fullmatch(value))
        }
        assert " ".join(sorted(found)) == tags["lambda-drive:operator-keys"]
        assert found == {key: f"{prefix}/{key}" for key in found}
        referred |= set(found.values())
    assert referred == {parameter["Name"] for parameter in parameters}
