"""The brake: what costs too much stops the URL, until a person lets it run again."""

import base64
import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest

from stacks.alarms.sentences import SAYS
from tests.baseline import DEV
from tests.local.assemblies import assembly_of
from tests.local.conftest import LocalCloud, policy_of
from tests.patience import until

# The least that may be set: $0.075 in 24 hours for what is not NAT, and a quarter in five minutes.
QUEUE = "arn:aws:sqs:us-east-1:000000000000:alarms"
SETTINGS = replace(DEV, daily_brake=0.1, reserved_concurrency=7, subscribers=(QUEUE,))
MARK = "/lambda-drive/Dev/brake"
PIECE = bytes(range(256)) * 16 * 1024  # 4 MiB
TUS = {"Tus-Resumable": "1.0.0"}


@pytest.fixture(scope="module")
def up(ready: LocalCloud) -> LocalCloud:
    """Dev, whose topic tells a queue."""
    let_in = {
        "Effect": "Allow",
        "Principal": {"Service": "sns.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": QUEUE,
        "Condition": {"ArnLike": {"aws:SourceArn": "arn:aws:sns:*:*:Dev-Data-AlarmTopic*"}},
    }
    sqs = ready.client("sqs")
    sqs.create_queue(QueueName="alarms", Attributes={"Policy": policy_of(let_in)})
    ready.deploy(assembly_of(SETTINGS))
    return ready


def messages(up: LocalCloud) -> list[dict[str, Any]]:
    """Take what the topic has told."""
    sqs = up.client("sqs")
    url = sqs.get_queue_url(QueueName="alarms")["QueueUrl"]
    found = []
    while got := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        for each in got:
            found.append(json.loads(each["Body"]))
            sqs.delete_message(QueueUrl=url, ReceiptHandle=each["ReceiptHandle"])
    return found


def heard(up: LocalCloud, subject: str) -> dict[str, Any]:
    """Wait for the message with this subject."""
    found: list[dict[str, Any]] = []

    def look() -> list[dict[str, Any]]:
        found.extend(messages(up))
        return [each for each in found if each.get("Subject") == subject]

    return until(look, seldom=True)[0]


def reserved(up: LocalCloud) -> int | None:
    """What is reserved for the files function."""
    name = up.outputs["Dev-Service"]["FilesFunctionName"]
    answer = up.client("lambda").get_function_concurrency(FunctionName=name)
    found: int | None = answer.get("ReservedConcurrentExecutions")
    return found


def mark(up: LocalCloud) -> str:
    value: str = up.client("ssm").get_parameter(Name=MARK)["Parameter"]["Value"]
    return value


@pytest.fixture(scope="module")
def upload(up: LocalCloud) -> str:
    """The path of an upload of two pieces, of which one was sent before the flood."""
    name = base64.b64encode(b"work/upload").decode()
    described = {"Upload-Length": str(2 * len(PIECE)), "Upload-Metadata": f"filename {name}"}
    made = up.drive("POST", "/uploads", b"", TUS | described)
    location: str = made.headers["Location"]
    path = f"/uploads/{location.rpartition('/')[2]}"
    assert send(up, path, 0) == 204
    return path


def send(up: LocalCloud, upload: str, offset: int) -> int:
    part = {"Content-Type": "application/offset+octet-stream", "Upload-Offset": str(offset)}
    status: int = up.drive("PATCH", upload, PIECE, TUS | part).status_code
    return status


def ops(up: LocalCloud, *words: str) -> Any:  # noqa: ANN401 - a finished process
    return up.ops("resume", "Dev", "--assembly", str(up.folder / "cdk.out"), *words)


def test_a_day_of_work_does_not_stop_it(up: LocalCloud) -> None:
    for name in range(5):
        assert up.drive("PUT", f"/files/work/{name}", b"x" * 100_000).status_code == 201
        assert up.drive("GET", f"/files/work/{name}").status_code == 200
    assert reserved(up) == 7
    assert mark(up) == "released"
    assert "is off" in ops(up, "--status").stdout
    refused = ops(up)
    assert refused.returncode == 1
    assert "the brake of Dev is not on, so there is nothing to release" in refused.stderr


def test_a_flood_stops_it_and_says_so_and_keeps_the_files_whole(
    up: LocalCloud, upload: str
) -> None:
    def flood() -> bool:
        answers = [up.drive("PUT", f"/files/flood/{name}", PIECE).status_code for name in range(5)]
        assert {*answers} <= {201, 204, 429}
        return 429 in answers

    assert until(flood, seldom=True)
    answer = up.drive("GET", "/files/work/0")
    assert (answer.status_code, answer.headers["x-amzn-errortype"]) == (
        429,
        "TooManyRequestsException",
    )
    assert reserved(up) == 0
    assert send(up, upload, len(PIECE)) == 429
    assert until(lambda: mark(up) != "released", seldom=True)
    found = json.loads(mark(up))
    assert found["concurrency"] == 7
    assert found["dollars"] > 0.075 / 4
    told = heard(up, "Lambda Drive Dev: the brake is on")
    assert "each request is answered 429" in told["Message"]
    assert told["Message"].endswith("make resume STAGE=Dev")


def test_what_came_before_the_flood_is_whole_and_what_it_broke_off_is_not_there(
    up: LocalCloud,
) -> None:
    """Files lie where the function had its disk: it does not run now."""
    [drive] = (up.folder / "efs").glob("Dev-Data/*")
    for name in range(5):
        assert (drive / "work" / str(name)).read_bytes() == b"x" * 100_000
        assert (drive / "flood" / str(name)).read_bytes() == PIECE


def test_a_deployment_keeps_it_stopped(up: LocalCloud) -> None:
    """Though it changes the function, and what is reserved for it."""
    messages(up)
    changed = replace(SETTINGS, reserved_concurrency=9, environment={"COLOUR": "blue"})
    up.deploy(assembly_of(changed))
    assert until(lambda: reserved(up) == 0, seldom=True)
    heard(up, "Lambda Drive Dev: the brake is still on")
    assert up.drive("GET", "/files/work/0").status_code == 429
    said = ops(up, "--status")
    assert said.returncode == 0
    assert "brake: that of Dev is on since" in said.stdout
    assert "until: make resume STAGE=Dev" in said.stdout


def test_it_is_not_released_while_the_use_is_too_much(up: LocalCloud) -> None:
    refused = ops(up)
    assert refused.returncode == 1
    assert re.search(
        r"Dev was not released: .*Dev-Service-UseFast.* still in ALARM", refused.stderr
    )
    assert reserved(up) == 0


def test_with_more_allowed_it_is_released_to_what_is_reserved_now(up: LocalCloud) -> None:
    messages(up)
    changed = replace(
        SETTINGS, daily_brake=100.0, reserved_concurrency=9, environment={"COLOUR": "green"}
    )
    up.deploy(assembly_of(changed))
    # Once more it stops what the deployment let run: who releases it meanwhile may be too early.
    heard(up, "Lambda Drive Dev: the brake is still on")

    def released() -> bool:
        done = ops(up, "--json")
        if done.returncode:
            assert "still in ALARM" in done.stderr
            return False
        found = json.loads(done.stdout)
        assert (found["braked"], found["reserved_concurrency"]) == (False, 9)
        assert found["mark"]["alarm"].startswith("Dev-Service-Use")
        return True

    assert until(released, seldom=True)
    assert (reserved(up), mark(up)) == (9, "released")
    assert up.drive("GET", "/files/work/0").status_code == 200


def test_an_upload_goes_on_where_the_brake_stopped_it(up: LocalCloud, upload: str) -> None:
    offset = up.drive("HEAD", upload, b"", TUS).headers["Upload-Offset"]
    assert offset == str(len(PIECE))
    assert send(up, upload, len(PIECE)) == 204
    [drive] = (up.folder / "efs").glob("Dev-Data/*")
    assert (drive / "work" / "upload").read_bytes() == PIECE * 2


def alarm_told(up: LocalCloud, name: str, again: Callable[[], object] = bool) -> None:
    """Wait for an alarm's message, with its sentence; meanwhile do the same again."""
    found: list[dict[str, Any]] = []

    def look() -> list[dict[str, Any]]:
        again()
        found.extend(messages(up))
        begin = f'ALARM: "Dev-Service-Alarms{name}'
        return [each for each in found if each.get("Subject", "").startswith(begin)]

    told = json.loads(until(look, seldom=True)[0]["Message"])
    assert told["AlarmDescription"] == SAYS[name]


@contextmanager
def spoilt(up: LocalCloud, name: str) -> Iterator[str]:
    """Change a function's variables so that it cannot start, for a while; gives its name."""
    client = up.client("lambda")
    function = up.outputs["Dev-Service"][f"{name}FunctionName"]
    now = client.get_function_configuration(FunctionName=function)["Environment"]["Variables"]
    less = {key: value for key, value in now.items() if key != "MOUNT_PATH"}
    client.update_function_configuration(FunctionName=function, Environment={"Variables": less})
    yield function
    client.update_function_configuration(FunctionName=function, Environment={"Variables": now})


@pytest.mark.weekly
def test_many_requests_for_what_is_not_there_are_told_of(up: LocalCloud) -> None:
    """Half of all requests of a quarter of an hour, so it takes more than came before."""

    def ask() -> None:
        answers = {up.drive("GET", f"/files/nothing/{name}").status_code for name in range(60)}
        assert answers == {404}

    messages(up)
    alarm_told(up, "FilesClientErrors", ask)


def test_a_run_of_the_janitor_that_fails_three_times_is_told_of(up: LocalCloud) -> None:
    """As EventBridge calls it: nobody waits for it."""
    event = json.dumps({"detail-type": "Scheduled Event"})
    with spoilt(up, "Janitor") as function:
        called = up.client("lambda").invoke(
            FunctionName=function, InvocationType="Event", Payload=event
        )
        assert called["StatusCode"] == 202
        alarm_told(up, "JanitorDropped")


def test_a_function_that_crashes_is_told_of(up: LocalCloud) -> None:
    with spoilt(up, "Files"):
        assert up.drive("GET", "/health").status_code == 502
        alarm_told(up, "FilesErrors")
    assert up.drive("GET", "/health").status_code == 200


def test_a_key_that_is_scheduled_for_deletion_is_told_of(up: LocalCloud) -> None:
    """By the key watch, as its schedule calls it; by a message that needs no such key."""
    lambda_, kms = up.client("lambda"), up.client("kms")
    [function] = [
        each["FunctionName"]
        for each in lambda_.list_functions()["Functions"]
        if each.get("Handler") == "key_watch.handler.handler"
    ]
    arn = lambda_.get_function_configuration(FunctionName=function)["FunctionArn"]
    events = up.client("events")
    [rule] = events.list_rule_names_by_target(TargetArn=arn)["RuleNames"]
    [target] = events.list_targets_by_rule(Rule=rule)["Targets"]

    def watch() -> dict[str, Any]:
        called = lambda_.invoke(FunctionName=function, Payload=target["Input"])
        said: dict[str, Any] = json.loads(called["Payload"].read())
        return said

    keys = json.loads(target["Input"])["keys"]
    assert watch() == dict.fromkeys(keys, "Enabled")
    messages(up)
    kms.schedule_key_deletion(KeyId=keys[0], PendingWindowInDays=7)
    assert f'{{"{keys[0]}": "PendingDeletion"}}' in watch()["errorMessage"]
    alarm_told(up, "KeyUnusable")
    kms.cancel_key_deletion(KeyId=keys[0])
    kms.enable_key(KeyId=keys[0])
    assert watch() == dict.fromkeys(keys, "Enabled")


def test_with_its_topic_gone_it_stops_all_the_same_and_can_be_released(up: LocalCloud) -> None:
    sns = up.client("sns")
    [topic] = sns.list_topics()["Topics"]
    sns.delete_topic(TopicArn=topic["TopicArn"])
    data = {"alarmName": "Dev-Service-UseFast", "state": {"value": "ALARM"}}
    called = up.client("lambda").invoke(
        FunctionName="lambda-drive-Dev-brake", Payload=json.dumps({"alarmData": data})
    )
    assert b"NotFound" in called["Payload"].read()
    assert reserved(up) == 0
    assert json.loads(mark(up))["told"] is False
    assert up.drive("GET", "/files/work/0").status_code == 429
    released = ops(up)
    assert released.returncode == 0, released.stderr
    assert (reserved(up), mark(up)) == (9, "released")
    assert up.drive("GET", "/files/work/0").status_code == 200
