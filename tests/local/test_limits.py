"""The limits are in a parameter, and a change of it is in force without a deployment."""

import json
from dataclasses import replace

import pytest
from botocore.awsrequest import AWSResponse

from tests.baseline import DEV
from tests.local.assemblies import assembly_of
from tests.local.conftest import LocalCloud
from tests.patience import until

NAME = "/lambda-drive/Dev/limits"


@pytest.fixture(scope="module")
def up(ready: LocalCloud) -> LocalCloud:
    """Dev, whose limits are read every second."""
    eager = {"POWERTOOLS_PARAMETERS_MAX_AGE": "1"}
    ready.deploy(assembly_of(replace(DEV, max_file_bytes=10, environment=eager)))
    return ready


def write(up: LocalCloud, value: str) -> None:
    up.client("ssm").put_parameter(Name=NAME, Value=value, Type="String", Overwrite=True)


def limits(**changed: int | None) -> str:
    usual = {"max_drive_bytes": None, "max_file_bytes": None, "upload_expiry_hours": 24}
    return json.dumps(usual | changed)


def answered(
    up: LocalCloud, status: int, method: str, path: str, body: bytes = b"", *, text: str = ""
) -> AWSResponse:
    """Ask until it is answered so, with this text."""

    def ask() -> AWSResponse | None:
        answer = up.drive(method, path, body)
        return answer if answer.status_code == status and text in answer.text else None

    found = until(ask, seldom=True)
    assert found is not None
    return found


def test_the_parameter_changed_is_the_limit_changed(up: LocalCloud) -> None:
    assert up.drive("PUT", "/files/a", b"x" * 11).status_code == 507
    assert up.drive("PUT", "/files/a", b"x" * 10).status_code == 201
    for changed, largest in (
        ({"max_file_bytes": 11}, 11),
        ({"max_drive_bytes": 20}, 20),
        ({}, 100),
    ):
        write(up, limits(**changed))
        answered(up, 204, "PUT", "/files/a", b"x" * largest)
        if changed:
            assert up.drive("PUT", "/files/a", b"x" * (largest + 1)).status_code == 507


def test_the_janitor_goes_by_it(up: LocalCloud) -> None:
    counter = up.disk / ".drive-usage"

    def clean() -> bool:
        function = up.outputs["Dev-Service"]["JanitorFunctionName"]
        return "FunctionError" not in up.client("lambda").invoke(FunctionName=function)

    write(up, limits(max_drive_bytes=1000))
    assert clean()
    assert counter.read_bytes()
    write(up, "{}")
    assert not clean()
    assert counter.read_bytes()
    write(up, limits())
    assert clean()
    assert counter.read_bytes() == b""


def test_a_broken_parameter_is_told_and_the_limits_of_before_hold(up: LocalCloud) -> None:
    write(up, limits(max_file_bytes=10))
    answered(up, 507, "PUT", "/files/c", b"x" * 11)
    write(up, '{"max_file_bytes": "a lot"}')
    told = answered(up, 503, "GET", "/health")
    assert json.loads(told.text)["reason"].startswith(f"the parameter {NAME}: max_drive_bytes must")
    assert up.drive("PUT", "/files/c", b"x" * 11).status_code == 507
    # Replaced, if the first try came before the limit was known.
    assert up.drive("PUT", "/files/c", b"x" * 10).status_code in {201, 204}
    up.client("ssm").delete_parameter(Name=NAME)
    answered(up, 503, "GET", "/health", text=f"the parameter {NAME}: it cannot be read: ")
    assert up.drive("GET", "/files/c").status_code == 200
    write(up, limits())
    answered(up, 200, "GET", "/health")


def test_a_parameter_that_is_not_reached_is_told(up: LocalCloud) -> None:
    """Without its route a call is not answered, and the function gives up as in AWS."""
    ec2 = up.client("ec2")
    routes = [
        {"RouteTableId": table["RouteTableId"], "DestinationCidrBlock": "0.0.0.0/0"}
        | {"NatGatewayId": route["NatGatewayId"]}
        for table in ec2.describe_route_tables()["RouteTables"]
        for route in table["Routes"]
        if "NatGatewayId" in route
    ]
    for route in routes:
        ec2.delete_route(**{key: route[key] for key in ("RouteTableId", "DestinationCidrBlock")})
    answered(up, 503, "GET", "/health", text="timeout")
    for route in routes:
        ec2.create_route(**route)
    answered(up, 200, "GET", "/health")


def test_a_cold_start_without_a_parameter_writes_nothing(up: LocalCloud) -> None:
    """A change of its variables gives the function a new instance, which never knew a limit."""
    up.client("ssm").delete_parameter(Name=NAME)
    function = up.outputs["Dev-Service"]["FilesFunctionName"]
    api = up.client("lambda")
    variables = api.get_function_configuration(FunctionName=function)["Environment"]["Variables"]
    api.update_function_configuration(
        FunctionName=function, Environment={"Variables": variables | {"ANOTHER": "instance"}}
    )
    refused = answered(up, 503, "PUT", "/files/d", b"x")
    assert "urn:lambda-drive:not-configured" in refused.text
    assert up.drive("GET", "/files/d").status_code == 404
    write(up, limits())
    answered(up, 201, "PUT", "/files/d", b"x")
