"""The metrics that Lambda, API Gateway, CloudWatch Logs and EFS send, and those in a log.

MiniStack sends Lambda's for some calls, and no others. What a function reads and writes on its disk
is not seen here: it counts as the body of the request, written, and that of the answer, read.
"""

import json
import os
import threading
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from http import HTTPStatus
from pathlib import Path
from typing import Any

from ministack.core import lambda_runtime
from ministack.core.responses import request_scope
from ministack.services import cloudwatch, cloudwatch_logs, efs, lambda_svc

Json = dict[str, Any]

# What CloudWatch Logs adds to the bytes of each event
# (https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html).
_EVENT_BYTES = 26
_CALL_BYTES = 1024 * 1024  # of NFS
# What EFS counts a file system with nothing in it
# (https://docs.aws.amazon.com/efs/latest/ug/metered-sizes.html).
_EMPTY_BYTES = 6144
_MINUTE = 60.0
_STORAGE_MINUTES = 15  # from one StorageBytes to the next


def send(folders: Mapping[str, Path]) -> None:
    """Send them from now on. `folders` are those of the access points, by their ids."""
    threading.Thread(target=_send_of_disks, args=(folders,), daemon=True).start()
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
            of_it = {"FunctionName": name}
            cloudwatch.record_metric("AWS/Lambda", "Throttles", 1, "Count", of_it)

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


def count_request(function: str, api_id: str | None, status: int) -> None:
    """Count a request to the URL of a function, or to an HTTP API, by what was answered.

    https://docs.aws.amazon.com/lambda/latest/dg/urls-monitoring.html
    https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-metrics.html
    """
    if api_id:
        namespace, of_it, names = "AWS/ApiGateway", {"ApiId": api_id}, ("Count", "4xx", "5xx")
    else:
        namespace, of_it = "AWS/Lambda", {"FunctionName": function}
        names = ("UrlRequestCount", "Url4xxCount", "Url5xxCount")
    server_error = status >= HTTPStatus.INTERNAL_SERVER_ERROR
    counts = (1, not server_error and status >= HTTPStatus.BAD_REQUEST, server_error)
    for name, count in zip(names, counts, strict=True):
        cloudwatch.record_metric(namespace, name, int(count), "Count", of_it)


def _send_of_disks(folders: Mapping[str, Path]) -> None:
    minute = 0
    while True:
        for account, region, access_points in _by_scope():
            with request_scope(account, region):
                _count_of_disks(access_points, folders, stored=minute % _STORAGE_MINUTES == 0)
        minute += 1
        time.sleep(_MINUTE)


def _by_scope() -> list[tuple[str, str, dict[str, str]]]:
    """Return account, region and the file systems of their access points."""
    found: dict[tuple[str, str], dict[str, str]] = {}
    for (account, region, name), access_point in list(efs._access_points._data.items()):
        found.setdefault((account, region), {})[name] = access_point["FileSystemId"]
    return [(*scope, access_points) for scope, access_points in found.items()]


def _count_of_disks(
    access_points: Mapping[str, str], folders: Mapping[str, Path], *, stored: bool
) -> None:
    """https://docs.aws.amazon.com/efs/latest/ug/efs-metrics.html"""
    connections = dict.fromkeys(access_points.values(), 0)
    for worker in [each for some in list(lambda_runtime._workers.values()) for each in list(some)]:
        for mount in worker.config.get("FileSystemConfigs") or []:
            name = access_points.get(mount["Arn"].rpartition("/")[2])
            if name:
                connections[name] += 1
    for name, count in connections.items():
        of_it = {"FileSystemId": name}
        cloudwatch.record_metric("AWS/EFS", "ClientConnections", count, "Count", of_it)
        if stored:
            size = _EMPTY_BYTES + sum(
                _bytes_below(folders[access_point])
                for access_point, each in access_points.items()
                if each == name and access_point in folders
            )
            of_it = {"FileSystemId": name, "StorageClass": "Total"}
            cloudwatch.record_metric("AWS/EFS", "StorageBytes", size, "Bytes", of_it)


def _bytes_below(folder: Path) -> int:
    """Return the sizes of all files together; a function may remove some meanwhile."""
    found = 0
    for directory, _, names in os.walk(folder):
        for name in names:
            with suppress(FileNotFoundError):
                found += os.lstat(Path(directory, name)).st_size
    return found


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
