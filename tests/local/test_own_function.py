"""A function of one's own on the local cloud: it answers, and its disk survives.

The tests of this file tell one story, in order.
"""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from tests.baseline import DEV
from tests.local.assemblies import assembly_of
from tests.local.conftest import LocalCloud

LIMITS = "/lambda-drive/Dev/limits"


@pytest.fixture(scope="module")
def own_function() -> Path:
    """The guest book of examples/ in place of the file service, as an assembly."""
    return assembly_of(replace(DEV, function_folder="examples/guest_book"))


def variables(cloud: LocalCloud) -> dict[str, str]:
    name = cloud.outputs["Dev-Service"]["FilesFunctionName"]
    found = cloud.client("lambda").get_function_configuration(FunctionName=name)
    values: dict[str, str] = found["Environment"]["Variables"]
    return values


def test_up_deploys_it_and_prints_a_line_that_calls_it(
    ready: LocalCloud, own_function: Path
) -> None:
    cloud = ready
    printed = cloud.up("--assembly", str(own_function))
    assert f"\n  {cloud.url}\n" in printed
    assert re.search(rf"^  curl .* {cloud.url}/$", printed, re.MULTILINE)
    assert "ops drive" not in printed
    assert cloud.drive("GET", "/").text == "zero so far\n"


def test_it_writes_to_the_disk(cloud: LocalCloud) -> None:
    assert cloud.drive("POST", "/", b"Ada\nLovelace").text.endswith(" Ada Lovelace\none so far\n")
    [book] = (cloud.folder / "efs").rglob("guests.txt")
    assert book.read_text().endswith(" Ada Lovelace\n")


def test_it_has_the_tag_of_its_stage(cloud: LocalCloud) -> None:
    client, outputs = cloud.client("lambda"), cloud.outputs["Dev-Service"]
    function = client.get_function(FunctionName=outputs["FilesFunctionName"])
    assert function["Tags"]["lambda-drive:stage"] == "Dev"
    asked = cloud.client("resource-groups").get_group_query(GroupName="lambda-drive-Dev")
    [by] = json.loads(asked["GroupQuery"]["ResourceQuery"]["Query"])["TagFilters"]
    assert by == {"Key": "lambda-drive:stage", "Values": ["Dev"]}


def test_only_signed_calls_reach_it(cloud: LocalCloud) -> None:
    assert cloud.drive.unsigned("GET", "/").status_code == 403


def test_the_smoke_test_of_its_stage_calls_it(cloud: LocalCloud) -> None:
    result = cloud.smoke("--stage", "Dev", environment={"DRIVE_URL": ""})
    assert result.returncode == 0, result.stdout + result.stderr
    assert "2 passed" in result.stdout


def test_what_it_wrote_survives_its_deletion(cloud: LocalCloud, own_function: Path) -> None:
    assert cloud.run("down").returncode == 0
    cloud.start()
    cloud.bootstrap()
    cloud.deploy(own_function)
    assert cloud.drive("GET", "/").text.endswith(" Ada Lovelace\none so far\n")


def test_the_file_service_may_follow_on_the_same_disk(cloud: LocalCloud) -> None:
    url = cloud.url
    cloud.deploy()
    assert cloud.url == url
    assert cloud.drive("GET", "/files/guests.txt").text.endswith(" Ada Lovelace\n")


def test_it_may_take_the_place_again(cloud: LocalCloud, own_function: Path, tmp_path: Path) -> None:
    url, name = cloud.url, cloud.outputs["Dev-Service"]["FilesFunctionName"]
    state = {"XDG_STATE_HOME": str(tmp_path)}
    operated = cloud.ops("env", "set", name, "MAINTENANCE_MODE=1", environment=state)
    assert operated.returncode == 0, operated.stderr
    cloud.deploy(own_function)
    assert cloud.url == url
    assert cloud.drive("GET", "/").text.endswith(" Ada Lovelace\none so far\n")


def test_what_an_operator_set_before_is_there_again(cloud: LocalCloud) -> None:
    """And may be set while the function of one's own is there, as the limits here."""
    limits = '{"max_drive_bytes": 1000, "max_file_bytes": 10, "upload_expiry_hours": 1}'
    cloud.client("ssm").put_parameter(Name=LIMITS, Value=limits, Type="String", Overwrite=True)
    cloud.deploy()
    assert variables(cloud)["MAINTENANCE_MODE"] == "1"
    assert cloud.client("ssm").get_parameter(Name=LIMITS)["Parameter"]["Value"] == limits


def test_a_level_that_changes_in_the_settings_is_in_force(cloud: LocalCloud) -> None:
    """Though nothing else of the function changes; what an operator set of the rest stays."""
    assert variables(cloud)["LOG_LEVEL"] == "DEBUG"
    cloud.deploy(assembly_of(replace(DEV, log_level="WARNING")))
    assert variables(cloud)["LOG_LEVEL"] == "WARNING"
    assert variables(cloud)["MAINTENANCE_MODE"] == "1"


def test_an_image_is_refused_before_anything_is_deployed(cloud: LocalCloud) -> None:
    image = assembly_of(replace(DEV, packaging="image"))
    result = cloud.run("up", "--port", "0", "--assembly", str(image))
    assert result.returncode == 1
    assert 'the local cloud runs zips only: set packaging = "zip" for Dev' in result.stderr
