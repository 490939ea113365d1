"""The handler of the usage function: the usage of the drive as metrics. It never writes."""

import os
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from drive.usage import Usage, measure

ROOT = Path(os.environ["MOUNT_PATH"])

# For one call to the disk.
RESERVE_SECONDS = 30

logger = Logger()
metrics = Metrics()


def handler(_event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Measure the drive and publish the totals, or only that the time was too short for them."""
    logger.set_correlation_id(context.aws_request_id)
    try:
        usage = measure(
            ROOT,
            time_left=lambda: context.get_remaining_time_in_millis() / 1000 - RESERVE_SECONDS,
        )
    except Exception:
        logger.exception("the drive could not be measured")
        raise
    if usage.finished:
        logger.info("measured", usage=asdict(usage))
        _publish_totals(usage)
    else:
        logger.warning(
            "no time to measure the whole drive; this is how far it came", usage=asdict(usage)
        )
    metrics.add_metric("UsageFinished", MetricUnit.Count, usage.finished)
    metrics.flush_metrics()
    return asdict(usage)


def _publish_totals(usage: Usage) -> None:
    age = 0.0 if usage.oldest_upload is None else max(0.0, time.time() - usage.oldest_upload)
    metrics.add_metric("DriveBytes", MetricUnit.Bytes, usage.bytes)
    metrics.add_metric("TrashBytes", MetricUnit.Bytes, usage.trash_bytes)
    metrics.add_metric("DriveFiles", MetricUnit.Count, usage.files)
    metrics.add_metric("UploadsInProgress", MetricUnit.Count, usage.uploads)
    metrics.add_metric("OldestUploadAge", MetricUnit.Seconds, age)
