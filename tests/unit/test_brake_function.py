"""The brake, by what it asks of AWS."""

import importlib
import json
import subprocess
import sys
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

import pytest

from tests.unit.scripts import LAMBDA_SRC

VARIABLES = {
    "STAGE": "Dev",
    "FUNCTION": "Dev-Service-Files",
    "MARK_PARAMETER": "/lambda-drive/Dev/brake",
    "TOPIC": "arn:aws:sns:eu-west-1:123456789012:alarms",
}


@dataclass
class Account:
    """A function, a parameter and a topic; calls of the methods in `broken` fail."""

    reserved: int | None = 10
    mark: str | None = "released"
    told: list[tuple[str, str]] = field(default_factory=list)
    broken: set[str] = field(default_factory=set)

    class exceptions:  # noqa: N801 - boto3's
        class ParameterNotFound(Exception):  # noqa: N818 - AWS's
            pass

    def client(self, _service: str) -> "Account":
        return self

    def get_function_concurrency(self, FunctionName: str) -> dict[str, int]:  # noqa: N803 - AWS's
        assert FunctionName == VARIABLES["FUNCTION"]
        return {} if self.reserved is None else {"ReservedConcurrentExecutions": self.reserved}

    def put_function_concurrency(self, **said: Any) -> None:  # noqa: ANN401 - AWS's
        self._fail("put_function_concurrency")
        assert said["FunctionName"] == VARIABLES["FUNCTION"]
        self.reserved = said["ReservedConcurrentExecutions"]

    def get_parameter(self, Name: str) -> dict[str, dict[str, str]]:  # noqa: N803 - AWS's
        self._fail("get_parameter")
        assert Name == VARIABLES["MARK_PARAMETER"]
        if self.mark is None:
            raise self.exceptions.ParameterNotFound
        return {"Parameter": {"Value": self.mark}}

    def put_parameter(self, **said: Any) -> None:  # noqa: ANN401 - AWS's
        self._fail("put_parameter")
        assert (said["Name"], said["Overwrite"]) == (VARIABLES["MARK_PARAMETER"], True)
        # https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html
        assert self.mark is not None or said["Type"] == "String"
        self.mark = said["Value"]

    def publish(self, **said: str) -> None:
        self._fail("publish")
        assert said["TopicArn"] == VARIABLES["TOPIC"]
        assert len(said["Subject"]) <= 100
        self.told.append((said["Subject"], said["Message"]))

    def _fail(self, method: str) -> None:
        if method in self.broken:
            raise RuntimeError(method)

    def marked(self) -> dict[str, Any]:
        """What the parameter says of the brake that is on."""
        assert self.mark not in {None, "released"}
        found: dict[str, Any] = json.loads(str(self.mark))
        return found


@pytest.fixture
def account() -> Account:
    return Account()


