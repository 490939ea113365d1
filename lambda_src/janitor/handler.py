"""The handler of the janitor function: one run of the sweep, which ends before the timeout.

Or, if the event asks for it, what AWS Backup restored comes into the drive.
"""

import os
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from drive.configuration import parse
from drive.recovery import bring_back
from drive.sweep import sweep

# Of the whole file system. Without the second variable it is the drive, as it was before there was
# one: code and variables change in two calls.
MOUNT = Path(os.environ["MOUNT_PATH"])
ROOT = MOUNT / os.environ.get("DRIVE_FOLDER", "")
PARAMETER = os.environ["LIMITS_PARAMETER"]
# Without it nothing is removed, and 0 days remove all.
TRASH_SECONDS = float(os.environ.get("TRASH_DAYS") or "inf") * 24 * 3600

# For one call to the disk, and for the cursor of the next run.
RESERVE_SECONDS = 30

logger = Logger()
metrics = Metrics()


def read_parameter() -> str:
    """Return the document with the limits. It imports the AWS SDK late, as tests do not need it."""
    import boto3  # noqa: PLC0415

    return str(boto3.client("ssm").get_parameter(Name=PARAMETER)["Parameter"]["Value"])


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Sweep the drive with the current limits, and report. An error is logged and raised.

    With `"bring_back": true` in the event: bring what AWS Backup restored into the drive instead.
    """
    logger.set_correlation_id(context.aws_request_id)
    try:
        configuration = parse(read_parameter())
        if event.get("bring_back") is True:
            return _bring_back(configuration.limits.drive_bytes)
        if not ROOT.exists():  # EFS makes it when the first function with a URL runs
            logger.info("there is no drive yet")
            return {"finished": True}
        report = sweep(
            ROOT,
            now=time.time(),
            time_left=lambda: context.get_remaining_time_in_millis() / 1000 - RESERVE_SECONDS,
            expiry_seconds=configuration.upload_expiry_seconds,
            trash_seconds=TRASH_SECONDS,
            limit=configuration.limits.drive_bytes,
        )
    except Exception:
        logger.exception("the janitor failed")
        raise
    if report is None:
        logger.info("another janitor is at work")
        return {"finished": False, "busy": True}
    logger.info("swept", report=asdict(report))
    metrics.add_metric("UploadsExpired", MetricUnit.Count, report.removed_uploads)
    metrics.add_metric("TemporariesRemoved", MetricUnit.Count, report.removed_temporaries)
    metrics.add_metric("VersionsRemoved", MetricUnit.Count, report.removed_versions)
    metrics.add_metric("BytesFreed", MetricUnit.Bytes, report.freed_bytes)
    metrics.add_metric("JanitorFinished", MetricUnit.Count, report.finished)
    metrics.flush_metrics()
    return asdict(report)


def _bring_back(limit: int | None) -> dict[str, Any]:
    if ROOT == MOUNT:
        raise RuntimeError("DRIVE_FOLDER is not set: the function mounts the drive alone")
    found = [asdict(each) for each in bring_back(MOUNT, ROOT, limit=limit)] if ROOT.exists() else []
    logger.info("brought back", recovered=found)
    return {"recovered": found}
