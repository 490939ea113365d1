"""The alarms of a stage's templates as CloudWatch evaluates them, over days of metrics."""

from collections.abc import Iterator

from ops.local.rules import alarm_states, metric_math
from ops.local.rules.alarm_states import Condition
from stacks.settings import Settings
from tests.infra.alarm_days import HOUR, MINUTE, Day, Days, days_of
from tests.infra.functions import handler
from tests.infra.templates import Json, StageTemplates

ALARM = "AWS::CloudWatch::Alarm"
# Those of the brake have tests of their own (`test_brake.py`).
BRAKES = {"UseFast", "UseSlow", "NatUseFast", "NatUseSlow", "BrakeFailed"}

# What each set of dimensions means, by their names and what they refer to.
Sources = dict[tuple[tuple[str, str], ...], str]
# Namespace, source and statistic of each metric, its period and its id, by its name.
Metrics = dict[str, tuple[tuple[str, str, str], int, str]]


def named(drive: StageTemplates) -> dict[str, tuple[str, Json]]:
    """Return the logical id and the resource of each alarm but the brake's, by its name."""
    found: dict[str, tuple[str, Json]] = {}
    for template in drive.templates:
        for logical_id, resource in template.body["Resources"].items():
            if resource["Type"] != ALARM:
                continue
            name = resource["Metadata"]["LambdaDriveAlarm"]["Name"]
            if name not in BRAKES:
                assert name not in found
                assert name in logical_id
                found[name] = logical_id, resource
    return found


def sources(drive: StageTemplates) -> Sources:
    """Return what each set of dimensions means, by their names and what they refer to."""
    files, janitor, usage = "files", "janitor", "usage"
    found: Sources = {
        (("service", janitor),): janitor,
        (("service", usage),): usage,
        (("service", files),): "files service",
    }
    for logical_id, function in drive.service.of_type("AWS::Lambda::Function").items():
        name = handler(function).partition(".")[0]
        of = name if name in {janitor, usage, "brake", "key_watch"} else files
        found[("FunctionName", logical_id),] = of
    file_system, _ = drive.data.only("AWS::EFS::FileSystem")
    found[("FileSystemId", file_system),] = "drive"
    found[("FileSystemId", file_system), ("StorageClass", "Total")] = "drive in all"
    vault, _ = drive.data.only("AWS::Backup::BackupVault")
    found[("BackupVaultName", vault),] = "vault"
    for rule in drive.data.of_type("AWS::Events::Rule"):
        found[("RuleName", rule),] = "failed copies"
    queue, _ = drive.data.only("AWS::SQS::Queue")
    found[("QueueName", queue),] = "undelivered"
    for number, gateway in enumerate(drive.data.of_type("AWS::EC2::NatGateway")):
        found[("NatGatewayId", gateway),] = f"gateway {number}"
    for instance in drive.data.of_type("AWS::EC2::Instance"):
        found[("InstanceId", instance),] = "instance"
    for api in drive.service.of_type("AWS::ApiGatewayV2::Api"):
        found[("ApiId", api),] = "api"
    return found


def metrics(drive: StageTemplates, known: Sources, alarm: Json) -> Metrics:
    """Return namespace, source and statistic of each metric, its period and its id, by its name."""
    found: Metrics = {}
    names = [stat["Metric"]["MetricName"] for _, stat in stats(alarm)]
    for number, stat in stats(alarm):
        metric = stat["Metric"]
        dimensions = tuple(
            (
                each["Name"],
                each["Value"] if isinstance(each["Value"], str) else drive.target(each["Value"]),
            )
            for each in metric["Dimensions"]
        )
        source, name = known[dimensions], metric["MetricName"]
        if names.count(name) > 1 or source.startswith("gateway") or name == "DeadLetterErrors":
            name = f"{name} of {source}"
        assert name not in found
        found[name] = (metric["Namespace"], source, stat["Stat"]), stat["Period"], number
    return found


