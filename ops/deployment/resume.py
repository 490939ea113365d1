"""Let a stage run again whose brake stopped it: the function gets back what is reserved for it.

It refuses while an alarm still counts too much use, since nothing would stop the stage again.

python -m ops resume Dev            release the brake
python -m ops resume Dev --status   say whether it is on, and why; change nothing
python -m ops resume Dev --json     for scripts
"""

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from drive_tools.command_line import flag
from drive_tools.errors import ToolError
from ops.options import StageOptions

if TYPE_CHECKING:
    import boto3

# What the mark holds while the brake is off (lambda_src/brake/handler.py).
RELEASED = "released"


@dataclass(frozen=True, kw_only=True)
class ResumeOptions(StageOptions):
    """The stage, and what to do."""

    status: bool = flag("--status", help="say whether the brake is on, and change nothing")
    json: bool = flag("--json", help="print what was found and done as JSON")


def run(options: ResumeOptions) -> int:
    """Release the brake, or say whether it is on."""
    from ops.deployment.bootstrap_roles import reported, session  # noqa: PLC0415 - with boto3; not for --help

    stage = options.stage
    stack = options.find().stacks[0]
    # Whoever deploys may look; to release takes rights of one's own.
    aws = session(stack, stack.lookup_role if options.status else None)
    with reported(f"the brake of {stage}"):
        mark = _mark(aws, stage)
        if options.status:
            _print(options, {"braked": mark is not None, "mark": mark}, status(stage, mark))
            return 0
        name, reserved = _function(aws, stage)
        # Without a mark it was stopped by hand, as the alarm on a failed brake says to do.
        if mark is None and not _is_stopped(aws, name, reserved):
            raise ToolError(f"the brake of {stage} is not on, so there is nothing to release")
        if alarms := counting(_alarms(aws, stage)):
            raise ToolError(still_counting(stage, alarms))
        _reserve(aws, name, reserved)
        aws.client("ssm").put_parameter(
            Name=_parameter(stage), Value=RELEASED, Type="String", Overwrite=True
        )
    _print(
        options,
        {"braked": False, "mark": mark, "reserved_concurrency": reserved},
        f"resume: {stage} runs again, with"
        f" {'no instances' if reserved is None else reserved} reserved",
    )
    return 0


def status(stage: str, mark: dict[str, Any] | None) -> str:
    """Return the line that says whether the brake is on."""
    if mark is None:
        return f"brake: that of {stage} is off"
    cost = f" at ${mark['dollars']:.2f}" if isinstance(mark.get("dollars"), int | float) else ""
    return (
        f"brake: that of {stage} is on since {mark.get('since', 'an unknown time')}{cost}"
        f" (alarm {mark.get('alarm', 'unknown')}); its URL"
        f" answers 429, also after a deployment, until: make resume STAGE={stage}"
    )


def counting(alarms: dict[str, str]) -> list[str]:
    """Return the names of the alarms that call the brake and are in ALARM, by their states."""
    return sorted(name for name, state in alarms.items() if state == "ALARM")


def still_counting(stage: str, alarms: list[str]) -> str:
    """Return why the brake is not released."""
    return (
        f"{stage} was not released: {', '.join(alarms)} still in ALARM, so the use of the last five"
        " minutes, or of the last 24 hours, is above what the brake allows. Wait until it is less,"
        f" or raise daily_brake, make deploy STAGE={stage}, and run this again"
    )


def _print(options: ResumeOptions, values: dict[str, Any], line: str) -> None:
    print(json.dumps(values) if options.json else line)


def _parameter(stage: str) -> str:
    return f"/lambda-drive/{stage}/brake"


def _mark(aws: "boto3.Session", stage: str) -> dict[str, Any] | None:
    client = aws.client("ssm")
    try:
        value = client.get_parameter(Name=_parameter(stage))["Parameter"]["Value"]
    except client.exceptions.ParameterNotFound:
        return None
    if value == RELEASED:
        return None
    try:
        mark = json.loads(value)
    except ValueError:
        mark = None
    # Somebody spoiled it. The brake is on all the same, and is to be released.
    return mark if isinstance(mark, dict) else {"unreadable": value}


def _alarms(aws: "boto3.Session", stage: str) -> dict[str, str]:
    """Return the state of each alarm that calls the brake, by name."""
    pages = aws.client("cloudwatch").get_paginator("describe_alarms")
    # CloudFormation names an alarm by its stack and its logical id.
    begun = (f"{stage}-Service-Use", f"{stage}-Data-NatUse")
    return {
        alarm["AlarmName"]: alarm["StateValue"]
        for prefix in begun
        for page in pages.paginate(AlarmNamePrefix=prefix, AlarmTypes=["MetricAlarm"])
        for alarm in page["MetricAlarms"]
    }


def _function(aws: "boto3.Session", stage: str) -> tuple[str, int | None]:
    """Return the function that the brake stops, and what the last deployment reserves for it."""
    client = aws.client("lambda")
    brake = client.get_function_configuration(FunctionName=f"lambda-drive-{stage}-brake")
    variables = brake["Environment"]["Variables"]
    reserved = variables["RESERVED_CONCURRENCY"]
    return variables["FUNCTION"], int(reserved) if reserved else None


def _is_stopped(aws: "boto3.Session", name: str, reserved: int | None) -> bool:
    """Say whether the function may have no instance, though it should have `reserved`."""
    found = aws.client("lambda").get_function_concurrency(FunctionName=name)
    return reserved != 0 and found.get("ReservedConcurrentExecutions") == 0


def _reserve(aws: "boto3.Session", name: str, reserved: int | None) -> None:
    client = aws.client("lambda")
    if reserved is None:
        client.delete_function_concurrency(FunctionName=name)
    else:
        client.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=reserved)
