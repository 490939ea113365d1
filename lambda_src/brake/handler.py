"""The handler of the brake: it stops the drive's public function when its use costs too much.

An alarm of CloudWatch calls it, or a deployment of the function's stack, which may have released
the function. It may run again and again: what is done is done once, and said once.
"""

import json
import logging
import os
from datetime import UTC, datetime
from typing import Any

STAGE = os.environ["STAGE"]
FUNCTION = os.environ["FUNCTION"]
MARK = os.environ["MARK_PARAMETER"]
TOPIC = os.environ["TOPIC"]

# The value of the mark while the brake is off.
RELEASED = "released"
RESUME = f"make resume STAGE={STAGE}"

logger = logging.getLogger()
logger.setLevel(os.environ.get("LOG_LEVEL", "INFO"))


def handler(event: dict[str, Any], _context: object) -> dict[str, bool]:
    """Stop the function, tell the topic, and leave a mark; say whether the brake is on."""
    if event.get("source") == "aws.cloudformation":
        return {"braked": _after_deployment()}
    alarm = event["alarmData"]
    if alarm["state"]["value"] != "ALARM":
        return {"braked": False}
    before = _stop()  # before all else: what follows may fail, and then this is done again
    if _mark() != RELEASED:
        logger.info("the brake is on already: alarm %s", alarm["alarmName"])
        return {"braked": True}
    mark = {
        "since": datetime.now(UTC).isoformat(timespec="seconds"),
        "alarm": alarm["alarmName"],
        "reason": alarm["state"].get("reason", ""),
        "dollars": _dollars(alarm),
        "concurrency": before,
    }
    _tell(f"Lambda Drive {STAGE}: the brake is on", _sentences(mark))
    _client("ssm").put_parameter(Name=MARK, Value=json.dumps(mark), Overwrite=True)
    logger.warning("the brake is on: %s", json.dumps(mark))
    return {"braked": True}


def _after_deployment() -> bool:
    """Stop the function again if the brake was on before the deployment."""
    if _mark() == RELEASED:
        return False
    if _stop() != 0:
        _tell(
            f"Lambda Drive {STAGE}: the brake is still on",
            f"A deployment of {STAGE} let the function {FUNCTION} run, though its brake is on. The"
            f" function is stopped again.\n\nTo let it run: {RESUME}",
        )
        logger.warning("stopped again after a deployment")
    return True


def _stop() -> int | None:
    """Reserve no instance for the function, so that none runs; return what it had, None for any."""
    lambda_ = _client("lambda")
    reserved = lambda_.get_function_concurrency(FunctionName=FUNCTION)
    before: int | None = reserved.get("ReservedConcurrentExecutions")
    if before != 0:
        lambda_.put_function_concurrency(FunctionName=FUNCTION, ReservedConcurrentExecutions=0)
    return before


def _mark() -> str:
    return str(_client("ssm").get_parameter(Name=MARK)["Parameter"]["Value"])


def _tell(subject: str, text: str) -> None:
    _client("sns").publish(TopicArn=TOPIC, Subject=subject, Message=text)


def _dollars(alarm: dict[str, Any]) -> float | None:
    """Return what the use cost when the alarm went off, if CloudWatch says so."""
    try:
        return round(float(max(json.loads(alarm["state"]["reasonData"])["recentDatapoints"])), 4)
    except (KeyError, TypeError, ValueError):
        return None


def _sentences(mark: dict[str, Any]) -> str:
    cost = "" if mark["dollars"] is None else f" It counted ${mark['dollars']:.2f}."
    return (
        f"The use of the drive {STAGE} costs more than its daily_brake permits, so its brake is on"
        f" since {mark['since']}.{cost}\n\n"
        f"The function {FUNCTION} is stopped, and each request is answered 429. The files are as"
        " they were, and an unfinished upload can be resumed later.\n\n"
        f"Alarm: {mark['alarm']}. {mark['reason']}\n\n"
        "First look who called: the log of the function has a line for each request. Then let it"
        f" run again: {RESUME}"
    )


def _client(service: str) -> Any:  # noqa: ANN401 - boto3 makes clients at run time
    import boto3  # noqa: PLC0415 - Lambda's own; tests need none

    return boto3.client(service)  # type: ignore[call-overload]  # any service