def stats(alarm: Json) -> list[tuple[str, Json]]:
    """Return each metric with its id; one that is watched as it is has none, and is `alone`."""
    if "Metrics" not in alarm:
        names = ("Namespace", "MetricName", "Dimensions")
        metric = {name: alarm[name] for name in names}
        return [
            ("alone", {"Metric": metric, "Period": alarm["Period"], "Stat": alarm["Statistic"]})
        ]
    [watched] = [each for each in alarm["Metrics"] if each["ReturnData"]]
    assert {*watched} - {"Label"} == {"Id", "Expression", "ReturnData"}
    assert watched["Id"] in {"value", "dollars"}
    return [(each["Id"], each["MetricStat"]) for each in alarm["Metrics"] if each is not watched]


def state(known: Metrics, alarm: Json, before: str, days: list[Day]) -> str:
    """Return the state of an alarm after periods with these values, the newest last."""
    condition = Condition(
        comparison=alarm["ComparisonOperator"],
        threshold=alarm["Threshold"],
        periods=alarm["EvaluationPeriods"],
        datapoints=alarm.get("DatapointsToAlarm", alarm["EvaluationPeriods"]),
        missing=alarm["TreatMissingData"],
    )
    values = {id(day): _value(known, alarm, day) for day in days}  # most periods are alike
    return alarm_states.state_of(condition, before, [values[id(day)] for day in days])


def _value(known: Metrics, alarm: Json, day: Day) -> float | None:
    assert {*day} <= {*known}
    by_id = {number: day.get(name) for name, (_, _, number) in known.items()}
    if "Metrics" not in alarm:
        return by_id["alone"]
    [expression] = [each["Expression"] for each in alarm["Metrics"] if "Expression" in each]
    return metric_math.evaluate(expression, by_id)


def check(drive: StageTemplates, settings: Settings) -> None:
    """Hold each alarm of a stage to its days."""
    found, days = named(drive), days_of(settings)
    assert {*found} == {*days}
    topic, _ = drive.data.only("AWS::SNS::Topic")
    known = sources(drive)
    for name, wanted in days.items():
        _, resource = found[name]
        alarm = resource["Properties"]
        said = metrics(drive, known, alarm)
        assert {each: of for each, (of, _, _) in said.items()} == wanted.metrics, name
        assert {seconds for _, seconds, _ in said.values()} == {wanted.seconds}, name
        assert alarm["EvaluationPeriods"] == (wanted.of or wanted.periods), name
        assert alarm.get("DatapointsToAlarm") == (wanted.periods if wanted.of else None), name
        assert [drive.target(each) for each in alarm["AlarmActions"]] == [topic]
        silent = alarm.get("InsufficientDataActions", [])
        assert bool(silent) == (not wanted.partners), name
        assert [drive.target(each) for each in silent] == [topic] * len(silent)
        assert resource["Metadata"]["LambdaDriveAlarm"]["Partners"] == [*wanted.partners], name
        for days_, outcome in _weeks(wanted):
            assert state(said, alarm, "OK", days_) == outcome, (name, days_)
        if len(wanted.metrics) == 1:
            [metric] = wanted.metrics
            nothing = "OK" if wanted.partners else "INSUFFICIENT_DATA"
            silence: list[Day] = [{metric: None}] * wanted.periods
            assert state(said, alarm, "ALARM", silence) == nothing, name


def _weeks(wanted: Days) -> Iterator[tuple[list[Day], str]]:
    enough, of = wanted.periods, wanted.of or wanted.periods
    for bad in wanted.bad:
        yield [bad] * enough, "ALARM"
        for good in wanted.good:
            yield [*[bad] * (enough - 1), *[good] * (of - enough + 1)], "OK"
        if enough > 1 and wanted.seconds < HOUR:
            # Metrics come a minute or two late: the newest periods have none yet, and that must not
            # keep an alarm from going off
            # (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html).
            late: list[Day] = [{}] * -(-2 * MINUTE // wanted.seconds)
            yield [*[bad] * enough, *late], "ALARM"
