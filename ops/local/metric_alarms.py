"""Alarms of CloudWatch on metric math, with their dimensions, by a clock, and functions as actions.

MiniStack evaluates an alarm on one metric when metrics are sent, whatever their dimensions are, and
calls topics only.
"""

import contextvars
import json
import logging
import threading
import time
from datetime import UTC, datetime
from typing import Any

from ministack.core import responses
from ministack.services import cloudwatch, lambda_svc
from ministack.services.cloudformation import provisioners

from ops.local import metric_seconds
from ops.local.caller_permissions import refusal
from ops.local.callers import service
from ops.local.rules import alarm_states, metric_math
from ops.local.rules.alarm_states import Condition, Sample

Alarm = dict[str, Any]  # as MiniStack keeps it

# CloudWatch looks each minute at the time before that minute.
LOOK_SECONDS = 2.0
_ALARMS_SERVICE = "lambda.alarms.cloudwatch.amazonaws.com"
_logger = logging.getLogger("ops.local.metric_alarms")


def teach() -> None:
    """Evaluate all alarms as AWS does, and keep on doing so."""
    _keep_metrics_of_templates()
    cloudwatch._evaluate_alarm = evaluate
    dispatch = cloudwatch._dispatch_alarm_actions

    def dispatch_to_functions_too(alarm: Alarm, old: str, new: str, reason: str) -> None:
        dispatch(alarm, old, new, reason)
        _call_functions(alarm, old, new, reason)

    cloudwatch._dispatch_alarm_actions = dispatch_to_functions_too
    threading.Thread(target=_look_again_and_again, daemon=True).start()


def _keep_metrics_of_templates() -> None:
    """Take alarms with `Metrics` from templates."""
    record = provisioners._cw_metric_alarm_record

    def with_metrics(name: str, properties: dict[str, Any]) -> Alarm:
        metrics = properties.get("Metrics")
        if not metrics:
            made: Alarm = record(name, properties)
            return made
        placeholder = {"MetricName": "Metrics", "Namespace": "Metrics", "Metrics": None}
        alarm: Alarm = record(name, {**properties, **placeholder})
        for own in ("MetricName", "Namespace", "Statistic", "ExtendedStatistic", "Period"):
            alarm.pop(own)
        return {**alarm, "Metrics": metrics}

    provisioners._cw_metric_alarm_record = with_metrics


def _look_again_and_again() -> None:
    while True:
        time.sleep(LOOK_SECONDS)
        for (account, region, _), alarm in list(cloudwatch._alarms._data.items()):
            try:
                contextvars.Context().run(_evaluate_in, account, region, alarm)
            except Exception:
                _logger.exception("alarm %s cannot be evaluated", alarm.get("AlarmName"))


def _evaluate_in(account: str, region: str, alarm: Alarm) -> None:
    responses._request_account_id.set(account)
    responses._request_region.set(region)
    evaluate(alarm)


def evaluate(alarm: Alarm) -> None:
    """Set the state of an alarm by the data up to now, and call its actions if it changes."""
    condition = Condition(
        comparison=alarm["ComparisonOperator"],
        threshold=alarm["Threshold"],
        periods=int(alarm["EvaluationPeriods"]),
        datapoints=int(alarm.get("DatapointsToAlarm") or alarm["EvaluationPeriods"]),
        missing=alarm.get("TreatMissingData") or "missing",
    )
    values = _values(alarm, condition.periods + alarm_states.FURTHER_PERIODS, time.time())
    old = alarm["StateValue"]
    new = alarm_states.state_of(condition, old, values)
    if new == old:
        return
    newest = [value for value in values if value is not None]
    reason = (
        f"Threshold Crossed: {newest} compared as {condition.comparison} with {condition.threshold}"
        if newest
        else "no data"
    )
    alarm |= {
        "StateValue": new,
        "StateReason": reason,
        "StateReasonData": json.dumps(
            {"version": "1.0", "recentDatapoints": newest, "threshold": condition.threshold}
        ),
        "StateUpdatedTimestamp": int(time.time()),
    }
    cloudwatch._record_history(alarm["AlarmName"], old, new, reason)
    cloudwatch._dispatch_alarm_actions(alarm, old, new, reason)
    cloudwatch._evaluate_parent_alarms(alarm)


def _values(alarm: Alarm, periods: int, now: float) -> list[float | None]:
    """Return the watched value in each of the last periods, the newest last."""
    if "Metrics" not in alarm:
        stat = {
            "Metric": {
                "Namespace": alarm["Namespace"],
                "MetricName": alarm["MetricName"],
                "Dimensions": alarm.get("Dimensions") or [],
            },
            "Period": alarm["Period"],
            "Stat": alarm["Statistic"],
        }
        return _statistics(stat, periods, now)
    found = {
        each["Id"]: _statistics(each["MetricStat"], periods, now)
        for each in alarm["Metrics"]
        if "MetricStat" in each
    }
    [watched] = [each for each in alarm["Metrics"] if each.get("ReturnData", True)]
    if "Expression" not in watched:
        return found[watched["Id"]]
    return [
        metric_math.evaluate(watched["Expression"], dict(zip(found, values, strict=True)))
        for values in zip(*found.values(), strict=True)
    ]


def _statistics(stat: dict[str, Any], periods: int, now: float) -> list[float | None]:
    """Return a metric's statistic in each of the last periods, the newest last."""
    metric, period = stat["Metric"], int(stat["Period"])
    dimensions = cloudwatch._dims_from_list(metric.get("Dimensions") or [])
    key = (metric["Namespace"], metric["MetricName"], cloudwatch._dims_key(dimensions))
    found: list[list[Sample]] = [[] for _ in range(periods)]
    for second, sample in metric_seconds.samples(key).items():
        back = int((now - second) // period)
        if 0 <= back < periods:
            found[back].append(sample)
    return [alarm_states.statistic(stat["Stat"], samples) for samples in reversed(found)]


def _call_functions(alarm: Alarm, old: str, new: str, reason: str) -> None:
    """Call the functions among the actions of the new state, if their policies let alarms in.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-actions-Lambda.html
    """
    actions = {"ALARM": "AlarmActions", "OK": "OKActions"}.get(new, "InsufficientDataActions")
    now = datetime.now(UTC).isoformat(timespec="milliseconds")
    for arn in alarm.get(actions) or []:
        if arn.split(":")[2] != "lambda" or not alarm.get("ActionsEnabled", True):
            continue
        function, config, _ = lambda_svc._get_func_record_for_ref(arn)
        if not function or not config:
            _logger.warning("%s calls %s, which does not exist", alarm["AlarmName"], arn)
        elif refused := refusal(
            service(_ALARMS_SERVICE),
            "lambda:InvokeFunction",
            arn,
            {
                "aws:SourceArn": (alarm["AlarmArn"],),
                "aws:SourceAccount": (responses.get_account_id(),),
            },
        ):
            _logger.warning("%s may not call %s: %s", alarm["AlarmName"], arn, refused)
        else:
            event = {
                "source": "aws.cloudwatch",
                "alarmArn": alarm["AlarmArn"],
                "accountId": responses.get_account_id(),
                "time": now,
                "region": responses.get_region(),
                "alarmData": {
                    "alarmName": alarm["AlarmName"],
                    "state": {
                        "value": new,
                        "reason": reason,
                        "reasonData": alarm.get("StateReasonData", ""),
                        "timestamp": now,
                    },
                    "previousState": {"value": old},
                    "configuration": {"description": alarm.get("AlarmDescription", "")},
                },
            }
            record = lambda_svc._execution_record_for_config(function, config)
            lambda_svc.invoke_async_with_retry(record, event)
