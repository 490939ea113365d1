"""The dashboard of a stage: what it shows is sent, and its dollars are the brake's own."""

import re
from collections.abc import Iterator

from tests.baseline import SETTINGS
from tests.infra import dashboard_checks
from tests.infra.dashboard_checks import lines
from tests.infra.dashboard_picture import definition
from tests.infra.functions import functions
from tests.infra.templates import Json, StageTemplates


def test_it_is_found_by_the_name_of_the_stage_and_is_what_cloudwatch_reads(
    drive: StageTemplates,
) -> None:
    logical_id, dashboard = drive.service.only("AWS::CloudWatch::Dashboard")
    assert drive.text(dashboard["DashboardName"]) == f"lambda-drive-{drive.name}-<Region>"
    assert drive.service.body["Outputs"]["Dashboard"]["Value"] == {"Ref": logical_id}
    body = definition(drive)
    dashboard_checks.check(body)
    assert drive.name in body["widgets"][0]["properties"]["markdown"]


def test_it_shows_the_stages_own_and_nothing_that_is_not_sent(drive: StageTemplates) -> None:
    files, function = functions(drive)["files"]
    named = {
        "FunctionName": f"<{files}>",
        "LogGroupName": f"<{drive.target(function['LoggingConfig']['LogGroup'])}>",
        "FileSystemId": f"<{drive.data.only('AWS::EFS::FileSystem')[0]}>",
    }
    for namespace, name, dimensions, statistic in dashboard_checks.metrics(definition(drive)):
        dashboard_checks.check_sent(drive.name, namespace, name, dimensions, statistic)
        [(dimension, value)] = dimensions.items()
        assert value == named.get(dimension, value)
    [nat] = [each for each in definition(drive)["widgets"] if each["type"] == "explorer"]
    assert nat["properties"]["labels"] == [{"key": "lambda-drive:stage", "value": drive.name}]
    shown = {(each["resourceType"], each["metricName"]) for each in nat["properties"]["metrics"]}
    assert shown == {
        ("AWS::EC2::NatGateway", "BytesInFromSource"),
        ("AWS::EC2::NatGateway", "BytesInFromDestination"),
    }
    for gateway in drive.data.of_type("AWS::EC2::NatGateway").values():
        assert {"Key": "lambda-drive:stage", "Value": drive.name} in gateway["Tags"]


def test_its_dollars_are_those_that_the_brake_counts(drive: StageTemplates) -> None:
    """Of the same metrics, in the same periods; beside the brake and the ceiling."""
    settings, counted = SETTINGS[drive.name], dict(_alarms(drive))
    body = definition(drive)
    gauge = dashboard_checks.titled(body, "Use in 24 hours")
    assert _math(gauge) == counted[86_400][0]
    assert _hidden(gauge) == counted[86_400][1]
    assert gauge["properties"]["period"] == 86_400
    assert gauge["properties"]["yAxis"] == {"left": {"min": 0, "max": settings.daily_brake}}
    graph = dashboard_checks.titled(body, "Dollars an hour")
    assert _math(graph) == f"({counted[300][0]}) * 12"
    assert _hidden(graph) == counted[300][1]
    assert graph["properties"]["period"] == 300
    limits = {each["label"]: each["value"] for each in _limits(graph)}
    assert limits == {
        "daily_brake / 24": round(settings.daily_brake / 24, 4),
        "monthly_ceiling / 730": round(settings.monthly_ceiling / 730, 4),
    }


def test_its_other_limits_are_those_that_are_set(drive: StageTemplates) -> None:
    body = definition(drive)
    instances = dashboard_checks.titled(body, "Instances at once")
    reserved = SETTINGS[drive.name].reserved_concurrency
    assert [each["value"] for each in _limits(instances)] == [reserved]
    every = SETTINGS[drive.name].usage_hours * 3600
    for title in ("Stored", "Uploads open", "Size"):
        assert dashboard_checks.titled(body, title)["properties"]["period"] == every


def _alarms(drive: StageTemplates) -> Iterator[tuple[int, tuple[str, Json]]]:
    """Give the expression and the metrics of each alarm on use in `Service`, by its period."""
    for alarm in drive.service.of_type("AWS::CloudWatch::Alarm").values():
        metrics = {each["Id"]: each for each in alarm.get("Metrics", [])}
        if "dollars" not in metrics:
            continue
        watched = metrics["dollars"]["Expression"]
        read = {
            each["Id"]: (
                each["MetricStat"]["Metric"]["Namespace"],
                each["MetricStat"]["Metric"]["MetricName"],
                {
                    it["Name"]: drive.text(it["Value"])
                    for it in each["MetricStat"]["Metric"]["Dimensions"]
                },
                each["MetricStat"]["Stat"],
            )
            for each in alarm["Metrics"]
            if "MetricStat" in each
        }
        [period] = {
            each["MetricStat"]["Period"] for each in alarm["Metrics"] if "MetricStat" in each
        }
        yield period, (watched, read)


def _math(widget: Json) -> str:
    [found] = [each[-1]["expression"] for each in lines(widget) if "expression" in each[-1]]
    return str(found)


def _hidden(widget: Json) -> Json:
    """The metrics that the expression of a widget reads, by their ids."""
    return {
        each[-1]["id"]: (*each[:2], {each[2]: each[3]}, each[-1]["stat"])
        for each in lines(widget)
        if not each[-1].get("visible", True)
    }


def _limits(widget: Json) -> Json:
    found = widget["properties"]["annotations"]["horizontal"]
    assert all(re.fullmatch("#[0-9a-f]{6}", each["color"]) for each in found)
    return found
