"""An alarm of a stage, as one line of a table, and how it is made."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from stacks.alarms.metric import Metric

MINUTE, HOUR, DAY = 60, 3600, 86_400

# Where a template says what an alarm is called, and which alarm hears that its metric is silent.
METADATA = "LambdaDriveAlarm"


# Metrics come a minute or two late. To an expression with FILL the newest minutes are zeros then,
# so an alarm that needs each of its short periods would never go off ("FILL" on
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html).
_LATE_SECONDS = 2 * MINUTE

# What hears that a stage's functions and their disk are dead: the usage function mounts the same
# disk in the same network with the same layer, by a schedule. A stage with a function of one's own
# has none, and EFS alone speaks of its disk.
OF_FUNCTIONS = ("UsageUnfinished", "StorageGrown")
# The janitor reads its limits by NAT each day.
OF_NAT = ("JanitorUnfinished", "StorageGrown")


@dataclass(frozen=True, kw_only=True)
class Alarm:
    """It goes off when the value of `periods` periods in a row is `comparison` `threshold`.

    The value is that of its one metric, or of `expression` over its metrics. With an expression
    over periods of minutes it looks at some more of them, of which so many must be so.

    Without data it stays as it is when all is well: the first of its `partners` that the stage has
    hears the silence. One without partners tells the topic itself when its metric falls silent, but
    not before its first data.
    """

    name: str
    says: str
    metrics: tuple[Metric, ...]
    expression: str | None = None
    seconds: int = 5 * MINUTE
    periods: int = 1
    comparison: str = "GreaterThanOrEqualToThreshold"
    threshold: float
    partners: tuple[str, ...]

    @property
    def looked_at(self) -> int:
        """How many of the last periods it looks at."""
        if self.expression is None or self.periods == 1 or self.seconds >= HOUR:
            return self.periods
        return self.periods + math.ceil(_LATE_SECONDS / self.seconds)


class Alarms(Construct):
    """Alarms that tell one topic."""

    def __init__(
        self, scope: Construct, id: str, *, topic_arn: str, alarms: Iterable[Alarm]
    ) -> None:
        super().__init__(scope, id)
        for alarm in alarms:
            _make(self, alarm, topic_arn)


def _make(scope: Construct, alarm: Alarm, topic_arn: str) -> None:
    hears_silence = not alarm.partners
    alone = alarm.metrics[0] if alarm.expression is None else None
    made = cloudwatch.CfnAlarm(
        scope,
        alarm.name,
        alarm_description=alarm.says,
        namespace=alone.namespace if alone else None,
        metric_name=alone.name if alone else None,
        dimensions=dimensions(alone) if alone else None,
        statistic=alone.statistic if alone else None,
        period=alarm.seconds if alone else None,
        metrics=None if alone else _expression(alarm),
        comparison_operator=alarm.comparison,
        threshold=alarm.threshold,
        evaluation_periods=alarm.looked_at,
        datapoints_to_alarm=alarm.periods if alarm.looked_at > alarm.periods else None,
        treat_missing_data="missing" if hears_silence else "notBreaching",
        alarm_actions=[topic_arn],
        insufficient_data_actions=[topic_arn] if hears_silence else None,
    )
    name_it(made, alarm.name, alarm.partners)


def name_it(made: cloudwatch.CfnAlarm, name: str, partners: tuple[str, ...]) -> None:
    """Write into the template what an alarm is called, and who hears when its metric is silent."""
    made.add_metadata(METADATA, {"Name": name, "Partners": list(partners)})


# As JavaScript has them: to make an object of CDK's own for each takes twice the time of a synth.
Part = dict[str, Any]


def _expression(alarm: Alarm) -> list[Part]:
    watched: Part = {"id": "value", "expression": alarm.expression, "returnData": True}
    return [watched, *(part(metric, alarm.seconds) for metric in alarm.metrics)]


def dimensions(metric: Metric) -> list[Part]:
    """Return the dimensions of a metric as a template has them."""
    return [{"name": name, "value": value} for name, value in metric.dimensions.items()]


def part(metric: Metric, seconds: int) -> Part:
    """Return a metric as a part of an expression over periods of so many seconds."""
    return {
        "id": metric.id,
        "returnData": False,
        "metricStat": {
            "metric": {
                "namespace": metric.namespace,
                "metricName": metric.name,
                "dimensions": dimensions(metric),
            },
            "period": seconds,
            "stat": metric.statistic,
        },
    }
