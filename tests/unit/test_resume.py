"""The release of the brake, by what it asks of AWS, and stages that are not deployed unheard."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import MagicMock

import pytest

from drive_tools.cloud_assembly import StackArtifact, StageAssembly
from drive_tools.errors import ToolError
from ops.deployment import bootstrap_roles, resume, unheard_alarms, unknown_types

MARK = {"since": "2026-11-27T07:00:00+00:00", "alarm": "Dev-Service-UseFast1A", "dollars": 0.61}
STACK = StackArtifact(
    name="Dev-Data",
    template=Path("Data.template.json"),
    account=None,
    region=None,
    lookup_role="look",
    deploy_role="deploy",
    termination_protection=False,
    needs=(),
)


class NotFoundError(Exception):
    """That of SSM for a parameter that is not there."""


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> MagicMock:
    """A client of every service, whose brake is on, and whose alarms are over."""
    client = MagicMock()
    client.exceptions.ParameterNotFound = NotFoundError
    client.get_parameter.return_value = {"Parameter": {"Value": json.dumps(MARK)}}
    client.get_paginator.return_value.paginate.side_effect = lambda **said: [
        {"MetricAlarms": [{"AlarmName": f"{said['AlarmNamePrefix']}Fast", "StateValue": "OK"}]}
    ]
    variables = {"FUNCTION": "Dev-Service-Files", "RESERVED_CONCURRENCY": "10"}
    client.get_function_configuration.return_value = {"Environment": {"Variables": variables}}
    client.get_function_concurrency.return_value = {"ReservedConcurrentExecutions": 10}
    client.role = "nobody"

    def session(_stack: StackArtifact, role: str | None) -> MagicMock:
        client.role = role
        return MagicMock(client=lambda _service: client)

    monkeypatch.setattr(bootstrap_roles, "session", session)
    monkeypatch.setattr(
        resume.ResumeOptions, "find", lambda _: StageAssembly(Path("cdk.out"), (STACK,))
    )
    return client


Ran = Callable[..., str]


@pytest.fixture
def ran(capsys: pytest.CaptureFixture[str]) -> Ran:
    """Run the command, and return what it printed."""

    def run(*, status: bool = False, as_json: bool = False) -> str:
        options = resume.ResumeOptions(
            stage="Dev", assembly=Path("cdk.out"), status=status, json=as_json
        )
        assert resume.run(options) == 0
        return capsys.readouterr().out.strip()

    return run


def test_it_restores_what_the_last_deployment_reserves_and_takes_the_mark_away(
    aws: MagicMock, ran: Ran
) -> None:
    assert ran() == "resume: Dev runs again, with 10 reserved"
    aws.get_function_configuration.assert_called_once_with(FunctionName="lambda-drive-Dev-brake")
    aws.put_function_concurrency.assert_called_once_with(
        FunctionName="Dev-Service-Files", ReservedConcurrentExecutions=10
    )
    aws.put_parameter.assert_called_once_with(
        Name="/lambda-drive/Dev/brake", Value="released", Type="String", Overwrite=True
    )
    assert aws.role is None  # the caller's own rights


def test_a_function_that_reserves_nothing_has_no_limit_again(aws: MagicMock, ran: Ran) -> None:
    variables = {"FUNCTION": "Dev-Service-Files", "RESERVED_CONCURRENCY": ""}
    aws.get_function_configuration.return_value = {"Environment": {"Variables": variables}}
    said: dict[str, Any] = json.loads(ran(as_json=True))
    assert said == {"braked": False, "mark": MARK, "reserved_concurrency": None}
    aws.delete_function_concurrency.assert_called_once_with(FunctionName="Dev-Service-Files")
    aws.put_function_concurrency.assert_not_called()


@pytest.mark.parametrize("value", ["released", None])
def test_without_a_mark_there_is_nothing_to_release(
    value: str | None, aws: MagicMock, ran: Ran
) -> None:
    if value is None:
        aws.get_parameter.side_effect = NotFoundError
    else:
        aws.get_parameter.return_value = {"Parameter": {"Value": value}}
    with pytest.raises(ToolError, match="the brake of Dev is not on"):
        ran()
    aws.put_parameter.assert_not_called()
    aws.put_function_concurrency.assert_not_called()
    assert ran(status=True) == "brake: that of Dev is off"
    assert aws.role == "look"  # whoever may deploy may ask


def test_what_was_stopped_by_hand_is_released(aws: MagicMock, ran: Ran) -> None:
    """As the alarm on a failed brake says to do; or somebody removed the mark."""
    aws.get_parameter.side_effect = NotFoundError
    aws.get_function_concurrency.return_value = {"ReservedConcurrentExecutions": 0}
    assert ran() == "resume: Dev runs again, with 10 reserved"
    aws.get_function_concurrency.assert_called_once_with(FunctionName="Dev-Service-Files")


def test_a_stage_that_reserves_none_is_not_released(aws: MagicMock, ran: Ran) -> None:
    variables = {"FUNCTION": "Dev-Service-Files", "RESERVED_CONCURRENCY": "0"}
    aws.get_function_configuration.return_value = {"Environment": {"Variables": variables}}
    aws.get_parameter.side_effect = NotFoundError
    aws.get_function_concurrency.return_value = {"ReservedConcurrentExecutions": 0}
    with pytest.raises(ToolError, match="the brake of Dev is not on"):
        ran()


def test_an_alarm_that_still_counts_too_much_keeps_it(aws: MagicMock, ran: Ran) -> None:
    aws.get_paginator.return_value.paginate.side_effect = lambda **said: [
        {"MetricAlarms": []},
        {"MetricAlarms": [{"AlarmName": f"{said['AlarmNamePrefix']}Slow", "StateValue": "ALARM"}]},
    ]
    with pytest.raises(ToolError) as caught:
        ran()
    text = str(caught.value)
    assert text.startswith(
        "Dev was not released: Dev-Data-NatUseSlow, Dev-Service-UseSlow still in"
    )
    assert "raise daily_brake, make deploy STAGE=Dev" in text
    aws.put_parameter.assert_not_called()
    aws.put_function_concurrency.assert_not_called()


def test_a_mark_stays_while_the_function_cannot_be_let_run(aws: MagicMock, ran: Ran) -> None:
    aws.put_function_concurrency.side_effect = RuntimeError("refused")
    with pytest.raises(RuntimeError):
        ran()
    aws.put_parameter.assert_not_called()


@pytest.mark.parametrize("mark", ['{"since": "2026-', "on", "[]", "null", "{}", '{"dollars": "x"}'])
def test_a_spoiled_mark_is_told_and_released(aws: MagicMock, ran: Ran, mark: str) -> None:
    aws.get_parameter.return_value = {"Parameter": {"Value": mark}}
    assert "is on since an unknown time" in ran(status=True)
    ran()
    aws.put_function_concurrency.assert_called_once()
    assert aws.put_parameter.call_args.kwargs["Value"] == "released"


def test_its_status_says_since_when_and_why(aws: MagicMock, ran: Ran) -> None:
    line = ran(status=True)
    for said in (MARK["since"], MARK["alarm"], "$0.61", "429", "make resume STAGE=Dev"):
        assert str(said) in line
    assert json.loads(ran(status=True, as_json=True)) == {"braked": True, "mark": MARK}
    aws.put_parameter.assert_not_called()


@pytest.mark.parametrize(
    ("protected", "types", "unheard"),
    [
        (True, ["AWS::SNS::Topic"], True),
        (True, ["AWS::SNS::Topic", "AWS::SNS::Subscription"], False),
        (True, [], False),
        (False, ["AWS::SNS::Topic"], False),
    ],
)
def test_a_stage_that_must_stay_is_not_deployed_unheard(
    protected: bool, types: list[str], unheard: bool, tmp_path: Path
) -> None:
    resources = {name.rpartition(":")[2]: {"Type": name} for name in types}
    template = tmp_path / "Data.template.json"
    template.write_text(json.dumps({"Resources": resources}))
    stack = replace(STACK, template=template, termination_protection=protected)
    assert unheard_alarms.unheard([stack]) is unheard
    assert 'subscribers=("you@example.com",)' in unheard_alarms.refusal("Prod")


@pytest.mark.parametrize(
    ("region", "kind", "unknown"),
    [
        ("eu-west-1", "AWS::Budgets::Budget", False),
        ("eu-north-1", "AWS::Budgets::Budget", True),
        ("eu-north-1", "AWS::Lambda::Url", False),
        ("eu-south-2", "AWS::Lambda::Url", True),
    ],
)
def test_a_stage_is_not_deployed_where_cloudformation_does_not_know_a_type(
    region: str, kind: str, unknown: bool, tmp_path: Path
) -> None:
    template = tmp_path / "Data.template.json"
    types = (kind, "AWS::SNS::Topic")
    template.write_text(json.dumps({"Resources": {each[5:]: {"Type": each} for each in types}}))
    found = unknown_types.unknown([replace(STACK, template=template)], region)
    assert found == ([kind] if unknown else [])
    said = unknown_types.refusal("Prod", [kind], region)
    assert f"does not know {kind} in {region}" in said
    assert f'region="{region}" for Prod in environments.py' in said
