"""The metrics that Lambda, CloudWatch Logs and EFS send to CloudWatch, and those in a log.

MiniStack sends Lambda's for some calls, and no others. What a function reads and writes on its disk
is not seen here: it counts as the body of the request, written, and that of the answer, read.
"""

import json
import time
from collections.abc import Iterable, Mapping
from typing import Any

from ministack.services import cloudwatch, cloudwatch_logs, efs, lambda_svc

Json = dict[str, Any]

# What CloudWatch Logs adds to the bytes of each event
# (https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html).
_EVENT_BYTES = 26
_CALL_BYTES = 1024 * 1024  # of NFS


def send() -> None:
    """Send them from now on."""
    dispatch = lambda_svc._execute_function_dispatch
    emit = lambda_svc._emit_lambda_metrics
    fan_out = cloudwatch_logs._fanout_to_subscription_filters

    def dispatch_and_count(
        function: Json, config: Json, event: Json, request_id: str, started: float
    ) -> Json:
        result: Json = dispatch(function, config, event, request_id, started)
        seconds = time.time() - started
        failed = bool(result.get("error"))
        emit(config["FunctionName"], duration_ms=seconds * 1000, error=failed, throttle=False)
        _count_disk(config, event, result)
        return result

    def emit_throttles(name: str, **counted: Any) -> None:  # noqa: ANN401 - MiniStack's own
        if counted["throttle"]:  # the others are counted above, whoever called
            emit(name, **counted)

    def fan_out_and_count(group: str, stream: str, events: Iterable[Json]) -> None:
        known = [*events]
        fan_out(group, stream, known)
        size = sum(len(each["message"].encode()) + _EVENT_BYTES for each in known)
        cloudwatch.record_metric(
            "AWS/Logs", "IncomingBytes", size, "Bytes", {"LogGroupName": group}
        )
        for each in known:
            _count_embedded(each["message"])

    lambda_svc._execute_function_dispatch = dispatch_and_count
    lambda_svc._emit_lambda_metrics = emit_throttles
    cloudwatch_logs._fanout_to_subscription_filters = fan_out_and_count


def _count_disk(config: Json, event: Json, result: Json) -> None:
    mounts = config.get("FileSystemConfigs") or []
    if not mounts:
        return
    access_point = efs._access_points.get(mounts[-1]["Arn"].rpartition("/")[2])
    if access_point is None:
        return
    name, body = access_point["FileSystemId"], result.get("body")
    written = _size(event)
    read = _size(body) if isinstance(body, dict) else 0
    _add(name, "DataWriteIOBytes", written, written)
    _add(name, "DataReadIOBytes", read, read)
    _add(name, "MeteredIOBytes", written + read / 3, written + read)


def _add(file_system: str, metric: str, value: float, moved: int) -> None:
    """Add to a metric of a file system what so many bytes came to, in calls of NFS."""
    if not moved:
        return
    calls = -(-moved // _CALL_BYTES)
    of_it = {"FileSystemId": file_system}
    cloudwatch._metric_bucket(("AWS/EFS", metric, cloudwatch._dims_key(of_it))).append(
        {
            "Timestamp": time.time(),
            "Value": value / calls,
            "Count": float(calls),
            "Unit": "Bytes",
            "Dimensions": of_it,
        }
    )


def _size(message: Mapping[str, Any]) -> int:
    body = message.get("body")
    if not isinstance(body, str):
        return 0
    return len(body) * 3 // 4 if message.get("isBase64Encoded") else len(body.encode())


def _count_embedded(line: str) -> None:
    """Take the metrics of a line in embedded metric format.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
    """
    if '"CloudWatchMetrics"' not in line:
        return
    try:
        said = json.loads(line)
    except ValueError:
        return
    for directive in said["_aws"]["CloudWatchMetrics"]:
        for names in directive["Dimensions"]:
            dimensions = {name: said[name] for name in names}
            for metric in directive["Metrics"]:
                values = said[metric["Name"]]
                for value in values if isinstance(values, list) else [values]:
                    cloudwatch.record_metric(
                        directive["Namespace"],
                        metric["Name"],
                        value,
                        metric.get("Unit", "None"),
                        dimensions,
                    )
