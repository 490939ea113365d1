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
# What a mark says that lacks it.
_UNKNOWN: dict[str, Any] = {
    "since": "an unknown time",
    "alarm": "unknown",
    "reason": "",
    "dollars": None,
    "concurrency": None,
    "told": False,
}

logger = logging.getLogger()
logger.setLevel(os.environ.get("LOG_LEVEL", "INFO"))


def handler(event: dict[str, Any], _context: object) -> dict[str, bool]:
    """Stop the function, leave a mark, and tell the topic; say whether the brake is on."""
    if event.get("source") == "aws.cloudformation":
        return {"braked": _after_deployment()}
    alarm = event["alarmData"]
    if alarm["state"]["value"] != "ALARM":
        return {"braked": False}
    before = _stop()  # before all else: what follows may fail, and then this is done again
    mark = _mark()
    if mark:
        logger.info("the brake is on already: alarm %s", alarm["alarmName"])
    else:
        mark = {
            "since": datetime.now(UTC).isoformat(timespec="seconds"),
            "alarm": alarm["alarmName"],
            "reason": alarm["state"].get("reason", ""),
            "dollars": _dollars(alarm),
            "concurrency": before,
            "told": False,
        }
        # Before the topic is told, which may be gone: without a mark nobody could release it.
        _write(mark)
        logger.warning("the brake is on: %s", json.dumps(mark))
    _tell_once(mark)
    return {"braked": True}


def _after_deployment() -> bool:
    """Stop the function again if the brake was on before the deployment."""
    mark = _mark()
    if mark is None:
        return False
    stopped = _stop() != 0
    _tell_once(mark)
    if stopped:
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


def _mark() -> dict[str, Any] | None:
    """Return what the mark says; None while the brake is off, or if the parameter was removed.

    A mark that somebody spoiled is a mark: the brake is on, and who is told reads what it holds.
    """
    client = _client("ssm")
    try:
        value = client.get_parameter(Name=MARK)["Parameter"]["Value"]
    except client.exceptions.ParameterNotFound:
        return None
    if value == RELEASED:
        return None
    try:
        mark = json.loads(value)
    except ValueError:
        mark = None
    if not isinstance(mark, dict):
        logger.error("the mark cannot be read: %r", value)
        mark = {"reason": f"The mark of the brake cannot be read: {value!r}"}
    return _UNKNOWN | mark


def _write(mark: dict[str, Any]) -> None:
    # The type is for a parameter that was removed.
    _client("ssm").put_parameter(Name=MARK, Value=json.dumps(mark), Type="String", Overwrite=True)


def _tell_once(mark: dict[str, Any]) -> None:
    if not mark["told"]:
        _tell(f"Lambda Drive {STAGE}: the brake is on", _sentences(mark))
        _write(mark | {"told": True})


def _tell(subject: str, text: str) -> None:
    _client("sns").publish(TopicArn=TOPIC, Subject=subject, Message=text)


def _dollars(alarm: dict[str, Any]) -> float | None:
    """Return what the use cost when the alarm went off, if CloudWatch says so."""
    try:
        return round(float(max(json.loads(alarm["state"]["reasonData"])["recentDatapoints"])), 4)
    except (KeyError, TypeError, ValueError):
        return None


def _sentences(mark: dict[str, Any]) -> str:
    dollars = mark["dollars"]
    cost = f" It counted ${dollars:.2f}." if isinstance(dollars, int | float) else ""
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
