"""The picture of the dashboard in the documentation, and dashboards of other stages."""

from pathlib import Path

import pytest

from stacks.alarms import metered_use
from stacks.alarms.dashboard import Shown, ShownService, dashboard_body
from stacks.alarms.metered_use import Term
from tests.infra import dashboard_checks, templates
from tests.infra.dashboard_picture import PICTURE, definition, evaluated, picture
from tests.infra.templates import Json

SERVICE = ShownService(namespace="LambdaDrive/Dev", usage_hours=6, max_drive_bytes=10**12)


def body(
    *,
    service: ShownService | None = SERVICE,
    nat: tuple[Term, ...] = (),
    reserved_concurrency: int | None = 10,
) -> Json:
    terms = [
        metered_use.of_function("files", memory_mb=1024, x86_64=False, http_api=False),
        metered_use.of_logs("logs"),
    ]
    shown = Shown(
        function="files",
        reserved_concurrency=reserved_concurrency,
        terms=terms,
        factor=1.3,
        nat=nat,
        daily_brake=2.0,
        monthly_ceiling=400,
    )
    return dashboard_body("Dev", "eu-west-1", shown, service)


def titles(found: Json) -> list[str]:
    return [each["properties"].get("title", "") for each in found["widgets"]]


def test_the_documentation_shows_the_dashboard_as_it_is(baseline: Path) -> None:
    """If it does not: make reference, and look at it."""
    drive = templates.load(baseline, "Prod")
    assert PICTURE.read_text() == picture(definition(drive))


def test_a_widget_is_there_only_if_the_stage_has_what_it_shows() -> None:
    found = body()
    assert "NAT, bytes" not in titles(found)
    assert found["widgets"][-1]["width"] == 24
    own = body(service=None, nat=(metered_use.of_nat_instance("i-1"),), reserved_concurrency=None)
    assert not {"Size", "Uploads", "Stored", "Uploads open"} & {*titles(own)}
    assert "annotations" not in dashboard_checks.titled(own, "Instances at once")["properties"]
    [nat] = dashboard_checks.titled(own, "NAT, bytes")["properties"]["metrics"]
    assert nat == {
        "metricName": "NetworkOut",
        "resourceType": "AWS::EC2::Instance",
        "stat": "Sum",
    }
    for each in (found, own, body(nat=(metered_use.of_nat_gateway(0, "nat-1"),))):
        dashboard_checks.check(each)
    assert "LambdaDrive" not in str(own)


def test_a_drive_that_may_be_full_shows_how_much_it_may_hold() -> None:
    size = dashboard_checks.titled(body(), "Size")
    assert [each["value"] for each in size["properties"]["annotations"]["horizontal"]] == [10**12]
    without = ShownService(namespace="LambdaDrive/Dev", usage_hours=6, max_drive_bytes=None)
    size = dashboard_checks.titled(body(service=without), "Size")
    assert "annotations" not in size["properties"]


@pytest.mark.parametrize("title", ["Use in 24 hours", "Dollars an hour", "Failed (5xx)"])
def test_the_picture_has_what_metric_math_says(title: str, baseline: Path) -> None:
    shown = definition(templates.load(baseline, "Prod"))
    properties = dashboard_checks.titled(shown, title)["properties"]
    [(_, _, _, series)] = evaluated(properties)
    assert len(series) == 86_400 // properties["period"]
    known = [value for value in series if value is not None]
    assert known
    if title == "Dollars an hour":
        [(_, _, _, whole)] = evaluated(
            dashboard_checks.titled(shown, "Use in 24 hours")["properties"]
        )
        # A sum of hours that five minutes last a twelfth of; traces cost less in a long period.
        assert sum(known) / 12 == pytest.approx(whole[0], rel=0.05)