@pytest.fixture
def brake(account: Account, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    for name, value in VARIABLES.items():
        monkeypatch.setenv(name, value)
    module = importlib.import_module("brake.handler")
    monkeypatch.setattr(module, "_client", account.client)
    return module


def alarm(state: str = "ALARM", points: object = (0.61,)) -> dict[str, Any]:
    """The event of an alarm, as CloudWatch's page shows it."""
    data = json.dumps({"version": "1.0", "recentDatapoints": points, "threshold": 0.375})
    return {
        "source": "aws.cloudwatch",
        "alarmArn": "arn:aws:cloudwatch:eu-west-1:123456789012:alarm:Dev-Service-UseFast",
        "alarmData": {
            "alarmName": "Dev-Service-UseFast",
            "state": {"value": state, "reason": "Threshold Crossed: 0.61", "reasonData": data},
        },
    }


DEPLOYED = {"source": "aws.cloudformation", "detail": {"stack-id": "Dev-Service"}}


@pytest.mark.parametrize("reserved", [10, None, 0])
def test_an_alarm_stops_the_function_marks_it_and_says_so(
    reserved: int | None, brake: ModuleType, account: Account
) -> None:
    account.reserved = reserved
    assert brake.handler(alarm(), None) == {"braked": True}
    assert account.reserved == 0
    mark = account.marked()
    assert mark["concurrency"] == reserved
    assert (mark["alarm"], mark["dollars"]) == ("Dev-Service-UseFast", 0.61)
    assert mark["reason"] == "Threshold Crossed: 0.61"
    [(subject, text)] = account.told
    assert subject == "Lambda Drive Dev: the brake is on"
    for said in ("$0.61", mark["since"], VARIABLES["FUNCTION"], "make resume STAGE=Dev", "429"):
        assert said in text


def test_a_second_alarm_changes_and_says_nothing_more(brake: ModuleType, account: Account) -> None:
    brake.handler(alarm(), None)
    first = account.mark
    assert brake.handler(alarm(points=(0.99,)), None) == {"braked": True}
    assert (account.mark, len(account.told)) == (first, 1)


def test_a_function_that_runs_in_spite_of_the_mark_is_stopped(
    brake: ModuleType, account: Account
) -> None:
    brake.handler(alarm(), None)
    account.reserved = None
    brake.handler(alarm(), None)
    assert account.reserved == 0


@pytest.mark.parametrize("failing", ["get_parameter", "publish", "put_parameter"])
def test_what_failed_is_done_by_the_next_try_and_the_function_stops_at_once(
    failing: str, brake: ModuleType, account: Account
) -> None:
    account.broken = {failing}
    with pytest.raises(RuntimeError, match=failing):
        brake.handler(alarm(), None)
    assert account.reserved == 0
    account.broken = set()
    assert brake.handler(alarm(), None) == {"braked": True}
    assert account.marked()["alarm"] == "Dev-Service-UseFast"
    assert len(account.told) == 1


def test_while_the_topic_is_gone_it_is_marked_and_whatever_calls_next_tells(
    brake: ModuleType, account: Account
) -> None:
    """Else nobody could release it: there would be no mark to say that it is on."""
    account.broken = {"publish"}
    for event in (alarm(), alarm(points=(0.99,)), DEPLOYED):
        with pytest.raises(RuntimeError, match="publish"):
            brake.handler(event, None)
    assert (account.reserved, account.marked()["dollars"], account.told) == (0, 0.61, [])
    account.broken = set()
    for event in (DEPLOYED, DEPLOYED, alarm()):
        assert brake.handler(event, None) == {"braked": True}
    [(subject, _)] = account.told
    assert subject == "Lambda Drive Dev: the brake is on"


def test_a_mark_that_was_removed_is_made_again(brake: ModuleType, account: Account) -> None:
    account.mark = None
    assert brake.handler(DEPLOYED, None) == {"braked": False}
    assert brake.handler(alarm(), None) == {"braked": True}
    assert (account.reserved, account.marked()["concurrency"]) == (0, 10)
    assert len(account.told) == 1


@pytest.mark.parametrize("mark", ['{"since": "2026-', "on", "[]", "null", '{"dollars": "x"}', "3"])
@pytest.mark.parametrize("deployed", [False, True])
def test_a_spoiled_mark_is_a_mark_and_is_written_anew(
    mark: str, brake: ModuleType, account: Account, *, deployed: bool
) -> None:
    account.mark = mark
    assert brake.handler(DEPLOYED if deployed else alarm(), None) == {"braked": True}
    assert (account.reserved, account.marked()["told"]) == (0, True)
    assert account.told[0][0] == "Lambda Drive Dev: the brake is on"
    assert brake.handler(DEPLOYED, None) == {"braked": True}


def test_a_function_that_cannot_be_stopped_is_a_failure(
    brake: ModuleType, account: Account
) -> None:
    account.broken = {"put_function_concurrency"}
    with pytest.raises(RuntimeError):
        brake.handler(alarm(), None)
    assert (account.mark, account.told) == ("released", [])


@pytest.mark.parametrize("state", ["OK", "INSUFFICIENT_DATA"])
def test_an_alarm_that_ends_stops_nothing(state: str, brake: ModuleType, account: Account) -> None:
    assert brake.handler(alarm(state), None) == {"braked": False}
    assert (account.reserved, account.mark, account.told) == (10, "released", [])


def test_a_deployment_does_not_release_it(brake: ModuleType, account: Account) -> None:
    brake.handler(alarm(), None)
    mark = account.mark
    account.reserved = 20
    assert brake.handler(DEPLOYED, None) == {"braked": True}
    assert (account.reserved, account.mark) == (0, mark)
    subject, text = account.told[1]
    assert subject == "Lambda Drive Dev: the brake is still on"
    assert "make resume STAGE=Dev" in text


def test_a_deployment_that_leaves_it_stopped_is_not_told_of(
    brake: ModuleType, account: Account
) -> None:
    brake.handler(alarm(), None)
    assert brake.handler(DEPLOYED, None) == {"braked": True}
    assert len(account.told) == 1


def test_a_deployment_without_the_brake_on_changes_nothing(
    brake: ModuleType, account: Account
) -> None:
    assert brake.handler(DEPLOYED, None) == {"braked": False}
    assert (account.reserved, account.told) == (10, [])


@pytest.mark.parametrize("points", [[], None, "x"])
def test_an_alarm_without_numbers_stops_it_too(
    points: object, brake: ModuleType, account: Account
) -> None:
    assert brake.handler(alarm(points=points), None) == {"braked": True}
    assert account.marked()["dollars"] is None
    assert "$" not in account.told[0][1]


def test_it_starts_with_pythons_own_modules() -> None:
    """It has no layer, and stops a flood in its first second; boto3 is Lambda's own."""
    script = "import sys, brake.handler; print(*(sys.modules.keys() & {'boto3', 'botocore'}))"
    done = subprocess.run(
        [
            sys.executable,
            "-I",
            "-c",
            f"import sys; sys.path.insert(0, {str(LAMBDA_SRC)!r}); {script}",
        ],
        check=True,
        env=VARIABLES,
        capture_output=True,
        text=True,
    )
    assert done.stdout.strip() == ""
