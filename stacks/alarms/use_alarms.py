"""Alarms on what the use of a drive costs."""

from collections.abc import Sequence

from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from stacks.alarms import sentences
from stacks.alarms.alarm import Part, name_it, part
from stacks.alarms.metered_use import Term, alarms_for, expression

_DAY = 24 * 60 * 60
_FAST = 5 * 60
# Of a day's dollars. A flood is seen while it is small, and an upload of some gigabytes is none.
_FAST_SHARE = 0.25


class UseAlarms(Construct):
    """Two alarms on the terms together: dollars in 24 hours, and a quarter of them in five minutes.

    Both look each minute at the time before that minute
    (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html). Terms
    with more metrics than an alarm takes have further pairs, among which `dollars` are divided.
    `partners` are the alarms that hear when the metrics are silent.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        terms: Sequence[Term],
        dollars: float,
        factor: float,
        actions: list[str],
        partners: tuple[str, ...],
    ) -> None:
        super().__init__(scope, id)
        groups = alarms_for(terms)
        for index, group in enumerate(groups):
            # At most two: a gateway in each of six zones.
            pair = Construct(self, "More") if index else self
            share = dollars / len(groups)
            for name, seconds, limit, sentence in (
                ("Fast", _FAST, share * _FAST_SHARE, sentences.FAST),
                ("Slow", _DAY, share, sentences.SLOW),
            ):
                alarm = cloudwatch.CfnAlarm(
                    pair,
                    name,
                    alarm_description=sentence,
                    metrics=_metrics(group, seconds, factor),
                    comparison_operator="GreaterThanThreshold",
                    threshold=round(limit, 6),
                    evaluation_periods=1,
                    # Whoever is not used sends no metrics.
                    treat_missing_data="notBreaching",
                    alarm_actions=actions,
                )
                name_it(alarm, f"{id}{name}", partners)


def _metrics(terms: list[Term], seconds: int, factor: float) -> list[Part]:
    watched: Part = {
        "id": "dollars",
        "label": "Dollars",
        "expression": expression(terms, seconds=seconds, factor=factor),
        "returnData": True,
    }
    return [watched, *(part(metric, seconds) for term in terms for metric in term.metrics)]
