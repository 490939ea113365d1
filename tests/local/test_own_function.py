"""A function of one's own on the local cloud: it answers, and its disk survives.

The tests of this file tell one story, in order.
"""

import json
import re
import sys

from tests.local.conftest import LocalCloud

APP = f"{sys.executable} -m tests.local.own_function"


def test_up_deploys_it_and_prints_a_line_that_calls_it(cloud: LocalCloud) -> None:
    printed = cloud.up("--app", APP)
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


def test_what_it_wrote_survives_its_deletion(cloud: LocalCloud) -> None:
    assert cloud.run("down").returncode == 0
    cloud.up("--app", APP)
    assert cloud.drive("GET", "/").text.endswith(" Ada Lovelace\none so far\n")


def test_the_file_service_may_follow_on_the_same_disk(cloud: LocalCloud) -> None:
    url = cloud.url
    cloud.up()
    assert cloud.url == url
    assert cloud.drive("GET", "/files/guests.txt").text.endswith(" Ada Lovelace\n")


def test_it_may_take_the_place_again(cloud: LocalCloud) -> None:
    url = cloud.url
    cloud.up("--app", APP)
    assert cloud.url == url
    assert cloud.drive("GET", "/").text.endswith(" Ada Lovelace\none so far\n")


def test_an_image_is_refused_before_anything_is_deployed(cloud: LocalCloud) -> None:
    result = cloud.run("up", "--port", "0", "--app", f"{sys.executable} -m tests.local.image")
    assert result.returncode == 1
    assert 'the local cloud runs zips only: set packaging = "zip" for Dev' in result.stderr
